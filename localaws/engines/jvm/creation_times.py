"""Creation times of stream records to the second. DynamoDB Local knows them only to the minute.

In each second in which a table is written, the first request is held until its stream's next sequence number is noted
with that second; a look that finds no more records is as good a note. A record then belongs to the last note whose
number is not beyond its own: never later than it was made, and never earlier than its write reached the gateway
(docs/decisions/0301-creation-times-of-dynamodb-local.md).
"""

import base64
import threading
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from localaws.engines.jvm.dynamodb_local import STREAMS, DynamoDbLocal
from localaws.errors import AwsError


@dataclass(slots=True)
class SequenceTimestamps:
    """Of one stream: from which sequence number on its records were made in which second or later.

    Attributes:
        noted: the second of the latest note, -1 before the first.
    """

    numbers: list[int] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)
    shard_id: str = ""
    open: bool = False
    noted: int = -1
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, number: int, second: int) -> None:
        """Note that the next record, which will not have a number below `number`, is made in `second` or later."""
        while self.numbers and self.numbers[-1] >= number:
            self.numbers.pop()
            self.seconds.pop()
        self.numbers.append(number)
        self.seconds.append(second)

    def second(self, number: int) -> int:
        """Return the second of a record, 0 where nothing is known."""
        place = bisect_right(self.numbers, number)
        return self.seconds[place - 1] if place else 0


class CreationTimes:
    """The creation times of all streams of one region. ARNs are DynamoDB Local's."""

    def __init__(self, region: str, local: DynamoDbLocal, clock: Callable[[], float]) -> None:
        """Know of no stream yet."""
        self._region = region
        self._local = local
        self._clock = clock
        self._lock = threading.Lock()
        self._notes: dict[str, SequenceTimestamps] = {}

    def opened(self, stream_arn: str) -> None:
        """Learn of a stream that is on."""
        with self._lock:
            notes = self._notes.setdefault(stream_arn, SequenceTimestamps())
            if not notes.open:
                notes.open, notes.noted = True, -1

    def closed(self, stream_arn: str) -> None:
        """Learn that a stream is off."""
        with self._lock:
            if stream_arn in self._notes:
                self._notes[stream_arn].open = False

    def now(self) -> int:
        """Return the second that it is."""
        return int(self._clock())

    def sample(self, table_name: str = "") -> None:
        """Note where the streams of a table are, or all, unless that was done in this second.

        Call it before what may make a record.
        """
        named = f":table/{table_name}/" if table_name else ""
        for stream_arn, notes in list(self._notes.items()):
            if not notes.open or notes.noted == int(self._clock()) or named not in stream_arn:
                continue
            with notes.lock:
                second = int(self._clock())
                if notes.noted == second:
                    continue
                number = self._next_number(stream_arn, notes)
                if number is not None:
                    notes.add(number, second)
                notes.noted = second

    def saw_tip(self, stream_arn: str, number: int, second: int) -> None:
        """Learn that a look in `second` found no record from `number` on; what a write has noted since is better."""
        notes = self._notes[stream_arn]
        with notes.lock:
            if not notes.seconds or notes.seconds[-1] <= second:
                notes.add(number, second)

    def second(self, stream_arn: str, number: int, minute: float) -> float:
        """Return the creation time of a record, whole seconds, given what DynamoDB Local says.

        Records that no request made (time to live) may have no note: then `minute` is the better bound.
        """
        notes = self._notes[stream_arn]
        with notes.lock:
            return float(max(notes.second(number), int(minute)))

    def _next_number(self, stream_arn: str, notes: SequenceTimestamps) -> int | None:
        """Return a number that no record made so far reaches; None if the stream is gone."""
        try:
            if not notes.shard_id:  # the only one as long as the stream is on
                description = self._local.call(self._region, STREAMS, "DescribeStream", {"StreamArn": stream_arn})
                notes.shard_id = description["StreamDescription"]["Shards"][-1]["ShardId"]
            place = {"StreamArn": stream_arn, "ShardId": notes.shard_id, "ShardIteratorType": "LATEST"}
            iterator = self._local.call(self._region, STREAMS, "GetShardIterator", place)["ShardIterator"]
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            return None
        # "<stream ARN>|001|<base64 of shard|next sequence number|time>" in the version that jvm/dynamodb/pom.xml locks
        return int(base64.b64decode(iterator.rpartition("|")[2]).split(b"|")[1])
