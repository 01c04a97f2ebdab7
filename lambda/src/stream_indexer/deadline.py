"""Deadline of an invocation. Every step that can wait gets a `Deadline` and checks it first."""

import random
import time
from dataclasses import dataclass
from typing import Final, Protocol, Self

RESPONSE_RESERVE_SECONDS: Final = 2.0  # reserved for the metrics and the response
FIRST_WAIT_SECONDS: Final = 0.2
LONGEST_WAIT_SECONDS: Final = 5.0


class Deadline(Protocol):
    """A clock with the time at which all work must end."""

    def now(self) -> float:
        """Return seconds since the epoch."""

    def remaining(self) -> float:
        """Return the seconds that are left for work. Zero or less if the time is over."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def jitter(self) -> float:
        """Return a random number from 0 to 1."""


class Context(Protocol):
    """The used part of Lambda's context object."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the rest of the function's timeout."""


@dataclass(frozen=True, slots=True)
class LambdaDeadline:
    """The deadline of one invocation: the function's timeout without `RESPONSE_RESERVE_SECONDS`."""

    context: Context

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def remaining(self) -> float:
        """Return the seconds that are left for work."""
        return self.context.get_remaining_time_in_millis() / 1000 - RESPONSE_RESERVE_SECONDS

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def jitter(self) -> float:
        """Return a random number from 0 to 1."""
        return random.random()  # noqa: S311 - no secret


@dataclass(frozen=True, slots=True)
class EarlierDeadline:
    """A deadline that comes `seconds` before another one."""

    deadline: Deadline
    seconds: float

    @classmethod
    def within(cls, deadline: Deadline, seconds: float) -> Self:
        """Return the earlier one of `deadline` and the time `seconds` from now."""
        return cls(deadline, max(0.0, deadline.remaining() - seconds))

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self.deadline.now()

    def remaining(self) -> float:
        """Return the seconds that are left for work."""
        return self.deadline.remaining() - self.seconds

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.deadline.sleep(seconds)

    def jitter(self) -> float:
        """Return a random number from 0 to 1."""
        return self.deadline.jitter()


def expired(deadline: Deadline) -> bool:
    """Return whether the time is over."""
    return deadline.remaining() <= 0


def sleep_before_retry(deadline: Deadline, attempts: int) -> bool:
    """Wait after `attempts` failed attempts, with full jitter. Return whether there is time for another attempt."""
    wait = deadline.jitter() * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * float(1 << attempts))
    if deadline.remaining() <= wait:
        return False
    deadline.sleep(wait)
    return True
