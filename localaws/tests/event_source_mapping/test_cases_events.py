"""What the function gets, compared with the recorded events (EV-*)."""

import re
from typing import Any

import pytest

from localaws.event_source_mapping.records import as_event, read
from localaws.tests.event_source_mapping.cases import expected, settings
from localaws.tests.event_source_mapping.fakes import REGION, STREAM, World, failing

ITEM = {"my_partition_key": {"S": "hello world"}, "binary_key": {"B": "Zm9vYmFy"}}


def test_ev_01_the_event_has_exactly_the_recorded_keys() -> None:
    """A record reaches the function with the keys, and the values of the fixed ones, that AWS was recorded sending."""
    world, wanted = World(), expected("EV-01")
    keys = {"my_partition_key": ITEM["my_partition_key"]}
    world.stream.put(dynamodb={"Keys": keys, "NewImage": ITEM, "SizeBytes": wanted["SizeBytes"]})
    world.create(**settings("EV-01"))
    world.drain()
    event = world.function.calls[0].event
    record = event["Records"][0]
    assert list(event) == wanted["top_level_keys"]
    assert sorted(record) == sorted(wanted["record_keys_exact"])
    assert sorted(record["dynamodb"]) == sorted(wanted["dynamodb_keys_exact"])
    for name in ("eventName", "eventVersion", "eventSource"):
        assert record[name] == wanted[name]
    assert (record["awsRegion"], record["eventSourceARN"]) == (REGION, STREAM)
    assert record["dynamodb"]["NewImage"] == ITEM
    assert record["dynamodb"]["SizeBytes"] == wanted["SizeBytes"]


@pytest.mark.parametrize("wire", [1_733_418_659, 1_733_418_659.0, 1_733_418_659.75])
def test_ev_02_the_creation_time_is_a_json_float_in_whole_seconds(wire: float) -> None:
    """The creation time is a number with a fraction on the wire, whatever form the stream gives."""
    world = World()
    world.simulation.now = 1_733_418_660.0
    world.stream.put(dynamodb={"ApproximateCreationDateTime": wire})
    world.create()
    world.drain()
    assert re.search(rb'"ApproximateCreationDateTime":1733418659\.0[,}]', world.function.calls[0].payload)


def test_ev_05_a_redelivered_record_keeps_its_identity() -> None:
    """A retry sends the same bytes: the same eventID, the same sequence number."""
    world = World()
    sequence = world.stream.put()
    world.create(FunctionResponseTypes=["ReportBatchItemFailures"], MaximumRetryAttempts=2)
    world.function.answer = lambda _: failing(sequence)
    world.drain()
    assert len({call.payload for call in world.function.calls}) == 1
    assert len(world.function.calls) == 3
    assert world.function.calls[0].sequences == [sequence]


@pytest.mark.parametrize(
    "wire",
    [
        {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"},
        {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
    ],
)
def test_ev_06_a_delete_by_time_to_live_carries_its_identity(wire: dict[str, str]) -> None:
    """The stream's API spells userIdentity with capitals, the event does not."""
    world = World()
    world.stream.put(eventName="REMOVE", userIdentity=wire)
    world.create()
    world.drain()
    record = world.function.calls[0].event["Records"][0]
    assert record["userIdentity"] == expected("EV-06")["record_has"]["userIdentity"]
    assert record["eventName"] == expected("EV-06")["eventName"]


def test_text_that_is_no_unicode_survives() -> None:
    """A lone surrogate in an item is escaped, not refused."""
    world = World()
    world.stream.put(dynamodb={"NewImage": {"id": {"S": "\ud800"}}})
    wire: dict[str, Any] = world.stream.shards[world.stream.shard_ids[0]].records[0]
    assert b"\\ud800" in read(as_event(wire, STREAM, REGION), 1).encoded
