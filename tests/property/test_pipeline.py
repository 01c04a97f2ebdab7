"""Property: does the whole function keep indexes equal to a table, whatever AWS, OpenSearch and the network do?

This model shares nothing with `model.py` and is written from what AWS and OpenSearch document or were seen doing. A
history is a seed, each run draws other seeds and prints them, and a failure names its seed. To run one again:

    HISTORY=1234 make test ONLY=tests/property/test_pipeline.py
"""

import logging
import os
from collections.abc import Callable, Iterator
from random import SystemRandom
from typing import Final

import pytest

from tests.property.pipeline.history import History
from tests.property.profiles import IS_LONG

HISTORIES: Final = 10_000 if IS_LONG else 80
SEEDS: Final = [int(seed) for seed in os.environ.get("HISTORY", "").split()]
PARTS: Final = range(1 if SEEDS else max(1, HISTORIES // 250))  # one test has ten minutes


@pytest.fixture(name="quiet", autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("part", PARTS)
def test_the_index_ends_equal_to_the_table_and_again_after_a_replay(
    part: int, record_property: Callable[[str, object], None]
) -> None:
    """For any history: at its end, and when all records come again hours later to an index that forgot deletions.

    Shards roll over and split, their clocks differ, and their numbers jump; batches come again, reversed, in part, or
    after a crash. The index throttles, forgets, vanishes, or answers wrongly, late, in drops, or with items too many or
    too few.
    While a replay runs, deleted items may be visible until the records of their deletion have come again.
    """
    first = SystemRandom().getrandbits(40)
    seeds = SEEDS or range(first, first + HISTORIES // len(PARTS))
    record_property(f"histories of part {part}", f"{len(seeds)}, seeds {seeds[0]} to {seeds[-1]}")
    for seed in seeds:
        History(seed).run()
