"""The command: `python -m localaws.faults serve | inject | status | mend`."""

import argparse
import signal
import sys
import threading
from typing import Final

from localaws.errors import missing_module

try:
    import urllib3

    from localaws.faults.control import Control
    from localaws.faults.fault import Kind
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
    method = {"inject": "POST", "status": "GET", "mend": "DELETE"}[options.command]
    body = _fault(options) if options.command == "inject" else None
    try:
        answer = urllib3.request(method, f"http://127.0.0.1:{options.control_port}/", json=body, retries=False)
    except urllib3.exceptions.HTTPError:
        print(f"error: no proxy answers at control port {options.control_port}: serve one", file=sys.stderr)  # noqa: T201 - a command talks to its terminal
        return 1
    _say(answer.data.decode())
    return 0 if answer.status == 200 else 1


def _serve(options: argparse.Namespace) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Proxy(options.target, options.port) as proxy:
        control = Control(proxy, options.control_port)
        _say(f"{proxy.url} passes on to {proxy.target}; its faults: {control.url}. Ctrl-C stops it.")
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
    serve = commands.add_parser("serve", help="start a proxy and print where it is")
    serve.add_argument("target", help="URL of the server behind it, e.g. http://127.0.0.1:9200")
    serve.add_argument("--port", type=int, default=0, help="of the proxy (default: a free one)")
    inject = commands.add_parser("inject", help="let requests meet a fault")
    kinds = [kind.value for kind in Kind]
    inject.add_argument("kind", choices=kinds, metavar="KIND", help=f"one of {', '.join(kinds)}")
    inject.add_argument(
        "--match", default="", help='regular expression for "METHOD /path?query OPERATION", such as _bulk or GetItem'
    )
    inject.add_argument("--above-bytes", type=int, default=0, help="only requests with a larger body")
    inject.add_argument("--requests", type=int, help="how many requests meet it (default: no limit)")
    inject.add_argument("--seconds", type=float, help="how long it lasts (default: until it is mended)")
    inject.add_argument("--share", type=float, default=1.0, help="of the requests, 0 to 1 (default: %(default)s)")
    inject.add_argument("--seed", type=int, default=0, help="of the dice for --share (default: %(default)s)")
    inject.add_argument(
        "--delay-seconds",
        type=float,
        default=1.0,
        help="how long `delay` waits, and `drip` before each byte (default: %(default)s)",
    )
    commands.add_parser("status", help="show the faults and how many requests have met each")
    commands.add_parser("mend", help="end every fault")
    for command in commands.choices.values():
        command.add_argument(
            "--control-port", type=int, default=CONTROL_PORT, help="of the proxy's faults (default: %(default)s)"
        )
    return parser


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command talks to its terminal


if __name__ == "__main__":
    sys.exit(main())
