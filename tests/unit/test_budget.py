"""Unit: is an invocation's time kept to, with its reserve, and are waits spread?"""

import pytest
from stream_indexer.budget import LONGEST_WAIT_SECONDS, RESERVE_SECONDS, back_off, is_spent

from tests.unit.fakes import ManualBudget


class Jitter(ManualBudget):
    """A budget whose random share is set."""

    def __init__(self, share: float, seconds: float = 120.0) -> None:
        """Begin an invocation."""
        super().__init__(seconds)
        self.share = share

    def jitter(self) -> float:
        """Return it."""
        return self.share


@pytest.mark.parametrize(("seconds", "spent"), [(RESERVE_SECONDS, True), (RESERVE_SECONDS + 0.01, False), (0.0, True)])
def test_the_time_is_spent_once_the_reserve_is_reached(
    seconds: float,
    spent: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert is_spent(ManualBudget(seconds)) is spent


@pytest.mark.parametrize(("tries", "seconds"), [(0, 0.2), (1, 0.4), (2, 0.8), (3, 1.6), (10, LONGEST_WAIT_SECONDS)])
def test_the_longest_wait_doubles_up_to_its_bound(tries: int, seconds: float) -> None:
    budget = Jitter(1.0)
    assert back_off(budget, tries)
    assert budget.sleeps == pytest.approx([seconds])


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5])
def test_a_wait_is_any_share_of_the_longest(share: float) -> None:
    """Full jitter: functions that fail together do not come back together."""
    budget = Jitter(share)
    assert back_off(budget, 2)
    assert budget.sleeps == pytest.approx([0.8 * share])


def test_a_wait_that_would_reach_into_the_reserve_is_not_begun() -> None:
    budget = Jitter(1.0, RESERVE_SECONDS + 0.1)
    assert not back_off(budget, 0)
    assert budget.sleeps == []
