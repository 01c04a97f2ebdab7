"""The EventCount metrics of a mapping, as the developer guide has them."""

from typing import Any

import pytest

from localaws.tests.event_source_mapping.fakes import World

COUNTED = {"MetricsConfig": {"Metrics": ["EventCount"]}}


def counted(world: World, name: str) -> list[float]:
    """Return each value of a metric."""
    return [value for kind, value in world.counts.data if kind == name]


@pytest.mark.parametrize("answer", [429, 500, ValueError()], ids=str)
def test_each_try_counts_as_invoked_also_the_throttled_one(answer: Any) -> None:
    """What failed or was throttled counts again with each retry."""
    world = World()
    for _ in range(3):
        world.stream.put()
    answers = iter([answer, answer, None])
    world.function.answer = lambda _: next(answers)
    world.create(**COUNTED)
    world.drain()
    assert counted(world, "InvokedEventCount") == [3, 3, 3]
    assert counted(world, "FailedInvokeEventCount") == [3, 3]
    assert counted(world, "PolledEventCount")[0] == 3


def test_empty_polls_count_as_zero_once_a_minute_however_many_shards_there_are() -> None:
    """An idle mapping differs from one that does not poll, and does not write to CloudWatch four times a second."""
    world = World(shards=3)
    world.create(**COUNTED)
    world.run(10 * 60 - 1)
    for name in ("PolledEventCount", "FilteredOutEventCount"):
        assert counted(world, name) == [0.0] * 10
    assert {name for name, _ in world.counts.data} == {"PolledEventCount", "FilteredOutEventCount"}


def test_nothing_filtered_out_is_a_zero_beside_what_was_polled() -> None:
    """Lambda gives FilteredOutEventCount as 0 for a mapping without filters."""
    world = World()
    world.stream.put()
    world.create(**COUNTED)
    world.run(1)
    assert counted(world, "FilteredOutEventCount") == [0.0]


def test_a_mapping_that_was_changed_goes_on_in_the_same_minute() -> None:
    """Starting over does not count another zero."""
    world = World()
    world.create(**COUNTED)
    world.run(5)
    world.call("Update", UUID=world.uuid, BatchSize=5)
    world.run(5)
    assert counted(world, "PolledEventCount") == [0.0]


def test_a_disabled_mapping_counts_no_polls() -> None:
    """It does not poll."""
    world = World()
    world.create(Enabled=False, **COUNTED)
    world.run(600)
    assert world.counts.data == []


def test_zeros_too_are_only_for_who_asked_for_event_counts() -> None:
    """Without EventCount an idle mapping counts nothing."""
    world = World()
    world.create()
    world.run(600)
    assert world.counts.data == []
