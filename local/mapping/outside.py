"""The seams, together: what every part of a mapping is given."""

from dataclasses import dataclass

from local.mapping.seams import Clock, FailureDestination, FunctionInvoker, Observer, Runner, StreamSource


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything that is not the mapping."""

    source: StreamSource
    invoker: FunctionInvoker
    destination: FailureDestination
    clock: Clock
    runner: Runner
    observer: Observer


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts for one mapping, under CloudWatch's names."""

    observer: Observer
    region: str
    mapping_id: str
    function_arn: str
    event_counts: bool

    def events(self, name: str, count: int) -> None:
        """Count events, if the mapping has its EventCount metrics on."""
        if self.event_counts and count:
            dimensions = {"EventSourceMappingUUID": self.mapping_id}
            self.observer.count(self.region, dimensions, name, count, "Count")

    def function(self, name: str, value: float, unit: str) -> None:
        """Count something of the function."""
        dimensions = {"FunctionName": self.function_arn.split(":function:")[-1].split(":")[0]}
        self.observer.count(self.region, dimensions, name, value, unit)
