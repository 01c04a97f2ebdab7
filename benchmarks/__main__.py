"""`make bench`: measures, prints the gates, writes them with a picture next to this file; fails when one is missed."""

import os
import sys
from types import ModuleType
from typing import Final, cast

from benchmarks import cold_start, end_to_end, invocation, memory, serialization, size
from benchmarks.chart import draw
from benchmarks.gates import Figures, Row, rows
from benchmarks.lambda_context import ENVIRONMENT
from benchmarks.readme import table, write

GROUPS: Final = (size, cold_start, memory, serialization, invocation, end_to_end)


def main() -> int:
    """Measure all groups; return the exit status."""
    os.environ.update(ENVIRONMENT)  # the processes that are measured inherit it
    found = list(rows({name: figure for group in GROUPS for name, figure in _measured(group).items()}))
    write(found)
    draw(found)
    _say(f"\n{table(found)}\n\n{_verdict(found)}; written to benchmarks/README.md")
    return 0 if all(row.passed for row in found) else 1


def _measured(group: ModuleType) -> Figures:
    _say(f"measuring: {group.__name__}")
    return cast("Figures", group.measure())


def _verdict(found: list[Row]) -> str:
    gated = [row for row in found if row.gate.bound is not None]
    missed = sum(not row.passed for row in gated)
    return f"{missed} of {len(gated)} gates missed" if missed else f"all {len(gated)} gates kept"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
