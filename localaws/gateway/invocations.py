"""Invoke: which version runs, within which concurrency; answered at once, or run later with Lambda's retries."""

import base64
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from localaws.errors import AwsError
from localaws.event_source_mapping.protocols import Clock
from localaws.gateway.functions import LATEST, Function, Regions, Version
from localaws.gateway.lambda_errors import JSON_TYPE
from localaws.gateway.service_model import Call
from localaws.http_messages import Answer
from localaws.runtime.deployment import Deployment
from localaws.runtime.pool import Invocation, Pool

MAX_EVENT_BYTES: Final = 6 * 1024 * 1024  # Lambda quota: a synchronous invocation's payload
MAX_ASYNC_EVENT_BYTES: Final = 1024 * 1024  # the same: an asynchronous one's
ASYNC_RETRIES: Final = 2  # developer guide, "asynchronous invocation": two more attempts
ASYNC_WAITS_SECONDS: Final = (60.0, 120.0)  # the same: after one minute, then two


@dataclass(slots=True)
class Invocations:
    """Runs functions.

    Attributes:
        clock: by which asynchronous invocations wait for their retries.
    """

    pool: Pool
    regions: Regions
    clock: Clock
    _stopping: threading.Event = field(default_factory=threading.Event)

    def invoke(self, call: Call) -> Answer:
        """Answer the operation Invoke."""
        parameters = call.parameters
        kind = parameters.get("InvocationType", "RequestResponse")
        payload = parameters.get("Payload") or b"{}"
        _check_event(payload, MAX_EVENT_BYTES if kind == "RequestResponse" else MAX_ASYNC_EVENT_BYTES)
        with self.regions.lock:
            functions = self.regions.of(call.region)
            function, own = functions.find(parameters["FunctionName"])
            qualifier = parameters.get("Qualifier", own)
            functions.version(parameters["FunctionName"], qualifier)
        arn = f"{function.arn}:{qualifier}" if qualifier else function.arn
        request_id = str(uuid.uuid4())
        match kind:
            case "DryRun":
                return Answer(204)
            case "Event":
                threading.Thread(target=self._run_later, args=(arn, function, payload, request_id), daemon=True).start()
                return Answer(202, b"", {"x-amzn-RequestId": request_id})
        context = base64.b64decode(parameters.get("ClientContext", "")).decode("utf-8")
        invocation, version = self.run(arn, payload, request_id, context)
        headers = {"Content-Type": JSON_TYPE, "X-Amz-Executed-Version": version, "x-amzn-RequestId": request_id}
        if invocation.error:
            headers["X-Amz-Function-Error"] = invocation.error
        if parameters.get("LogType") == "Tail":
            headers["X-Amz-Log-Result"] = invocation.log_tail
        return Answer(200, invocation.payload, headers)

    def run(
        self, function_arn: str, payload: bytes, request_id: str, client_context: str = ""
    ) -> tuple[Invocation, str]:
        """Invoke a function by its ARN; return how it ended and the version that ran.

        Raises:
            AwsError: no such function, or its concurrency is used up.
        """
        with self._place(function_arn) as deployment:
            invocation = self.pool.invoke(deployment, payload, request_id, function_arn, client_context)
        return invocation, deployment.version

    def deploy(self, function: Function, version: Version) -> Deployment:
        """Return the version's deployment, replacing one that a change of settings or code has outdated."""
        number = version.configuration["Version"]
        current = function.deployments.get(number)
        if current is None or current.generation != version.generation:
            function.deployments[number] = version.deployment()
            if current is not None:
                self.pool.retire(current)
        return function.deployments[number]

    def close(self) -> None:
        """Let no asynchronous invocation be tried again."""
        self._stopping.set()

    @contextmanager
    def _place(self, function_arn: str) -> Iterator[Deployment]:
        """Take one of the function's places and return what is to run there."""
        with self.regions.lock:
            function, version = self.regions.of(function_arn.split(":")[3]).version(function_arn)
            if function.reserved is not None and function.running >= function.reserved:
                self.pool.throttled(self.deploy(function, version))
                raise AwsError("TooManyRequestsException", "Rate Exceeded.", 429)
            deployment = self.deploy(function, version)
            function.running += 1
        try:
            yield deployment
        finally:
            with self.regions.lock:
                function.running -= 1

    def _run_later(self, arn: str, function: Function, payload: bytes, request_id: str) -> None:
        """Run an asynchronous invocation, with its retries."""
        settings = function.event_invoke.get(LATEST, {})
        for attempt in range(settings.get("MaximumRetryAttempts", ASYNC_RETRIES) + 1):
            if attempt and self.clock.wait(self._stopping, ASYNC_WAITS_SECONDS[attempt - 1]):
                return
            try:
                invocation, _ = self.run(arn, payload, request_id)
            except AwsError:
                continue
            if invocation.error is None:
                return


def _check_event(payload: bytes, limit: int) -> None:
    if len(payload) > limit:
        raise AwsError(
            "RequestTooLargeException",
            f"Request must be smaller than {limit} bytes for the InvokeFunction operation",
            413,
        )
