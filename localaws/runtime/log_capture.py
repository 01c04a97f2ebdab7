"""What a function's process printed: read off its log file after each invocation, kept in CloudWatch Logs and metrics.

A process writes straight to its file, so that nothing it printed is lost when it dies, and no pipe must be read.
"""

import base64
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from localaws.runtime.deployment import Deployment
from localaws.runtime.worker import Outcome

TAIL_BYTES: Final = 4096  # API reference of Invoke: the last 4 KB of the log
EMF_MARK: Final = '"_aws"'  # embedded metric format: the member that makes a line one


class Telemetry(Protocol):
    """Where logs and metrics go."""

    def log(self, region: str, group: str, stream: str, lines: list[str]) -> None:
        """Keep lines of one log stream."""

    def metrics(self, region: str, namespace: str, data: list[dict[str, Any]]) -> None:
        """Keep metric data in the form of PutMetricData."""


@dataclass(slots=True)
class LogCapture:
    """The output of one process, from its file to telemetry."""

    deployment: Deployment
    path: Path
    stream: str
    telemetry: Telemetry
    _offset: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, request_id: str) -> None:
        """Write the line that starts an invocation."""
        self._write(
            f"START RequestId: {request_id} Version: {self.deployment.version}",
            "platform.start",
            {"requestId": request_id, "version": self.deployment.version},
        )

    def end(self, request_id: str, outcome: Outcome, init_seconds: float | None, peak_mb: int | None) -> str:
        """Write the lines that end an invocation, hand its output on, and return the tail of it in base64."""
        milliseconds = outcome.duration_seconds * 1000
        billed = int(milliseconds) + 1
        memory = self.deployment.memory_mb
        init = f"\tInit Duration: {init_seconds * 1000:.2f} ms" if init_seconds else ""
        peak = f"\tMax Memory Used: {peak_mb} MB" if peak_mb else ""
        if not self.deployment.json_logs:
            self._write(f"END RequestId: {request_id}", "", {})
        self._write(
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {billed} ms"
            f"\tMemory Size: {memory} MB{peak}{init}",
            "platform.report",
            {
                "requestId": request_id,
                "status": "success" if outcome.error is None else "error",
                "metrics": {
                    "durationMs": round(milliseconds, 3),
                    "billedDurationMs": billed,
                    "memorySizeMB": memory,
                    **({"maxMemoryUsedMB": peak_mb} if peak_mb else {}),
                    **({"initDurationMs": round(init_seconds * 1000, 3)} if init_seconds else {}),
                },
            },
        )
        return base64.b64encode(self.flush()[-TAIL_BYTES:]).decode("ascii")

    def flush(self) -> bytes:
        """Hand on what was printed since the last time; return it."""
        with self._lock:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                printed = file.read()
            self._offset += len(printed)
        lines = [line for line in printed.decode("utf-8", "replace").splitlines() if line]
        if lines:
            self.telemetry.log(self.deployment.region, self.deployment.log_group, self.stream, lines)
        for line in lines:
            if line.startswith("{") and EMF_MARK in line:
                for namespace, data in embedded_metrics(line):
                    self.telemetry.metrics(self.deployment.region, namespace, data)
        return printed

    def _write(self, text: str, kind: str, record: Mapping[str, object]) -> None:
        """Append one of Lambda's own lines, as text, or as JSON unless the system log level is above INFO."""
        if self.deployment.json_logs:
            if self.deployment.system_log_level == "WARN":
                return
            moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{int(time.time() * 1000) % 1000:03}Z"
            text = json.dumps({"time": moment, "type": kind, "record": record})
        with self.path.open("ab") as file:
            file.write(text.encode() + b"\n")


def embedded_metrics(line: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return (namespace, data) of each directive of a line in the embedded metric format; none for other lines."""
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
        return [(directive["Namespace"], _data(document, directive)) for directive in directives]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _data(document: Mapping[str, Any], directive: Mapping[str, Any]) -> list[dict[str, Any]]:
    data = []
    for names in directive.get("Dimensions") or [[]]:
        dimensions = [{"Name": name, "Value": str(document[name])} for name in names]
        for metric in directive["Metrics"]:
            value = document[metric["Name"]]
            values = value if isinstance(value, list) else [value]
            data.append(
                {
                    "MetricName": metric["Name"],
                    "Unit": metric.get("Unit", "None"),
                    "Dimensions": dimensions,
                    "Values": [float(number) for number in values],
                }
            )
    return data
