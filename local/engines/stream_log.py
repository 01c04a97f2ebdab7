"""DynamoDB Streams in memory: shards, sequence numbers, iterators, trimming, as AWS has them.

Knows nothing of tables or of HTTP: it is given changes and answers with wire JSON. Used by the
embedded engines, whose own streams differ from AWS in what `docs/decisions/0302-embedded-streams.md` lists.
"""

import base64
import hashlib
import threading
import uuid
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import orjson

from local.engines.item_size import image_bytes
from local.errors import AwsError
from local.wire import Json

RETENTION_SECONDS: Final = 24 * 3600  # developer guide, "DynamoDB Streams": data older than 24 hours may be trimmed
ITERATOR_SECONDS: Final = 15 * 60  # API reference of GetShardIterator
MAX_RECORDS: Final = 1000  # API reference of GetRecords
MAX_ANSWER_BYTES: Final = 1_000_000  # the same: 1 MB
MAX_SHARDS_LISTED: Final = 100  # API reference of DescribeStream
FIRST_SEQUENCE_NUMBER: Final = 100_000_000_000_017_454_423_009  # AWS's have 21 to 40 digits
SEQUENCE_STEP: Final = 11  # AWS's are not consecutive: nobody may count with them
HASH_RANGE: Final = 1 << 128

Image = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Change:
    """One write of one item, all in wire form.

    Attributes:
        old: the item before, None for an insert.
        new: the item after, None for a delete.
        expired: whether time to live deleted it.
    """

    keys: Image
    old: Image | None
    new: Image | None
    expired: bool = False


@dataclass(slots=True)
class Shard:
    """A run of records of the items whose hash lies in [low, high)."""

    shard_id: str
    parent: str | None
    low: int
    high: int
    first: int
    last: int | None = None  # set when closed
    numbers: list[int] = field(default_factory=list)
    records: list[Json] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
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
        self, arn: str, description: dict[str, Json], region: str, clock: Callable[[], float], shards: int = 1
    ) -> None:
        """Open a stream of `shards` shards; `description` has what DescribeStream repeats (view type, key schema)."""
        self.arn = arn
        self.enabled = True
        self._description = description
        self._region = region
        self._clock = clock
        self._created = clock()
        self._lock = threading.RLock()
        self._next = FIRST_SEQUENCE_NUMBER
        self._view = description["StreamViewType"]
        self._hash_key = description["KeySchema"][0]["AttributeName"]
        self._shards: dict[str, Shard] = {}
        step = HASH_RANGE // shards
        for number in range(shards):
            self._open(None, number * step, (number + 1) * step if number + 1 < shards else HASH_RANGE)

    def append(self, changes: Iterable[Change]) -> None:
        """Record `changes`, in order."""
        with self._lock:
            for change in changes:
                place = _hash(change.keys[self._hash_key])
                shard = next(s for s in self._shards.values() if s.last is None and s.low <= place < s.high)
                number = self._number()
                record, size = self._record(change, number)
                shard.numbers.append(number)
                shard.records.append(record)
                shard.sizes.append(size)

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
                    position = self._next + 1  # `_next` is the number given last
                case _:
                    position = self._position(shard, kind, sequence_number)
            return self._token(shard_id, position)

    def records(self, shard_id: str, position: int, issued: float, limit: int) -> Json:
        """Return what GetRecords answers from `position`, a sequence number to start at."""
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
                size += shard.sizes[end]
                end += 1
            answer: dict[str, Json] = {"Records": shard.records[start:end]}
            if shard.last is None or end < len(shard.numbers):
                following = shard.numbers[end - 1] + 1 if end > start else position
                answer["NextShardIterator"] = self._token(shard_id, following)
            return answer

    def split(self, shard_id: str) -> list[str]:
        """Close a shard and open its two children, as AWS does when a partition grows; return their ids."""
        with self._lock:
            parent = self._shard(shard_id)
            if parent.last is not None:
                raise AwsError("ValidationException", f"Shard {shard_id} is closed already.")
            parent.last = self._number()
            middle = (parent.low + parent.high) // 2
            return [self._open(shard_id, parent.low, middle), self._open(shard_id, middle, parent.high)]

    def split_first(self) -> list[str]:
        """Split the first shard that is open.

        Raises:
            AwsError: none is.
        """
        with self._lock:
            for shard in self._shards.values():
                if shard.last is None:
                    return self.split(shard.shard_id)
        raise AwsError("ValidationException", f"No shard of {self.arn} is open.")

    def close(self) -> None:
        """End the stream: every shard closes, what was recorded stays readable."""
        with self._lock:
            self.enabled = False
            for shard in self._shards.values():
                if shard.last is None:
                    shard.last = self._number()

    def _open(self, parent: str | None, low: int, high: int) -> str:
        shard_id = f"shardId-{int(self._clock() * 1000):020}-{uuid.uuid4().hex[:8]}"
        self._shards[shard_id] = Shard(shard_id, parent, low, high, first=self._number())
        return shard_id

    def _number(self) -> int:
        self._next += SEQUENCE_STEP
        return self._next

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
        content = orjson.dumps([shard_id, str(position), self._clock()])
        return f"{self.arn}|1|{base64.b64encode(content).decode('ascii')}"

    def _trim(self) -> None:
        horizon = self._clock() - RETENTION_SECONDS
        for shard in list(self._shards.values()):
            count = 0
            while count < len(shard.records):
                if shard.records[count]["dynamodb"]["ApproximateCreationDateTime"] >= horizon:
                    break
                count += 1
            if count:
                shard.trimmed_to = shard.numbers[count - 1]
                del shard.numbers[:count], shard.records[:count], shard.sizes[:count]

    def _record(self, change: Change, number: int) -> tuple[Json, int]:
        content: dict[str, Json] = {
            "ApproximateCreationDateTime": float(int(self._clock())),  # whole seconds, yet a JSON float
            "Keys": change.keys,
        }
        size = image_bytes(change.keys)
        if change.new is not None and self._view in {"NEW_IMAGE", "NEW_AND_OLD_IMAGES"}:
            content["NewImage"] = change.new
            size += image_bytes(change.new)
        if change.old is not None and self._view in {"OLD_IMAGE", "NEW_AND_OLD_IMAGES"}:
            content["OldImage"] = change.old
            size += image_bytes(change.old)
        content |= {"SequenceNumber": str(number), "SizeBytes": size, "StreamViewType": self._view}
        record: dict[str, Json] = {
            "eventID": uuid.uuid4().hex,
            "eventName": "REMOVE" if change.new is None else "INSERT" if change.old is None else "MODIFY",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self._region,
            "dynamodb": content,
        }
        if change.expired:
            record["userIdentity"] = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
        return record, size


class StreamLogs:
    """Every stream by its ARN, and the DynamoDB Streams API over them in wire JSON."""

    def __init__(self) -> None:
        """Start without streams."""
        self._logs: dict[str, StreamLog] = {}

    def add(self, log: StreamLog) -> None:
        """Make a stream known."""
        self._logs[log.arn] = log

    def get(self, arn: str) -> StreamLog:
        """Return a stream by its ARN.

        Raises:
            AwsError: ResourceNotFoundException.
        """
        try:
            return self._logs[arn]
        except KeyError:
            raise AwsError(
                "ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found"
            ) from None

    def list_streams(self, request: dict[str, Json]) -> Json:
        """Answer ListStreams."""
        table = request.get("TableName")
        found = [_listed(arn) for arn in self._logs]
        return {"Streams": [stream for stream in found if table in {None, stream["TableName"]}]}

    def describe_stream(self, request: dict[str, Json]) -> Json:
        """Answer DescribeStream."""
        log = self.get(_required(request, "StreamArn"))
        return log.describe(request.get("ExclusiveStartShardId"), int(request.get("Limit", MAX_SHARDS_LISTED)))

    def get_shard_iterator(self, request: dict[str, Json]) -> Json:
        """Answer GetShardIterator."""
        log = self.get(_required(request, "StreamArn"))
        shard_id, kind = _required(request, "ShardId"), _required(request, "ShardIteratorType")
        return {"ShardIterator": log.iterator(shard_id, kind, request.get("SequenceNumber"))}

    def get_records(self, request: dict[str, Json]) -> Json:
        """Answer GetRecords."""
        arn, _, token = _required(request, "ShardIterator").partition("|1|")
        limit = int(request.get("Limit", MAX_RECORDS))
        if not 1 <= limit <= MAX_RECORDS:
            raise AwsError(
                "ValidationException",
                f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: "
                f"Member must have value less than or equal to {MAX_RECORDS}",
            )
        try:
            shard_id, position, issued = orjson.loads(base64.b64decode(token, validate=True))
        except ValueError:
            raise AwsError("ValidationException", "Invalid ShardIterator.") from None
        return self.get(arn).records(shard_id, int(position), issued, limit)


def _hash(value: Json) -> int:
    return int.from_bytes(hashlib.md5(orjson.dumps(value), usedforsecurity=False).digest())


def _trimmed() -> AwsError:
    return AwsError(
        "TrimmedDataAccessException", "The operation attempted to read past the oldest stream record in a shard."
    )


def _listed(arn: str) -> dict[str, str]:
    _, table_name, _, label = arn.split(":", 5)[5].split("/", 3)
    return {"StreamArn": arn, "TableName": table_name, "StreamLabel": label}


def _required(request: dict[str, Json], name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str) or not value:
        raise AwsError(
            "ValidationException",
            f"1 validation error detected: Value null at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: "
            "Member must not be null",
        )
    return value
