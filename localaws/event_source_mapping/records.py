"""A stream record as the function gets it: encoded once, kept as bytes through retries, halves and destinations."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from localaws.event_source_mapping.protocols import Json

OPENING: Final = b'{"Records":['
CLOSING: Final = b"]}"
ENVELOPE_BYTES: Final = len(OPENING) + len(CLOSING)
MAX_PAYLOAD_BYTES: Final = 6 * 1024 * 1024  # Lambda quota: a synchronous invocation's payload


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        number: its sequence number, to compare.
        sequence: the same as the stream writes it, which may have leading zeros.
        created: ApproximateCreationDateTime, whole seconds since the epoch.
        lane: which of the shard's parallel batches it belongs to.
        encoded: its JSON.
    """

    number: int
    sequence: str
    created: float
    lane: int
    encoded: bytes


def as_event(wire: Mapping[str, Json], stream_arn: str, region: str) -> dict[str, Json]:
    """Return a record of GetRecords as Lambda hands it on."""
    change = dict(wire["dynamodb"])
    change["ApproximateCreationDateTime"] = float(int(change["ApproximateCreationDateTime"]))
    event = {
        "eventID": wire["eventID"],
        "eventName": wire["eventName"],
        "eventVersion": wire["eventVersion"],
        "eventSource": wire["eventSource"],
        "awsRegion": wire.get("awsRegion") or region,
        "dynamodb": change,
        "eventSourceARN": stream_arn,
    }
    identity = wire.get("userIdentity")
    if identity:
        event["userIdentity"] = {name[0].lower() + name[1:]: value for name, value in identity.items()}
    return event


def read(event: Mapping[str, Json], lanes: int) -> Record:
    """Encode an event's record and note what the mapping itself needs of it."""
    change = event["dynamodb"]
    sequence = change["SequenceNumber"]
    return Record(
        int(sequence),
        sequence,
        change["ApproximateCreationDateTime"],
        lane_of(change["Keys"], lanes) if lanes > 1 else 0,
        encode(event),
    )


def lane_of(keys: Mapping[str, Json], lanes: int) -> int:
    """Return the lane of an item: the same for the same full key, so that its changes stay in order."""
    return zlib.crc32(encode(dict(sorted(keys.items())))) % lanes


def payload(records: Iterable[Record]) -> bytes:
    """Return the event of an invocation."""
    return OPENING + b",".join([record.encoded for record in records]) + CLOSING


def encode(document: Json) -> bytes:
    """Serialise; text that is no Unicode (a lone surrogate) is escaped."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return json.dumps(document, separators=(",", ":")).encode("ascii")
