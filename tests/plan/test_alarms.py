"""Does each alarm watch a metric that there is, in a form that CloudWatch takes?"""

import re
from typing import Any, Final

import pytest

from local.alarms.metric_math import evaluate
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
    assert all(alarm["evaluation_periods"] * 300 <= MAX_SECONDS for alarm in alarms.values())


def test_no_data_is_no_alarm(alarms: Alarms) -> None:
    """A table that nobody writes to has no metrics, and wakes nobody."""
    assert {alarm["treat_missing_data"] for alarm in alarms.values()} == {"notBreaching"}


def test_a_collection_is_asked_for_by_its_id(planned: dict[str, Alarms]) -> None:
    """For its name, one of the metrics' dimensions, is not in its ARN."""
    (group,) = [group for group in AWS if group["namespace"] == "AWS/AOSS"]
    asked = [SELECT.fullmatch(expression(planned["collection"][key])) for key in ("index-red", "index-write-blocked")]
    assert [match[1] for match in asked if match] == ["5xx", "IngestionRequestErrors"]
    assert {match[1] for match in asked if match} <= set(group["metrics"])
    assert {match[2] for match in asked if match} == {", ".join(group["dimensions"])}


def test_what_the_alarms_are_billed_by_is_what_the_readme_says(planned: dict[str, Alarms]) -> None:
    """CloudWatch bills by the metrics that an alarm looks at."""
    assert sum(len(terms(alarm)) for alarm in planned["domain"].values()) == 21


@pytest.mark.parametrize(
    ("key", "counted", "expected"),
    [
        ("stalled", {"invoked": 5, "dealt_with": 0}, 1),
        ("stalled", {"invoked": 5}, 1),  # the function raises, or Lambda throttles it
        ("stalled", {"invoked": 5, "dealt_with": 1}, 0),
        ("stalled", {"invoked": 0}, 0),
        ("stalled", {}, None),
        ("stale", {"stale": 3, "written": 1}, 75),
        ("stale", {"written": 2, "deleted": 2}, 0),
        ("stale", {"stale": 1, "deleted": 3}, 25),
        ("stale", {}, None),
        ("concurrency", {"claimed": 900, "used": 10}, 90),  # of the 1000 that an account has at first
    ],
)
def test_an_expression_says_what_its_alarm_means(
    planned: dict[str, Alarms], key: str, counted: dict[str, float], expected: float | None
) -> None:
    """Worked out as CloudWatch does; a count that is not there is none, for but for one nought is not sent."""
    alarm = planned["domain"][key]
    series: dict[str, list[float | None]] = {name: [counted.get(name)] for name in terms(alarm)}
    assert evaluate(expression(alarm), series, 1) == [expected]
