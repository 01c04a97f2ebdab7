"""The processes of all functions: warm ones are used again, more are started for invocations at the same time."""

import contextlib
import os
import threading
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from localaws.errors import AwsError
from localaws.runtime.deployment import Deployment
from localaws.runtime.log_capture import LogCapture, Telemetry
from localaws.runtime.worker import Event, Worker

MAX_PROCESSES: Final = 24  # of one stack: an invocation beyond them waits, as a small machine must


@dataclass(frozen=True, slots=True)
class Invocation:
    """What the runtime answers to an invocation.

    Attributes:
        error: "Unhandled", or None.
        log_tail: the last 4 KB of its log, base64.
    """

    request_id: str
    payload: bytes
    error: str | None
    log_tail: str


@dataclass(slots=True)
class _Sandbox:
    """A process with its output."""

    deployment: Deployment
    worker: Worker
    output: LogCapture


@dataclass(slots=True)
class SandboxPool:
    """Starts, reuses and stops the processes of every function.

    Attributes:
        home: below it the logs and home folders of the processes are kept.
        base_environment: what every function gets besides its own variables, e.g. AWS_ENDPOINT_URL.
    """

    home: Path
    telemetry: Telemetry
    base_environment: dict[str, str]
    _idle: dict[Deployment, deque[_Sandbox]] = field(default_factory=dict)
    _busy: dict[int, _Sandbox] = field(default_factory=dict)
    _retired: set[Deployment] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MAX_PROCESSES))
    _closed: bool = False

    def invoke(
        self, deployment: Deployment, payload: bytes, request_id: str, function_arn: str, client_context: str = ""
    ) -> Invocation:
        """Run one invocation to its end, in a warm process or in a new one."""
        with self._places:
            sandbox = self._take(deployment)
            worker, output = sandbox.worker, sandbox.output
            cold = worker.init_seconds is None
            concurrent = len(self._at_work(deployment.name))
            output.begin(request_id)
            event = Event(request_id, payload, function_arn, deployment.timeout_seconds, client_context)
            try:
                outcome = worker.invoke(event)
                peak = worker.peak_memory_mb()
            except BaseException:
                self._give_back(sandbox, alive=False)
                raise
            tail = output.end(request_id, outcome, worker.init_seconds if cold else None, peak)
            self._give_back(sandbox, alive=outcome.alive)
        self._count(
            deployment,
            ("Invocations", 1.0, "Count"),
            ("Errors", 1.0 if outcome.error else 0.0, "Count"),
            ("Throttles", 0.0, "Count"),
            ("Duration", outcome.duration_seconds * 1000, "Milliseconds"),
            ("ConcurrentExecutions", float(concurrent), "Count"),
        )
        return Invocation(request_id, outcome.payload, outcome.error, tail)

    def throttled(self, deployment: Deployment) -> None:
        """Count an invocation for which the function had no place."""
        self._count(deployment, ("Throttles", 1.0, "Count"))

    def processes(self) -> list[tuple[str, int, bool]]:
        """Return (function name, process id, whether busy) of every process."""
        with self._lock:
            idle = [(d.name, box.worker.pid, False) for d, boxes in self._idle.items() for box in boxes]
            return idle + [(box.deployment.name, box.worker.pid, True) for box in self._busy.values()]

    def kill(self, name: str) -> int:
        """Kill the processes of a function that are busy now, as running out of memory does; return how many."""
        victims = self._at_work(name)
        for sandbox in victims:
            sandbox.worker.kill()
        return len(victims)

    def hang(self, name: str) -> int:
        """Let the processes of a function that are busy now do nothing more, until they time out; return how many."""
        victims = self._at_work(name)
        for sandbox in victims:
            sandbox.worker.hang()
        return len(victims)

    def retire(self, deployment: Deployment) -> None:
        """Stop a deployment's idle processes now, and its busy ones after their invocation."""
        with self._lock:
            self._retired.add(deployment)
            sandboxes = self._idle.pop(deployment, deque())
        for sandbox in sandboxes:
            _stop(sandbox)

    def close(self) -> None:
        """Stop every process, busy or not."""
        with self._lock:
            self._closed = True
            sandboxes = [box for boxes in self._idle.values() for box in boxes] + list(self._busy.values())
            self._idle.clear()
        for sandbox in sandboxes:
            sandbox.worker.stop()

    def _at_work(self, name: str) -> list[_Sandbox]:
        with self._lock:
            return [box for box in self._busy.values() if box.deployment.name == name]

    def _take(self, deployment: Deployment) -> _Sandbox:
        with self._lock:
            if self._closed:
                raise AwsError("ServiceException", "The local AWS is stopping.", 503)
            waiting = self._idle.get(deployment)
            sandbox = waiting.pop() if waiting else None  # the last one used: others cool down
            if sandbox is None:
                sandbox = self._start(deployment)
            self._busy[id(sandbox)] = sandbox
        return sandbox

    def _start(self, deployment: Deployment) -> _Sandbox:
        stream = f"{datetime.now(UTC):%Y/%m/%d}/[{deployment.version}]{uuid.uuid4().hex}"
        folder = self.home / deployment.name
        log = folder / f"{stream.rpartition(']')[2]}.log"
        environment = {**self.base_environment, **_environment(deployment, stream), **deployment.variables}
        worker = Worker(deployment.handler, deployment.folder, environment, log, folder / "home")
        return _Sandbox(deployment, worker, LogCapture(deployment, log, stream, self.telemetry))

    def _give_back(self, sandbox: _Sandbox, *, alive: bool) -> None:
        with self._lock:
            self._busy.pop(id(sandbox), None)
            keep = alive and not self._closed and sandbox.deployment not in self._retired
            if keep:
                self._idle.setdefault(sandbox.deployment, deque()).append(sandbox)
        if not keep:
            _stop(sandbox)

    def _count(self, deployment: Deployment, *data: tuple[str, float, str]) -> None:
        """Keep metrics (name, value, unit) that Lambda itself has of every function."""
        dimensions = [{"Name": "FunctionName", "Value": deployment.name}]
        self.telemetry.metrics(
            deployment.region,
            "AWS/Lambda",
            [{"MetricName": n, "Values": [v], "Unit": u, "Dimensions": dimensions} for n, v, u in data],
        )


def _stop(sandbox: _Sandbox) -> None:
    sandbox.worker.stop()
    with contextlib.suppress(OSError):
        sandbox.output.flush()


def _environment(deployment: Deployment, stream: str) -> dict[str, str]:
    """Return the variables that Lambda sets for every function."""
    levels = {"AWS_LAMBDA_LOG_LEVEL": deployment.log_level} if deployment.json_logs else {}
    return {
        "AWS_REGION": deployment.region,
        "AWS_DEFAULT_REGION": deployment.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{deployment.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": deployment.name,
        "AWS_LAMBDA_FUNCTION_VERSION": deployment.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(deployment.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": deployment.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_LOG_FORMAT": "JSON" if deployment.json_logs else "Text",
        **levels,
        "_HANDLER": deployment.handler,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": os.defpath,
    }
