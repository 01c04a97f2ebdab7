"""The time of one invocation, by Lambda's context object."""

import random
import time
from dataclasses import dataclass
from typing import Protocol


class Context(Protocol):
    """Lambda's context object, as far as it is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the timeout."""


@dataclass(frozen=True, slots=True)
class InvocationBudget:
    """The time of one invocation."""

    context: Context

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def left(self) -> float:
        """Return how many seconds the invocation still has."""
        return self.context.get_remaining_time_in_millis() / 1000

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def jitter(self) -> float:
        """Return a random share, from 0 to 1."""
        return random.random()  # noqa: S311 - no secret
