"""Property: whatever happens on the way, does the index end equal to the table, or differ by what is in quarantine?"""

from collections.abc import Iterator
from itertools import product
from math import ceil
from typing import Any, Final

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from stream_indexer.documents.versions import ORDINAL_RANGE

from tests.property.model import (
    OUTLIVING,
    REVISION,
    SHOWN,
    SHOWN_OUTLIVING,
    TWO_SIDES,
    Fault,
    Rules,
    State,
    VersionedIndex,
    World,
    Write,
)
from tests.property.profiles import examples

HISTORIES: Final = 10_000  # over all cases, others in each run; `make test` tries one in ten

ITEMS: Final = "abc"
MOST_WRITES: Final = 12
# Within a second the ordinal advances by less than half the digits that a version takes of it.
GAPS: Final = (1, 7, ORDINAL_RANGE // 2 // MOST_WRITES - 1)
RULES: Final = {
    "all": Rules(),
    "shown": Rules(SHOWN),
    "outliving": Rules(OUTLIVING),
    "shown, outliving": Rules(SHOWN_OUTLIVING),
    "routed": Rules(routes=TWO_SIDES),
    "routed, shown, outliving": Rules(SHOWN_OUTLIVING, TWO_SIDES),
    "revised": Rules(versions=REVISION),
    "revised, routed, shown": Rules(SHOWN, TWO_SIDES, REVISION),
    "revised, outliving": Rules(OUTLIVING, versions=REVISION),
}
# Whether a document outlives its item cannot be known from a late read, nor an item's last version without its old
# image: the module refuses both.
CASES: Final = [
    *product(("NEW_IMAGE",), ("all", "shown", "outliving", "shown, outliving", "routed", "routed, shown, outliving")),
    *product(("NEW_AND_OLD_IMAGES",), RULES),
    *product(("KEYS_ONLY",), ("all", "shown", "routed")),
    *product(("OLD_IMAGE",), ("all", "shown", "routed", "revised", "revised, routed, shown")),
]

states = st.sampled_from(
    [State.GOOD] * 6 + [State.GONE] * 2 + [State.EXPIRED] * 2 + [State.POISON, State.TOXIC, State.HUGE, State.BROKEN]
)
writes = st.lists(
    st.builds(
        Write,
        st.sampled_from(ITEMS),
        states,
        st.sampled_from([True, True, False]),
        st.sampled_from(["left", "right", "both", "neither"]),
        st.sampled_from(GAPS),
        st.sampled_from([0] * 4 + [1, 1, -1]),
    ),
    min_size=1,
    max_size=MOST_WRITES,
)
# Far from wrapping, about to wrap, wrapping somewhere among the writes.
beginnings = st.sampled_from([0, ORDINAL_RANGE - 2, ORDINAL_RANGE - GAPS[-1] * 3]).map(lambda end: 10**12 + end)
faults = st.lists(st.sampled_from([*Fault] + [Fault.NONE] * 4), max_size=25)
hiccups = st.lists(st.booleans(), max_size=8)
shards = st.integers(0, 3)  # of those there are
moves = st.lists(
    st.one_of(
        st.just(("write",)),
        st.tuples(
            st.just("deliver"),
            shards,
            st.integers(1, 6),
            st.sampled_from([2.0, 2.5, 4.0, 60.0]),
            st.sampled_from([False, False, False, True]),
        ),
        st.tuples(st.just("rewind"), shards, st.integers(1, MOST_WRITES)),
        st.tuples(st.just("split"), shards),
    ),
    max_size=40,
)


@pytest.mark.parametrize(("view", "rules"), CASES)
@given(data=st.data(), size=st.integers(1, 10))
@examples(ceil(HISTORIES / len(CASES)))
def test_the_index_ends_equal_to_what_the_table_has_and_the_rules_choose(
    view: str, rules: str, data: st.DataObject, size: int
) -> None:
    """For any history, any split into batches and of shards, any redelivery and any fault that ends.

    Several changes a second, a clock that steps back, ordinals that wrap a version's digits, an index that
    throttles, vanishes before or after it did its work, or answers by halves, documents that it never takes, a
    quarantine and a table out of order; items that come to meet a filter and cease to or go from one index to another,
    and time to live that deletes them.
    """
    troubles = iter(data.draw(faults, "faults of the indexes"))
    indexes = {alias: VersionedIndex(troubles) for alias in RULES[rules].routes}
    hitches = iter(data.draw(hiccups, "failures of quarantine and table"))
    world = World(view, RULES[rules], indexes, hitches, data.draw(beginnings, "last ordinal before"))
    history = data.draw(writes, "writes")
    remaining = iter(history)
    for move in data.draw(moves, "moves"):
        perform(move, world, remaining)
    for write in remaining:
        world.write(write)
    world.drain(size)

    never = {place: one for place, one in world.wanted.items() if not one.state.can_be_indexed}
    event(f"items that can never be indexed: {len(never)}")
    assert world.differences() == set(never)
    assert all((one.record, alias) in world.kept for (alias, _), one in never.items())
    assert world.kept_items <= {write.item for write in history if not write.state.can_be_indexed}


def perform(move: tuple[Any, ...], world: World, remaining: Iterator[Write]) -> None:
    """Make one move."""
    match move:
        case ("write",):
            for write in remaining:
                world.write(write)
                return
        case ("deliver", number, count, seconds, is_lost):
            world.deliver(world.shards[number % len(world.shards)], count, seconds=seconds, answer_is_lost=is_lost)
        case ("rewind", number, count):
            world.rewind(world.shards[number % len(world.shards)], count)
        case ("split", number):
            world.split(world.shards[number % len(world.shards)])
