"""Writes the measured table, and what it was measured on, into `benchmarks/README.md`."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.gates import Row
from benchmarks.timing import ROUNDS

README: Final = Path(__file__).with_name("README.md")
PLACE: Final = re.compile(r"(?<=<!-- BEGIN_MEASURED -->\n).*?(?=<!-- END_MEASURED -->)", re.DOTALL)
PACKAGES: Final = ("orjson", "boto3", "opensearch-py", "requests-aws4auth", "aws-lambda-powertools", "simplejson")
HEADER: Final = ("ratio", "items", "measured", "least - greatest", "gate", "", "remark")
CPU_MODELS: Final = Path("/proc/cpuinfo")


def write(rows: Sequence[Row]) -> None:
    """Put table and machine between the README's marks."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    text = f"\n{machine(f', {ROUNDS} rounds')}\n{packages}.\n\n{table(rows)}\n\n"
    README.write_text(PLACE.sub(lambda _: text, README.read_text()))


def table(rows: Sequence[Row]) -> str:
    """Return the table of the gates."""
    return pipe_table([HEADER, *map(_cells, rows)])


def pipe_table(lines: Sequence[tuple[str, ...]]) -> str:
    """Return a table, its header first, aligned so that it can be read as plain text too."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * width for width in widths]
    padded = [
        [cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in [lines[0], rule, *lines[1:]]
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def _cells(row: Row) -> tuple[str, ...]:
    gate, figure = row.gate, row.measured
    spread = f"{figure.least:.3g} - {figure.greatest:.3g}" if figure.least < figure.greatest else ""
    sign = ">=" if gate.at_least else "<="
    bound = "" if gate.bound is None else f"{sign} {gate.bound:g}"
    verdict = "" if gate.bound is None else "kept" if row.passed else "MISSED"
    return gate.meaning, row.events, f"{figure.figure:.3g}", spread, bound, verdict, figure.remark


def machine(more: str = "") -> str:
    """Return date, Python and processor of this measurement."""
    models = re.findall(r"^model name\s*:\s*(.+)$", CPU_MODELS.read_text(), re.MULTILINE) if CPU_MODELS.exists() else []
    processor = f"{models[0] if models else platform.processor()} ({os.cpu_count()} processors)"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d}{more}, {python} on {platform.system()} {platform.machine()}, {processor}."
