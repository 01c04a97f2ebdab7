"""Peak memory and time of the eight most extreme batches: `python -m benchmarks.extremes`.

Its own process handles each batch and gets the event as Lambda's runtime does: as JSON text. The table is
written to `benchmarks/README.md`; the exit status is not zero when a bound is exceeded.
"""

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.extreme_server import serving
from benchmarks.lambda_context import ENVIRONMENT, Context
from benchmarks.readme import README, machine, pipe_table

MAX_MEGABYTES: Final = 512  # 2^20 bytes, as Lambda's memory_size
PLACE: Final = re.compile(r"(?<=<!-- BEGIN_EXTREMES -->\n).*?(?=<!-- END_EXTREMES -->)", re.DOTALL)
STATUS: Final = Path("/proc/self/status")
HEADER: Final = ("batch", "event", "peak memory", "seconds", "bounds", "")
ATTRIBUTES: Final = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One batch.

    Attributes:
        name: of it.
        records: their number.
        image: of each, by its number; None for records of the view KEYS_ONLY.
        scene: what the server does, see `extreme_server.py`.
        max_seconds: limit of the time; None for no limit.
        fails: whether OpenSearch never answers, so that the batch comes again.
    """

    name: str
    records: int
    image: Callable[[], dict[str, Any]] | None
    scene: str = "plain"
    max_seconds: float | None = None
    fails: bool = False


def text_item(size: int) -> Callable[[], dict[str, Any]]:
    """Return what makes an item of about `size` bytes."""
    return lambda: {f"a{number}": {"S": "x" * (size // ATTRIBUTES)} for number in range(ATTRIBUTES)}


CASES: Final = (
    Case("10,000 items of 300 B", 10_000, text_item(300)),
    Case("155 items of 40 KB", 155, text_item(39_000)),
    Case("15 items of 400 KB", 15, text_item(399_000)),
    Case("1,000 items of 400 KB, read from the table", 1_000, None, "items of 400000"),
    Case("10,000 items of 100 KB, read from the table", 10_000, None, "items of 100000"),
    Case("15 items of 130,000 numbers", 15, lambda: {"numbers": {"L": [{"N": "1"}] * 130_000}}),
    Case("1,000 items, answers of 600 MB", 1_000, text_item(300), "huge answers", fails=True),
    Case("5,000 records that OpenSearch refuses", 5_000, text_item(300), "refusals", max_seconds=15),
)


def main() -> int:
    """Measure all cases; return the exit status."""
    rows, is_kept = [], True
    for case in CASES:
        size, megabytes, seconds = _measured(case)
        kept = megabytes < MAX_MEGABYTES and seconds < (case.max_seconds or float("inf"))
        is_kept = is_kept and kept
        bounds = f"< {MAX_MEGABYTES} MB" + (f", < {case.max_seconds} s" if case.max_seconds else "")
        figures = (f"{size / 1e6:.1f} MB", f"{megabytes:.0f} MB", f"{seconds:.1f}")
        rows.append((case.name, *figures, bounds, "kept" if kept else "EXCEEDED"))
        print(" | ".join(rows[-1]), flush=True)  # noqa: T201 - a command talks to its terminal
    text = f"\n{machine()}\n\n{pipe_table([HEADER, *rows])}\n\n"
    README.write_text(PLACE.sub(lambda _: text, README.read_text()))
    return 0 if is_kept else 1


def _measured(case: Case) -> tuple[int, float, float]:
    """Return the event's bytes, the peak in megabytes and the seconds that a process takes."""
    with tempfile.TemporaryDirectory() as folder, serving(case.scene) as url:
        file = Path(folder) / "event.json"
        file.write_bytes(b'{"Records":[' + b",".join(_records(case)) + b"]}")
        command = [sys.executable, "-m", "benchmarks.extremes", url, str(file), str(int(case.fails))]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        megabytes, seconds = map(float, run.stdout.splitlines()[-1].split())
        return file.stat().st_size, megabytes, seconds


def _records(case: Case) -> Iterator[bytes]:
    for number in range(case.records):
        keys = {"pk": {"S": f"tenant#{number}"}, "sk": {"S": "1"}}
        change = {
            "ApproximateCreationDateTime": 1_764_000_000.0,
            "Keys": keys,
            "SequenceNumber": f"{number + 1}00000000017450439091",
            "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE" if case.image else "KEYS_ONLY",
        }
        if case.image:
            change["NewImage"] = {**keys, **case.image()}
        yield json.dumps({"eventID": str(number), "eventName": "MODIFY", "dynamodb": change}).encode()


def _handle(url: str, file: Path, *, fails: bool) -> str:
    """Handle the event in this process; return its peak in megabytes and the seconds."""
    os.environ.update(ENVIRONMENT, OPENSEARCH_ENDPOINT=url, AWS_ENDPOINT_URL=url)
    from stream_indexer.handler import handle  # noqa: PLC0415 - as Lambda: after the environment is there

    logging.getLogger("stream_indexer").addHandler(logging.NullHandler())
    text = file.read_bytes()
    begun = time.monotonic()
    answer = handle(json.loads(text), Context())
    seconds = time.monotonic() - begun
    if bool(answer["batchItemFailures"]) != fails:
        raise SystemExit(f"The batch ended otherwise than it should: {answer}")
    (peak,) = (line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return f"{int(peak.split()[1]) / 1024} {seconds}"


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    print(_handle(sys.argv[1], Path(sys.argv[2]), fails=sys.argv[3] == "1"))  # noqa: T201 - for `main`
