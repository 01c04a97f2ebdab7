"""Does the log of a stream keep what DynamoDB Streams promises, for any records?"""

import gc
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localaws.engines.sequence_numbers import COUNTER
from localaws.engines.stream_api import StreamLogs
from localaws.engines.stream_log import ITERATOR_SECONDS, RETENTION_SECONDS, StreamLog
from localaws.errors import AwsError
from localaws.http_messages import Json, from_json, to_json

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
DESCRIPTION = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "StreamViewType": "KEYS_ONLY",
}


@dataclass
class Written:
    """A log with its own clock."""

    shards: int = 1
    now: float = 1_800_000_000.0
    log: StreamLog = field(init=False)
    api: StreamLogs = field(default_factory=StreamLogs)

    def __post_init__(self) -> None:
        self.log = StreamLog(ARN, DESCRIPTION, lambda: self.now, self.shards)
        self.api.add(self.log)

    def write(self, key: str) -> int:
        """Append a record of an item; return its number."""
        change: dict[str, Json] = {
            "ApproximateCreationDateTime": float(int(self.now)),
            "Keys": {"id": {"S": key}},
            "SizeBytes": 10,
        }
        self.log.append({"eventID": key, "dynamodb": change})
        return int(change["SequenceNumber"])

    def described(self) -> list[Json]:
        """Return the shards."""
        shards: list[Json] = self.log.describe()["StreamDescription"]["Shards"]
        return shards

    def iterator(self, shard_id: str, kind: str = "TRIM_HORIZON", **place: str) -> str:
        """Return an iterator."""
        request = {"StreamArn": ARN, "ShardId": shard_id, "ShardIteratorType": kind, **place}
        return str(self.api.get_shard_iterator(request)["ShardIterator"])

    def page(self, iterator: str, **limit: int) -> Json:
        """Return an answer of GetRecords."""
        return from_json(to_json(self.api.get_records({"ShardIterator": iterator, **limit})))

    def read(self, shard_id: str) -> list[tuple[str, int]]:
        """Return the key and the number of each record of a shard."""
        changes = [record["dynamodb"] for record in self.page(self.iterator(shard_id))["Records"]]
        return [(change["Keys"]["id"]["S"], int(change["SequenceNumber"])) for change in changes]


@given(st.integers(1, 5), st.lists(st.one_of(st.sampled_from([1, 2]), st.sampled_from("abcdefgh")), max_size=60))
def test_every_record_is_in_one_shard_and_those_of_an_item_follow_from_parent_to_child(
    shards: int, steps: list[int | str]
) -> None:
    """Whatever is written, and wherever the first open shard rolls over or splits (1 or 2 children)."""
    stream = Written(shards)
    written: dict[str, list[int]] = defaultdict(list)
    children = []
    for step in steps:
        if isinstance(step, int):
            children += (stream.log.split if step > 1 else stream.log.roll)()
        else:
            written[step].append(stream.write(step))
    read: dict[str, list[int]] = defaultdict(list)
    described = stream.described()
    for shard in described:  # a parent is listed before its children
        numbers = shard["SequenceNumberRange"]
        for key, number in stream.read(shard["ShardId"]):
            read[key].append(number)
            assert int(numbers["StartingSequenceNumber"]) <= number
            assert number <= int(numbers.get("EndingSequenceNumber", number))
    assert read == written
    parents = [shard["ParentShardId"] for shard in described if "ParentShardId" in shard]
    closed = [shard["ShardId"] for shard in described if "EndingSequenceNumber" in shard["SequenceNumberRange"]]
    assert len(parents) == len(children) == sum(step for step in steps if isinstance(step, int))
    assert set(parents) == set(closed)


def test_sequence_numbers_are_an_ordinal_that_grows_and_a_counter_that_jumps_at_a_new_shard() -> None:
    """As in every published sample; the same in each run, other ones for another table."""
    stream, again = Written(), Written()
    falls = 0
    for _ in range(100):
        end, begun = stream.write("a"), stream.write("a")
        assert (begun // COUNTER, 1 <= begun % COUNTER - end % COUNTER <= 1600) == (end // COUNTER + 1, True)
        stream.log.roll()
        child = stream.write("a")
        assert child // COUNTER > begun // COUNTER
        assert all(21 <= len(str(number)) <= 28 for number in (end, begun, child))
        falls += child % COUNTER < begun % COUNTER
    assert 0 < falls < 100
    assert again.write("a") == Written().write("a")
    other = StreamLog(ARN.replace("orders", "others"), DESCRIPTION, lambda: 0.0)
    assert other.describe() != again.log.describe()


def test_a_record_is_kept_in_few_objects() -> None:
    """A day of records is kept, and each has hundreds of values: it is kept as it is sent."""
    stream = Written()

    def kept() -> int:
        gc.collect()
        return len(gc.get_objects())

    before = kept()
    for number in range(100):
        stream.write(str(number))
    assert kept() - before < 200


def test_latest_passes_over_what_was_written_and_a_closed_shard_ends() -> None:
    stream = Written()
    (shard_id,) = (shard["ShardId"] for shard in stream.described())
    stream.write("a")
    latest = stream.iterator(shard_id, "LATEST")
    stream.write("b")
    assert [record["eventID"] for record in stream.page(latest)["Records"]] == ["b"]
    stream.log.split()
    first = stream.page(stream.iterator(shard_id), Limit=1)
    assert "NextShardIterator" in first
    assert "NextShardIterator" not in stream.page(first["NextShardIterator"])


def test_what_is_a_day_old_is_trimmed_and_its_place_is_refused() -> None:
    stream = Written()
    (shard_id,) = (shard["ShardId"] for shard in stream.described())
    old = str(stream.write("a"))
    stream.now += RETENTION_SECONDS + 1
    new = stream.write("b")
    assert stream.read(shard_id) == [("b", new)]
    with pytest.raises(AwsError) as refused:
        stream.iterator(shard_id, "AT_SEQUENCE_NUMBER", SequenceNumber=old)
    assert refused.value.code == "TrimmedDataAccessException"


def test_an_iterator_lives_for_a_quarter_of_an_hour() -> None:
    stream = Written()
    (shard_id,) = (shard["ShardId"] for shard in stream.described())
    iterator = stream.iterator(shard_id)
    stream.now += ITERATOR_SECONDS
    assert stream.page(iterator)["Records"] == []
    stream.now += 1
    with pytest.raises(AwsError) as refused:
        stream.page(iterator)
    assert refused.value.code == "ExpiredIteratorException"


def test_a_stream_that_has_ended_splits_no_more() -> None:
    stream = Written()
    stream.log.close()
    for close in (stream.log.split, stream.log.roll):
        with pytest.raises(AwsError, match=r"No shard of .* is open"):
            close()


def test_many_shards_are_listed_in_pages() -> None:
    stream = Written(shards=5)
    first: Any = stream.api.describe_stream({"StreamArn": ARN, "Limit": 3})["StreamDescription"]
    last = first["LastEvaluatedShardId"]
    second: Any = stream.api.describe_stream({"StreamArn": ARN, "ExclusiveStartShardId": last})["StreamDescription"]
    assert [len(first["Shards"]), len(second["Shards"])] == [3, 2]
    assert "LastEvaluatedShardId" not in second
