"""Tumbling windows (TW-*): a state is handed from batch to batch, and a last invocation ends each window."""

from typing import Any

import pytest

from localaws.errors import AwsError
from localaws.tests.event_source_mapping.fakes import QUEUE, START, Call, World

WINDOW = {"TumblingWindowInSeconds": 30}
EXTRA = ["window", "state", "shardId", "eventSourceARN", "isFinalInvokeForWindow", "isWindowTerminatedEarly"]


def counting(call: Call) -> Any:
    """Answer with how many records the window has had so far."""
    state = call.event["state"]
    return {"state": {"seen": state.get("seen", 0) + len(call.event["Records"])}}


def test_tw_01_the_event_names_its_window_and_carries_the_state() -> None:
    """Six members in addition to Records; the state is what the batch before answered, at first an empty object."""
    world = World()
    world.function.answer = counting
    world.stream.put()
    world.create(**WINDOW)
    world.run(5)
    world.stream.put()
    world.run(5)
    events = [call.event for call in world.function.calls]
    assert [list(event) for event in events] == [["Records", *EXTRA]] * 2
    assert events[0]["window"] == {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:00:30Z"}
    assert [event["state"] for event in events] == [{}, {"seen": 1}]
    assert events[0]["shardId"] == world.stream.shard_ids[0]
    assert {event["isFinalInvokeForWindow"] for event in events} == {False}


def test_tw_03_a_window_ends_with_an_invocation_without_records_then_the_state_is_dropped() -> None:
    """Only then the checkpoint moves; the next window begins with an empty state."""
    world = World()
    world.function.answer = counting
    first = world.stream.put()
    world.create(**WINDOW)
    world.run(20)
    assert world.mappings.status()[0]["shards"][0]["checkpoint"] is None
    world.run(20)
    assert world.mappings.status()[0]["shards"][0]["checkpoint"] == first
    world.stream.put()
    world.run(1)
    events = [call.event for call in world.function.calls]
    assert [event["isFinalInvokeForWindow"] for event in events] == [False, True, False]
    assert [len(event["Records"]) for event in events] == [1, 0, 1]
    assert [event["state"] for event in events] == [{}, {"seen": 1}, {}]


def test_tw_03_records_belong_to_the_window_in_which_they_were_written() -> None:
    """One page with records of two windows: two batches with the end of the first window between them."""
    world = World()
    world.function.answer = counting
    first = world.stream.put()
    world.simulation.now = START + 45
    second = world.stream.put()
    world.create(**WINDOW)
    world.run(1)
    assert world.function.batches == [[first], [], [second]]


def test_tw_03_a_state_above_one_megabyte_ends_the_window_early() -> None:
    """The last invocation says so."""
    world = World()
    world.function.answer = lambda _: {"state": {"text": "x" * 1_000_001}}
    world.stream.put()
    world.create(**WINDOW)
    world.run(5)
    assert [call.event["isWindowTerminatedEarly"] for call in world.function.calls] == [False, True]


def test_tw_03_a_last_invocation_that_fails_is_repeated_until_it_succeeds() -> None:
    """Processing of the shard waits for it."""
    world = World()
    fails = 3

    def answer(call: Call) -> Any:
        nonlocal fails
        if call.event["isFinalInvokeForWindow"] and fails:
            fails -= 1
            return ValueError()
        return counting(call)

    world.function.answer = answer
    world.stream.put()
    world.create(**WINDOW)
    world.run(31)
    later = world.stream.put()
    world.run(60)
    finals = [call for call in world.function.calls if call.event["isFinalInvokeForWindow"]]
    assert [call.time - finals[0].time for call in finals[:4]] == [0, 0.25, 0.75, 1.75]
    assert world.function.calls.index(finals[3]) < world.function.batches.index([later])


def test_tw_03_the_end_of_a_shard_ends_its_window() -> None:
    """Child shards begin with an empty state."""
    world = World()
    world.function.answer = counting
    world.stream.put()
    (child,) = world.stream.split(children=1)
    world.stream.put(child)
    world.create(**WINDOW)
    world.run(5)
    events = [call.event for call in world.function.calls]
    assert [event["isFinalInvokeForWindow"] for event in events] == [False, True, False]
    assert events[2]["state"] == {}
    assert events[2]["shardId"] == child


def test_tw_03_retries_have_their_limit_within_a_window() -> None:
    """A batch that always fails is discarded; the window continues without it."""
    world = World()
    bad = world.stream.put()
    world.function.answer = lambda call: ValueError() if bad in call.sequences else counting(call)
    world.create(MaximumRetryAttempts=1, **WINDOW)
    world.run(10)
    good = world.stream.put()
    world.run(10)
    assert world.function.batches == [[bad], [bad], [good]]


@pytest.mark.parametrize(
    "answer", [None, {}, [], {"batchItemFailures": []}, "state", b"[" * 2000], ids=lambda one: repr(one)[:9]
)
@pytest.mark.parametrize("reporting", [[], ["ReportBatchItemFailures"]], ids=["plain", "reporting"])
def test_tw_03_an_answer_without_state_is_a_failed_invocation(answer: Any, reporting: list[str]) -> None:
    """It is retried and discarded like an invocation that raised; the last invocation needs no state."""
    world = World()
    bad = world.stream.put()
    world.function.answer = lambda call: answer if bad in call.sequences or not call.sequences else counting(call)
    destination = {"OnFailure": {"Destination": QUEUE}}
    world.create(MaximumRetryAttempts=1, DestinationConfig=destination, FunctionResponseTypes=reporting, **WINDOW)
    world.run(10)
    good = world.stream.put()
    world.run(40)
    assert world.function.batches == [[bad], [bad], [good], []]
    assert world.outbox.documents[0]["DDBStreamBatchInfo"]["startSequenceNumber"] == bad


def test_tw_03_null_is_an_empty_state() -> None:
    """The property is there."""
    world = World()
    world.function.answer = lambda _: {"state": None}
    sequences = [world.stream.put() for _ in range(2)]
    world.create(BatchSize=1, **WINDOW)
    world.run(10)
    assert world.function.batches == [[sequence] for sequence in sequences]
    assert [call.event["state"] for call in world.function.calls] == [{}, {}]


def finals(world: World) -> list[tuple[float, int]]:
    """Return when each window's last invocation came, and how many records its state has seen."""
    calls = [call for call in world.function.calls if call.event["isFinalInvokeForWindow"]]
    return [(call.time - world.begun, call.event["state"]["seen"]) for call in calls]


def test_tw_03_a_window_ends_after_the_records_that_wait_for_their_batch() -> None:
    """Once, although its end has passed when the second batch is sent."""
    world = World()
    world.function.answer = counting
    world.create(TumblingWindowInSeconds=60, MaximumBatchingWindowInSeconds=40)
    world.run(1)
    world.stream.put()
    world.run(50)
    world.stream.put()
    world.run(200)
    assert finals(world) == [(91.25, 2)]


def test_tw_03_a_record_of_a_later_window_ends_the_one_before() -> None:
    """Without waiting for that record's own batch."""
    world = World()
    world.function.answer = counting
    world.create(MaximumBatchingWindowInSeconds=20, **WINDOW)
    world.run(1)
    world.stream.put()
    world.run(29)
    world.stream.put()
    world.run(0.5)
    assert finals(world) == [(30.25, 1)]


@pytest.mark.parametrize("seed", range(5))
def test_tw_03_a_backlog_of_one_window_has_one_last_invocation(seed: int) -> None:
    """However many pages and batches it takes, long after the window's end."""
    world = World(seed)
    world.function.answer = counting
    for _ in range(3000):
        world.stream.put()
    world.simulation.now += 300
    world.create(BatchSize=1000, **WINDOW)
    world.run(60)
    assert [seen for _, seen in finals(world)] == [3000]


def test_tw_03_a_window_waits_for_a_stream_that_refuses() -> None:
    """What was written before its end is read first."""
    world = World()
    world.function.answer = counting
    world.stream.put()
    world.create(**WINDOW)
    world.run(20)

    def fault(_: str) -> None:
        raise AwsError("InternalServerError", "away", 500)

    world.stream.fault = fault
    world.stream.put()
    world.run(60)
    assert finals(world) == []
    world.stream.fault = lambda _: None
    world.run(60)
    assert [seen for _, seen in finals(world)] == [2]
