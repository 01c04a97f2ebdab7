"""On-failure documents of discarded records (DLQ-*) and of records that are too old (AGE-*)."""

import json
import re
from typing import Any

import pytest

from localaws.errors import AwsError
from localaws.tests.event_source_mapping.cases import expected, settings
from localaws.tests.event_source_mapping.fakes import BUCKET, FUNCTION, QUEUE, START, STREAM, TOPIC, World, failing

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def failed(case_id: str, **more: Any) -> World:
    """Let a mapping with a case's settings give up one record."""
    world = World()
    world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.create(**(settings(case_id) | more))
    world.drain(300)
    assert len(world.outbox.deliveries) == 1
    return world


def test_dlq_01_the_queue_gets_the_recorded_document() -> None:
    """Metadata with exactly the recorded keys and forms of time, and no records."""
    world = failed("DLQ-01")
    document, wanted = world.outbox.documents[0], expected("DLQ-01")["sqs_body_json_exact_keys"]
    for part in ("requestContext", "responseContext", "DDBStreamBatchInfo"):
        assert sorted(document[part]) == sorted(wanted[part])
    assert sorted(document) == sorted(wanted)
    assert document["version"] == "1.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", document["timestamp"])
    info = document["DDBStreamBatchInfo"]
    assert info["approximateArrivalOfFirstRecord"] == info["approximateArrivalOfLastRecord"] == "2026-01-01T00:00:00Z"
    assert info["streamArn"] == STREAM
    assert document["requestContext"]["functionArn"] == FUNCTION
    assert re.fullmatch(UUID, document["requestContext"]["requestId"])
    assert document["responseContext"]["functionError"] == expected("DLQ-01")["functionError"]
    assert world.outbox.deliveries[0].destination_arn == QUEUE


def test_dlq_02_the_topic_gets_the_same_document() -> None:
    """SNS gets the document as its message."""
    world = failed("DLQ-02")
    assert world.outbox.deliveries[0].destination_arn == TOPIC
    document = world.outbox.documents[0]
    assert document["requestContext"]["approximateInvokeCount"] == expected("DLQ-02")["approximateInvokeCount"]
    assert "payload" not in document


def test_dlq_03_the_bucket_gets_the_document_with_the_whole_event() -> None:
    """The key begins with mapping, shard and the document's time; the payload is what the function got."""
    world = failed("DLQ-03")
    delivery, document = world.outbox.deliveries[0], world.outbox.documents[0]
    assert delivery.destination_arn == BUCKET
    moment = document["timestamp"][:19].replace(":", ".")
    day = document["timestamp"][:10].replace("-", "/")
    prefix = f"aws/lambda/{world.uuid}/{world.stream.shard_ids[0]}/{day}/{moment}-"
    assert re.fullmatch(re.escape(prefix) + UUID, delivery.object_key)
    body = json.loads(delivery.object_body)
    payload = body.pop("payload")
    assert body == document
    assert json.loads(payload) == world.function.calls[0].event


def test_dlq_04_the_payload_is_an_escaped_string() -> None:
    """The payload in S3 is text that holds JSON, byte for byte what the function got."""
    world = failed("DLQ-03")
    payload = json.loads(world.outbox.deliveries[0].object_body)["payload"]
    assert isinstance(payload, str)
    assert payload.encode() == world.function.calls[0].payload


def test_dlq_06_a_success_destination_is_refused() -> None:
    """OnSuccess is for asynchronous invocations."""
    wanted = expected("DLQ-06")
    with pytest.raises(AwsError) as refused:
        World().create(DestinationConfig={"OnSuccess": {"Destination": QUEUE}})
    assert (refused.value.code, refused.value.message) == (wanted["error"], wanted["message"])
    assert refused.value.status == wanted["http"]


@pytest.mark.parametrize("arn", [f"{QUEUE}.fifo", f"{TOPIC}.fifo", FUNCTION, "nonsense"])
def test_dlq_08_a_fifo_queue_or_topic_is_refused(arn: str) -> None:
    """A destination is a standard queue, a standard topic or a bucket."""
    with pytest.raises(AwsError):
        World().create(DestinationConfig={"OnFailure": {"Destination": arn}})


def test_without_a_destination_a_given_up_record_is_counted_as_dropped() -> None:
    """Nothing is dropped without a trace."""
    world = World()
    world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.create(MaximumRetryAttempts=0, MetricsConfig={"Metrics": ["EventCount"]})
    world.drain()
    assert world.counts.total("DroppedEventCount") == 1


@pytest.mark.parametrize(("refusals", "dropped"), [(2, 0), (3, 1)])
def test_decided_a_destination_is_tried_three_times(refusals: int, dropped: int) -> None:
    """A destination that always refuses does not stop the shard; the loss is counted."""
    world = World()
    world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.outbox.broken = refusals
    config = settings("DLQ-01") | {"MetricsConfig": {"Metrics": ["EventCount"]}}
    world.create(**config)
    world.drain()
    assert [time - world.outbox.tries[0] for time in world.outbox.tries] == [0, 1, 3]
    assert world.counts.total("DroppedEventCount") == dropped
    assert world.counts.total("DestinationDeliveryFailures") == dropped
    assert world.counts.total("OnFailureDestinationDeliveredEventCount") == 1 - dropped


def test_decided_a_stop_waits_for_the_tries_at_a_destination() -> None:
    """So that a change of settings loses no message."""
    world = World()
    world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.outbox.broken = 2
    world.create(**settings("DLQ-01"))
    world.run(60, until=lambda: bool(world.outbox.tries))
    world.call("Update", UUID=world.uuid, Enabled=False)
    world.run(10)
    assert world.get()["State"] == "Disabled"
    assert [time - world.outbox.tries[0] for time in world.outbox.tries] == [0, 1, 3]
    assert len(world.outbox.deliveries) == 1


def test_age_01_a_record_that_grows_too_old_while_it_is_retried() -> None:
    """RecordAgeExceeded, no responseContext, and as many tries as were made."""
    world, wanted = failed("AGE-01"), expected("AGE-01")["dlq"]
    document = world.outbox.documents[0]
    assert document["requestContext"]["condition"] == wanted["condition"]
    assert document["requestContext"]["approximateInvokeCount"] == wanted["approximateInvokeCount"]
    assert "responseContext" not in document
    assert re.fullmatch(UUID, document["requestContext"]["requestId"])
    assert document["DDBStreamBatchInfo"]["batchSize"] == wanted["batchSize"]
    assert len(world.function.calls) == wanted["approximateInvokeCount"]


def test_age_02_a_record_that_is_too_old_before_it_is_read() -> None:
    """It goes to the destination by its age, whatever the quota of retries; its count is one."""
    world, wanted = World(), expected("AGE-02")["dlq"]
    world.stream.put()
    world.simulation.now += 61
    world.create(**settings("AGE-02"))
    world.drain()
    document = world.outbox.documents[0]
    assert document["requestContext"]["condition"] == wanted["condition"] != expected("AGE-02")["condition_is_not"]
    assert document["requestContext"]["approximateInvokeCount"] == wanted["approximateInvokeCount"]
    assert "responseContext" not in document
    assert world.function.calls == []


def test_one_expired_record_alone_goes_to_the_destination_and_its_neighbours_to_the_function() -> None:
    """Of one expired and five fresh records, the expired record is discarded and the five are delivered."""
    world = World()
    old = world.stream.put()
    world.simulation.now += 61
    fresh = [world.stream.put() for _ in range(5)]
    world.create(**(settings("AGE-02") | {"BatchSize": 10}))
    world.drain()
    assert world.function.batches == [fresh]
    info = world.outbox.documents[0]["DDBStreamBatchInfo"]
    assert (info["batchSize"], info["startSequenceNumber"]) == (1, old)


def test_what_is_left_when_the_front_expires_is_tried_at_once_as_a_batch_of_its_own() -> None:
    """A record that was never at fault does not sit out the wait, nor inherit the tries, of those before it."""
    world = World()
    first, bad, third = (world.stream.put() for _ in range(3))
    world.simulation.now += 20
    fresh = world.stream.put()
    world.function.answer = lambda call: failing(bad) if bad in call.sequences else None
    config = settings("AGE-02") | {"BatchSize": 10, "MaximumRetryAttempts": -1}
    world.create(**config, FunctionResponseTypes=["ReportBatchItemFailures"])
    world.drain(300)
    assert world.function.batches[0] == [first, bad, third, fresh]
    assert world.function.batches[-1] == [fresh]
    assert world.function.calls[-1].time == START + 60
    assert [document["DDBStreamBatchInfo"]["batchSize"] for document in world.outbox.documents] == [2]


def test_what_is_left_when_the_front_expires_has_its_whole_quota() -> None:
    """Its checkpoint has moved: as after a partial answer (RET-02), the tries are counted from none."""
    world = World()
    world.stream.put()
    world.simulation.now += 20
    fresh = world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.create(**(settings("AGE-02") | {"BatchSize": 10, "MaximumRetryAttempts": 8}))
    world.drain(300)
    alone = world.function.batches.count([fresh])
    old, new = world.outbox.documents
    assert old["requestContext"]["condition"] == "RecordAgeExceeded"
    assert old["requestContext"]["approximateInvokeCount"] == len(world.function.batches) - alone
    assert new["requestContext"]["approximateInvokeCount"] == alone


@pytest.mark.parametrize(("seconds", "valid"), [(-1, True), (0, False), (1, False), (59, False), (60, True)])
def test_age_04_the_least_record_age_is_a_minute(seconds: int, valid: bool) -> None:  # noqa: FBT001 - a table
    """-1 is without limit; below 60 seconds is refused."""
    if valid:
        assert World().create(MaximumRecordAgeInSeconds=seconds)["MaximumRecordAgeInSeconds"] == seconds
    else:
        with pytest.raises(AwsError, match="InvalidParameterValueException"):
            World().create(MaximumRecordAgeInSeconds=seconds)


def test_a_record_age_above_the_streams_own_never_bites() -> None:
    """The stream loses records after 24 hours, before a limit of a week could."""
    world = World()
    world.stream.put()
    world.simulation.now += 86_400
    world.create(MaximumRecordAgeInSeconds=604_800, DestinationConfig={"OnFailure": {"Destination": QUEUE}})
    world.drain()
    assert world.function.calls == []
    assert world.outbox.documents == []
    assert world.simulation.now < START + 86_400 + 60
