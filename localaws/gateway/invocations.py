"""Invoke: which version runs, within which concurrency."""

import base64
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from localaws.errors import AwsError
from localaws.gateway.functions import Function, FunctionsByRegion, Version
from localaws.gateway.lambda_errors import JSON_TYPE, invalid
from localaws.gateway.service_model import ApiCall
from localaws.http_messages import Response
from localaws.runtime.deployment import Deployment
from localaws.runtime.pool import Invocation, SandboxPool

MAX_EVENT_BYTES: Final = 6 * 1024 * 1024  # Lambda quota: a synchronous invocation's payload


@dataclass(slots=True)
class Invocations:
    """Runs functions."""

    pool: SandboxPool
    regions: FunctionsByRegion

    def invoke(self, call: ApiCall) -> Response:
        """Answer the operation Invoke."""
        parameters = call.parameters
        kind = parameters.get("InvocationType", "RequestResponse")
        if kind != "RequestResponse":
            raise invalid(f"This local AWS invokes synchronously: InvocationType must be RequestResponse (got {kind}).")
        payload = parameters.get("Payload") or b"{}"
        _check_event(payload)
        with self.regions.lock:
            functions = self.regions.of(call.region)
            function, own = functions.find(parameters["FunctionName"])
            qualifier = parameters.get("Qualifier", own)
            functions.version(parameters["FunctionName"], qualifier)
        arn = f"{function.arn}:{qualifier}" if qualifier else function.arn
        request_id = str(uuid.uuid4())
        context = base64.b64decode(parameters.get("ClientContext", "")).decode("utf-8")
        invocation, version = self.run(arn, payload, request_id, context)
        headers = {"Content-Type": JSON_TYPE, "X-Amz-Executed-Version": version, "x-amzn-RequestId": request_id}
        if invocation.error:
            headers["X-Amz-Function-Error"] = invocation.error
        if parameters.get("LogType") == "Tail":
            headers["X-Amz-Log-Result"] = invocation.log_tail
        return Response(200, invocation.payload, headers)

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

    @contextmanager
    def _place(self, function_arn: str) -> Iterator[Deployment]:
        """Take one of the function's places and return what is to run there."""
        with self.regions.lock:
            function, version = self.regions.of(function_arn.split(":")[3]).version(function_arn)
            if function.reserved is not None and function.in_flight >= function.reserved:
                self.pool.throttled(self.deploy(function, version))
                raise AwsError("TooManyRequestsException", "Rate Exceeded.", 429)
            deployment = self.deploy(function, version)
            function.in_flight += 1
        try:
            yield deployment
        finally:
            with self.regions.lock:
                function.in_flight -= 1


def _check_event(payload: bytes) -> None:
    if len(payload) > MAX_EVENT_BYTES:
        raise AwsError(
            "RequestTooLargeException",
            f"Request must be smaller than {MAX_EVENT_BYTES} bytes for the InvokeFunction operation",
            413,
        )
