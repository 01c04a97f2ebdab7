"""Unit: is an invocation's time Lambda's own?"""

import time

from stream_indexer.invocation import InvocationBudget


class Context:
    """Lambda's, with a time that is set."""

    def get_remaining_time_in_millis(self) -> int:
        """Return it."""
        return 2_400


def test_what_is_left_is_what_lambda_says_in_seconds() -> None:
    assert InvocationBudget(Context()).left() == 2.4


def test_the_clock_is_the_system_s() -> None:
    before = time.time()
    assert before <= InvocationBudget(Context()).now() <= time.time()


def test_a_share_is_between_0_and_1_and_not_always_the_same() -> None:
    shares = {InvocationBudget(Context()).jitter() for _ in range(50)}
    assert all(0 <= share < 1 for share in shares)
    assert len(shares) > 1
