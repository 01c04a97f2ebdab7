"""Unit: is an invocation's time Lambda's own without a reserve, and are waits kept within it and spread?"""

import time

import pytest
from stream_indexer.deadline import (
    LONGEST_WAIT_SECONDS,
    RESPONSE_RESERVE_SECONDS,
    EarlierDeadline,
    LambdaDeadline,
    expired,
    sleep_before_retry,
)

from tests.unit.fakes import ManualDeadline


class Context:
    """Lambda's, with a time that is set."""

    def get_remaining_time_in_millis(self) -> int:
        """Return it."""
        return 12_400


class Jitter(ManualDeadline):
    """A deadline whose random share is set."""

    def __init__(self, share: float, seconds: float = 120.0) -> None:
        """Begin an invocation."""
        super().__init__(seconds)
        self.share = share

    def jitter(self) -> float:
        """Return it."""
        return self.share


def test_what_remains_is_what_lambda_says_without_the_reserve() -> None:
    assert LambdaDeadline(Context()).remaining() == pytest.approx(12.4 - RESPONSE_RESERVE_SECONDS)


def test_the_clock_is_the_system_s() -> None:
    before = time.time()
    assert before <= LambdaDeadline(Context()).now() <= time.time()


def test_a_share_is_between_0_and_1_and_not_always_the_same() -> None:
    shares = {LambdaDeadline(Context()).jitter() for _ in range(50)}
    assert all(0 <= share < 1 for share in shares)
    assert len(shares) > 1


@pytest.mark.parametrize(("seconds", "is_over"), [(0.01, False), (0.0, True), (-1.0, True)])
def test_the_time_is_over_once_nothing_remains(
    seconds: float,
    is_over: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert expired(ManualDeadline(seconds)) is is_over


@pytest.mark.parametrize(("seconds", "remaining"), [(10.0, 10.0), (30.0, 20.0)])
def test_a_part_of_the_work_has_its_own_deadline_and_never_a_later_one(seconds: float, remaining: float) -> None:
    whole = ManualDeadline(20)
    part = EarlierDeadline.within(whole, seconds)
    assert part.remaining() == remaining
    part.sleep(4)
    assert (part.remaining(), whole.remaining()) == (remaining - 4, 16)
    assert part.now() == whole.now()


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 0.2), (1, 0.4), (2, 0.8), (3, 1.6), (10, LONGEST_WAIT_SECONDS)])
def test_the_longest_wait_doubles_up_to_its_bound(attempts: int, seconds: float) -> None:
    deadline = Jitter(1.0)
    assert sleep_before_retry(deadline, attempts)
    assert deadline.sleeps == pytest.approx([seconds])


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5])
def test_a_wait_is_any_share_of_the_longest(share: float) -> None:
    """Full jitter: functions that fail together do not come back together."""
    deadline = Jitter(share)
    assert sleep_before_retry(deadline, 2)
    assert deadline.sleeps == pytest.approx([0.8 * share])


def test_a_wait_that_would_outlast_the_deadline_is_not_begun() -> None:
    deadline = Jitter(1.0, 0.1)
    assert not sleep_before_retry(deadline, 0)
    assert deadline.sleeps == []
