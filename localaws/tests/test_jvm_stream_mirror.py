"""Does the log over DynamoDB Local's one shard have every record once, in order, however it is read and split?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import orjson
import pytest

from localaws.engines.jvm.stream_mirror import FULL_PAGE_RECORDS, LocalRegion, MirroredStreamLog
from localaws.engines.jvm.table_api import named_table
from localaws.engines.jvm.write_counter import WriteCounter
from localaws.errors import AwsError
from localaws.http_messages import Json, from_json, to_json
from localaws.waiting import wait_until

if TYPE_CHECKING:
    from localaws.engines.jvm.creation_times import CreationTimes
    from localaws.engines.jvm.dynamodb_local import DynamoDbLocal

LOCAL_ARN = "arn:aws:dynamodb:ddblocal:000000000000:table/orders/stream/2026-01-01T00:00:00.000"
ARN = LOCAL_ARN.replace("ddblocal:000000000000", "eu-west-1:123456789012")
SHARD = "shardId-00000001796059691311-380d9525"
NOW = 1_800_000_000.0


@dataclass
class FakeDynamoDbLocal:
    """One stream as DynamoDB Local answers for it.

    Attributes:
        refusals: raised by the next calls of GetRecords.
        trimmed: how many records it has forgotten.
        unseen: how many no request has written.
    """

    records: list[Json] = field(default_factory=list)
    open: bool = True
    refusals: list[str] = field(default_factory=list)
    trimmed: int = 0
    unseen: int = 0
    expiring: bool = False
    reads: int = 0

    def write(self, key: str) -> None:
        """Record a change of an item."""
        number = f"{len(self.records) + 1:021}"
        change = {
            "ApproximateCreationDateTime": NOW // 60 * 60,
            "Keys": {"id": {"S": key}},
            "SequenceNumber": number,
            "SizeBytes": 10,
        }
        event: Json = {
            "eventID": f"{len(self.records) + 1}-",
            "eventName": "INSERT",
            "awsRegion": "ddblocal",
            "dynamodb": change,
        }
        self.records.append(event)

    def count(self, table_name: str) -> int:
        """Return what `WriteCounter` would."""
        assert table_name == "orders"
        return len(self.records) - self.unseen + (not self.open)

    def may_expire(self, table_name: str) -> bool:
        """Return what `WriteCounter` would."""
        assert table_name == "orders"
        return self.expiring

    def call(self, _region: str, _service: str, operation: str, parameters: dict[str, Any]) -> Json:
        """Answer one call."""
        match operation:
            case "DescribeStream":
                return {"StreamDescription": self._described()}
            case "GetShardIterator":
                return {"ShardIterator": str(int(parameters.get("SequenceNumber", 0)))}
        self.reads += 1
        if self.refusals:
            code = self.refusals.pop()
            raise AwsError(code, "refused")
        start = max(int(parameters["ShardIterator"]), self.trimmed)
        page = [{**record, "dynamodb": dict(record["dynamodb"])} for record in self.records[start:]][:FULL_PAGE_RECORDS]
        after = start + len(page)
        more = self.open or after < len(self.records)
        return {"Records": page, **({"NextShardIterator": str(after)} if more else {})}

    def _described(self) -> Json:
        return {
            "StreamStatus": "ENABLED" if self.open else "DISABLED",
            "TableName": "orders",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "StreamViewType": "KEYS_ONLY",
            "CreationRequestDateTime": NOW,
            "Shards": [{"ShardId": SHARD, "SequenceNumberRange": {}}],
        }


class NoTimes:
    """Creation times without a sample."""

    def opened(self, stream_arn: str) -> None:
        """Take no notice."""

    def now(self) -> int:
        """Return the second that it is."""
        return int(NOW)

    def saw_tip(self, stream_arn: str, number: int, second: int) -> None:
        """Take no notice."""

    def second(self, _stream_arn: str, _number: int, minute: float) -> float:
        """Return DynamoDB Local's minute."""
        return minute


def fed(fake: FakeDynamoDbLocal, shards: int = 1) -> MirroredStreamLog:
    local, times, writes = cast("DynamoDbLocal", fake), cast("CreationTimes", NoTimes()), cast("WriteCounter", fake)
    return MirroredStreamLog(ARN, LocalRegion("eu-west-1", local, times, writes), lambda: NOW, shards)


def shard_ids(log: MirroredStreamLog) -> list[str]:
    return [shard["ShardId"] for shard in log.describe()["StreamDescription"]["Shards"]]


def read(log: MirroredStreamLog, shard_id: str) -> list[int]:
    """Return which of DynamoDB Local's records a shard has, page by page to its tip."""
    found: list[Json] = []
    while page := from_json(to_json(log.records(shard_id, _after(found), NOW, 1000)))["Records"]:
        found += page
    assert all(len(record["dynamodb"]["SequenceNumber"].lstrip("0")) > 20 for record in found)  # with an ordinal
    return [int(record["eventID"]) for record in found]


def ended(log: MirroredStreamLog, shard_id: str) -> bool:
    """Say whether a shard has no more to come."""
    return "NextShardIterator" not in log.records(shard_id, 0, NOW, 1000)


def _after(found: list[Json]) -> int:
    return int(found[-1]["dynamodb"]["SequenceNumber"]) + 1 if found else 0


@pytest.mark.parametrize("count", [0, 1, FULL_PAGE_RECORDS, 2 * FULL_PAGE_RECORDS + 1])
def test_every_record_is_in_one_of_the_shards(count: int) -> None:
    """Read by several at once, over one page or many; records are AWS's by then."""
    fake = FakeDynamoDbLocal()
    for number in range(count):
        fake.write(f"item-{number % 97}")
    log = fed(fake, shards=4)
    with ThreadPoolExecutor(4) as readers:
        found = list(readers.map(lambda shard_id: read(log, shard_id), shard_ids(log)))
    assert sorted(number for shard in found for number in shard) == list(range(1, count + 1))
    assert all(shard == sorted(shard) for shard in found)
    assert count < 100 or all(found)


def test_a_split_parts_what_was_written_before_it_from_what_comes_after() -> None:
    """Although no client has read it yet."""
    fake = FakeDynamoDbLocal()
    log = fed(fake)
    (parent,) = shard_ids(log)
    for number in range(10):
        fake.write(f"item-{number}")
    first, second = log.split()
    for number in range(10):
        fake.write(f"item-{number}")
    assert read(log, parent) == list(range(1, 11))
    assert ended(log, parent)
    assert sorted(read(log, first) + read(log, second)) == list(range(11, 21))


def test_latest_begins_after_everything_written() -> None:
    fake = FakeDynamoDbLocal()
    log = fed(fake)
    (shard_id,) = shard_ids(log)
    fake.write("a")
    log.iterator(shard_id, "LATEST", None)
    assert log.greatest == 1


def test_a_shard_that_rolls_over_has_what_was_written_before_it() -> None:
    fake = FakeDynamoDbLocal()
    log = fed(fake)
    (parent,) = shard_ids(log)
    fake.write("a")
    (child,) = log.roll()
    fake.write("a")
    assert (read(log, parent), read(log, child), ended(log, parent)) == ([1], [2], True)


@pytest.mark.parametrize("refusal", ["ExpiredIteratorException", "TrimmedDataAccessException"])
def test_a_place_that_dynamodb_local_forgot_is_found_again(refusal: str) -> None:
    """Nothing is taken twice where the place is only an iterator's; after a day, what is left."""
    fake = FakeDynamoDbLocal()
    log = fed(fake)
    (shard_id,) = shard_ids(log)
    fake.write("a")
    assert read(log, shard_id) == [1]
    fake.write("b")
    fake.write("c")
    fake.trimmed = 2 if refusal == "TrimmedDataAccessException" else 0
    fake.refusals.append(refusal)
    assert read(log, shard_id) == ([1, 3] if fake.trimmed else [1, 2, 3])


def test_a_refusal_of_another_kind_is_the_readers_and_loses_nothing() -> None:
    fake = FakeDynamoDbLocal(refusals=["InternalServerError"])
    log = fed(fake)
    (shard_id,) = shard_ids(log)
    fake.write("a")
    with pytest.raises(AwsError, match="refused"):
        read(log, shard_id)
    assert read(log, shard_id) == [1]


@pytest.mark.parametrize("find_out", [read, lambda log, _: log.describe()])
def test_the_log_ends_with_its_stream(find_out: Callable[[MirroredStreamLog, str], object]) -> None:
    """Whether a client first asks for records or for the stream."""
    fake = FakeDynamoDbLocal()
    log = fed(fake)
    (shard_id,) = shard_ids(log)
    fake.write("a")
    fake.open = False
    find_out(log, shard_id)
    assert log.describe()["StreamDescription"]["StreamStatus"] == "DISABLED"
    assert read(log, shard_id) == [1]
    assert ended(log, shard_id)
    reads = fake.reads
    read(log, shard_id)
    assert fake.reads == reads


def test_dynamodb_local_is_not_asked_while_nothing_is_written() -> None:
    """But for once a second where time to live deletes without a request."""
    fake = FakeDynamoDbLocal()
    log = fed(fake)
    (shard_id,) = shard_ids(log)
    fake.write("a")
    assert read(log, shard_id) == [1]
    reads = fake.reads
    for _ in range(3):
        read(log, shard_id)
    assert fake.reads == reads
    fake.write("b")
    assert read(log, shard_id) == [1, 2]
    fake.expiring = True
    fake.unseen = 1
    fake.write("expired")
    wait_until(lambda: read(log, shard_id) == [1, 2, 3], "it is found")


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({"TableName": "orders", "Item": {"TableName": {"S": "others"}}}, ["orders"]),
        ({"TableName": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"}, ["orders"]),
        ({"RequestItems": {"orders": []}}, ["orders", "others"]),
        ({"Statement": "..."}, ["orders", "others"]),
        (["?"], ["orders", "others"]),
    ],
)
def test_a_write_counts_for_every_table_that_it_may_be_of(body: object, changed: list[str]) -> None:
    """What does not name one table counts for all."""
    writes = WriteCounter()
    writes.done(named_table(orjson.dumps(body)))
    assert [name for name in ("orders", "others") if writes.count(name)] == changed
