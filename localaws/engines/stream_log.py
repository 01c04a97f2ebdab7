"""One stream: shards, iterators and trimming as on AWS, over the records that an engine appends.

It does not use tables or HTTP. Both sets of engines keep their streams in it: the embedded ones make its records
(`stream_records.py`), those on the JVM take them from DynamoDB Local (`jvm/stream_mirror.py`). Sequence numbers are
given here.
"""

import base64
import hashlib
import threading
import uuid
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Final, NamedTuple

import orjson

from localaws.engines.sequence_numbers import SequenceNumbers
from localaws.engines.spool import SPOOL
from localaws.errors import AwsError
from localaws.http_messages import Json, to_json

RETENTION_SECONDS: Final = 24 * 3600  # developer guide, "DynamoDB Streams": data older than 24 hours may be trimmed
ITERATOR_SECONDS: Final = 15 * 60  # API reference of GetShardIterator
MAX_ANSWER_BYTES: Final = 1_000_000  # API reference of GetRecords: 1 MB
MAX_SHARDS_LISTED: Final = 100  # API reference of DescribeStream
HASH_RANGE: Final = 1 << 128


class Kept(NamedTuple):
    """Where a record is in the spool, and what the log itself needs of it."""

    created: float
    size: int
    offset: int
    length: int


@dataclass(slots=True)
class Shard:
    """A run of records of the items whose hash lies in [low, high)."""

    shard_id: str
    parent: str | None
    low: int
    high: int
    upcoming: SequenceNumbers
    first: int
    last: int | None = None  # set when closed
    numbers: list[int] = field(default_factory=list)
    records: list[Kept] = field(default_factory=list)
    trimmed_to: int = 0  # the greatest sequence number that was trimmed

    def describe(self) -> Json:
        """Return the shard as DescribeStream shows it."""
        numbers = {"StartingSequenceNumber": str(self.first)}
        if self.last is not None:
            numbers["EndingSequenceNumber"] = str(self.last)
        parent = {"ParentShardId": self.parent} if self.parent else {}
        return {"ShardId": self.shard_id, "SequenceNumberRange": numbers, **parent}


class StreamLog:
    """One stream: everything written to one table while the stream was on."""

    def __init__(
        self,
        arn: str,
        description: dict[str, Json],
        clock: Callable[[], float],
        shards: int = 1,
        *,
        created: float | None = None,
    ) -> None:
        """Open a stream of `shards` shards; `description` has what DescribeStream repeats (view type, key schema).

        The streams of a table of this name have the same sequence numbers in each run.
        """
        self.arn = arn
        self.enabled = True
        self.view_type = str(description["StreamViewType"])
        self._description = description
        self._clock = clock
        self._created = clock() if created is None else created
        self._lock = threading.RLock()
        self._hash_key = description["KeySchema"][0]["AttributeName"]
        self._shards: dict[str, Shard] = {}
        dice = Random(arn.partition("/stream/")[0])  # noqa: S311 - no secret
        step = HASH_RANGE // shards
        for number in range(shards):
            high = (number + 1) * step if number + 1 < shards else HASH_RANGE
            self._open(None, number * step, high, SequenceNumbers.of_first_shard(dice))

    def append(self, record: Json) -> None:
        """Take the next record, in the form of GetRecords, and give it its sequence number."""
        change = record["dynamodb"]
        place = _hash(change["Keys"][self._hash_key])
        with self._lock:
            shard = next(s for s in self._shards.values() if s.last is None and s.low <= place < s.high)
            number = shard.upcoming.take()
            change["SequenceNumber"] = str(number)
            shard.numbers.append(number)
            encoded = to_json(record)
            created, size = change["ApproximateCreationDateTime"], change["SizeBytes"]
            shard.records.append(Kept(created, size, SPOOL.put(encoded), len(encoded)))

    def describe(self, exclusive_start_shard_id: str | None = None, limit: int = MAX_SHARDS_LISTED) -> Json:
        """Return what DescribeStream answers."""
        with self._lock:
            self._trim()
            ids = list(self._shards)
            start = ids.index(exclusive_start_shard_id) + 1 if exclusive_start_shard_id in ids else 0
            page = ids[start : start + limit]
            more = {"LastEvaluatedShardId": page[-1]} if start + limit < len(ids) else {}
            return {
                "StreamDescription": {
                    "StreamArn": self.arn,
                    "StreamLabel": self.arn.rpartition("/")[2],
                    "StreamStatus": "ENABLED" if self.enabled else "DISABLED",
                    "CreationRequestDateTime": self._created,
                    **self._description,
                    "Shards": [self._shards[shard_id].describe() for shard_id in page],
                    **more,
                }
            }

    def iterator(self, shard_id: str, kind: str, sequence_number: str | None) -> str:
        """Return an iterator as GetShardIterator does.

        Raises:
            AwsError: no such shard, or the sequence number was trimmed.
        """
        with self._lock:
            self._trim()
            shard = self._shard(shard_id)
            match kind:
                case "TRIM_HORIZON":
                    position = 0
                case "LATEST":
                    position = shard.upcoming.upcoming
                case _:
                    position = self._position(shard, kind, sequence_number)
            return self._token(shard_id, position)

    def records(self, shard_id: str, position: int, issued: float, limit: int) -> Json:
        """Return what GetRecords answers from `position`, a sequence number to start at; its records are encoded."""
        with self._lock:
            self._trim()
            shard = self._shard(shard_id)
            if self._clock() - issued > ITERATOR_SECONDS:
                raise AwsError(
                    "ExpiredIteratorException",
                    f"Iterator expired. The iterator was created more than {ITERATOR_SECONDS // 60} minutes ago.",
                )
            if 0 < position <= shard.trimmed_to:
                raise _trimmed()
            start = bisect_left(shard.numbers, position)
            end, size = start, 0
            while end < len(shard.numbers) and end - start < limit and (end == start or size < MAX_ANSWER_BYTES):
                size += shard.records[end].size
                end += 1
            page = [SPOOL.get(kept.offset, kept.length) for kept in shard.records[start:end]]
            answer: dict[str, Json] = {"Records": [orjson.Fragment(encoded) for encoded in page]}
            if shard.last is None or end < len(shard.numbers):
                following = shard.numbers[end - 1] + 1 if end > start else position
                answer["NextShardIterator"] = self._token(shard_id, following)
            return answer

    def has(self, shard_id: str, position: int, count: int) -> bool:
        """Say whether a shard has so many records from `position` on, or will never have more than it has."""
        with self._lock:
            shard = self._shard(shard_id)
            return shard.last is not None or len(shard.numbers) - bisect_left(shard.numbers, position) >= count

    def split(self) -> list[str]:
        """Close the first open shard and open its two children, as AWS does when a partition grows; return their ids.

        Raises:
            AwsError: No shard is open.
        """
        return self._close_first(2)

    def roll(self) -> list[str]:
        """Close the first open shard and open its one child, as AWS does every few hours; return its id.

        Raises:
            AwsError: No shard is open.
        """
        return self._close_first(1)

    def close(self) -> None:
        """End the stream: every shard closes, what was recorded stays readable."""
        with self._lock:
            self.enabled = False
            for shard in self._shards.values():
                if shard.last is None:
                    self._close(shard)

    def _close_first(self, children: int) -> list[str]:
        with self._lock:
            parent = next((shard for shard in self._shards.values() if shard.last is None), None)
            if parent is None:
                raise AwsError("ValidationException", f"No shard of {self.arn} is open.")
            self._close(parent)
            size = parent.high - parent.low
            bounds = [parent.low + size * number // children for number in range(children + 1)]
            numbers = parent.upcoming
            return [self._open(parent.shard_id, low, high, numbers.of_child()) for low, high in pairwise(bounds)]

    def _open(self, parent: str | None, low: int, high: int, upcoming: SequenceNumbers) -> str:
        shard_id = f"shardId-{int(self._clock() * 1000):020}-{uuid.uuid4().hex[:8]}"
        self._shards[shard_id] = Shard(shard_id, parent, low, high, upcoming, first=upcoming.upcoming)
        return shard_id

    def _close(self, shard: Shard) -> None:
        shard.last = max(shard.first, shard.trimmed_to, *shard.numbers[-1:])

    def _shard(self, shard_id: str) -> Shard:
        try:
            return self._shards[shard_id]
        except KeyError:
            raise AwsError(
                "ResourceNotFoundException", f"Requested resource not found: Shard: {shard_id} not found"
            ) from None

    def _position(self, shard: Shard, kind: str, sequence_number: str | None) -> int:
        if kind not in {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"} or not (sequence_number or "").isdigit():
            raise AwsError("ValidationException", "Invalid ShardIteratorType or SequenceNumber in request.")
        number = int(sequence_number or 0)
        if number < shard.first or (shard.last is not None and number > shard.last):
            raise AwsError("ValidationException", f"Invalid SequenceNumber. {number} is not in shard {shard.shard_id}")
        if kind == "AT_SEQUENCE_NUMBER":
            if number <= shard.trimmed_to:
                raise _trimmed()
            return number
        if number < shard.trimmed_to:
            raise _trimmed()
        return number + 1

    def _token(self, shard_id: str, position: int) -> str:
        content = to_json([shard_id, str(position), self._clock()])
        return f"{self.arn}|1|{base64.b64encode(content).decode('ascii')}"

    def _trim(self) -> None:
        horizon = self._clock() - RETENTION_SECONDS
        for shard in list(self._shards.values()):
            count = 0
            while count < len(shard.records):
                if shard.records[count].created >= horizon:
                    break
                count += 1
            if count:
                shard.trimmed_to = shard.numbers[count - 1]
                del shard.numbers[:count], shard.records[:count]


def _hash(value: Json) -> int:
    return int.from_bytes(hashlib.md5(to_json(value), usedforsecurity=False).digest())


def _trimmed() -> AwsError:
    return AwsError(
        "TrimmedDataAccessException", "The operation attempted to read past the oldest stream record in a shard."
    )
