"""Interfaces that a mapping uses. Implement them to run mappings on other engines.

Every call may block, and mappings hold no lock during a call. A stream refuses by `localaws.errors.AwsError`, with
the API's code.
"""

import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Json = Any  # a JSON value whose shape the API's model gives
Task = Generator[float, None, None]  # yields for how many seconds it wants to sleep unless its wakeup is rung


@dataclass(frozen=True, slots=True)
class Invocation:
    """How an invocation ended.

    Attributes:
        status: HTTP status; 200 means that the function ran, whatever came of it.
        payload: what the function answered, JSON.
        function_error: "Unhandled" when it raised or timed out, else None.
        executed_version: e.g. "$LATEST".
    """

    status: int
    payload: bytes
    function_error: str | None
    executed_version: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One discarded batch, ready for its destination.

    Attributes:
        destination_arn: of an SQS queue, an SNS topic or an S3 bucket.
        message: the SQS message body, the SNS message (no subject): metadata only.
        object_key: where S3 gets it.
        object_body: what S3 gets: the same document with the whole event as `payload`.
    """

    destination_arn: str
    message: str
    object_key: str
    object_body: bytes


class StreamSource(Protocol):
    """The DynamoDB Streams API in wire JSON: binary as base64 text, times as numbers."""

    def describe_stream(self, stream_arn: str, exclusive_start_shard_id: str | None = None) -> Json:
        """Return what DescribeStream answers, `StreamDescription` included."""

    def get_shard_iterator(
        self, stream_arn: str, shard_id: str, iterator_type: str, sequence_number: str | None = None
    ) -> str:
        """Return a shard iterator."""

    def get_records(self, iterator: str, limit: int = 1000) -> Json:
        """Return what GetRecords answers."""


class FunctionInvoker(Protocol):
    """Lambda's synchronous invocation."""

    def invoke(self, function_arn: str, payload: bytes) -> Invocation:
        """Invoke; a throttle or a service error is an Invocation with status 429 or 5xx."""


class FunctionResolver(Protocol):
    """Who knows the functions."""

    def resolve(self, function_name: str, region: str) -> str | None:
        """Return the ARN (with the qualifier, if given) of a function named in any of the API's ways; None: no such."""


class FailureDestination(Protocol):
    """Where given-up batches go."""

    def send(self, delivery: Delivery) -> None:
        """Deliver: S3, SQS or SNS by the ARN; raises if it cannot."""


class Clock(Protocol):
    """Time; injected, so that a day passes in milliseconds where a test wants it."""

    def time(self) -> float:
        """Return seconds since the epoch."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Sleep until `event` is set, at most `seconds` of this clock; return whether it is set."""


class TaskRunner(Protocol):
    """Runs tasks at the same time: threads in earnest, one after another in a simulation."""

    def start(self, name: str, task: Task, wakeup: threading.Event) -> None:
        """Run `task` to its end; each value it yields is a sleep that `wakeup` ends early."""


class MetricsObserver(Protocol):
    """Who keeps metrics of mappings. Names are CloudWatch's, namespace AWS/Lambda."""

    def count(self, region: str, dimensions: Mapping[str, str], name: str, value: float, unit: str) -> None:
        """Take one datum: IteratorAge (Milliseconds) by FunctionName, PolledEventCount by mapping."""


class ApiCall(Protocol):
    """One request to the Lambda API, parameters as the service model names them."""

    @property
    def operation(self) -> str:
        """E.g. "CreateEventSourceMapping"."""

    @property
    def parameters(self) -> Mapping[str, Json]:
        """E.g. {"UUID": ...}."""

    @property
    def region(self) -> str:
        """Of the credentials."""


class NoMetrics:
    """An observer that keeps nothing."""

    def count(self, region: str, dimensions: Mapping[str, str], name: str, value: float, unit: str) -> None:
        """Forget it."""
