"""Metric data by period, for alarms. Reads the data of moto and uses no clock."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from localaws.alarms.metric_math import Series

LATE_SECONDS: Final = 60  # data may be out of order by less
STATISTICS: Final[Mapping[str, Callable[[list[float]], float]]] = MappingProxyType(
    {
        "Sum": math.fsum,
        "Maximum": max,
        "Minimum": min,
        "Average": lambda values: math.fsum(values) / len(values),
        "SampleCount": len,
    }
)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric with its statistic, such as "Sum" or "p90"."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    statistic: str


@dataclass(frozen=True, slots=True)
class MetricWindow:
    """The data of one look.

    Attributes:
        data: (moment, datum) of single values.
        by_metric: the same data, by namespace and name of the metric.
        now: when it was looked; a period ends then, not on the full minute.
        time_scale: how much faster than real time the seconds of periods pass.
    """

    data: Sequence[tuple[datetime, Any]]
    now: datetime
    time_scale: float
    by_metric: Mapping[tuple[str, str], list[tuple[datetime, Any]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the data by metric, because each alarm asks for one or a few."""
        by_metric = defaultdict(list)
        for moment, datum in self.data:
            by_metric[datum.namespace, datum.name].append((moment, datum))
        object.__setattr__(self, "by_metric", by_metric)

    @classmethod
    def since(cls, data: Sequence[Any], now: datetime, seconds: float, time_scale: float) -> "MetricWindow":
        """Take the data of the last `seconds`, in the seconds of periods; what is much older is not even looked at."""
        start = now - timedelta(seconds=seconds / time_scale)
        found = []
        for datum in reversed(data):
            moment = datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=UTC)
            if moment < start - timedelta(seconds=LATE_SECONDS):
                break
            if moment >= start and hasattr(datum, "value"):
                found.append((moment, datum))
        return cls(found, now, time_scale)

    def series(self, metric: Metric, period: int, periods: int) -> Series:
        """Return the metric's statistic of each period, the latest first; None where there are no data."""

        def takes(datum: Any) -> bool:
            return dimensions(datum) == metric.dimensions

        statistic = STATISTICS.get(metric.statistic) or _percentile(metric.statistic)
        data = self.by_metric.get((metric.namespace, metric.name), ())
        return [statistic(row) if row else None for row in self._values(data, takes, period, periods)]

    def values(self, takes: Callable[[Any], bool], period: int, periods: int) -> list[list[float]]:
        """Return the values of each period of the data that `takes` takes, the latest period first."""
        return self._values(self.data, takes, period, periods)

    def _values(
        self, data: Sequence[tuple[datetime, Any]], takes: Callable[[Any], bool], period: int, periods: int
    ) -> list[list[float]]:
        found: list[list[float]] = [[] for _ in range(periods)]
        for moment, datum in data:
            number = int((self.now - moment).total_seconds() * self.time_scale // period)
            if 0 <= number < periods and takes(datum):
                found[number].append(datum.value)
        return found


def dimensions(of: Any) -> frozenset[tuple[str, str]]:
    """Return the dimensions of an alarm, a metric or a datum of moto's."""
    return frozenset((one.name, one.value) for one in of.dimensions)


def _percentile(name: str) -> Callable[[list[float]], float]:
    """Return the statistic that "p99" names."""
    share = float(name.removeprefix("p")) / 100

    def statistic(values: list[float]) -> float:
        ordered = sorted(values)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return statistic
