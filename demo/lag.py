"""Replication lag as the function itself reported it, read back from its log."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METRIC = "ReplicationLag"


@dataclass(frozen=True, slots=True)
class Lag:
    """Percentiles of the replication lag in milliseconds, from a write's whole second to OpenSearch's answer."""

    p50: float
    p99: float
    samples: int


def replication_lag(logs: Any, function_name: str) -> Lag:
    """Return the lag over every batch so far; `logs` is boto3's CloudWatch Logs client.

    Raises:
        LookupError: the function has reported no lag.
    """
    values = sorted(_values(logs, f"/aws/lambda/{function_name}"))
    if not values:
        raise LookupError(f"{function_name} has reported no {METRIC}")
    return Lag(_percentile(values, 0.50), _percentile(values, 0.99), len(values))


def _values(logs: Any, log_group: str) -> Iterator[float]:
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=log_group):
        for event in page["events"]:
            if METRIC not in event["message"]:
                continue
            reported = json.loads(event["message"]).get(METRIC, [])
            yield from reported if isinstance(reported, list) else [reported]


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
