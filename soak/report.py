"""Writes what came of a soak: a page with its figures, and a picture of the lag over time with the faults marked."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from soak.run import SoakResult

WIDTH: Final = 860
LEFT: Final = 50  # the axis
TOP: Final = 34
HEIGHT: Final = 220
STYLE: Final = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 13px; font-weight: 600 } .lag { fill: none; stroke: #0969da; stroke-width: 1.5 }
.fault { fill: #cf222e; fill-opacity: .18 } .grid { stroke: #8c959f; stroke-opacity: .35 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .lag { stroke: #4493f8 } }
"""


def write(outcome: SoakResult, folder: Path) -> Path:
    """Write `report.md` and `lag.svg` into a folder, and return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lag.svg").write_text("\n".join(_picture(outcome)) + "\n")
    page = folder / "report.md"
    page.write_text("\n".join(_page(outcome)) + "\n")
    return page


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of `values` lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _page(outcome: SoakResult) -> Iterator[str]:
    lags = [lag for _, lag in outcome.lags]
    yield "# Soak\n"
    yield f"Seed {outcome.seed}, {outcome.seconds:.0f} s.\n"
    yield "![Lag over time, faults marked](lag.svg)\n"
    yield "| what | figure |"
    yield "|---|---|"
    yield f"| writes | {outcome.writes}, {outcome.writes / outcome.seconds:.1f} a second |"
    yield f"| faults | {len(outcome.windows)}, {sum(m.ended - m.begun for m in outcome.windows):.0f} s of them |"
    yield (
        f"| lag, from write to index | p50 {percentile(lags, 0.5):.1f} s, p99 {percentile(lags, 0.99):.1f} s, "
        f"most {max(lags, default=0):.1f} s |"
    )
    yield f"| until drained and compared, after the last write | {outcome.drain_seconds:.1f} s |"
    yield f"| index and table | {outcome.agreement} |"
    yield f"| writes that OpenSearch rejects | {outcome.poisoned}, {outcome.quarantined} of them in the quarantine |"
    yield f"| other records in the quarantine, discarded batches | {outcome.innocent}, {outcome.discarded_batches} |"
    for name, sizes in sorted(outcome.megabytes.items()):
        first, last = sizes[0][1], sizes[-1][1]
        yield f"| memory, {name} | {first:.0f} MB at first, {last:.0f} at last, {outcome.maximum(name):.0f} at most |"
    yield f"| gateway, most in the second half over most in the first | {outcome.growth('gateway'):.0f} MB |"
    yield "\n| fault | times |"
    yield "|---|---|"
    for name, times in sorted(Counter(mark.name for mark in outcome.windows).items()):
        yield f"| {name} | {times} |"
    said = outcome.problems()
    yield "\n" + ("Everything holds." if not said else "\n".join(f"- {sentence}" for sentence in said))


def _picture(outcome: SoakResult) -> Iterator[str]:
    end = max([outcome.seconds, *(moment for moment, _ in outcome.lags)])
    most = max([1.0, *(lag for _, lag in outcome.lags)])

    def place(moment: float, lag: float) -> tuple[float, float]:
        return LEFT + (WIDTH - LEFT - 10) * moment / end, TOP + HEIGHT * (1 - lag / most)

    box = f"0 0 {WIDTH} {TOP + HEIGHT + 30}"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" aria-label="lag over time">'
    yield f"<style>{STYLE}</style>"
    yield '<text class="title" x="8" y="18">Age of the newest heartbeat in the index (s); shaded: a fault</text>'
    for mark in outcome.windows:
        (left, top), (right, _) = place(mark.begun, most), place(mark.ended, most)
        shown = f'<rect class="fault" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{HEIGHT}">'
        yield f"{shown}<title>{escape(mark.name)}</title></rect>"
    for part in range(5):
        lag = most * part / 4
        (x, y), (far, _) = place(0, lag), place(end, lag)
        yield f'<line class="grid" x1="{x}" x2="{far:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{lag:.1f}</text>'
        moment = end * part / 4
        yield f'<text x="{place(moment, 0)[0]:.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{moment:.0f} s</text>'
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*sample) for sample in outcome.lags))
    yield f'<polyline class="lag" points="{points}"/>'
    yield "</svg>"
