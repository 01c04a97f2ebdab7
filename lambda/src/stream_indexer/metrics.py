"""What a batch is counted by, and the line that makes CloudWatch metrics of it.

Names, units and dimensions stand in `metrics.json` alone, where the Terraform alarms read them too.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from orjson import dumps

DEFINITIONS: Final = json.loads(Path(__file__).with_name("metrics.json").read_bytes())
MAX_VALUES: Final = 100  # of one metric in one line: the format's limit


@dataclass(slots=True)
class BatchMetrics:
    """The counts of one batch; `metrics.json` says what each means."""

    dealt_with: int = 0
    written: int = 0
    deleted: int = 0
    stale: int = 0
    coalesced: int = 0
    kept_expired: int = 0
    retried: int = 0
    throttled: int = 0
    unreachable: int = 0
    malformed: int = 0
    refused: int = 0
    quarantined: int = 0
    quarantine_failures: int = 0
    shared_ordinals: int = 0
    lags_ms: list[float] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """Return the metrics by name. CloudWatch bills each that is sent, so those that are nought are left out.

        `DealtWith` is not: without it a pipeline that stands still looks like one that has nothing to do.
        """
        counted = {
            "Written": self.written,
            "Deleted": self.deleted,
            "Stale": self.stale,
            "Coalesced": self.coalesced,
            "KeptExpired": self.kept_expired,
            "Retried": self.retried,
            "Throttled": self.throttled,
            "Unreachable": self.unreachable,
            "Malformed": self.malformed,
            "Refused": self.refused,
            "OffendingRecordCount": self.malformed + self.refused,
            "Quarantined": self.quarantined,
            "QuarantineFailures": self.quarantine_failures,
            "SharedOrdinals": self.shared_ordinals,
            "ReplicationLag": _subsample(self.lags_ms),
        }
        return {"DealtWith": self.dealt_with, **{name: value for name, value in counted.items() if value}}


def emf_line(metrics: BatchMetrics, function_name: str, now: float) -> bytes:
    """Return one line in CloudWatch's embedded metric format.

    Args:
        metrics: of the batch.
        function_name: the one dimension.
        now: seconds since the epoch.
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
    """Return at most MAX_VALUES of `values`, evenly by rank, the least and the greatest among them."""
    ordered = sorted(values)
    if len(ordered) <= MAX_VALUES:
        return ordered
    step = (len(ordered) - 1) / (MAX_VALUES - 1)
    return [ordered[round(number * step)] for number in range(MAX_VALUES)]
