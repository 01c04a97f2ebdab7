"""Gives the alarms of CloudWatch their states: moto keeps alarms and metrics, and lets no metric set off an alarm.

Metric alarms alone: one on a metric, with a statistic or a percentile. Composite alarms and metric math keep the state
that they have. A period ends now, not on the full minute, so an alarm may go off earlier than AWS's, and be OK earlier.
"""

import json
import logging
import math
import operator
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from moto.cloudwatch.models import cloudwatch_backends

from local.gateway.aws_clients import AwsClients
from local.wire import ACCOUNT_ID

LOG: Final = logging.getLogger(__name__)
LOOK_SECONDS: Final = 0.25
COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = MappingProxyType(
    {
        "GreaterThanOrEqualToThreshold": operator.ge,
        "GreaterThanThreshold": operator.gt,
        "LessThanOrEqualToThreshold": operator.le,
        "LessThanThreshold": operator.lt,
    }
)
STATISTICS: Final[Mapping[str, Callable[[list[float]], float]]] = MappingProxyType(
    {
        "Sum": math.fsum,
        "Maximum": max,
        "Minimum": min,
        "Average": lambda values: math.fsum(values) / len(values),
        "SampleCount": len,
    }
)


class Alarms:
    """Looks at every alarm a few times a second."""

    def __init__(self, clients: AwsClients, time_scale: float = 1) -> None:
        """Start to look; the seconds of the alarms' periods pass `time_scale` times as fast as real ones."""
        self._clients = clients
        self._time_scale = time_scale
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            for region, backend in list(cloudwatch_backends[ACCOUNT_ID].items()):
                try:
                    self._look(region, backend)
                except Exception:
                    LOG.exception("The alarms of %s could not be looked at", region)

    def _look(self, region: str, backend: Any) -> None:
        alarms = [alarm for alarm in list(backend.alarms.values()) if _is_plain(alarm)]
        if not alarms:
            return
        now = datetime.now(UTC)
        longest = max(alarm.period * alarm.evaluation_periods for alarm in alarms) / self._time_scale
        recent = _since(backend.metric_data, now - timedelta(seconds=longest))
        for alarm in alarms:
            state, reason = self._state(alarm, recent, now)
            if state != alarm.state_value:
                self._change(region, alarm, state, reason)

    def _state(self, alarm: Any, recent: list[tuple[datetime, Any]], now: datetime) -> tuple[str, str]:
        """Return the alarm's state and why."""
        values = self._values(alarm, recent, now)
        breaching = COMPARISONS[alarm.comparison_operator]
        present = [value for value in values if value is not None]
        missing = alarm.treat_missing_data or "missing"
        if not present and missing in {"missing", "ignore"}:
            return (alarm.state_value if missing == "ignore" else "INSUFFICIENT_DATA"), "no data"
        bad = [breaching(value, alarm.threshold) for value in present]
        bad += [True] * (len(values) - len(present)) if missing == "breaching" else []
        wanted = alarm.datapoints_to_alarm or alarm.evaluation_periods
        shown = ", ".join(f"{value:g}" for value in present) or "none"
        return ("ALARM" if sum(bad) >= wanted else "OK"), f"data points {shown}, threshold {alarm.threshold:g}"

    def _values(self, alarm: Any, recent: list[tuple[datetime, Any]], now: datetime) -> list[float | None]:
        """Return the statistic of each period, the latest first; None where there are no data."""
        dimensions = {(one.name, one.value) for one in alarm.dimensions}
        periods: list[list[float]] = [[] for _ in range(alarm.evaluation_periods)]
        for moment, datum in recent:
            number = int((now - moment).total_seconds() * self._time_scale // alarm.period)
            same = datum.namespace == alarm.namespace and datum.name == alarm.metric_name
            if same and number < len(periods) and {(one.name, one.value) for one in datum.dimensions} == dimensions:
                periods[number].append(datum.value)
        statistic = STATISTICS.get(alarm.statistic) or _percentile(alarm.extended_statistic)
        return [statistic(values) if values else None for values in periods]

    def _change(self, region: str, alarm: Any, state: str, reason: str) -> None:
        old = alarm.state_value
        alarm.update_state(reason, "{}", state)
        LOG.info("%s is %s: %s", alarm.name, state, reason)
        actions = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}.get(state, alarm.insufficient_data_actions)
        message = {"AlarmName": alarm.name, "NewStateValue": state, "OldStateValue": old, "NewStateReason": reason}
        for arn in actions or []:
            if alarm.actions_enabled and arn.split(":")[2] == "sns":
                sns = self._clients.client("sns", region)
                sns.publish(TopicArn=arn, Subject=f"{state}: {alarm.name}", Message=json.dumps(message))


def _is_plain(alarm: Any) -> bool:
    return not (alarm.rule or alarm.metric_data_queries) and alarm.comparison_operator in COMPARISONS


def _since(data: list[Any], start: datetime) -> list[tuple[datetime, Any]]:
    """Return the single values since `start`, by time; what is much older is not even looked at."""
    found = []
    for datum in reversed(list(data)):
        moment = datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=UTC)
        if moment < start - timedelta(seconds=60):  # data come late by less
            break
        if moment >= start and hasattr(datum, "value"):
            found.append((moment, datum))
    return found


def _percentile(name: str | None) -> Callable[[Iterable[float]], float]:
    """Return the statistic that "p99" names."""
    share = float((name or "p50").lstrip("p")) / 100

    def statistic(values: Iterable[float]) -> float:
        ordered = sorted(values)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return statistic
