"""Reads a record of a DynamoDB stream as Lambda delivers it; refuses what is malformed.

Knows nothing of documents or of OpenSearch. The shape is AWS's:
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from collections.abc import Mapping
from enum import Enum
from math import floor
from typing import Any, Final, NamedTuple, NotRequired, TypedDict

from stream_indexer.errors import MalformedRecordError

AttributeValue = Mapping[str, Any]  # one member, its name the DynamoDB type: {"N": "1.5"}
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
    """One element of an event's `Records`, as far as it is used here."""

    eventID: str
    eventName: str
    dynamodb: StreamChange
    userIdentity: NotRequired[Mapping[str, str]]  # of what a service did: {"type", "principalId"}


class Operation(Enum):
    """What a change asks for."""

    INDEX = "write"  # index the new image
    DELETE = "remove"  # delete the document
    FETCH = "read"  # the stream's view has no new image: read the item to know


class Change(NamedTuple):
    """One change of one item.

    Attributes:
        keys: the item's primary key.
        image: the whole item after the change; None for a REMOVE, and for a READ until the item is read.
        sequence_number: decimal digits, growing with each change of one item.
        created_at: whole seconds since the epoch.
        record: where it came from, for the quarantine.
    """

    operation: Operation
    keys: Image
    image: Image | None
    sequence_number: str
    created_at: int
    record: StreamRecord


def parse_record(record: StreamRecord) -> Change:
    """Return the change that `record` tells of.

    Raises:
        MalformedRecordError: it is no DynamoDB stream record.
    """
    try:
        change = record["dynamodb"]
        keys = change["Keys"]
        sequence_number = change["SequenceNumber"]
        created = floor(change["ApproximateCreationDateTime"])
        event_name = record["eventName"]
        image = change.get("NewImage")
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise MalformedRecordError(f"no DynamoDB stream record: {_describe(error)}") from error
    if not is_sequence_number(sequence_number):
        raise MalformedRecordError("SequenceNumber is not a string of up to 40 digits")
    if not 0 <= created <= LATEST_SECOND:
        raise MalformedRecordError("ApproximateCreationDateTime is not in seconds since the epoch")
    if event_name == "REMOVE":
        return Change(Operation.DELETE, keys, None, sequence_number, created, record)
    if event_name not in ("INSERT", "MODIFY"):  # not a set: whatever stands there need not be hashable
        raise MalformedRecordError("eventName is none of INSERT, MODIFY, REMOVE")
    if image is not None:
        if not isinstance(image, dict):
            raise MalformedRecordError("NewImage is no map of attributes")
        return Change(Operation.INDEX, keys, image, sequence_number, created, record)
    if change.get("StreamViewType") in ("KEYS_ONLY", "OLD_IMAGE"):
        return Change(Operation.FETCH, keys, None, sequence_number, created, record)
    raise MalformedRecordError("NewImage is missing, although StreamViewType promises one")


def is_sequence_number(value: object) -> bool:
    """Return whether `value` is a sequence number as streams write them."""
    return isinstance(value, str) and len(value) <= LONGEST_SEQUENCE_NUMBER and value.isascii() and value.isdigit()


def _describe(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else "a member has the wrong type"
