"""Unit: does the metric line say what the batch did, in CloudWatch's format?"""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from stream_indexer import metrics
from stream_indexer.metrics import DEFINITIONS, MAX_VALUES, BatchMetrics, emf_line

from tests.unit.fakes import SECOND

# The units of MetricDatum in the CloudWatch API.
UNITS: Final = (
    *("Seconds", "Microseconds", "Milliseconds", "Count", "Percent", "None"),
    *("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"),
    *("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"),
)
# The rules of the embedded metric format's specification.
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer", "minimum": 1_000_000_000_000, "maximum": 9_999_999_999_999},
                "CloudWatchMetrics": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["Namespace", "Dimensions", "Metrics"],
                        "properties": {
                            "Namespace": {"type": "string", "minLength": 1, "maxLength": 1024},
                            "Dimensions": {
                                "type": "array",
                                "minItems": 1,
                                "items": {"type": "array", "items": {"type": "string"}, "maxItems": 30},
                            },
                            "Metrics": {
                                "type": "array",
                                "maxItems": 100,
                                "items": {
                                    "type": "object",
                                    "required": ["Name"],
                                    "properties": {
                                        "Name": {"type": "string", "minLength": 1, "maxLength": 1024},
                                        "Unit": {"enum": list(UNITS)},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        }
    },
}
COUNTS: Final = {
    "documents_indexed": "DocumentsIndexed",
    "documents_deleted": "DocumentsDeleted",
    "version_conflicts": "VersionConflicts",
    "records_coalesced": "RecordsCoalesced",
    "ttl_deletes_ignored": "TtlDeletesIgnored",
    "records_retried": "RecordsRetried",
    "documents_throttled": "DocumentsThrottled",
    "connection_errors": "ConnectionErrors",
    "records_quarantined": "RecordsQuarantined",
    "quarantine_failures": "QuarantineFailures",
    "shared_ordinals": "SharedOrdinals",
}
FULL: Final = BatchMetrics(13, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, [1.5, 2000.0])


def tally(name: str) -> BatchMetrics:
    """Return a tally with one count of 3."""
    made = BatchMetrics()
    setattr(made, name, 3)
    return made


def emitted(batch: BatchMetrics) -> dict[str, Any]:
    """Return the line as CloudWatch reads it, its form checked."""
    line = emf_line(batch, "orders", SECOND + 0.25)
    assert b"\n" not in line
    content: dict[str, Any] = json.loads(line)
    jsonschema.validate(content, SCHEMA)
    for directive in content["_aws"]["CloudWatchMetrics"]:
        for dimensions in directive["Dimensions"]:
            assert all(isinstance(content[name], str) for name in dimensions)
        for metric in directive["Metrics"]:
            values = content[metric["Name"]]
            values = values if isinstance(values, list) else [values]
            assert 1 <= len(values) <= 100
            assert all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return content


def test_the_definitions_name_what_the_tally_counts() -> None:
    """`metrics.json` is the one source: of names and units here, and of the alarms in Terraform."""
    assert list(FULL.values()) == list(DEFINITIONS["metrics"])


def test_the_definitions_are_complete() -> None:
    assert json.loads(Path(metrics.__file__).with_name("metrics.json").read_text()) == DEFINITIONS
    assert DEFINITIONS["namespace"] == "StreamIndexer"
    assert DEFINITIONS["dimensions"] == ["FunctionName"]
    for definition in DEFINITIONS["metrics"].values():
        assert definition["unit"] in UNITS
        assert re.fullmatch(r"[A-Z].+\.", definition["meaning"])


def test_every_metric_is_told_with_its_unit() -> None:
    content = emitted(FULL)
    (directive,) = content["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "StreamIndexer"
    assert directive["Dimensions"] == [["FunctionName"]]
    assert {one["Name"]: one["Unit"] for one in directive["Metrics"]} == {
        name: definition["unit"] for name, definition in DEFINITIONS["metrics"].items()
    }
    assert content["FunctionName"] == "orders"
    assert content["_aws"]["Timestamp"] == SECOND * 1000 + 250


def test_each_count_has_its_own_metric() -> None:
    content = emitted(FULL)
    assert {name: content[name] for name in DEFINITIONS["metrics"]} == {
        "RecordsProcessed": 13,
        "DocumentsIndexed": 1,
        "DocumentsDeleted": 2,
        "VersionConflicts": 3,
        "RecordsCoalesced": 4,
        "TtlDeletesIgnored": 5,
        "RecordsRetried": 6,
        "DocumentsThrottled": 7,
        "ConnectionErrors": 8,
        "MalformedRecords": 9,
        "DocumentsRejected": 10,
        "OffendingRecordCount": 19,
        "RecordsQuarantined": 11,
        "QuarantineFailures": 12,
        "SharedOrdinals": 14,
        "ReplicationLag": [1.5, 2000.0],
    }


@pytest.mark.parametrize("name", COUNTS)
def test_what_is_nought_is_not_emitted(name: str) -> None:
    """CloudWatch bills each metric that is sent."""
    content = emitted(tally(name))
    assert content.keys() == {"_aws", "FunctionName", "RecordsProcessed", COUNTS[name]}


@pytest.mark.parametrize("name", ["malformed_records", "documents_rejected"])
def test_either_kind_of_offence_counts(name: str) -> None:
    assert emitted(tally(name))["OffendingRecordCount"] == 3


def test_that_nothing_was_dealt_with_is_emitted() -> None:
    """By that an alarm distinguishes a blocked pipeline from an idle one."""
    content = emitted(BatchMetrics())
    assert content.keys() == {"_aws", "FunctionName", "RecordsProcessed"}
    assert content["RecordsProcessed"] == 0


def test_a_lag_of_nought_is_emitted() -> None:
    assert emitted(BatchMetrics(replication_lags_ms=[0.0]))["ReplicationLag"] == [0.0]


@pytest.mark.parametrize("count", [1, 2, 99, 100, 101, 102, 199, 200, 1000, 10_000])
def test_a_sample_keeps_the_least_and_the_greatest(count: int) -> None:
    """One line has at most 100 values of a metric: the rest is taken evenly by rank."""
    values = [float((number * 7919) % count) for number in range(count)]
    sample = emitted(BatchMetrics(replication_lags_ms=values))["ReplicationLag"]
    assert len(sample) == min(count, MAX_VALUES)
    assert (sample[0], sample[-1]) == (min(values), max(values))
    assert sample == sorted(sample)
    gaps = [high - low for low, high in pairwise(sample)]
    assert not gaps or max(gaps) - min(gaps) <= 1


def test_a_sample_leaves_the_tally_as_it_is() -> None:
    batch = BatchMetrics(replication_lags_ms=[3.0, 1.0])
    emitted(batch)
    assert batch.replication_lags_ms == [3.0, 1.0]
