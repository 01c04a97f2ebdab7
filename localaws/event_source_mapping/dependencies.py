"""The seams, together: what every part of a mapping is given."""

from dataclasses import dataclass

from localaws.event_source_mapping.protocols import (
    Clock,
    FailureDestination,
    FunctionInvoker,
    MetricsObserver,
    StreamSource,
    TaskRunner,
)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything that is not the mapping."""

    source: StreamSource
    invoker: FunctionInvoker
    destination: FailureDestination
    clock: Clock
    runner: TaskRunner
    observer: MetricsObserver


@dataclass(frozen=True, slots=True)
class MappingMetrics:
    """Counts for one mapping, under CloudWatch's names.

    Attributes:
        zeros: each metric's minute in which it was last counted as zero; one for all shards of the mapping.
    """

    observer: MetricsObserver
    clock: Clock
    zeros: dict[str, int]
    region: str
    mapping_id: str
    function_arn: str
    event_counts: bool

    def events(self, name: str, count: int) -> None:
        """Count events, if the mapping has its EventCount metrics on."""
        if count:
            self._events(name, count)

    def polled(self, count: int, filtered_out: int) -> None:
        """Count what one poll found; nothing is counted as zero, once a minute: a mapping polls four times a second."""
        minute = int(self.clock.time() // 60)
        for name, events in (("PolledEventCount", count), ("FilteredOutEventCount", filtered_out)):
            if events:
                self._events(name, events)
            elif self.zeros.get(name) != minute:
                self.zeros[name] = minute
                self._events(name, 0)

    def function(self, name: str, value: float, unit: str) -> None:
        """Count something of the function."""
        dimensions = {"FunctionName": self.function_arn.split(":function:")[-1].split(":")[0]}
        self.observer.count(self.region, dimensions, name, value, unit)

    def _events(self, name: str, count: int) -> None:
        if self.event_counts:
            dimensions = {"EventSourceMappingUUID": self.mapping_id}
            self.observer.count(self.region, dimensions, name, count, "Count")
