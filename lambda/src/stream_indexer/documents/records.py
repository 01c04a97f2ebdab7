"""Parses the records of a DynamoDB stream as Lambda delivers them, and rejects malformed records.

AWS documents the format:
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from collections.abc import Mapping
from enum import Enum
from math import floor
from typing import Any, Final, NamedTuple, NotRequired, TypedDict

from stream_indexer.errors import MalformedRecordError

AttributeValue = Mapping[str, Any]  # one member, named by the DynamoDB type: {"N": "1.5"}
Image = Mapping[str, AttributeValue]  # attribute name -> value

LATEST_SECOND: Final = 9_223_372_035  # a version is second x 10^9 + 9 digits and must fit a signed 64-bit long
LONGEST_SEQUENCE_NUMBER: Final = 40  # digits, API reference of StreamRecord


class StreamChange(TypedDict):
    """The `dynamodb` member of a record; binary values are base64 text."""

    ApproximateCreationDateTime: float  # whole seconds since the epoch
    Keys: Image
    NewImage: NotRequired[Image]
    OldImage: NotRequired[Image]
    SequenceNumber: str
    SizeBytes: int
    StreamViewType: str


class StreamRecord(TypedDict):
    """One element of an event's `Records`, with the members that the function uses."""

    eventID: str
    eventName: str
    dynamodb: StreamChange
    userIdentity: NotRequired[Mapping[str, str]]  # {"type", "principalId"} if a service made the change


class Operation(Enum):
    """The operation that a change requires."""

    INDEX = "write"  # index the new image
    DELETE = "remove"  # delete the document
    FETCH = "read"  # read the item: the stream's view has no new image


class Change(NamedTuple):
    """One change of one item.

    Attributes:
        keys: The item's primary key.
        image: The whole item after the change. None for DELETE, and for FETCH until the item is read.
        sequence_number: Decimal digits that increase with each change of an item.
        created_at: Time of the change, in whole seconds since the epoch.
        record: The stream record, for the quarantine.
    """

    operation: Operation
    keys: Image
    image: Image | None
    sequence_number: str
    created_at: int
    record: StreamRecord


def parse_record(record: StreamRecord) -> Change:
    """Return the change that `record` describes.

    Raises:
        MalformedRecordError: The record is not a DynamoDB stream record.
    """
    try:
        change = record["dynamodb"]
        keys = change["Keys"]
        sequence_number = change["SequenceNumber"]
        created = floor(change["ApproximateCreationDateTime"])
        event_name = record["eventName"]
        image = change.get("NewImage")
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise MalformedRecordError(f"not a DynamoDB stream record: {_describe(error)}") from error
    if not is_sequence_number(sequence_number):
        raise MalformedRecordError("SequenceNumber must be a string of up to 40 digits")
    if not 0 <= created <= LATEST_SECOND:
        raise MalformedRecordError("ApproximateCreationDateTime must be in seconds since the epoch")
    if event_name == "REMOVE":
        return Change(Operation.DELETE, keys, None, sequence_number, created, record)
    if event_name not in ("INSERT", "MODIFY"):  # not a set: the value can be unhashable
        raise MalformedRecordError("eventName must be INSERT, MODIFY or REMOVE")
    if image is not None:
        if not isinstance(image, dict):
            raise MalformedRecordError("NewImage must be a map of attributes")
        return Change(Operation.INDEX, keys, image, sequence_number, created, record)
    if change.get("StreamViewType") in ("KEYS_ONLY", "OLD_IMAGE"):
        return Change(Operation.FETCH, keys, None, sequence_number, created, record)
    raise MalformedRecordError("NewImage is missing, but the StreamViewType includes it")


def is_sequence_number(value: object) -> bool:
    """Return whether `value` has the format of a stream's sequence numbers."""
    return isinstance(value, str) and len(value) <= LONGEST_SEQUENCE_NUMBER and value.isascii() and value.isdigit()


def _describe(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else "a member has the wrong type"
