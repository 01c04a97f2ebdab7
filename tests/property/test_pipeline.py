"""Property: does the whole function keep indexes equal to a table, whatever AWS, OpenSearch and the network do?

This model shares nothing with `model.py` and is written from what AWS and OpenSearch document or were seen doing. A
history is a seed, each run draws other seeds, and a failure names its seed. To run one again:

    HISTORY=1234 make test ONLY=tests/property/test_pipeline.py
"""

import logging
import os
from collections.abc import Iterator
from random import SystemRandom
from typing import Final

import pytest

from tests.property.pipeline.history import History
from tests.property.profiles import tried

HISTORIES: Final = 800  # of the long profile
PARTS: Final = 4  # which run side by side


@pytest.fixture(name="quiet", autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_index_ends_equal_to_the_table_and_again_after_a_replay(part: int) -> None:
    """For any history: at its end, and when all records come again hours later to an index that forgot deletions.

    Shards roll over and split, their clocks differ, and their numbers jump; batches come again, reversed, in part, or
    after a crash. The index throttles, forgets, vanishes, or answers wrongly, late, in drops, or with items too many or
    too few.
    While a replay runs, deleted items may be visible until the records of their deletion have come again.
    """
    wanted = os.environ.get("HISTORY")
    seeds = [int(wanted)] if wanted else [SystemRandom().getrandbits(40) for _ in range(tried(HISTORIES) // PARTS)]
    for seed in seeds if part == 0 or not wanted else []:
        History(seed).run()
