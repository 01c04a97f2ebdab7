"""Every drill by its name. To add one, write a function of a scene and give it a row here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from drills import clock, function, index, records, stream
from drills.scene import Scene


@dataclass(frozen=True, slots=True)
class Drill:
    """One of them.

    Attributes:
        play: its docstring's first line is what the list says.
    """

    play: Callable[[Scene], None]

    @property
    def title(self) -> str:
        """What it tells, in a line."""
        return (self.play.__doc__ or "").strip().splitlines()[0]


DRILLS: Final[Mapping[str, Drill]] = MappingProxyType(
    {
        "outage": Drill(index.outage),
        "throttle": Drill(index.throttle),
        "too-large": Drill(index.too_large),
        "lying-answer": Drill(index.lying_answer),
        "forbidden": Drill(index.forbidden),
        "mapping-conflict": Drill(records.mapping_conflict),
        "malformed": Drill(records.malformed),
        "quarantine-refuses": Drill(records.quarantine_refuses),
        "killed": Drill(function.killed),
        "out-of-memory": Drill(function.out_of_memory),
        "timing-out": Drill(function.timing_out),
        "retry-window": Drill(stream.retry_window),
        "dropped": Drill(stream.dropped),
        "shard-split": Drill(stream.shard_split),
        "duplicates": Drill(stream.duplicates),
        "clock-skew": Drill(clock.clock_skew),
    }
)
