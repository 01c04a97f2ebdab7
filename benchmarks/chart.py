"""Draws the measured ratios and their gates: `benchmarks/ratios.svg`, for light and dark pages."""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from math import log10
from pathlib import Path
from typing import Final

from benchmarks.gates import Row

PICTURE: Final = Path(__file__).with_name("ratios.svg")
WIDTH: Final = 860
LABELS: Final = 250  # the bars begin here
BARS: Final = 520
LINE: Final = 22
STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.kept { fill: #2da44e } .missed { fill: #cf222e } .gate { stroke: #24292f; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .gate { stroke: #e6edf3 } }
"""


def draw(rows: Sequence[Row]) -> None:
    """Write the picture of the rows that have a gate."""
    gated = [row for row in rows if row.gate.bound is not None]
    times = [row for row in gated if row.gate.at_least]
    shares = [row for row in gated if not row.gate.at_least]
    most = max(max(row.measured.figure, row.gate.bound or 0) for row in shares)
    height = LINE * (len(gated) + 5)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="ratios">',
        f"<style>{STYLE}</style>",
        *_panel("Peers over ours: more is better (logarithmic; the stroke is the gate)", times, 0, _logarithmic),
        *_panel(
            "Ours over what it is measured by: less is better (the stroke is the gate)",
            shares,
            len(times) + 2,
            lambda value: value / most,
        ),
        "</svg>",
    ]
    PICTURE.write_text("\n".join(lines) + "\n")


def _panel(title: str, rows: Sequence[Row], first: int, scale: Callable[[float], float]) -> Iterator[str]:
    """Yield a title and a bar for each row; `scale` gives a value's place from 0 to 1."""
    yield f'<text class="title" x="8" y="{LINE * (first + 1)}">{escape(title)}</text>'
    for number, row in enumerate(rows, first + 1):
        top, figure, bound = LINE * number + 8, row.measured.figure, row.gate.bound or 0
        length, gate = BARS * scale(figure), LABELS + BARS * scale(bound)
        label = f"{row.gate.name}{f', {row.events}' if row.events else ''}"
        yield f'<text x="{LABELS - 8}" y="{top + 13}" text-anchor="end">{escape(label)}</text>'
        yield (
            f'<rect class="{"kept" if row.passed else "missed"}" x="{LABELS}" y="{top + 2}" width="{length:.1f}" '
            f'height="{LINE - 8}" rx="2"/>'
        )
        yield f'<line class="gate" x1="{gate:.1f}" x2="{gate:.1f}" y1="{top}" y2="{top + LINE - 4}"/>'
        yield f'<text x="{max(LABELS + length, gate) + 6:.1f}" y="{top + 13}">{figure:.3g}</text>'


def _logarithmic(value: float) -> float:
    """Return the place of `value` between 1 and 200."""
    return max(0.0, log10(value) / log10(200))
