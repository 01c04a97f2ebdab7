"""Does CloudWatch accept the dashboard, and does it follow a record from left to right?"""

import json
import re
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from tests.plan.configurations import Configurations
from tests.plan.monitored import AWS, DASHBOARD, KNOWN, OWN, line_metric

PIPELINE: Final[dict[str, Any]] = {
    "table_name": "orders",
    "event_source_mapping_uuid": "14e0db71-5d35-4eb5-b481-8945cf9d10c2",
    "region": "eu-west-1",
    "function": {"name": "orders", "timeout": 120, "log_group": {"name": "/aws/lambda/orders"}},
}
BUCKET: Final = "orders-quarantine-1"
INDEXES: Final = {
    "domain": {"arn": "arn:aws:es:eu-west-1:123456789012:domain/shop", "service": "es"},
    "collection": {"arn": "arn:aws:aoss:eu-west-1:123456789012:collection/abc123", "service": "aoss"},
    "none": None,
}
Widgets = list[dict[str, Any]]


@pytest.fixture(scope="module")
def dashboards(configurations: Configurations) -> dict[str, Widgets]:
    """The widgets by where the index is; with alarms they are unknown until apply, where tests/apply looks."""
    found = {}
    for name, opensearch in INDEXES.items():
        bucket = {"quarantine_bucket": BUCKET} if opensearch else {}
        plan = configurations.of("modules/monitoring").plan(**PIPELINE, **bucket, opensearch=opensearch)
        resources = plan["planned_values"]["root_module"]["resources"]
        (dashboard,) = [each for each in resources if each["type"] == "aws_cloudwatch_dashboard"]
        body = json.loads(dashboard["values"]["dashboard_body"])
        Draft202012Validator(DASHBOARD).validate(body)
        found[name] = body["widgets"]
    return found


@pytest.fixture(params=INDEXES)
def widgets(request: pytest.FixtureRequest, dashboards: dict[str, Widgets]) -> Widgets:
    """The widgets of one of them."""
    return dashboards[request.param]


def lines(widgets: Widgets) -> list[list[Any]]:
    return [line for widget in widgets for line in widget["properties"].get("metrics", [])]


def test_the_story_goes_from_the_table_to_the_index(dashboards: dict[str, Widgets]) -> None:
    """Each station of a record has its column, in the order of its way, and says what to look for."""
    titles = [
        widget
        for widget in dashboards["domain"]
        if widget["type"] == "text" and widget["properties"]["markdown"].startswith("## ")
    ]
    told = [widget["properties"]["markdown"].split("\n") for widget in sorted(titles, key=lambda widget: widget["x"])]
    assert [title for title, _ in told] == ["## 1. Table", "## 2. Stream", "## 3. Function", "## 4. Index"]
    assert all(text.endswith(".") for _, text in told)


def test_no_widget_lies_on_another_or_off_the_grid(widgets: Widgets) -> None:
    """The grid has 24 columns."""
    cells = [
        (x, y)
        for widget in widgets
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len(set(cells))
    assert {x for x, _ in cells} == set(range(24))


def test_every_line_is_a_metric_that_there_is(widgets: Widgets) -> None:
    """One that AWS documents, with its dimensions, or one that the function writes."""
    shown = {line_metric(line) for line in lines(widgets) if isinstance(line[0], str)}
    assert shown - KNOWN == set()


def test_the_function_s_own_metrics_are_those_it_writes(dashboards: dict[str, Widgets]) -> None:
    """Their names are only in metrics.json."""
    shown = {line[1] for line in lines(dashboards["domain"]) if line[0] == OWN["namespace"]}
    assert shown == {
        *(
            "DocumentsIndexed",
            "DocumentsDeleted",
            "VersionConflicts",
            "RecordsRetried",
            "RecordsQuarantined",
            "QuarantineFailures",
            "ReplicationLag",
        ),
        *("DocumentsThrottled", "ConnectionErrors"),
    }


def test_a_domain_s_health_is_its_own(dashboards: dict[str, Widgets]) -> None:
    """By its name and account."""
    shown = [line for line in lines(dashboards["domain"]) if line[0] == "AWS/ES"]
    assert {"ClusterStatus.red", "ClusterIndexWritesBlocked", "FreeStorageSpace"} <= {line[1] for line in shown}
    assert all(line[2:6] == ["ClientId", "123456789012", "DomainName", "shop"] for line in shown)


def test_a_collection_s_health_is_found_by_its_id(dashboards: dict[str, Widgets]) -> None:
    """For its name, one of the metrics' dimensions, is not in its ARN."""
    (group,) = [group for group in AWS if group["namespace"] == "AWS/AOSS"]
    searches = [line[0]["expression"] for line in lines(dashboards["collection"]) if isinstance(line[0], dict)]
    found = [
        re.fullmatch(r"SEARCH\('\{AWS/AOSS,([\w,]+)\} MetricName=\"(\w+)\" CollectionId=\"abc123\"', '\w+', 60\)", text)
        for text in searches
    ]
    assert {match[2] for match in found if match} == set(group["metrics"])
    assert {match[1] for match in found if match} == {",".join(group["dimensions"])}
    assert not [line for line in lines(dashboards["collection"]) if line[0] == "AWS/ES"]


def test_another_function_s_dashboard_ends_with_the_function(dashboards: dict[str, Widgets]) -> None:
    """It has no index."""
    assert "Index" not in json.dumps([widget["properties"].get("markdown") for widget in dashboards["none"]])
    assert {line[0] for line in lines(dashboards["none"])} == {"AWS/DynamoDB", "AWS/Lambda"}


def test_the_number_of_objects_in_the_quarantine_bucket_is_shown(dashboards: dict[str, Widgets]) -> None:
    """S3 reports the number once a day, so the widget shows days, whatever time range the dashboard has."""
    (graph,) = [
        widget["properties"]
        for widget in dashboards["domain"]
        if any(line[0] == "AWS/S3" for line in widget["properties"].get("metrics", []))
    ]
    assert graph["metrics"] == [
        ["AWS/S3", "NumberOfObjects", "BucketName", BUCKET, "StorageType", "AllStorageTypes", {"stat": "Average"}]
    ]
    assert graph["period"] == 86_400
    assert graph["start"] == "-P14D"


def links(widgets: Widgets) -> str:
    """Return the text of the widget above the columns."""
    top = min(widgets, key=lambda widget: widget["y"])
    assert (top["type"], top["x"], top["width"]) == ("text", 0, 24)
    return str(top["properties"]["markdown"])


def test_the_dashboard_links_to_the_bucket_and_the_saved_queries(dashboards: dict[str, Widgets]) -> None:
    """At the top, and without a runbook's address with the runbook's name."""
    text = links(dashboards["domain"])
    assert "docs/runbook.md" in text
    assert f"(https://eu-west-1.console.aws.amazon.com/s3/buckets/{BUCKET}?region=eu-west-1)" in text
    assert "(https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights)" in text
    assert "`rejected-records`" in text


def test_the_dashboard_of_a_function_without_a_bucket_links_to_none(dashboards: dict[str, Widgets]) -> None:
    """A function that is not the indexer keeps no records."""
    assert "s3" not in links(dashboards["none"])
