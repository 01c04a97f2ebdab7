"""On-failure documents of discarded records as AWS writes them: messages for SQS and SNS, objects for S3."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from localaws.event_source_mapping.protocols import Delivery, Invocation, Json
from localaws.event_source_mapping.records import Record, encode, payload


class DiscardReason(Enum):
    """Why records were discarded, in the word of AWS."""

    RETRIES = "RetryAttemptsExhausted"
    AGE = "RecordAgeExceeded"


@dataclass(frozen=True, slots=True)
class DiscardedBatch:
    """Discarded records of one shard, and the reason.

    Attributes:
        attempts: how often they were tried.
        invocation: the last invocation; None if the function was not invoked.
    """

    records: Sequence[Record]
    condition: DiscardReason
    attempts: int
    invocation: Invocation | None

    def merge(self, other: "DiscardedBatch") -> "DiscardedBatch":
        """Return both as one, `other` following this."""
        records = (*self.records, *other.records)
        return DiscardedBatch(records, self.condition, max(self.attempts, other.attempts), other.invocation)


@dataclass(frozen=True, slots=True)
class BatchSource:
    """Where records came from."""

    mapping_id: str
    function_arn: str
    stream_arn: str
    shard_id: str


def document(given_up: DiscardedBatch, origin: BatchSource, now: float) -> dict[str, Json]:
    """Return the document: metadata only."""
    invocation = given_up.invocation
    first, last = given_up.records[0], given_up.records[-1]
    context: dict[str, Json] = {}
    if given_up.condition is DiscardReason.RETRIES and invocation is not None:
        context["responseContext"] = {
            "statusCode": invocation.status,
            "executedVersion": invocation.executed_version,
            "functionError": invocation.function_error,
        }
    return {
        "requestContext": {
            "requestId": invocation.request_id if invocation else str(uuid.uuid4()),
            "functionArn": origin.function_arn,
            "condition": given_up.condition.value,
            "approximateInvokeCount": max(1, given_up.attempts),
        },
        **context,
        "version": "1.0",
        "timestamp": _time(now, "milliseconds"),
        "DDBStreamBatchInfo": {
            "shardId": origin.shard_id,
            "startSequenceNumber": first.sequence,
            "endSequenceNumber": last.sequence,
            "approximateArrivalOfFirstRecord": _time(first.created, "seconds"),
            "approximateArrivalOfLastRecord": _time(last.created, "seconds"),
            "batchSize": len(given_up.records),
            "streamArn": origin.stream_arn,
        },
    }


def delivery(given_up: DiscardedBatch, origin: BatchSource, destination_arn: str, now: float) -> Delivery:
    """Return what the destination gets."""
    told = document(given_up, origin, now)
    body = encode({**told, "payload": payload(given_up.records).decode()})
    return Delivery(destination_arn, encode(told).decode(), object_key(origin, now), body)


def object_key(origin: BatchSource, now: float) -> str:
    """Return the key of the S3 object; its time is the document's own."""
    moment = datetime.fromtimestamp(now, UTC)
    return (
        f"aws/lambda/{origin.mapping_id}/{origin.shard_id}/{moment:%Y/%m/%d}/{moment:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    )


def _time(seconds: float, precision: str) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=precision).replace("+00:00", "Z")
