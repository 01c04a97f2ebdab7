"""Counts of one batch, and the log line that CloudWatch turns into metrics.

`metrics.json` has the names, units and dimensions. The Terraform alarms read the same file.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from orjson import dumps

DEFINITIONS: Final = json.loads(Path(__file__).with_name("metrics.json").read_bytes())
MAX_VALUES: Final = 100  # the format's limit for one metric in one line


@dataclass(slots=True)
class BatchMetrics:
    """Counts of one batch. `metrics.json` describes each."""

    records_processed: int = 0
    documents_indexed: int = 0
    documents_deleted: int = 0
    version_conflicts: int = 0
    records_coalesced: int = 0
    ttl_deletes_ignored: int = 0
    records_retried: int = 0
    documents_throttled: int = 0
    connection_errors: int = 0
    malformed_records: int = 0
    documents_rejected: int = 0
    records_quarantined: int = 0
    quarantine_failures: int = 0
    shared_ordinals: int = 0
    replication_lags_ms: list[float] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """Return the metrics by name, without those that are zero: CloudWatch bills each metric that is sent.

        `RecordsProcessed` is always there. Without it, a blocked pipeline looks like an idle one.
        """
        counted = {
            "DocumentsIndexed": self.documents_indexed,
            "DocumentsDeleted": self.documents_deleted,
            "VersionConflicts": self.version_conflicts,
            "RecordsCoalesced": self.records_coalesced,
            "TtlDeletesIgnored": self.ttl_deletes_ignored,
            "RecordsRetried": self.records_retried,
            "DocumentsThrottled": self.documents_throttled,
            "ConnectionErrors": self.connection_errors,
            "MalformedRecords": self.malformed_records,
            "DocumentsRejected": self.documents_rejected,
            "OffendingRecordCount": self.malformed_records + self.documents_rejected,
            "RecordsQuarantined": self.records_quarantined,
            "QuarantineFailures": self.quarantine_failures,
            "SharedOrdinals": self.shared_ordinals,
            "ReplicationLag": _subsample(self.replication_lags_ms),
        }
        return {"RecordsProcessed": self.records_processed, **{name: value for name, value in counted.items() if value}}


def emf_line(metrics: BatchMetrics, function_name: str, now: float) -> bytes:
    """Return one line in CloudWatch's embedded metric format.

    Args:
        metrics: Counts of the batch.
        function_name: Value of the only dimension.
        now: Time of the metrics, in seconds since the epoch.
    """
    values = metrics.values()
    directive = {
        "Namespace": DEFINITIONS["namespace"],
        "Dimensions": [DEFINITIONS["dimensions"]],
        "Metrics": [{"Name": name, "Unit": DEFINITIONS["metrics"][name]["unit"]} for name in values],
    }
    envelope = {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]}
    return dumps({"_aws": envelope, "FunctionName": function_name, **values})


def _subsample(values: list[float]) -> list[float]:
    """Return at most MAX_VALUES of `values`: the smallest, the largest, and others at even distances by rank."""
    ordered = sorted(values)
    if len(ordered) <= MAX_VALUES:
        return ordered
    step = (len(ordered) - 1) / (MAX_VALUES - 1)
    return [ordered[round(number * step)] for number in range(MAX_VALUES)]
