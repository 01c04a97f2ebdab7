"""The time that one invocation has: what the steps that wait or may wait ask for it."""

from typing import Final, Protocol

RESERVE_SECONDS: Final = 2.0  # kept back to answer Lambda before it ends the invocation
FIRST_WAIT_SECONDS: Final = 0.2
LONGEST_WAIT_SECONDS: Final = 5.0


class Budget(Protocol):
    """A clock, and the end of the invocation."""

    def now(self) -> float:
        """Return seconds since the epoch."""

    def left(self) -> float:
        """Return how many seconds the invocation still has."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def jitter(self) -> float:
        """Return a random share, from 0 to 1."""


def is_spent(budget: Budget) -> bool:
    """Return whether it is time to answer Lambda."""
    return budget.left() <= RESERVE_SECONDS


def back_off(budget: Budget, tries: int) -> bool:
    """Wait after `tries` tries that failed, by full jitter; return whether there is time for another one."""
    wait = budget.jitter() * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * float(1 << tries))
    if budget.left() - wait <= RESERVE_SECONDS:
        return False
    budget.sleep(wait)
    return True
