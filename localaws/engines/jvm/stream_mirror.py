"""Copies the records of one stream of DynamoDB Local into a `StreamLog`, in order, when a reader needs them.

DynamoDB Local has one shard for each stream, which never splits; the log spreads its records over as many as asked for
(docs/decisions/0304-shards-over-dynamodb-local.md) and numbers them as AWS does, for DynamoDB Local's numbers have no
ordinal (docs/decisions/0306-sequence-numbers-of-the-local-aws.md). Nothing else is made up.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from localaws.engines.jvm.creation_times import CreationTimes
from localaws.engines.jvm.dynamodb_local import STREAMS, DynamoDbLocal, to_local
from localaws.engines.jvm.record_fixes import normalize
from localaws.engines.jvm.write_counter import WriteCounter
from localaws.engines.stream_log import MAX_SHARDS_LISTED, StreamLog
from localaws.errors import AwsError
from localaws.http_messages import Json

FULL_PAGE_RECORDS: Final = 1000  # API reference of GetRecords
LOOK_SECONDS: Final = 1.0  # where time to live deletes, which passes no gateway
STILL_SECONDS: Final = 30.0  # where nothing does: only so that nothing is never looked at
FULL_PAGE_BYTES: Final = 500_000  # of 1 MB: pages are not filled to the last byte


@dataclass(frozen=True, slots=True)
class LocalRegion:
    """One region of DynamoDB Local, and what is noted of it."""

    name: str
    local: DynamoDbLocal
    times: CreationTimes
    writes: WriteCounter

    def call(self, operation: str, parameters: dict[str, Json]) -> Json:
        """Ask something of the DynamoDB Streams API.

        Raises:
            AwsError: it refuses.
        """
        return self.local.call(self.name, STREAMS, operation, parameters)


class Position(NamedTuple):
    """A look that found nothing more: which, how much had been written before it, and when it was, monotonic."""

    look: int
    writes: int
    seen: float


class MirroredStreamLog(StreamLog):
    """The log of one stream of DynamoDB Local's.

    Attributes:
        greatest: DynamoDB Local's greatest number that was taken over.
    """

    def __init__(self, arn: str, region: LocalRegion, clock: Callable[[], float], shards: int) -> None:
        """Begin with nothing of what DynamoDB Local has.

        Raises:
            AwsError: there is no such stream.
        """
        self._region = region
        self._local_arn = to_local(region.name, arn.encode()).decode()
        stream = self._described()
        kept = {name: stream[name] for name in ("TableName", "KeySchema", "StreamViewType")}
        super().__init__(arn, kept, clock, shards, created=stream["CreationRequestDateTime"])
        self._table_name = kept["TableName"]
        self._feeding = threading.Lock()
        self._iterator: str | None = None
        self._shard_id = ""
        self._ended: set[str] = set()
        self._last: str | None = None  # DynamoDB Local's number taken last of the shard
        self.greatest = 0
        self._looks = 0
        self._tip = Position(look=-1, writes=-1, seen=-math.inf)
        region.times.opened(self._local_arn)

    def describe(self, exclusive_start_shard_id: str | None = None, limit: int = MAX_SHARDS_LISTED) -> Json:
        """Return what DescribeStream answers."""
        if self.enabled and self._described()["StreamStatus"] == "DISABLED":
            self.sync()
        return super().describe(exclusive_start_shard_id, limit)

    def iterator(self, shard_id: str, kind: str, sequence_number: str | None) -> str:
        """Return an iterator; LATEST is after everything that was written before."""
        if kind == "LATEST":
            self.sync()
        return super().iterator(shard_id, kind, sequence_number)

    def records(self, shard_id: str, position: int, issued: float, limit: int) -> Json:
        """Return a page; it is short only where there was no more."""
        self.sync(lambda: self.has(shard_id, position, limit))
        return super().records(shard_id, position, issued, limit)

    def split(self) -> list[str]:
        """Split; what was written before is the parent's."""
        self.sync()
        return super().split()

    def roll(self) -> list[str]:
        """Roll over; what was written before is the parent's."""
        self.sync()
        return super().roll()

    def sync(self, enough: Callable[[], bool] = lambda: False) -> None:
        """Take everything over that DynamoDB Local has recorded by now, or until it is `enough`."""
        asked = self._looks  # a look that begins after this sees all that was there by now
        while self.enabled and not self._is_idle():
            with self._feeding:
                if self._tip.look > asked or enough():
                    return
                self._looks += 1
                writes, now = self._writes(), time.monotonic()
                if self._take_page():
                    self._tip = Position(self._looks, writes, now)

    def _is_idle(self) -> bool:
        """Say whether nothing was written since the tip was seen, and nothing can have gone by time to live."""
        tip, expires = self._tip, self._region.writes.may_expire(self._table_name)
        for_seconds = LOOK_SECONDS if expires else STILL_SECONDS
        return tip.writes == self._writes() and time.monotonic() - tip.seen < for_seconds

    def _writes(self) -> int:
        return self._region.writes.count(self._table_name)

    def _take_page(self) -> bool:
        """Append the next page; return whether there is no more."""
        second = self._region.times.now()
        try:
            self._iterator = self._iterator or self._place()
            if self._iterator is None:
                return True
            page = self._region.call("GetRecords", {"ShardIterator": self._iterator})
        except AwsError as error:
            self._iterator = None
            match error.code:
                case "ExpiredIteratorException":  # no read for 15 minutes
                    return False
                case "TrimmedDataAccessException":  # nor for a day
                    self._last = None
                    return False
            raise
        more = self._take(page["Records"])
        self._iterator = page.get("NextShardIterator")
        if self._iterator is None:
            self._ended.add(self._shard_id)
            self._last = None
        at_tip = self._iterator is not None and not more
        if at_tip:
            self._region.times.saw_tip(self._local_arn, self.greatest + 1, second)
        return at_tip

    def _take(self, records: list[Json]) -> bool:
        """Append records; return whether there is likely to be more at once."""
        region, size = self._region, 0
        for record in records:
            change = record["dynamodb"]
            number, minute = int(change["SequenceNumber"]), change["ApproximateCreationDateTime"]
            normalize(record, region.name, region.times.second(self._local_arn, number, minute))
            self._last, self.greatest = change["SequenceNumber"], number
            self.append(record)
            size += change["SizeBytes"]
        return len(records) >= FULL_PAGE_RECORDS or size >= FULL_PAGE_BYTES

    def _place(self) -> str | None:
        """Return an iterator after what was taken; None where no shard is left, and the log ends with its stream."""
        stream = self._described()
        left = (shard["ShardId"] for shard in stream["Shards"] if shard["ShardId"] not in self._ended)
        self._shard_id = next(left, "")
        if not self._shard_id:
            if stream["StreamStatus"] == "DISABLED":
                self.close()
            return None
        kind = {"ShardIteratorType": "TRIM_HORIZON"}
        if self._last:
            kind = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last}
        place = {"StreamArn": self._local_arn, "ShardId": self._shard_id, **kind}
        return str(self._region.call("GetShardIterator", place)["ShardIterator"])

    def _described(self) -> Json:
        return self._region.call("DescribeStream", {"StreamArn": self._local_arn})["StreamDescription"]
