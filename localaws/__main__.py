"""The command `python -m localaws`: start, stop, measure a local AWS, and cause events in a running one."""

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
                _say(_act(LocalAws.find(options.home), options))
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
        aws_endpoint_override=options.aws_endpoint_override,
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
    """Measure and print each round.

    Raises:
        LocalAwsError: No round reached the minimum rate.
    """
    settings = {"ParallelizationFactor": options.parallelization_factor, "BatchSize": options.batch_size}
    fastest = 0.0
    for figures in rounds(options.engines, options.home, options.records, options.rounds, settings):
        _say(f"{options.engines}: {figures}")
        fastest = max(fastest, figures.rate)
    if fastest < options.min_rate:
        raise LocalAwsError(f"The fastest round must reach {options.min_rate:,} records/s (got {fastest:,.0f}).")


def _act(aws: LocalAws, options: argparse.Namespace) -> str:
    """Cause an event in a running stack that also happens on AWS; return what happened."""
    match options.command:
        case "kill":
            return f"killed {aws.kill(options.function)}"
        case "hang":
            return f"hung {aws.hang(options.function)}"
        case "split-shard":
            return "\n".join(aws.split_shard(options.stream_arn))
        case "roll-shard":
            return "\n".join(aws.roll_shard(options.stream_arn))
        case "replay":
            return f"replayed {aws.replay(options.function, options.batches)}"
        case _:
            aws.advance_time(options.seconds)
            return f"advanced {options.seconds:g} s"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localaws",
        description="A local AWS on loopback: DynamoDB with streams, Lambda with event source mappings that behave as "
        "on AWS, S3, SQS, SNS, IAM, CloudWatch and OpenSearch. It needs no account and no Docker.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start a local AWS and print its endpoints")
    up.add_argument(
        "--engines",
        choices=ENGINES,
        default="embedded",
        help="embedded: only Python packages; jvm: DynamoDB Local and OpenSearch on the JVM (default: %(default)s)",
    )
    up.add_argument("--port", type=_port, default=0, help="port of the AWS endpoint (default: a free port)")
    up.add_argument("--region", default="eu-west-1", help="AWS Region that clients use (default: %(default)s)")
    up.add_argument(
        "--stream-shards", type=_shards, default=1, help="number of shards of a new stream (default: %(default)s)"
    )
    up.add_argument(
        "--aws-endpoint-override",
        metavar="URL",
        default="",
        help="AWS endpoint for functions and on-failure destinations, for example a proxy of localaws.faults "
        "(default: the local AWS)",
    )
    up.add_argument(
        "--time-scale",
        type=_scale,
        default=1,
        help="speed-up of simulated time for mappings, streams and alarms (default: %(default)s, real time)",
    )
    up.add_argument("--detach", action="store_true", help="return after the start and leave the local AWS running")
    down = commands.add_parser("down", help="stop a local AWS")
    status = commands.add_parser("status", help="print mappings, shards and processes as JSON")
    bench = commands.add_parser("bench", help="measure records per second through poller and function")
    bench.add_argument("--engines", choices=ENGINES, default="embedded", help="engines (default: %(default)s)")
    bench.add_argument("--records", type=int, default=20_000, help="records per round (default: %(default)s)")
    bench.add_argument(
        "--rounds", type=int, default=3, help="number of rounds, each on a new local AWS (default: %(default)s)"
    )
    bench.add_argument("--batch-size", type=int, default=1000, help="batch size of the mapping (default: %(default)s)")
    bench.add_argument(
        "--parallelization-factor",
        type=int,
        default=2,
        help="parallelization factor of the mapping (default: %(default)s)",
    )
    bench.add_argument(
        "--min-rate",
        type=int,
        default=0,
        help="fail if no round reaches this number of records per second (default: no minimum)",
    )
    bench.set_defaults(home=HOME.with_name("local-bench"))
    for command in (up, down, status, *_add_actions(commands)):
        command.add_argument("--home", type=Path, default=HOME, help="folder of logs and state (default: %(default)s)")
    return parser


def _add_actions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> list[argparse.ArgumentParser]:
    """Add the commands that cause events in a running stack; return their parsers."""
    kill = commands.add_parser("kill", help="kill the busy processes of a function, as an out-of-memory error does")
    hang = commands.add_parser("hang", help="stop the busy processes of a function until their invocation times out")
    split = commands.add_parser("split-shard", help="split the first open shard of a stream")
    roll = commands.add_parser("roll-shard", help="close the first open shard of a stream and open one child")
    replay = commands.add_parser("replay", help="invoke a function with its last batches again, the latest first")
    advance = commands.add_parser("advance-time", help="advance the clock of streams and mappings")
    for command in (kill, hang, replay):
        command.add_argument("function", help="function name")
    for command in (split, roll):
        command.add_argument("stream_arn", help="ARN of a table's stream")
    replay.add_argument(
        "--batches", type=_batches, default=1, help=f"number of batches, 1 to {KEPT_EVENTS} (default: %(default)s)"
    )
    advance.add_argument("seconds", type=_seconds, help="number of seconds; a negative number sets the clock back")
    return [kill, hang, split, roll, replay, advance]


def _batches(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= KEPT_EVENTS:
        raise argparse.ArgumentTypeError(f"must be 1 to {KEPT_EVENTS} (got {text})")
    return int(text)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not math.isfinite(seconds):
        raise argparse.ArgumentTypeError(f"must be a finite number of seconds (got {text})")
    return seconds


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 < scale < math.inf:
        raise argparse.ArgumentTypeError(f"must be above 0 (got {text})")
    return scale


def _shards(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more (got {text})")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"must be 0 to {LAST_PORT} (got {text})")
    return int(text)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command talks to its terminal


if __name__ == "__main__":
    sys.exit(main())
