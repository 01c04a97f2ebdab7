"""Is the dashboard one that CloudWatch takes, and does it tell its story from left to right?

The structure is CloudWatch's "Dashboard Body Structure and Syntax": 24 columns, at most 500 widgets, and of a metric
widget its region and metrics.
"""

import json
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from tests.plan.configurations import ROOT, Configurations

GRID: Final = {"x": 24, "y": 10_000, "width": 24, "height": 1_000}
SCHEMA: Final = {
    "type": "object",
    "required": ["widgets"],
    "additionalProperties": False,
    "properties": {"widgets": {"type": "array", "maxItems": 500, "items": {"oneOf": [
        {
            "type": "object",
            "required": ["type", "x", "y", "width", "height", "properties"],
            "properties": {
                "type": {"const": "text"},
                "properties": {
                    "type": "object",
                    "required": ["markdown"],
                    "additionalProperties": False,
                    "properties": {"markdown": {"type": "string", "minLength": 1}},
                },
            },
        },
        {
            "type": "object",
            "required": ["type", "x", "y", "width", "height", "properties"],
            "properties": {
                "type": {"const": "metric"},
                "properties": {
                    "type": "object",
                    "required": ["metrics", "region", "title"],
                    "additionalProperties": False,
                    "properties": {
                        "title": {"type": "string"},
                        "region": {"const": "eu-west-1"},
                        "view": {"enum": ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"]},
                        "period": {"enum": [60, 300, 900, 3600]},
                        "metrics": {"type": "array", "minItems": 1, "maxItems": 100, "items": {
                            "type": "array",
                            "prefixItems": [
                                {"type": "string"},
                                {"type": "string"},
                                {"type": "string"},
                                {"type": "string"},
                                {
                                    "type": "object",
                                    "required": ["stat"],
                                    "additionalProperties": False,
                                    "properties": {"stat": {"pattern": r"^(Sum|Average|Minimum|Maximum|p\d\d)$"}},
                                },
                            ],
                            "minItems": 5,
                            "maxItems": 5,
                        }},
                    },
                },
            },
        },
    ]}}},
}  # fmt: skip


@pytest.fixture(scope="module")
def widgets(configurations: Configurations) -> list[dict[str, Any]]:
    plan = configurations.of("modules/monitoring").plan(
        table_name="orders",
        mapping_uuid="14e0db71-5d35-4eb5-b481-8945cf9d10c2",
        function_name="orders",
        region="eu-west-1",
    )
    (dashboard,) = plan["planned_values"]["root_module"]["resources"]
    body = json.loads(dashboard["values"]["dashboard_body"])
    Draft202012Validator(SCHEMA).validate(body)
    return list(body["widgets"])


def test_the_story_goes_from_the_table_to_the_index(widgets: list[dict[str, Any]]) -> None:
    """Each station of a record has its column, in the order of its way."""
    titles = [widget for widget in widgets if widget["type"] == "text"]
    assert [widget["properties"]["markdown"] for widget in sorted(titles, key=lambda widget: widget["x"])] == [
        "## 1. Table",
        "## 2. Stream",
        "## 3. Function",
        "## 4. Index",
    ]


def test_no_widget_lies_on_another_or_off_the_grid(widgets: list[dict[str, Any]]) -> None:
    """The grid has 24 columns."""
    cells = [
        (x, y)
        for widget in widgets
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len(set(cells))
    assert {x for x, _ in cells} == set(range(24))


def test_the_function_s_own_metrics_are_those_it_writes(widgets: list[dict[str, Any]]) -> None:
    """Their names stand once, in metrics.json."""
    own = json.loads((ROOT / "lambda/src/stream_indexer/metrics.json").read_text())
    lines = [line for widget in widgets for line in widget["properties"].get("metrics", [])]
    shown = {line[1] for line in lines if line[0] == own["namespace"]}
    assert {"Written", "Deleted", "Stale", "Retried", "Quarantined", "ReplicationLag"} == shown
    assert shown <= own["metrics"].keys()
