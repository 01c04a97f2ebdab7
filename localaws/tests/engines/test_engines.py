"""Do both sets of engines give a table's stream as AWS does?"""

import re
import time
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.dynamodb.models import table as moto_table

from localaws.engines.embedded.moto_patches import PatchedTables
from localaws.engines.stream_api import StreamLogs
from localaws.engines.stream_log import StreamLog
from localaws.engines.stream_records import Change
from localaws.http_messages import from_json, to_json
from localaws.stack import LocalAws
from localaws.tests.streamed_table import StreamedTable

IMAGES_OF = {
    "KEYS_ONLY": (set(), set(), set()),
    "NEW_IMAGE": ({"NewImage"}, {"NewImage"}, set()),
    "OLD_IMAGE": (set(), {"OldImage"}, {"OldImage"}),
    "NEW_AND_OLD_IMAGES": ({"NewImage"}, {"NewImage", "OldImage"}, {"OldImage"}),
}
ALWAYS = {"ApproximateCreationDateTime", "Keys", "SequenceNumber", "SizeBytes", "StreamViewType"}
DIGITS_38 = "12345678901234567890123456789.012345678"


@pytest.mark.parametrize("view_type", IMAGES_OF)
def test_each_view_type_has_its_own_images_and_no_others(aws: LocalAws, view_type: str) -> None:
    """An insert, a change and a delete, in order, with the images that the view type names."""
    table = StreamedTable.create(aws, view_type)
    table.put("a", n={"N": "1"})
    table.put("a", n={"N": "2"})
    table.delete("a")
    records = table.records()
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    assert [set(record["dynamodb"]) - ALWAYS for record in records] == list(IMAGES_OF[view_type])
    assert all(set(record["dynamodb"]) >= ALWAYS for record in records)
    assert {record["dynamodb"]["StreamViewType"] for record in records} == {view_type}
    images = [[record["dynamodb"].get(name, {}).get("n") for name in ("OldImage", "NewImage")] for record in records]
    one, two = {"N": "1"}, {"N": "2"}
    shown = {"NewImage": (one, two, None), "OldImage": (None, one, two)}
    assert images == [
        [shown[name][turn] if name in IMAGES_OF[view_type][turn] else None for name in ("OldImage", "NewImage")]
        for turn in range(3)
    ]


def test_ev_01_ev_03_ev_05_a_record_is_the_one_recorded_on_aws(aws: LocalAws) -> None:
    """The same write gives the same fields and the same size."""
    table = StreamedTable.create(aws, "NEW_IMAGE", ("my_partition_key", "S"))
    item = {"my_partition_key": {"S": "hello world"}, "binary_key": {"B": b"foobar"}}
    table.dynamodb.put_item(TableName=table.name, Item=item)
    (record,) = table.records()
    change = record.pop("dynamodb")
    event_id = record.pop("eventID")
    assert record == {
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
    }
    assert len(event_id) == 32
    assert set(event_id) <= set("0123456789abcdef")
    assert change["SizeBytes"] == 70
    assert change["Keys"] == {"my_partition_key": {"S": "hello world"}}
    assert change["NewImage"] == item
    assert re.fullmatch(r"[1-9]\d{20,27}", change["SequenceNumber"])


def test_records_are_in_the_order_of_the_writes(aws: LocalAws) -> None:
    """Whatever the call was: single, batch, transaction; sequence numbers grow."""
    table = StreamedTable.create(aws)
    table.put("a")
    table.dynamodb.batch_write_item(RequestItems={table.name: [{"PutRequest": {"Item": {"id": {"S": "b"}}}}]})
    put = {"Put": {"TableName": table.name, "Item": {"id": {"S": "c"}}}}
    table.dynamodb.transact_write_items(TransactItems=[put])
    update = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    table.dynamodb.update_item(TableName=table.name, Key={"id": {"S": "d"}}, **update)
    table.delete("a")
    records = table.records()
    assert [(record["eventName"], record["dynamodb"]["Keys"]["id"]["S"]) for record in records] == [
        ("INSERT", "a"),
        ("INSERT", "b"),
        ("INSERT", "c"),
        ("INSERT", "d"),
        ("REMOVE", "a"),
    ]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "h\u00e9llo"}, 6),
        ({"B": b"foobar"}, 6),
        ({"N": "42"}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
    ],
    ids=str,
)
def test_ev_03_the_size_is_that_of_keys_and_images(aws: LocalAws, value: dict[str, Any], size: int) -> None:
    """Each counts with the bytes of its names and values."""
    table = StreamedTable.create(aws)
    table.put("a", v=value)
    table.put("a", v=value, w=value)
    keys, attribute = 2 + 1, 1 + size
    sizes = [record["dynamodb"]["SizeBytes"] for record in table.records()]
    assert sizes == [keys + (keys + attribute), keys + (keys + attribute) + (keys + 2 * attribute)]


def test_ev_07_a_write_that_changes_nothing_leaves_no_record(aws: LocalAws) -> None:
    """The same item again, an update to what is there, a delete of what is not, a refused condition."""
    table = StreamedTable.create(aws)
    table.put("a", n={"N": "1"})
    table.put("a", n={"N": "1"})
    update = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    table.dynamodb.update_item(TableName=table.name, Key={"id": {"S": "a"}}, **update)
    table.dynamodb.update_item(TableName=table.name, Key={"id": {"S": "a"}})
    table.delete("b")
    with pytest.raises(table.dynamodb.exceptions.ConditionalCheckFailedException):
        table.dynamodb.put_item(
            TableName=table.name,
            Item={"id": {"S": "a"}, "n": {"N": "9"}},
            ConditionExpression="attribute_not_exists(id)",
        )
    assert len(table.records()) == 1


def test_an_update_of_nothing_but_a_key_makes_an_item_of_it(aws: LocalAws) -> None:
    """Once; where the item is, nothing happens."""
    table = StreamedTable.create(aws)
    for _ in range(2):
        table.dynamodb.update_item(TableName=table.name, Key={"id": {"S": "a"}})
    (record,) = table.records()
    assert (record["eventName"], record["dynamodb"]["NewImage"]) == ("INSERT", {"id": {"S": "a"}})


EQUAL_VALUES = [
    ({"N": "1.00"}, {"N": "1"}, {"N": "1"}),
    ({"N": "-0"}, {"N": "0e5"}, {"N": "0"}),
    ({"N": "1.5e3"}, {"N": "001500"}, {"N": "1500"}),
    ({"N": "0.10"}, {"N": "1e-1"}, {"N": "0.1"}),
    ({"SS": ["b", "a"]}, {"SS": ["a", "b"]}, {"SS": ["a", "b"]}),
    ({"NS": ["10", "9.0"]}, {"NS": ["9", "1e1"]}, {"NS": ["9", "10"]}),
    ({"BS": [b"b", b"a"]}, {"BS": [b"a", b"b"]}, {"BS": [b"a", b"b"]}),
]


@pytest.mark.parametrize(("written", "again", "kept"), EQUAL_VALUES, ids=str)
def test_a_value_written_in_another_form_is_the_same_value(
    aws: LocalAws, written: dict[str, Any], again: dict[str, Any], kept: dict[str, Any]
) -> None:
    """Numbers lose their zeros and sets have no order, in the table and in its stream: no second record."""
    table = StreamedTable.create(aws)
    table.put("a", v=written)
    table.put("a", v=again)
    (record,) = table.records()
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "a"}, "v": kept}
    assert table.dynamodb.get_item(TableName=table.name, Key={"id": {"S": "a"}})["Item"]["v"] == kept
    assert table.dynamodb.scan(TableName=table.name, ProjectionExpression="id")["Items"] == [{"id": {"S": "a"}}]


def test_a_value_written_in_another_form_inside_another_is_the_same_value(aws: LocalAws) -> None:
    """However deep; DynamoDB Local shows its form as it was written."""
    table = StreamedTable.create(aws)
    table.put("a", v={"M": {"l": {"L": [{"N": "2.0"}, {"SS": ["b", "a"]}]}}})
    table.put("a", v={"M": {"l": {"L": [{"N": "2"}, {"SS": ["a", "b"]}]}}})
    assert len(table.records()) == 1


def test_what_was_written_before_a_call_broke_off_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The write remains, so its record does; what a call rolls back is not recorded."""
    monkeypatch.setattr(moto_table, "StreamShard", moto_table.StreamShard)  # as it was, after the test
    description = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "StreamViewType": "KEYS_ONLY"}
    log = StreamLog("arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1", description, time.time, 1)
    tables = PatchedTables(StreamLogs(), time.time, shards=1)
    keys = {"id": {"S": "a"}}

    def breaks_off() -> None:
        with tables.call():
            tables.record(log, Change(keys, None, keys))
            raise KeyError

    with pytest.raises(KeyError):
        breaks_off()
    (shard,) = log.describe()["StreamDescription"]["Shards"]
    with tables.call() as refused:
        tables.record(log, Change(keys, keys, None))
        refused.append(None)
    (recorded,) = from_json(to_json(log.records(shard["ShardId"], 0, time.time(), 1000)))["Records"]
    assert recorded["eventName"] == "INSERT"


def test_a_binary_key_comes_back_byte_for_byte(aws: LocalAws) -> None:
    """Bytes that are no text."""
    table = StreamedTable.create(aws, key=("id", "B"))
    table.dynamodb.put_item(TableName=table.name, Item={"id": {"B": b"\x00\xff"}})
    (record,) = table.records()
    assert record["dynamodb"]["Keys"] == {"id": {"B": b"\x00\xff"}}


@pytest.mark.parametrize(
    "value",
    [
        {"M": {}},
        {"L": []},
        {"L": [{"M": {}}, {"L": [{"M": {"a": {"M": {}}}}]}]},
        {"M": {"a": {"M": {}}, "b": {"L": []}, "c": {"NULL": True}}},
        {"N": DIGITS_38},
        {"S": ""},
        {"S": "{}"},
        {"BOOL": False},
        {"B": b""},
    ],
)
def test_every_kind_of_value_is_recorded_as_it_was_written(aws: LocalAws, value: dict[str, Any]) -> None:
    """Empty maps and lists at any depth, 38 digits, empty text."""
    table = StreamedTable.create(aws, "NEW_IMAGE")
    table.put("a", v=value)
    (record,) = table.records()
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "a"}, "v": value}


@pytest.mark.parametrize("text", ["\ud800", "\udc00 \ud800"], ids=ascii)
def test_text_that_is_no_unicode_is_read_back_and_recorded(aws: LocalAws, text: str) -> None:
    """As it was written, in a value, a name and a key; and the stream continues after it."""
    table = StreamedTable.create(aws)
    item = {"id": {"S": f"key {text}"}, f"name {text}": {"L": [{"S": text}]}}
    table.dynamodb.put_item(TableName=table.name, Item=item)
    table.put("next")
    key = {"id": item["id"]}
    assert table.dynamodb.get_item(TableName=table.name, Key=key)["Item"] == item
    assert item in table.dynamodb.scan(TableName=table.name)["Items"]
    recorded, following = (record["dynamodb"] for record in table.records())
    assert (recorded["NewImage"], recorded["Keys"]) == (item, key)
    assert following["Keys"] == {"id": {"S": "next"}}


def test_a_creation_time_is_the_second_of_the_write(aws: LocalAws) -> None:
    """Whole seconds, never after the record can be read, and different for writes in different seconds."""
    table = StreamedTable.create(aws)
    spans = []
    for key in ("a", "b", "c"):
        _await_next_second()
        before = int(time.time())
        table.put(key)
        spans.append((before, time.time()))
    times = [record["dynamodb"]["ApproximateCreationDateTime"].timestamp() for record in table.records()]
    assert [moment % 1 for moment in times] == [0, 0, 0]
    assert all(before <= moment <= after for moment, (before, after) in zip(times, spans, strict=True))
    again = [record["dynamodb"]["ApproximateCreationDateTime"].timestamp() for record in table.records()]
    assert again == times


def test_arns_are_those_of_the_region_and_the_account(aws: LocalAws) -> None:
    """In every answer that has one, and taken back in every request."""
    table = StreamedTable.create(aws)
    assert table.arn == f"arn:aws:dynamodb:eu-west-1:123456789012:table/{table.name}"
    assert table.stream_arn.startswith(f"{table.arn}/stream/20")
    described = table.dynamodb.describe_table(TableName=table.name)["Table"]
    assert (described["TableArn"], described["LatestStreamArn"]) == (table.arn, table.stream_arn)
    assert described["LatestStreamLabel"] == table.stream_arn.rpartition("/")[2]
    stream = table.streams.describe_stream(StreamArn=table.stream_arn)["StreamDescription"]
    assert (stream["StreamArn"], stream["TableName"], stream["StreamStatus"]) == (
        table.stream_arn,
        table.name,
        "ENABLED",
    )
    assert [listed["StreamArn"] for listed in table.streams.list_streams(TableName=table.name)["Streams"]] == [
        table.stream_arn
    ]


def test_iterators_start_where_they_say(aws: LocalAws) -> None:
    """At the oldest record, at or after a record, after the newest, and each page where the last one ended."""
    table = StreamedTable.create(aws)
    for key in ("a", "b", "c"):
        table.put(key)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in table.records()]
    latest = table.iterator("LATEST")
    table.put("d")

    def keys(iterator: str) -> str:
        return "".join(record["dynamodb"]["Keys"]["id"]["S"] for record in table.page(iterator)["Records"])

    assert keys(table.iterator("AT_SEQUENCE_NUMBER", SequenceNumber=numbers[1])) == "bcd"
    assert keys(table.iterator("AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[1])) == "cd"
    assert keys(latest) == "d"
    first = table.page(table.iterator(), limit=3)
    assert len(first["Records"]) == 3
    assert keys(first["NextShardIterator"]) == "d"
    end = table.page(first["NextShardIterator"])["NextShardIterator"]
    assert keys(end) == ""
    table.put("e")
    assert keys(end) == "e"


def test_the_stream_of_a_deleted_table_stays_readable_and_ends(aws: LocalAws) -> None:
    """What was recorded is there, and then there is no further iterator."""
    table = StreamedTable.create(aws)
    table.put("a")
    iterator = table.iterator()
    table.dynamodb.delete_table(TableName=table.name)
    page = table.page(iterator)
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in page["Records"]] == ["a"]
    assert "NextShardIterator" not in page or "NextShardIterator" not in table.page(page["NextShardIterator"])
    status = table.streams.describe_stream(StreamArn=table.stream_arn)["StreamDescription"]["StreamStatus"]
    assert status == "DISABLED"


def test_switching_a_stream_off_and_on_makes_a_new_one(aws: LocalAws) -> None:
    """The old one keeps its records and its view type; writes in between are in neither."""
    table = StreamedTable.create(aws, "KEYS_ONLY")
    table.put("a")
    table.dynamodb.update_table(TableName=table.name, StreamSpecification={"StreamEnabled": False})
    table.put("b")
    specification = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    described = table.dynamodb.update_table(TableName=table.name, StreamSpecification=specification)
    renewed = StreamedTable(aws, table.name, table.arn, described["TableDescription"]["LatestStreamArn"])
    renewed.put("c")
    assert renewed.stream_arn != table.stream_arn
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in table.records()] == ["a"]
    assert [record["dynamodb"]["NewImage"]["id"]["S"] for record in renewed.records()] == ["c"]


@pytest.mark.parametrize(
    ("operation", "request_of", "code"),
    [
        ("describe_stream", lambda t: {"StreamArn": f"{t.stream_arn}9"}, "ResourceNotFoundException"),
        (
            "describe_stream",
            lambda t: {"StreamArn": t.stream_arn.replace("123456789012", "999999999999")},
            "ResourceNotFoundException",
        ),
        (
            "get_shard_iterator",
            lambda t: {
                "StreamArn": t.stream_arn,
                "ShardId": "shardId-00000000000000000000-00000000",
                "ShardIteratorType": "LATEST",
            },
            "ResourceNotFoundException",
        ),
        ("get_records", lambda t: {"ShardIterator": t.iterator(), "Limit": 1001}, "ValidationException"),
        ("get_records", lambda _: {"ShardIterator": "nonsense"}, "ValidationException"),
    ],
)
def test_what_is_not_there_or_out_of_range_is_refused_in_awss_words(
    aws: LocalAws, operation: str, request_of: Any, code: str
) -> None:
    """The code is what pollers decide by."""
    table = StreamedTable.create(aws)
    with pytest.raises(ClientError) as refused:
        getattr(table.streams, operation)(**request_of(table))
    assert refused.value.response["Error"]["Code"] == code


def test_time_to_live_is_switched_as_on_aws(aws: LocalAws) -> None:
    """Off needs the name in use, on or off twice is refused, and what is off shows no name."""
    table = StreamedTable.create(aws)
    dynamodb = boto3.client(
        "dynamodb",
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=aws.access_key,
        aws_secret_access_key="made-up",
        config=Config(parameter_validation=False),
    )

    def update(name: str, *, enabled: bool) -> None:
        specification = {"AttributeName": name, "Enabled": enabled}
        dynamodb.update_time_to_live(TableName=table.name, TimeToLiveSpecification=specification)

    def refusal(name: str, *, enabled: bool) -> str:
        with pytest.raises(ClientError, match="ValidationException") as refused:
            update(name, enabled=enabled)
        return str(refused.value)

    def description() -> Any:
        return dynamodb.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]

    assert "already disabled" in refusal("expires_at", enabled=False)
    update("expires_at", enabled=True)
    assert description() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    assert "already enabled" in refusal("expires_at", enabled=True)
    assert "Member must have length greater than or equal to 1" in refusal("", enabled=False)
    assert "different AttributeName" in refusal("other", enabled=False)
    update("expires_at", enabled=False)
    assert description() == {"TimeToLiveStatus": "DISABLED"}


def _await_next_second() -> None:
    second = int(time.time())
    while int(time.time()) == second:
        time.sleep(0.01)
