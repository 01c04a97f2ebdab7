"""The command: `python -m localaws up | down | status | bench | kill | freeze | {split,roll}-shard | replay | skip`."""

import argparse
import json
import math
import signal
import sys
import threading
from pathlib import Path
from typing import Final

from localaws.errors import LocalAwsError, missing_module

try:
    from localaws.bench import rounds
    from localaws.gateway.replay import KEPT_EVENTS
    from localaws.settings import ENGINES
    from localaws.stack import LocalAws
except ModuleNotFoundError as error:
    sys.exit(f"error: {missing_module(error)}")

HOME: Final = Path("build/local-aws")
LAST_PORT: Final = 65535
LOOK_SECONDS: Final = 0.2


def main() -> int:
    """Run one subcommand; return the exit status."""
    options = _parser().parse_args()
    try:
        match options.command:
            case "up":
                _up(options)
            case "bench":
                _bench(options)
            case "down":
                LocalAws.find(options.home).stop()
                _say("stopped")
            case "status":
                _say(json.dumps(LocalAws.find(options.home).status(), indent=2))
            case _:
                _say(_done_to(LocalAws.find(options.home), options))
    except LocalAwsError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - a command talks to its terminal
        return 1
    return 0


def _up(options: argparse.Namespace) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    aws = LocalAws.start(
        options.engines,
        options.home,
        port=options.port,
        region=options.region,
        stream_shards=options.stream_shards,
        clients_endpoint_url=options.clients_endpoint_url,
        time_scale=options.time_scale,
        detached=options.detach,
    )
    _say(f"AWS         {aws.endpoint_url}")
    _say(f"OpenSearch  {aws.opensearch_url}")
    _say(f"logs        {aws.home}")
    _say("\n".join(f"export {name}={value}" for name, value in aws.environment.items()))
    if options.detach:
        _say(f"stop it with: python -m localaws down --home {options.home}")
        return
    _say("Ctrl-C stops it.")
    try:
        while aws.is_running() and not stop.wait(LOOK_SECONDS):
            pass  # until Ctrl-C, or `down` in another terminal
    finally:
        aws.stop()


def _bench(options: argparse.Namespace) -> None:
    """Measure round by round.

    Raises:
        LocalAwsError: no round was as fast as is asked for.
    """
    settings = {"ParallelizationFactor": options.parallelization_factor, "BatchSize": options.batch_size}
    fastest = 0.0
    for figures in rounds(options.engines, options.home, options.records, options.rounds, settings):
        _say(f"{options.engines}: {figures}")
        fastest = max(fastest, figures.rate)
    if fastest < options.at_least:
        raise LocalAwsError(f"{fastest:,.0f} records/s in the fastest round, fewer than {options.at_least:,}.")


def _done_to(aws: LocalAws, options: argparse.Namespace) -> str:
    """Do to a running stack what befalls the real one; return what was done."""
    match options.command:
        case "kill":
            return f"killed {aws.kill(options.function)}"
        case "freeze":
            return f"froze {aws.freeze(options.function)}"
        case "split-shard":
            return "\n".join(aws.split_shard(options.stream_arn))
        case "roll-shard":
            return "\n".join(aws.roll_shard(options.stream_arn))
        case "replay":
            return f"replayed {aws.deliver_again(options.function, options.batches)}"
        case _:
            aws.skip(options.seconds)
            return f"skipped {options.seconds:g} s"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localaws",
        description="A local AWS on loopback: DynamoDB with streams, Lambda with event source mappings that behave as "
        "AWS's, S3, SQS, SNS, IAM, CloudWatch, and an OpenSearch. No account, no Docker.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start one and print its endpoints")
    up.add_argument(
        "--engines",
        choices=ENGINES,
        default="embedded",
        help="embedded: Python packages alone; jvm: DynamoDB Local and OpenSearch on the JVM (default: %(default)s)",
    )
    up.add_argument("--port", type=_port, default=0, help="of the AWS endpoint (default: a free one)")
    up.add_argument("--region", default="eu-west-1", help="what clients are told to use (default: %(default)s)")
    up.add_argument(
        "--stream-shards",
        type=_shards,
        default=1,
        help="shards of a new stream (default: %(default)s)",
    )
    up.add_argument(
        "--clients-endpoint-url",
        default="",
        help="where functions and failure destinations reach AWS, such as a proxy of localaws.faults (default: here)",
    )
    up.add_argument(
        "--time-scale",
        type=_scale,
        default=1,
        help="how much faster than real time mappings, streams and alarms have it (default: %(default)s)",
    )
    up.add_argument("--detach", action="store_true", help="return once it is up and leave it running")
    down = commands.add_parser("down", help="stop one, in whatever terminal it was started")
    status = commands.add_parser("status", help="show mappings, shards and processes as JSON")
    bench = commands.add_parser("bench", help="measure records a second through poller and function")
    bench.add_argument("--engines", choices=ENGINES, default="embedded", help="(default: %(default)s)")
    bench.add_argument("--records", type=int, default=20_000, help="of one round (default: %(default)s)")
    bench.add_argument("--rounds", type=int, default=3, help="each on a new local AWS (default: %(default)s)")
    bench.add_argument("--batch-size", type=int, default=1000, help="of the mapping (default: %(default)s)")
    bench.add_argument("--parallelization-factor", type=int, default=2, help="the same (default: %(default)s)")
    bench.add_argument(
        "--at-least",
        type=int,
        default=0,
        help="records a second that the fastest round must reach, or the command fails (default: none)",
    )
    bench.set_defaults(home=HOME.with_name("local-bench"))
    for command in (up, down, status, *_by_hand(commands)):
        command.add_argument("--home", type=Path, default=HOME, help="folder of logs and state (default: %(default)s)")
    return parser


def _by_hand(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> list[argparse.ArgumentParser]:
    """Add what befalls a stack; return these commands."""
    kill = commands.add_parser("kill", help="kill a function's processes at work, as running out of memory does")
    freeze = commands.add_parser("freeze", help="let a function's processes at work do nothing until they time out")
    split = commands.add_parser("split-shard", help="split a stream's first open shard")
    roll = commands.add_parser("roll-shard", help="let a stream's first open shard close and one child follow it")
    replay = commands.add_parser("replay", help="give a function its last batches once more, the latest first")
    skip = commands.add_parser("skip", help="let time pass at once for streams and mappings")
    for command in (kill, freeze, replay):
        command.add_argument("function", help="its name")
    for command in (split, roll):
        command.add_argument("stream_arn", help="of a table's stream")
    replay.add_argument("--batches", type=_batches, default=1, help=f"1 to {KEPT_EVENTS} (default: %(default)s)")
    skip.add_argument("seconds", type=_seconds, help="negative sets the clock back")
    return [kill, freeze, split, roll, replay, skip]


def _batches(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= KEPT_EVENTS:
        raise argparse.ArgumentTypeError(f"must be 1 to {KEPT_EVENTS}, the batches that are kept, got {text}")
    return int(text)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not math.isfinite(seconds):
        raise argparse.ArgumentTypeError(f"must be a number of seconds, got {text}")
    return seconds


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 < scale < math.inf:
        raise argparse.ArgumentTypeError(f"must be above 0, got {text}")
    return scale


def _shards(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {text}")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"must be 0 to {LAST_PORT}, got {text}")
    return int(text)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command talks to its terminal


if __name__ == "__main__":
    sys.exit(main())
