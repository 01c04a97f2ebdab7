"""Is what the gateway trims of logs and metrics really gone?"""

import gc
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import BaseModel
from moto.logs.models import logs_backends

from localaws.gateway import telemetry
from localaws.gateway.telemetry import MotoTelemetry
from localaws.http_messages import ACCOUNT_ID

REGION, GROUP = "eu-west-1", "/aws/lambda/chatty"


@pytest.fixture(autouse=True)
def _few_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small limits; moto's state is the process's, so it is cleared afterwards."""
    for name in ("MAX_METRIC_DATA", "MAX_STREAM_EVENTS", "MAX_STREAMS"):
        monkeypatch.setattr(telemetry, name, 20)
    monkeypatch.setattr(BaseModel, "__new__", BaseModel.__new__)
    yield
    for backends in (cloudwatch_backends, logs_backends):
        backends[ACCOUNT_ID][REGION].reset()


def alive() -> Counter[str]:
    """Count moto's objects in memory by their class."""
    gc.collect()
    return Counter(type(found).__name__ for found in gc.get_objects() if isinstance(found, BaseModel))


def test_data_and_events_that_are_trimmed_are_freed() -> None:
    """Ten times the limit was written, at most the limit is in memory, under any reference."""
    kept, before = MotoTelemetry(), alive()
    for number in range(200):
        kept.log(REGION, GROUP, "process", [f"line {number}"])
        datum = {"MetricName": "Count", "Unit": "None", "Dimensions": [], "Values": [1.0]}
        kept.metrics(REGION, "Name", [datum])
    more = alive() - before
    assert 0 < more["LogEvent"] <= 20
    assert 0 < more["MetricDatum"] <= 20


def test_a_count_that_many_requests_raise_is_one_datum(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a quarter of a second each; another table has its own."""
    now = iter([0.0, 0.2, 0.2, 0.3])
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    kept = MotoTelemetry()
    for table in ("orders", "orders", "products", "orders"):
        kept.add(REGION, "AWS/DynamoDB", "ConsumedWriteCapacityUnits", {"TableName": table}, 2)
    data: list[Any] = list(cloudwatch_backends[ACCOUNT_ID][REGION].metric_data)
    assert [(datum.dimensions[0].value, datum.value) for datum in data] == [
        ("orders", 4),
        ("products", 2),
        ("orders", 2),
    ]


def test_the_oldest_log_streams_go_first() -> None:
    """A function that dies often has a process, and so a stream, for each life."""
    kept = MotoTelemetry()
    for number in range(50):
        kept.log(REGION, GROUP, f"process {number}", ["line"])
    streams = logs_backends[ACCOUNT_ID][REGION].groups[GROUP].streams
    assert list(streams) == [f"process {number}" for number in range(30, 50)]
