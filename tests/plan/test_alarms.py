"""Does each alarm watch a metric that there is, in a form that CloudWatch takes?"""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest

from localaws.alarms.evaluator import state
from localaws.alarms.metric_math import evaluate
from localaws.alarms.metric_window import MetricWindow
from tests.plan.configurations import Configurations
from tests.plan.monitored import AWS, KNOWN
from tests.plan.test_dashboard import INDEXES, PIPELINE

MAX_TERMS: Final = 10  # metrics of one alarm's expression: CloudWatch's limit
MAX_SECONDS: Final = 86_400  # period times periods, for periods below an hour
FUNCTIONS: Final = {"IF", "FILL", "AND", "SERVICE_QUOTA"}  # of metric math
SELECT: Final = re.compile(
    r"SELECT SUM\(\"(\w+)\"\) FROM SCHEMA\(\"AWS/AOSS\", ([\w, ]+)\) WHERE CollectionId = 'abc123'"
)
Alarms = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def planned(configurations: Configurations) -> dict[str, Alarms]:
    """The alarms by where the index is, and by key."""
    plans = {
        name: configurations.of("modules/monitoring").plan(**PIPELINE, opensearch=opensearch, alarms={})
        for name, opensearch in INDEXES.items()
    }
    return {
        name: {
            resource["index"]: resource["values"]
            for resource in plan["planned_values"]["root_module"]["resources"]
            if resource["type"] == "aws_cloudwatch_metric_alarm"
        }
        for name, plan in plans.items()
    }


@pytest.fixture(params=INDEXES)
def alarms(request: pytest.FixtureRequest, planned: dict[str, Alarms]) -> Alarms:
    """The alarms of one of them."""
    return planned[request.param]


def terms(alarm: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the metrics of an alarm by id, "" where it watches just one."""
    if alarm["metric_name"]:
        return {"": alarm}
    return {query["id"]: query["metric"][0] for query in alarm["metric_query"] if query["metric"]}


def expression(alarm: dict[str, Any]) -> str:
    (found,) = [query["expression"] for query in alarm["metric_query"] if query["expression"]]
    return str(found)


def test_every_alarm_watches_metrics_that_there_are(alarms: Alarms) -> None:
    """One that AWS documents, with its dimensions, or one that the function writes: a slip would never go off."""
    watched = {
        (metric["namespace"], metric["metric_name"], frozenset(metric["dimensions"] or {}))
        for alarm in alarms.values()
        for metric in terms(alarm).values()
    }
    assert watched - KNOWN == set()


def test_an_expression_names_its_terms_and_no_other(alarms: Alarms) -> None:
    """CloudWatch refuses an alarm whose expression names what is not there, or with more than ten metrics."""
    math = {key: alarm for key, alarm in alarms.items() if alarm["metric_query"] and terms(alarm)}
    assert {"concurrency"} <= math.keys()
    for key, alarm in math.items():
        assert set(re.findall(r"[A-Za-z_]\w*", expression(alarm))) - FUNCTIONS == set(terms(alarm)), key
        assert len(terms(alarm)) <= MAX_TERMS
        assert [query["id"] for query in alarm["metric_query"] if query["return_data"]] == ["result"]


def test_no_alarm_looks_further_back_than_cloudwatch_does(alarms: Alarms) -> None:
    """A day at most."""
    for alarm in alarms.values():
        periods = [*terms(alarm).values(), *(query for query in alarm["metric_query"] if query["period"])]
        assert all(alarm["evaluation_periods"] * term["period"] <= MAX_SECONDS for term in periods)


def test_no_data_is_no_alarm(alarms: Alarms) -> None:
    """A table without writes has no metrics, and its alarms do not go off."""
    assert {alarm["treat_missing_data"] for alarm in alarms.values()} == {"notBreaching"}


def test_a_collection_is_asked_for_by_its_id(planned: dict[str, Alarms]) -> None:
    """For its name, one of the metrics' dimensions, is not in its ARN."""
    (group,) = [group for group in AWS if group["namespace"] == "AWS/AOSS"]
    asked = [
        SELECT.fullmatch(expression(planned["collection"][key])) for key in ("cluster-red", "cluster-writes-blocked")
    ]
    assert [match[1] for match in asked if match] == ["5xx", "IngestionRequestErrors"]
    assert {match[1] for match in asked if match} <= set(group["metrics"])
    assert {match[2] for match in asked if match} == {", ".join(group["dimensions"])}


def test_what_the_alarms_are_billed_by_is_what_the_readme_says(planned: dict[str, Alarms]) -> None:
    """CloudWatch bills by the metrics that an alarm looks at."""
    assert sum(len(terms(alarm)) for alarm in planned["domain"].values()) == 24


@pytest.mark.parametrize(
    ("key", "counted", "expected"),
    [
        ("stalled", {"invoked": 5, "processed": 0}, 1),
        ("stalled", {"invoked": 5}, 1),  # the function raises, or Lambda throttles it
        ("stalled", {"invoked": 5, "processed": 1}, 0),
        ("stalled", {"invoked": 0}, 0),
        ("stalled", {}, None),
        ("nothing-polled", {"consumed": 1}, 1),
        ("nothing-polled", {"consumed": 1, "polled": 0, "invoked": 0}, 1),
        ("nothing-polled", {"consumed": 1, "polled": 1}, 0),
        ("nothing-polled", {"consumed": 1, "polled": 0, "invoked": 1}, 0),  # retries of a blocked shard
        ("nothing-polled", {"polled": 0}, 0),
        ("version-conflicts", {"stale": 3, "written": 1}, 75),
        ("version-conflicts", {"written": 2, "deleted": 2}, 0),
        ("version-conflicts", {"stale": 1, "deleted": 3}, 25),
        ("version-conflicts", {}, None),
        ("concurrency", {"claimed": 900, "used": 10}, 90),  # of the 1000 that an account has at first
    ],
)
def test_an_expression_says_what_its_alarm_means(
    planned: dict[str, Alarms], key: str, counted: dict[str, float], expected: float | None
) -> None:
    """Evaluated as CloudWatch does. A missing count is missing data: the function sends zeros only for one metric."""
    alarm = planned["domain"][key]
    series: dict[str, list[float | None]] = {name: [counted.get(name)] for name in terms(alarm)}
    assert evaluate(expression(alarm), series, 1) == [expected]


def as_kept(alarm: dict[str, Any]) -> SimpleNamespace:
    """Return a planned alarm on metric math in the form in which the local CloudWatch keeps one."""
    queries = [
        SimpleNamespace(
            id=query["id"],
            expression=query["expression"],
            period=query["period"],
            return_data=query["return_data"],
            metric_stat=kept_term(query["metric"][0]) if query["metric"] else None,
        )
        for query in alarm["metric_query"]
    ]
    return SimpleNamespace(**{**alarm, "metric_data_queries": queries})


def kept_term(metric: dict[str, Any]) -> SimpleNamespace:
    of = SimpleNamespace(namespace=metric["namespace"], metric_name=metric["metric_name"], dimensions=named(metric))
    return SimpleNamespace(metric=of, stat=metric["stat"], period=metric["period"])


def named(metric: dict[str, Any]) -> list[SimpleNamespace]:
    return [SimpleNamespace(name=name, value=value) for name, value in metric["dimensions"].items()]


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        ({"consumed": range(150), "polled": range(0)}, "ALARM"),  # the stream is off, one write a minute
        ({"consumed": range(0, 240, 10), "polled": range(0)}, "ALARM"),  # the mapping is off, six writes an hour
        ({"consumed": range(0, 240, 10), "polled": range(0, 240, 10)}, "OK"),  # filtered records are polled as well
        ({"consumed": range(29, 240, 60), "polled": range(30, 240, 60)}, "OK"),  # polled in the next half hour
        ({"consumed": range(240), "polled": range(0), "invoked": range(0, 240, 15)}, "OK"),  # a shard is blocked
        ({"consumed": range(29, 30), "polled": range(0)}, "OK"),  # a single write that changed nothing
        ({"consumed": range(0), "polled": range(0)}, "OK"),  # an idle table
    ],
)
def test_writes_of_which_nothing_is_polled_set_off_the_alarm(
    planned: dict[str, Alarms], counted: dict[str, range], expected: str
) -> None:
    """Looked at each minute for four hours, with the writes and polls at these minutes, and zeros of idle polls."""
    alarm = as_kept(planned["domain"]["nothing-polled"])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    data = [
        (start + timedelta(minutes=minute), SimpleNamespace(**vars(query.metric_stat.metric), name=name, value=1.0))
        for query in alarm.metric_data_queries
        if query.metric_stat
        for name in [query.metric_stat.metric.metric_name]
        for minute in counted.get(query.id, ())
    ]
    states = {
        state(alarm, MetricWindow([(at, datum) for at, datum in data if at <= now], now, 1))[0]
        for now in (start + timedelta(minutes=minute) for minute in range(241))
    }
    assert ("ALARM" in states) is (expected == "ALARM")
    assert states <= {"OK", "ALARM"}
