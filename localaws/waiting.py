"""Waits for what is bound to come, instead of sleeping for as long as it might take."""

import time
from collections.abc import Callable
from typing import Final

LOOK_SECONDS: Final = 0.02


def wait_until(holds: Callable[[], bool], what: str, timeout_seconds: float = 60) -> None:
    """Wait until `holds` does.

    Raises:
        TimeoutError: it does not in time; the message says `what` was waited for.
    """
    deadline = time.monotonic() + timeout_seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {timeout_seconds:g} s still not so: {what}")
        time.sleep(LOOK_SECONDS)
