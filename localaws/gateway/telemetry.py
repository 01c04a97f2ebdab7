"""Puts logs and metrics of functions into moto's CloudWatch, and keeps both from growing without end."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final

from moto.cloudwatch.models import MetricDatum, cloudwatch_backends
from moto.core.common_models import BaseModel
from moto.logs.models import logs_backends

from localaws.http_messages import ACCOUNT_ID

MAX_METRIC_DATA: Final = 50_000  # of one region; moto keeps all, some 600 bytes each
ADDED_SECONDS: Final = 0.25  # as often as the alarms look
MAX_STREAM_EVENTS: Final = 10_000  # of one log stream; the process's log file has all of them
MAX_STREAMS: Final = 100  # of one log group: each process of a function has its own


@dataclass(slots=True)
class MotoTelemetry:
    """CloudWatch Logs and metrics inside this process."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _latest: dict[tuple[str, ...], tuple[float, MetricDatum]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let moto keep no list of every object it ever made: what is trimmed here would stay in it."""
        BaseModel.__new__ = _untracked  # type: ignore[method-assign]

    def log(self, region: str, group: str, stream: str, lines: list[str]) -> None:
        """Keep lines of one log stream, made if it is not there, as Lambda does."""
        now = int(time.time() * 1000)
        logs = logs_backends[ACCOUNT_ID][region]
        with self._lock:
            if group not in logs.groups:
                logs.create_log_group(group, {})
            logs.ensure_log_stream(group, stream)
            streams = logs.groups[group].streams
            if len(streams) > MAX_STREAMS:
                del streams[next(iter(streams))]
            logs.put_log_events(group, stream, [{"timestamp": now, "message": line} for line in lines])
            events = streams[stream].events
            if len(events) > MAX_STREAM_EVENTS:
                del events[: MAX_STREAM_EVENTS // 2]

    def metrics(self, region: str, namespace: str, data: list[dict[str, Any]]) -> None:
        """Keep metric data in the form of PutMetricData."""
        backend = cloudwatch_backends[ACCOUNT_ID][region]
        with self._lock:
            backend.put_metric_data(namespace, [datum for datum in data if datum["Values"]])
            _trim(backend.metric_data)

    def add(self, region: str, namespace: str, name: str, dimensions: dict[str, str], value: float) -> None:
        """Add to a count that many requests raise: one datum holds what comes in a quarter of a second."""
        shown = [{"Name": key, "Value": text} for key, text in dimensions.items()]
        key = (region, namespace, name, *dimensions.values())
        now = time.monotonic()
        with self._lock:
            since, datum = self._latest.get(key, (-ADDED_SECONDS, None))
            if datum is not None and now - since < ADDED_SECONDS:
                datum.value += value
                return
            datum = MetricDatum(namespace, name, float(value), shown, None, "Count")
            self._latest[key] = (now, datum)
            kept = cloudwatch_backends[ACCOUNT_ID][region].metric_data
            kept.append(datum)
            _trim(kept)


def _trim(data: list[Any]) -> None:
    if len(data) > MAX_METRIC_DATA:
        del data[: MAX_METRIC_DATA // 2]


def _untracked(cls: type[BaseModel], *_: Any, **__: Any) -> BaseModel:
    """Make an object as Python does."""
    return object.__new__(cls)
