"""Where does reading continue after a stop, a change or a refused call?"""

from typing import Any

import pytest

from localaws.errors import AwsError
from localaws.event_source_mapping import poller
from localaws.event_source_mapping.records import lane_of
from localaws.event_source_mapping.shard_consumer import ShardConsumer
from localaws.tests.event_source_mapping.fakes import World


@pytest.mark.parametrize("poisoned", [False, True], ids=["nothing-read", "first-batch-fails"])
def test_a_latest_mapping_goes_on_where_it_was_when_it_was_switched_off(poisoned: bool) -> None:  # noqa: FBT001
    """Also when it has processed no record yet: what is written while it is off is delivered."""
    world = World()
    world.stream.put()
    world.create(StartingPosition="LATEST", BatchSize=1)
    world.run(1)
    sequences = []
    if poisoned:
        world.function.answer = lambda _: ValueError()
        sequences.append(world.stream.put())
        world.run(1)
        world.function.answer = lambda _: None
    world.call("Update", UUID=world.uuid, Enabled=False)
    world.run(5)
    world.function.calls.clear()
    sequences.append(world.stream.put())
    world.call("Update", UUID=world.uuid, Enabled=True)
    world.drain()
    assert world.function.batches == [[sequence] for sequence in sequences]


def test_a_latest_mapping_loses_nothing_when_the_stream_refuses() -> None:
    """What is written while reading fails is read as soon as it works."""
    world = World()
    world.create(StartingPosition="LATEST")
    world.run(1)

    def fault(_: str) -> None:
        raise AwsError("InternalServerError", "away", 500)

    world.stream.fault = fault
    world.run(5)
    sequence = world.stream.put()
    world.stream.fault = lambda _: None
    world.drain()
    assert world.function.batches == [[sequence]]


def test_a_key_that_is_no_unicode_has_a_lane() -> None:
    """DynamoDB keeps lone surrogates in a key; the order in which its attributes are written is no matter."""
    keys = {"id": {"S": chr(0xD800)}, "sort": {"N": "1"}}
    assert lane_of(keys, 7) == lane_of(dict(reversed(keys.items())), 7)


@pytest.mark.parametrize("answer", [None, {}, {"Records": [{}]}], ids=str)
def test_reading_goes_on_after_an_answer_that_makes_no_sense(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is asked for again."""
    world = World()
    sequence = world.stream.put()
    pages, real = [answer], world.stream.get_records
    monkeypatch.setattr(world.stream, "get_records", lambda *place: pages.pop() if pages else real(*place))
    world.create()
    world.drain()
    assert world.function.batches == [[sequence]]


@pytest.mark.parametrize("settings", [{}, {"TumblingWindowInSeconds": 30}], ids=["lane", "tumbling-lane"])
@pytest.mark.parametrize("method", ["next_batch", "has_room"], ids=["delivering", "reading"])
def test_a_failed_task_does_not_keep_the_mapping_from_ending(
    settings: dict[str, int], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be switched off, and continues when it is switched on again."""
    world = World()
    world.function.answer = lambda _: {"state": {}}
    sequence = world.stream.put()
    with monkeypatch.context() as broken:
        broken.setattr(ShardConsumer, method, lambda *_: 1 / 0)
        world.create(**settings)
        world.run(5)
        assert world.function.batches == []
        world.call("Update", UUID=world.uuid, Enabled=False)
        world.run(5)
        assert world.get()["State"] == "Disabled"
    world.call("Update", UUID=world.uuid, Enabled=True)
    world.drain()
    assert world.function.batches[0] == [sequence]


@pytest.mark.parametrize("settings", [{}, {"TumblingWindowInSeconds": 30}], ids=["lane", "tumbling-lane"])
@pytest.mark.parametrize("method", ["next_batch", "has_room", "finish"], ids=["delivering", "reading", "done"])
def test_a_failed_task_is_restarted(
    settings: dict[str, int], method: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The mapping shows the problem, tries less and less often, and in the end loses nothing."""
    world = World(shards=2)
    world.function.answer = lambda _: {"state": {}}
    sequences = [world.stream.put(shard) for shard in (0, 1)]
    tries: list[float] = []

    def fail(*_: object) -> None:
        tries.append(world.simulation.now)
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(ShardConsumer, method, fail)
        world.create(**settings)
        world.run(120)
        assert world.get()["State"] == "Enabled"
        assert world.get()["LastProcessingResult"].startswith("PROBLEM: internal Lambda error")
    assert "ZeroDivisionError" in caplog.text
    assert 8 < len(tries) < 60
    world.drain(120)
    assert {sequence for batch in world.function.batches for sequence in batch} == set(sequences)
    assert world.get()["LastProcessingResult"] == "OK"


def test_a_mapping_whose_own_task_met_an_error_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that finds its shards."""
    world = World()
    sequence = world.stream.put()
    with monkeypatch.context() as broken:
        broken.setattr(poller, "readable", lambda *_: 1 / 0)
        world.create()
        world.run(30)
        assert world.get()["LastProcessingResult"].startswith("PROBLEM: internal Lambda error")
    world.drain()
    assert world.function.batches == [[sequence]]


@pytest.mark.parametrize("settings", [{"MaximumBatchingWindowInSeconds": 5}, {}], ids=["window", "back-off"])
def test_a_clock_that_steps_back_makes_nobody_wait_for_it_to_come_round(settings: dict[str, int]) -> None:
    """Waits are as long as they were, whatever the time says meanwhile."""
    world = World()
    answers = iter([ValueError(), ValueError()])
    world.function.answer = lambda _: next(answers, None)
    world.create(**settings)
    world.run(1)
    sequence = world.stream.put()
    world.run(0.6)
    world.simulation.step_back(3600)
    world.run(20)
    assert world.function.batches == [[sequence]] * 3
