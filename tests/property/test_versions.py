"""Property: in whatever order and however often changes arrive, in whatever batches, does the newest one win?"""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stream_indexer.documents.projection import DocumentRules
from stream_indexer.documents.records import StreamRecord
from stream_indexer.documents.versions import ORDINAL_RANGE

from tests.property.model import (
    EVERY_ITEM,
    REVISION,
    SHOWN,
    Rules,
    State,
    VersionedIndex,
    World,
    Write,
)
from tests.property.profiles import examples
from tests.unit.fakes import ALIAS, MISSING, key, record

PLENTY_OF_SECONDS = 60.0


@st.composite
def histories(draw: st.DrawFn) -> list[Write]:
    """Draw the changes of one item."""
    states = st.sampled_from([State.GOOD, State.GOOD, State.GONE])
    gaps = st.sampled_from([1, 7, ORDINAL_RANGE // 20])
    write = st.builds(Write, st.just("a"), states, st.booleans(), st.just("both"), gaps, st.booleans())
    return draw(st.lists(write, min_size=1, max_size=8))


# Each batch is some of the records, by their places in the history, taken in any order and more than once.
deliveries = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=6), max_size=8)


def deliver(world: World, records: Sequence[StreamRecord], batches: Sequence[Sequence[int]]) -> None:
    """Invoke the function with each batch."""
    for places in batches:
        batch = [records[place] for place in places if place < len(records)]
        report = world.invoke(batch, PLENTY_OF_SECONDS)
        assert report.checkpoint() is None


def each_in_some_order(data: st.DataObject, records: Sequence[StreamRecord]) -> list[list[int]]:
    """Draw batches that have every record once."""
    order, size = data.draw(st.permutations(range(len(records))), "order"), data.draw(st.integers(1, 4), "size")
    return sorted_batches([order[start : start + size] for start in range(0, len(order), size)])


@pytest.mark.parametrize("choice", [EVERY_ITEM, SHOWN], ids=["all", "shown"])
@given(history=histories(), batches=deliveries, data=st.data())
@examples(300)
def test_records_that_repeat_and_arrive_late_change_nothing(
    choice: DocumentRules, history: list[Write], batches: list[list[int]], data: st.DataObject
) -> None:
    """Second and sequence number decide, however the records were mixed."""
    world = World("NEW_IMAGE", Rules(choice), {ALIAS: VersionedIndex(iter([]))}, iter([]), 10**12)
    for write in history:
        world.write(write)
    records = world.shards[0].records
    deliver(world, records, sorted_batches(batches))
    deliver(world, records, each_in_some_order(data, records))
    deliver(world, records, sorted_batches(batches))
    assert world.differences() == set()


@given(history=histories(), batches=deliveries, far=st.integers(1, ORDINAL_RANGE // 3))
@examples(300)
def test_numbers_that_wrap_are_settled_once_the_newest_comes_again(
    history: list[Write], batches: list[list[int]], far: int
) -> None:
    """Whatever came before: Lambda continues in order from wherever it went back to."""
    world = World("NEW_IMAGE", Rules(), {ALIAS: VersionedIndex(iter([]))}, iter([]), 10**12 + ORDINAL_RANGE - far)
    for write in history:
        world.write(write)
    records = world.shards[0].records
    deliver(world, records, sorted_batches(batches))
    deliver(world, records, [[place] for place in range(len(records))])
    assert world.differences() == set()


def sorted_batches(batches: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the batches as Lambda makes them: each in the order of the stream."""
    return [sorted(set(places)) for places in batches]


def revised(event: str, revision: int) -> Any:
    """Return the record of a change whose item has the revision, the old item of a REMOVE."""
    image = {**key("a"), "state": {"S": "good"}, "revision": {"N": str(revision)}}
    sides = {"NewImage": MISSING, "OldImage": image} if event == "REMOVE" else {"NewImage": image}
    return record("a", revision, event, StreamViewType="NEW_AND_OLD_IMAGES", **sides)


@st.composite
def revisions(draw: st.DrawFn) -> list[Any]:
    """Draw changes of one item whose revisions need not grow: no two writes have the same, a removal its item's."""
    changes = []
    for number in draw(st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True)):
        changes.append(revised("MODIFY", number))
        if draw(st.booleans()):
            changes.append(revised("REMOVE", number))
    return changes


@given(changes=revisions(), batches=deliveries, data=st.data())
@examples(600)
def test_the_change_of_the_highest_revision_wins_whatever_came_when(
    changes: list[Any], batches: list[list[int]], data: st.DataObject
) -> None:
    """So also where writers broke the rule and lowered it: the same for any order, repeats and batches."""
    index = VersionedIndex(iter([]))
    world = World("NEW_AND_OLD_IMAGES", Rules(versions=REVISION), {ALIAS: index}, iter([]), 0)
    deliver(world, changes, batches)
    deliver(world, changes, each_in_some_order(data, changes))
    highest = max(int(one["dynamodb"]["NewImage"]["revision"]["N"]) for one in changes if one["eventName"] == "MODIFY")
    removed = {int(one["dynamodb"]["OldImage"]["revision"]["N"]) for one in changes if one["eventName"] == "REMOVE"}
    found = [source["revision"] for source in index.sources().values()]
    assert found == ([] if highest in removed else [highest])
