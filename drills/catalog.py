"""Every drill by its name. To add one, write a function of a `DrillEnvironment` and give it a row here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from drills import clock, function, index, records, stream
from drills.environment import DrillEnvironment


@dataclass(frozen=True, slots=True)
class Drill:
    """A failure drill.

    Attributes:
        play: its docstring's first line is what the list says.
    """

    play: Callable[[DrillEnvironment], None]

    @property
    def title(self) -> str:
        """The first line of its docstring."""
        return (self.play.__doc__ or "").strip().splitlines()[0]


DRILLS: Final[Mapping[str, Drill]] = MappingProxyType(
    {
        "outage": Drill(index.outage),
        "throttle": Drill(index.throttle),
        "too-large": Drill(index.too_large),
        "invalid-bulk-response": Drill(index.invalid_bulk_response),
        "forbidden": Drill(index.forbidden),
        "mapping-conflict": Drill(records.mapping_conflict),
        "malformed": Drill(records.malformed),
        "quarantine-unavailable": Drill(records.quarantine_unavailable),
        "function-killed": Drill(function.killed),
        "out-of-memory": Drill(function.out_of_memory),
        "function-timeout": Drill(function.timeout),
        "retry-window": Drill(stream.retry_window),
        "events-dropped": Drill(stream.dropped),
        "shard-split": Drill(stream.shard_split),
        "duplicates": Drill(stream.duplicates),
        "clock-skew": Drill(clock.clock_skew),
    }
)
