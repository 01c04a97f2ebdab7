"""Are metric math, rules of composite alarms and periods read as CloudWatch reads them?"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.cloudwatch.models import MetricDatum

from localaws.alarms.composite_rule import RuleError, holds
from localaws.alarms.composites import why_not_deleted, why_not_saved
from localaws.alarms.history import page
from localaws.alarms.insights import answer
from localaws.alarms.metric_math import MathError, Series, evaluate
from localaws.alarms.metric_window import Metric, MetricWindow

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SERIES: dict[str, Series] = {"a": [4.0, None, 1.0], "b": [2.0, 2.0, 0.0]}
STALLED = "IF(invoked > 0 AND FILL(done, 0) == 0, 1, 0)"
STATES = {"one": "ALARM", "two": "OK", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:one": "ALARM"}


@dataclass
class Alarm:
    """An alarm as moto keeps it: each entry of its history is a state that has ended."""

    name: str
    rule: str | None = None
    history: list[tuple[str, str, str, str, datetime]] = field(
        default_factory=lambda: [("StateUpdate", "Created", "{}", "OK", NOW - MINUTE)]
    )
    state_value: str = "ALARM"
    state_reason: str = "Above"
    state_updated_timestamp: datetime = NOW


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["late", "early"]),
        ({"ScanBy": "TimestampAscending"}, ["early", "late"]),
        ({"AlarmName": "early"}, ["early"]),
        ({"AlarmTypes": ["CompositeAlarm"]}, ["both"]),
        ({"HistoryItemType": "StateUpdate", "MaxRecords": 1}, ["late"]),
        ({"NextToken": "1"}, ["early"]),
        ({"HistoryItemType": "Action"}, []),
        ({"StartDate": NOW + MINUTE}, ["late"]),
        ({"EndDate": (NOW + MINUTE / 2).replace(tzinfo=None)}, ["early"]),
    ],
    ids=str,
)
def test_the_history_of_alarms_has_their_changes_of_state(wanted: dict[str, Any], names: list[str]) -> None:
    """Each with what it was before, what it is since, and why; the latest first unless asked otherwise."""
    late = Alarm("late", state_updated_timestamp=NOW + MINUTE)
    alarms = [Alarm("early"), late, Alarm("both", rule="ALARM(early)"), Alarm("new", history=[])]
    answer = page(alarms, wanted)
    assert [item["AlarmName"] for item in answer["AlarmHistoryItems"]] == names
    assert answer.get("NextToken") == ("1" if wanted.get("MaxRecords") else None)
    for item in answer["AlarmHistoryItems"]:
        assert json.loads(item["HistoryData"])["oldState"] == {"stateValue": "OK", "stateReason": "Created"}
        assert json.loads(item["HistoryData"])["newState"] == {"stateValue": "ALARM", "stateReason": "Above"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2", [5.0, 5.0, 5.0]),
        ("(1 + 2) * -3", [-9.0, -9.0, -9.0]),
        ("2 ^ 3", [8.0, 8.0, 8.0]),
        ("a + b", [6.0, None, 1.0]),
        ("100 * a / b", [200.0, None, None]),
        ("FILL(a, 0) / b", [2.0, 0.0, None]),
        ("FILL(a, b)", [4.0, 2.0, 1.0]),
        ("FILL(a, REPEAT)", [4.0, 1.0, 1.0]),
        ("a > b", [1.0, None, 1.0]),
        ("a >= 4 || b == 2", [1.0, None, 0.0]),
        ("IF(b, 10, 20)", [10.0, 10.0, 20.0]),
        ("IF(b != 0, a)", [4.0, None, None]),
        ("MAX([a, b])", [4.0, 2.0, 1.0]),
        ("SUM(METRICS())", [6.0, 2.0, 1.0]),
        ("AVG(a)", [2.5, 2.5, 2.5]),
        ("100 * b / SERVICE_QUOTA(b)", [0.2, 0.2, 0.0]),
        ("ABS(0 - b) + CEIL(0.2) + FLOOR(1.7)", [4.0, 4.0, 2.0]),
    ],
)
def test_metric_math_goes_period_by_period(expression: str, expected: Series) -> None:
    """A period without data, or with a division by zero, is missing in the result unless it is filled."""
    assert evaluate(expression, SERIES, 3) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("invoked", "done", "expected"), [(5.0, None, 1.0), (5.0, 0.0, 1.0), (5.0, 1.0, 0.0), (None, None, None)]
)
def test_what_is_handed_over_and_not_done_is_seen(
    invoked: float | None, done: float | None, expected: float | None
) -> None:
    """The expression that distinguishes a stalled pipeline from a quiet one."""
    assert evaluate(STALLED, {"invoked": [invoked], "done": [done]}, 1) == [expected]


@pytest.mark.parametrize(
    "expression", ["", "a +", "c", "a b", "ANOMALY(a)", "FILL(a)", "MAX([a, b)", "a § b", "(a", "REPEAT"]
)
def test_what_is_no_metric_math_is_an_error(expression: str) -> None:
    """And never a number."""
    with pytest.raises(MathError):
        evaluate(expression, SERIES, 3)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('ALARM("one")', True),
        ("ALARM(two)", False),
        ('ALARM("two") OR ALARM("one")', True),
        ('ALARM("two") OR ALARM("one") AND OK("one")', False),
        ('(ALARM("two") OR ALARM("one")) AND NOT OK("one")', True),
        ("INSUFFICIENT_DATA(three)", False),
        ('ALARM("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:one")', True),
        ("TRUE AND NOT FALSE", True),
    ],
)
def test_a_composite_alarm_follows_its_rule(rule: str, expected: bool) -> None:  # noqa: FBT001 - a table of cases
    """By the names or the ARNs of other alarms."""
    assert holds(rule, STATES) is expected


@pytest.mark.parametrize(
    "rule", ["", "one", 'ALARM("one"', 'ALARM("one") OR', '(ALARM("one")', 'ALARM("one") OK("two")']
)
def test_what_is_no_rule_is_an_error(rule: str) -> None:
    """And sets off nothing."""
    with pytest.raises(RuleError):
        holds(rule, STATES)


@pytest.mark.parametrize(
    ("deleted", "reason"),
    [
        (["free"], None),
        (["both"], None),
        (["one"], "Cannot delete one as there are composite alarm(s) depending on it."),
        (["free", "two", "one"], "Cannot delete two,one as there are composite alarm(s) depending on them."),
        (["both", "one"], None),
    ],
    ids=str,
)
def test_an_alarm_that_a_composite_alarm_names_is_not_deleted_before_it(deleted: list[str], reason: str | None) -> None:
    """By its name or ARN."""
    rules = {"both": 'ALARM("one") OR OK("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:two")'}
    assert why_not_deleted(deleted, rules) == reason


def test_a_composite_alarm_names_alarms_that_exist() -> None:
    """AWS refuses any other rule."""
    assert why_not_saved('ALARM("one") OR ALARM(two)', ["one", "two", "three"]) is None
    assert "alarms [two] in the alarm rule" in str(why_not_saved('ALARM("one") OR ALARM(two)', ["one"]))


def test_data_fall_into_the_period_in_which_they_came() -> None:
    """Only for their metric and dimensions, and as fast as time is scaled."""
    data = [datum(seconds, value) for seconds, value in [(301, 1.0), (100, 2.0), (1, 4.0)]]
    data += [datum(1, 64.0, "other"), datum(1, 128.0, function="another")]
    metric = Metric("Tests", "Errors", frozenset({("FunctionName", "orders")}), "Sum")
    assert MetricWindow.since(data, NOW, 900, 1).series(metric, 300, 3) == [6.0, 1.0, None]
    assert MetricWindow.since(data, NOW, 900, 3).series(metric, 300, 3) == [4.0, 2.0, None]
    slowest = Metric("Tests", "Errors", metric.dimensions, "p90")
    assert MetricWindow.since(data, NOW, 900, 1).series(slowest, 900, 1) == [4.0]


COLLECTION = (
    'SELECT SUM("5xx") FROM SCHEMA("AWS/AOSS", ClientId, CollectionId, CollectionName) WHERE CollectionId = \'abc123\''
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (COLLECTION, [3.0, None]),  # as the module asks
        (COLLECTION.replace("SUM", "max").replace("SELECT", "select"), [2.0, None]),
        ('SELECT COUNT("5xx") FROM "AWS/AOSS"', [4.0, 1.0]),
        ('SELECT MIN("5xx") FROM "AWS/AOSS" WHERE CollectionId != \'abc123\'', [4.0, 32.0]),
        ("SELECT AVG(\"5xx\") FROM \"AWS/AOSS\" WHERE CollectionId = 'abc123' AND CollectionName='b'", [2.0, None]),
        ('SELECT SUM("5xx") FROM SCHEMA("AWS/AOSS", CollectionId)', [8.0, 32.0]),
        ("SELECT SUM(Errors) FROM Tests", [None, None]),
    ],
)
def test_a_query_takes_every_metric_that_it_names(query: str, expected: Series) -> None:
    """By namespace, by exactly the dimensions of a schema, by their values."""
    ours = {"ClientId": "1", "CollectionId": "abc123"}
    data = [
        datum(1, 1.0, "5xx", **ours, CollectionName="a"),
        datum(2, 2.0, "5xx", **ours, CollectionName="b"),
        datum(3, 4.0, "5xx", ClientId="1", CollectionId="other", CollectionName="a"),
        datum(4, 8.0, "5xx", CollectionId="abc123x"),
        datum(301, 32.0, "5xx", CollectionId="other"),
        datum(5, 64.0, "4xx", **ours, CollectionName="a"),
    ]
    for one in data:
        one.namespace = "AWS/AOSS"
    assert answer(query, MetricWindow.since(data, NOW, 600, 1), 300, 2) == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT",
        "SELECT SUM(a, b) FROM c",
        "SELECT MEDIAN(a) FROM b",
        "SELECT SUM(a) FROM b GROUP BY c",
        "SELECT SUM(a) FROM b WHERE c > 1",
        "SELECT SUM(a) FROM b WHERE c = 'd' OR e = 'f'",
    ],
)
def test_what_no_alarm_can_ask_is_an_error(query: str) -> None:
    """And never a number."""
    with pytest.raises(MathError):
        answer(query, MetricWindow.since([], NOW, 600, 1), 300, 2)


def datum(seconds_ago: float, value: float, name: str = "Errors", function: str = "orders", **others: str) -> Any:
    """Return a datum of a metric by function, or by other dimensions."""
    shown = [{"Name": key, "Value": text} for key, text in (others or {"FunctionName": function}).items()]
    return MetricDatum("Tests", name, value, shown, NOW - timedelta(seconds=seconds_ago))
