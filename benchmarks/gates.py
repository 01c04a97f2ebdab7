"""What is promised: one row for each figure, with its limit. A new promise is a row in GATES."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from benchmarks.timing import Measured

Figures = Mapping[tuple[str, str], Measured]  # by the name and the events of a gate


SMALL: Final = ("plain", "profile")  # items of up to 1 KB
BOTO3_JSON: Final = "boto3's `TypeDeserializer` + `json.dumps`"


@dataclass(frozen=True, slots=True)
class Gate:
    """A ratio and its bound.

    Attributes:
        name: of the figure, as the groups of measurements give it.
        meaning: in words.
        events: kinds of items, each measured by itself; empty for a figure without items.
        bound: None for a figure without a limit.
        at_least: whether more is better.
    """

    name: str
    meaning: str
    events: tuple[str, ...] = ("",)
    bound: float | None = None
    at_least: bool = False


class Row(NamedTuple):
    """A gate as measured for one kind of items."""

    gate: Gate
    events: str
    measured: Measured

    @property
    def passed(self) -> bool:
        """Whether the figure is within its limit, or has no limit."""
        if self.gate.bound is None:
            return True
        figure = self.measured.figure
        return figure >= self.gate.bound if self.gate.at_least else figure <= self.gate.bound


GATES: Final = (
    Gate("handler / parse", "CPU of the handler / of `json.loads(event)`", ("product", "profile"), 0.75),
    Gate("image to bytes", f"an image as bytes / {BOTO3_JSON}", ("product", "profile", "fat"), 0.22),
    Gate("invocation / floor", "parse + handler / parse + dump of ready documents", ("product", "profile", "fat"), 1.7),
    Gate("helpers.bulk / ours", "`helpers.bulk` / ours, signed and sent", (*SMALL, "fat"), 3, at_least=True),
    Gate("Amplify / ours", "Amplify's path / ours, signed and sent", SMALL, 3, at_least=True),
    Gate("guide / ours", "one call a record, the guide's way / ours", SMALL, 25, at_least=True),
    Gate("guide / ours", "one call a record, the guide's way / ours", ("fat",), 8, at_least=True),
    Gate("Powertools / ours", "one call a record, Powertools' way / ours", SMALL, 25, at_least=True),
    Gate("Powertools / ours", "one call a record, Powertools' way / ours", ("fat",), 8, at_least=True),
    Gate("records a second", "records a second, ours / `helpers.bulk`", (*SMALL, "fat"), 3, at_least=True),
    Gate("coalescing CPU", "CPU with half of the records repeats / with none", ("product",), 0.65),
    Gate("coalescing bytes", "bytes sent with half of the records repeats / with none", ("product",), 0.65),
    Gate("import", "import of the handler / boto3, opensearch-py, requests-aws4auth and a client", bound=0.45),
    Gate("import with EMF", "import of the handler, metrics by hand / with Powertools' Logger and Metrics", bound=1.0),
    Gate("zip", "our zip / opensearch-py and requests-aws4auth with what they need, deflated", bound=0.2),
    Gate("memory", "peak memory of the process / size of an event of 6 MB", ("product",)),
)


def rows(figures: Figures) -> Iterator[Row]:
    """Yield each gate with its figure, in the order of GATES."""
    for gate in GATES:
        for events in gate.events:
            yield Row(gate, events, figures[gate.name, events])
