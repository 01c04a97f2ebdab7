"""CloudWatch metrics of a mapping."""

from dataclasses import dataclass

from localaws.event_source_mapping.protocols import Clock, MetricsObserver


@dataclass(frozen=True, slots=True)
class MappingMetrics:
    """Metrics of one mapping, under the names of CloudWatch.

    Attributes:
        zeros: minute in which each metric was last counted as zero, for all shards of the mapping.
    """

    observer: MetricsObserver
    clock: Clock
    zeros: dict[str, int]
    region: str
    mapping_id: str
    function_arn: str
    event_counts: bool

    def events(self, name: str, count: int) -> None:
        """Count events, if the EventCount metrics of the mapping are on."""
        if count:
            self._events(name, count)

    def polled(self, count: int, filtered_out: int) -> None:
        """Count the records of one poll; zero only once a minute, because a mapping polls four times a second."""
        minute = int(self.clock.time() // 60)
        for name, events in (("PolledEventCount", count), ("FilteredOutEventCount", filtered_out)):
            if events:
                self._events(name, events)
            elif self.zeros.get(name) != minute:
                self.zeros[name] = minute
                self._events(name, 0)

    def function(self, name: str, value: float, unit: str) -> None:
        """Add a value to a metric of the function."""
        dimensions = {"FunctionName": self.function_arn.split(":function:")[-1].split(":")[0]}
        self.observer.count(self.region, dimensions, name, value, unit)

    def _events(self, name: str, count: int) -> None:
        if self.event_counts:
            dimensions = {"EventSourceMappingUUID": self.mapping_id}
            self.observer.count(self.region, dimensions, name, count, "Count")
