"""What CloudWatch takes: the structure of a dashboard's body, and the metrics that AWS documents.

The structure is CloudWatch's "Dashboard Body Structure and Syntax": 24 columns, at most 500 widgets; of a metric widget
its region and metrics (a metric with its dimensions and statistic, or an expression), of an alarm widget the ARNs.
"""

import json
from typing import Any, Final

from tests.plan.configurations import ROOT

OWN: Final[dict[str, Any]] = json.loads((ROOT / "lambda/src/stream_indexer/metrics.json").read_text())
# Each group with the page that names its metrics and dimensions.
AWS: Final[list[dict[str, Any]]] = json.loads((ROOT / "tests/plan/data/cloudwatch-metrics.json").read_text())
KNOWN: Final = {
    *((group["namespace"], metric, frozenset(group["dimensions"])) for group in AWS for metric in group["metrics"]),
    *((OWN["namespace"], metric, frozenset(OWN["dimensions"])) for metric in OWN["metrics"]),
}

PLACE: Final = {
    "x": {"type": "integer", "minimum": 0, "maximum": 23},
    "y": {"type": "integer", "minimum": 0},
    "width": {"type": "integer", "minimum": 1, "maximum": 24},
    "height": {"type": "integer", "minimum": 1, "maximum": 1000},
}
METRIC: Final = {
    "type": "array",
    "minItems": 3,
    "maxItems": 2 + 2 * 30 + 1,
    "prefixItems": [{"type": "string", "pattern": "^[^:].*$"}, {"type": "string", "minLength": 1}],
    "items": {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "required": ["stat"],
                "additionalProperties": False,
                "properties": {"stat": {"pattern": r"^(Sum|Average|Minimum|Maximum|SampleCount|p\d\d)$"}},
            },
        ]
    },
}
EXPRESSION: Final = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1,
    "items": {
        "type": "object",
        "required": ["expression", "label"],
        "additionalProperties": False,
        "properties": {
            "expression": {"type": "string", "pattern": r"^SEARCH\('\{.+\} .+', '\w+', \d+\)$"},
            "label": {"type": "string"},
        },
    },
}
MARKS: Final = {
    "type": "object",
    "required": ["horizontal"],
    "additionalProperties": False,
    "properties": {
        "horizontal": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["value", "label"],
                "additionalProperties": False,
                "properties": {"value": {"type": "number"}, "label": {"type": "string"}},
            },
        }
    },
}


def _widget(kind: str, required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    inner = {"type": "object", "required": required, "additionalProperties": False, "properties": properties}
    return {
        "type": "object",
        "required": ["type", "x", "y", "width", "height", "properties"],
        "additionalProperties": False,
        "properties": {**PLACE, "type": {"const": kind}, "properties": inner},
    }


DASHBOARD: Final = {
    "type": "object",
    "required": ["widgets"],
    "additionalProperties": False,
    "properties": {
        "widgets": {
            "type": "array",
            "maxItems": 500,
            "items": {
                "oneOf": [
                    _widget("text", ["markdown"], {"markdown": {"type": "string", "minLength": 1}}),
                    _widget(
                        "alarm",
                        ["alarms"],
                        {
                            "title": {"type": "string"},
                            "alarms": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": 100,
                                "uniqueItems": True,
                                "items": {"pattern": r"^arn:[^:]+:cloudwatch:[^:]+:\d{12}:alarm:.+$"},
                            },
                        },
                    ),
                    _widget(
                        "metric",
                        ["metrics", "region", "title"],
                        {
                            "title": {"type": "string"},
                            "region": {"const": "eu-west-1"},
                            "view": {"enum": ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"]},
                            "period": {"enum": [60, 300, 900, 3600, 86400]},
                            "sparkline": {"type": "boolean"},
                            "start": {"type": "string", "pattern": r"^-P\d+D$"},
                            "annotations": MARKS,
                            "metrics": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": 100,
                                "items": {"oneOf": [METRIC, EXPRESSION]},
                            },
                        },
                    ),
                ]
            },
        }
    },
}


def line_metric(line: list[Any]) -> tuple[str, str, frozenset[str]]:
    """Return the namespace, name and dimensions' names of a line of a graph."""
    namespace, metric, *dimensions = [part for part in line if isinstance(part, str)]
    return namespace, metric, frozenset(dimensions[::2])
