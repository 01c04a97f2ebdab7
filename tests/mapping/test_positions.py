"""Where does reading go on: after a stop, a change, a refused call, from the position a mapping began at?"""

from typing import Any

import pytest

from local.errors import AwsError
from local.mapping.records import lane_of
from local.mapping.shard_run import ShardRun
from tests.mapping.fakes import World


@pytest.mark.parametrize("poisoned", [False, True], ids=["nothing-read", "first-batch-fails"])
def test_a_latest_mapping_goes_on_where_it_was_when_it_was_switched_off(poisoned: bool) -> None:  # noqa: FBT001
    """Also when it has dealt with no record yet: what is written while it is off is delivered."""
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
def test_a_task_that_ended_by_an_error_of_its_own_does_not_keep_the_mapping_from_ending(
    settings: dict[str, int], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be switched off, and goes on when it is switched on again."""
    world = World()
    world.function.answer = lambda _: {"state": {}}
    sequence = world.stream.put()
    world.simulation.expected = (ZeroDivisionError,)
    with monkeypatch.context() as broken:
        broken.setattr(ShardRun, method, lambda *_: 1 / 0)
        world.create(**settings)
        world.run(5)
    assert world.function.batches == []
    world.call("Update", UUID=world.uuid, Enabled=False)
    world.run(5)
    assert world.get()["State"] == "Disabled"
    world.call("Update", UUID=world.uuid, Enabled=True)
    world.drain()
    assert world.function.batches[0] == [sequence]
