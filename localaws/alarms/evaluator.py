"""Looks at every alarm a few times a second and changes its state: by metric, metric math, query or rule.

A period ends now, not on the full minute, so an alarm may go off earlier than AWS's, and be OK earlier.
"""

import json
import logging
import operator
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from moto.cloudwatch.models import cloudwatch_backends

from localaws.alarms import composite_rule
from localaws.alarms.history import KEPT_CHANGES
from localaws.alarms.insights import answer, is_query
from localaws.alarms.metric_math import MathError, Series, evaluate
from localaws.alarms.metric_window import Metric, MetricWindow, dimensions
from localaws.gateway.aws_clients import AwsClients
from localaws.http_messages import ACCOUNT_ID

LOG: Final = logging.getLogger(__name__)
LOOK_SECONDS: Final = 0.25
UNHURRIED_LOOK_SECONDS: Final = 1.0  # in real time; CloudWatch looks once a minute
DEFAULT_PERIOD_SECONDS: Final = 300  # of metric math whose terms name none
COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = MappingProxyType(
    {
        "GreaterThanOrEqualToThreshold": operator.ge,
        "GreaterThanThreshold": operator.gt,
        "LessThanOrEqualToThreshold": operator.le,
        "LessThanThreshold": operator.lt,
    }
)


class Alarms:
    """The alarms of every region."""

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
        while not self._stop.wait(UNHURRIED_LOOK_SECONDS if self._time_scale == 1 else LOOK_SECONDS):
            for region, backend in list(cloudwatch_backends[ACCOUNT_ID].items()):
                try:
                    self._look(region, backend)
                except Exception:
                    LOG.exception("The alarms of %s could not be looked at", region)

    def _look(self, region: str, backend: Any) -> None:
        """Look at the alarms on metrics first, then at those on alarms."""
        alarms = list(backend.alarms.values())
        plain = [alarm for alarm in alarms if not alarm.rule and alarm.comparison_operator in COMPARISONS]
        if plain:
            longest = max(period(alarm) * alarm.evaluation_periods for alarm in plain)
            recent = MetricWindow.since(list(backend.metric_data), datetime.now(UTC), longest, self._time_scale)
            for alarm in plain:
                self._change(region, alarm, *state(alarm, recent))
        for alarm in alarms:
            if alarm.rule:
                states = {name: other.state_value for other in alarms for name in (other.name, other.alarm_arn)}
                self._change(region, alarm, *composite_state(alarm, states))

    def _change(self, region: str, alarm: Any, new: str, reason: str) -> None:
        """Set the state of an alarm, and notify its topics if the state changed."""
        old = alarm.state_value
        if new == old:
            return
        alarm.update_state(reason, "{}", new)
        del alarm.history[:-KEPT_CHANGES]
        LOG.info("%s is %s: %s", alarm.name, new, reason)
        actions = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}.get(new, alarm.insufficient_data_actions)
        message = {"AlarmName": alarm.name, "NewStateValue": new, "OldStateValue": old, "NewStateReason": reason}
        for arn in actions or []:
            if alarm.actions_enabled and arn.split(":")[2] == "sns":
                sns = self._clients.client("sns", region)
                sns.publish(TopicArn=arn, Subject=f"{new}: {alarm.name}", Message=json.dumps(message))


def state(alarm: Any, recent: MetricWindow) -> tuple[str, str]:
    """Return the state of an alarm of moto's on metrics, and why."""
    try:
        values = _values(alarm, recent)
    except MathError as error:
        return "INSUFFICIENT_DATA", str(error)
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


def composite_state(alarm: Any, states: Mapping[str, str]) -> tuple[str, str]:
    """Return the state of a composite alarm of moto's, and why; `states` are those of all alarms by name and ARN."""
    try:
        return ("ALARM" if composite_rule.holds(alarm.rule, states) else "OK"), alarm.rule
    except composite_rule.RuleError as error:
        return "INSUFFICIENT_DATA", str(error)


def period(alarm: Any) -> int:
    """Return the seconds of an alarm's period; metric math has that of its terms."""
    terms = [query.metric_stat.period if query.metric_stat else query.period for query in alarm.metric_data_queries]
    return int(alarm.period or max((int(term) for term in terms if term), default=DEFAULT_PERIOD_SECONDS))


def _values(alarm: Any, recent: MetricWindow) -> Series:
    """Return the value of each of the alarm's periods, the latest first.

    Raises:
        MathError: its expression cannot be worked out.
    """
    seconds, periods = period(alarm), int(alarm.evaluation_periods)
    if not alarm.metric_data_queries:
        statistic = alarm.statistic or alarm.extended_statistic
        metric = Metric(alarm.namespace, alarm.metric_name, dimensions(alarm), statistic)
        return recent.series(metric, seconds, periods)
    found: dict[str, Series] = {}
    for query in sorted(alarm.metric_data_queries, key=lambda query: query.metric_stat is None):
        if query.metric_stat is None:
            asked = is_query(query.expression)
            found[query.id] = (
                answer(query.expression, recent, seconds, periods)
                if asked
                else evaluate(query.expression, found, periods)
            )
        else:
            of, stat = query.metric_stat.metric, query.metric_stat.stat
            found[query.id] = recent.series(
                Metric(of.namespace, of.metric_name, dimensions(of), stat), seconds, periods
            )
    shown = [query.id for query in alarm.metric_data_queries if str(query.return_data).lower() == "true"]
    return found[shown[0] if shown else alarm.metric_data_queries[-1].id]
