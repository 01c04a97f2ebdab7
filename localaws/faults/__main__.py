"""The command: `python -m localaws.faults serve | inject | status | clear`."""

import argparse
import signal
import sys
import threading
from typing import Final

from localaws.errors import missing_module

try:
    import urllib3

    from localaws.faults.control import Control
    from localaws.faults.fault import FaultKind
    from localaws.faults.proxy import Proxy
except ModuleNotFoundError as error:
    sys.exit(f"error: {missing_module(error)}")

CONTROL_PORT: Final = 4570


def main() -> int:
    """Run one subcommand; return the exit status."""
    options = _parser().parse_args()
    if options.command == "serve":
        _serve(options)
        return 0
    method = {"inject": "POST", "status": "GET", "clear": "DELETE"}[options.command]
    body = _fault(options) if options.command == "inject" else None
    try:
        answer = urllib3.request(method, f"http://127.0.0.1:{options.control_port}/", json=body, retries=False)
    except urllib3.exceptions.HTTPError:
        message = f"error: no proxy answers at control port {options.control_port}. Start one with `serve`."
        print(message, file=sys.stderr)  # noqa: T201 - a command talks to its terminal
        return 1
    _say(answer.data.decode())
    return 0 if answer.status == 200 else 1


def _serve(options: argparse.Namespace) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Proxy(options.target, options.port) as proxy:
        control = Control(proxy, options.control_port)
        _say(f"{proxy.url} forwards to {proxy.target}; control API: {control.url}. Ctrl-C stops it.")
        stop.wait()
        control.close()


def _fault(options: argparse.Namespace) -> dict[str, object]:
    names = ("kind", "match", "above_bytes", "requests", "seconds", "share", "seed", "delay_seconds")
    return {name: getattr(options, name) for name in names}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localaws.faults",
        description="A proxy in front of OpenSearch or of AWS that fails on command.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="start a proxy and print its URL")
    serve.add_argument("target", help="URL of the server behind the proxy, for example http://127.0.0.1:9200")
    serve.add_argument("--port", type=int, default=0, help="port of the proxy (default: a free port)")
    inject = commands.add_parser("inject", help="inject a fault into matching requests")
    kinds = [kind.value for kind in FaultKind]
    inject.add_argument("kind", choices=kinds, metavar="KIND", help=f"kind of the fault: {', '.join(kinds)}")
    inject.add_argument(
        "--match", default="", help='regular expression for "METHOD /path?query OPERATION", such as _bulk or GetItem'
    )
    inject.add_argument("--above-bytes", type=int, default=0, help="only requests whose body is larger, in bytes")
    inject.add_argument("--requests", type=int, help="number of requests until the fault ends (default: no limit)")
    inject.add_argument("--seconds", type=float, help="duration of the fault in seconds (default: until it is cleared)")
    inject.add_argument(
        "--share", type=float, default=1.0, help="share of the matching requests, 0 to 1 (default: %(default)s)"
    )
    inject.add_argument(
        "--seed", type=int, default=0, help="seed of the random numbers for --share (default: %(default)s)"
    )
    inject.add_argument(
        "--delay-seconds",
        type=float,
        default=1.0,
        help="seconds that `delay` waits, and that `drip` waits before each byte (default: %(default)s)",
    )
    commands.add_parser("status", help="print the faults and the number of requests that each affected")
    commands.add_parser("clear", help="clear every fault")
    for command in commands.choices.values():
        command.add_argument(
            "--control-port",
            type=int,
            default=CONTROL_PORT,
            help="port of the control API of the proxy (default: %(default)s)",
        )
    return parser


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command talks to its terminal


if __name__ == "__main__":
    sys.exit(main())
