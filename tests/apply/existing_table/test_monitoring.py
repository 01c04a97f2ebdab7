"""Are alarms, dashboard and saved queries, once applied, about this pipeline and about lines that it really writes?"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from testkit.search import connect
from tests.apply.deployment import Deployment
from tests.plan.monitored import DASHBOARD

STRING: Final = re.compile(r'"([^"]*)"')
PATTERN: Final = re.compile(r"/(.*)/")
COMPARED: Final = re.compile(r'([\w.]+) (=|!=) "([^"]*)"')
NAME: Final = re.compile(r"(?<![\w.@])[@A-Za-z][\w.]*(?!\w*\()")
WORDS: Final = {"fields", "filter", "stats", "sort", "limit", "display", "parse", "by", "as", "desc", "and", "or"}
NOT_IN_INFREQUENT_ACCESS: Final = {"pattern", "diff", "filterIndex", "unmask"}  # of CloudWatch's other log class
BEHIND: Final = ["iterator-age-critical", "iterator-age-warning", "nothing-polled", "replication-lag", "stalled"]
DISABLED: Final = """
module "search" {{
  alarms = {{ topic_arn = aws_sns_topic.operations.arn, disabled = {} }}
}}
"""
MALFORMED: Final[dict[str, Any]] = {}


@pytest.fixture(scope="session")
def log(deployment: Deployment) -> list[str]:
    """The log of a batch with a malformed record, one that failed partially, and one that raised."""
    invoke(deployment, {"Records": [record("a", 1), MALFORMED]})
    connect(deployment.aws).indices.delete(index="products-v1", ignore=404)
    invoke(deployment, {"Records": [record("b", 2)]})
    invoke(deployment, {})
    events = deployment.aws.client("logs").filter_log_events(logGroupName="/aws/lambda/products")["events"]
    return [event["message"] for event in events]


@pytest.fixture(scope="session")
def queries(deployment: Deployment) -> Mapping[str, str]:
    """The saved queries by name."""
    found = deployment.aws.client("logs").describe_query_definitions()["queryDefinitions"]
    assert {tuple(query["logGroupNames"]) for query in found} == {("/aws/lambda/products",)}
    return {query["name"]: query["queryString"] for query in found}


def record(sku: str, count: int) -> dict[str, Any]:
    """Return a record of the example's table."""
    return {
        "eventName": "INSERT",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_767_225_600.0,
            "Keys": {"sku": {"S": sku}},
            "NewImage": {"sku": {"S": sku}},
            "SequenceNumber": f"{1000 + count}{17_454_423_000 + count:020}",
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }


def invoke(deployment: Deployment, event: dict[str, Any]) -> None:
    """Hand the function an event."""
    deployment.aws.client("lambda").invoke(FunctionName="products", Payload=json.dumps(event))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the fields of a line as Logs Insights names them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    else:
        yield path, value


def asked(query: str) -> set[str]:
    """Return the fields of the log that a query names: not its own aliases, words and texts."""
    bare = PATTERN.sub("", STRING.sub("", query))
    own = {*re.findall(r"\bas (\w+)", bare), *re.findall(r"\(\?<(\w+)>", query)}
    return {name for name in NAME.findall(bare) if not name.startswith("@")} - own - WORDS


def test_what_was_applied_is_what_was_written(deployment: Deployment) -> None:
    """Every alarm, the composite one too, names its topics."""
    described = deployment.aws.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    alarms = described["MetricAlarms"] + described["CompositeAlarms"]
    assert {alarm["AlarmArn"] for alarm in alarms} == set(deployment.terraform.outputs()["alarm_arns"].values())
    (topic,) = deployment.aws.client("sns").list_topics()["Topics"]
    assert {tuple(alarm["AlarmActions"]) for alarm in alarms} == {(topic["TopicArn"],)}
    (behind,) = described["CompositeAlarms"]
    rule = set(re.findall(r'ALARM\("([^"]+)"\)', behind["AlarmRule"]))
    assert rule <= {alarm["AlarmName"] for alarm in described["MetricAlarms"]}


def test_the_dashboard_begins_with_the_state_of_every_alarm(deployment: Deployment) -> None:
    """An operator who opens it at night sees first what is on."""
    dashboard = deployment.aws.client("cloudwatch").get_dashboard(DashboardName="products-eu-west-1")
    body = json.loads(dashboard["DashboardBody"])
    Draft202012Validator(DASHBOARD).validate(body)
    (states,) = [widget for widget in body["widgets"] if widget["type"] == "alarm"]
    assert (states["x"], states["y"], states["width"]) == (0, 0, 24)
    assert set(states["properties"]["alarms"]) == set(deployment.terraform.outputs()["alarm_arns"].values())
    assert states["properties"]["alarms"][0].endswith(":alarm:products-index-behind")
    assert min(widget["y"] for widget in body["widgets"] if widget is not states) == states["height"]


def test_the_dashboard_marks_where_an_alarm_goes_off(deployment: Deployment) -> None:
    """In the unit of the graph."""
    dashboard = deployment.aws.client("cloudwatch").get_dashboard(DashboardName="products-eu-west-1")
    widgets = [each["properties"] for each in json.loads(dashboard["DashboardBody"])["widgets"]]
    marks = {
        each["title"]: [mark["value"] for mark in each["annotations"]["horizontal"]]
        for each in widgets
        if each.get("annotations", {}).get("horizontal")
    }
    assert marks == {
        "Age of the last record read (ms)": [3_600_000, 21_600_000],
        "Duration (ms)": [120_000],
        "From change to index (ms)": [60_000],
    }


def test_every_field_that_a_saved_query_names_is_in_the_log(queries: Mapping[str, str], log: list[str]) -> None:
    """As the function and Lambda write it: a misspelt one would find nothing, and say nothing."""
    written = {path for line in log for path, _ in leaves(json.loads(line))}
    assert {name: asked(query) - written for name, query in queries.items() if asked(query) - written} == {}
    assert all(asked(query) for query in queries.values())


def test_every_text_that_a_saved_query_looks_for_is_in_the_log(queries: Mapping[str, str], log: list[str]) -> None:
    """Or, where it looks for anything else, something else is."""
    written = [leaf for line in log for leaf in leaves(json.loads(line))]
    compared = [found for query in queries.values() for found in COMPARED.findall(query)]
    assert len(compared) >= len(queries) / 2
    for path, comparison, text in compared:
        assert [value for at, value in written if at == path and (value == text) == (comparison == "=")], path


def test_the_reasons_of_batches_given_back_can_be_told_apart(queries: Mapping[str, str], log: list[str]) -> None:
    """They are the function's own words, cut out of its line."""
    (given_back,) = [line for line in log if '"partial batch failure"' in line]
    patterns = [PATTERN.search(query) for query in queries.values() if "parse" in query]
    assert patterns
    for pattern in patterns:
        assert pattern
        reasons = re.search(pattern[1].replace("(?<", "(?P<"), given_back)
        assert reasons
        assert json.loads(f"{{{reasons['reasons']}}}") == {"OpenSearch answered 404 index_not_found_exception": 1}


def test_a_saved_query_would_run_on_a_cheaper_log_too(queries: Mapping[str, str]) -> None:
    """None uses what CloudWatch's class for infrequent access has not."""
    commands = {line.split()[0] for query in queries.values() for line in query.replace("|", "\n").splitlines() if line}
    assert not commands & NOT_IN_INFREQUENT_ACCESS


def test_any_alarm_can_be_disabled_by_one_apply(deployment: Deployment) -> None:
    """Also one that the composite alarm names: AWS does not delete it before the composite alarm forgets it."""
    cloudwatch = deployment.aws.client("cloudwatch")
    with pytest.raises(cloudwatch.exceptions.ClientError, match="there are composite alarm"):
        cloudwatch.delete_alarms(AlarmNames=["products-stalled"])
    for disabled in (["stalled"], BEHIND):
        deployment.set(DISABLED.format(json.dumps(disabled)))
        deployment.terraform.apply()
        described = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        alarms = described["MetricAlarms"] + described["CompositeAlarms"]
        keys = {alarm["AlarmName"].removeprefix("products-") for alarm in alarms}
        assert {"errors", "index-behind", *BEHIND} - keys == set(disabled) | (
            {"index-behind"} if disabled == BEHIND else set()
        )
