"""All interfaces of a mapping together."""

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
    """Implementations of the interfaces that a mapping uses."""

    source: StreamSource
    invoker: FunctionInvoker
    destination: FailureDestination
    clock: Clock
    runner: TaskRunner
    observer: MetricsObserver
