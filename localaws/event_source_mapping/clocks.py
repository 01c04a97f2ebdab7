"""Real time and threads: how mappings run outside of tests."""

import logging
import threading
import time
from dataclasses import dataclass

from localaws.event_source_mapping.protocols import Clock, Task

LOG = logging.getLogger(__name__)
SHORTEST_WAIT_SECONDS = 0.01  # real ones: a shard polled more often would leave no time for what is read


class SystemClock:
    """Real time."""

    def time(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Sleep until `event` is set, at most `seconds`; return whether it is set."""
        return event.wait(seconds) if seconds > 0 else event.is_set()


class ScaledClock:
    """Real time made faster: each of its seconds is a `scale`th of a real one; and time can be skipped."""

    def __init__(self, scale: float = 1) -> None:
        """Start from now."""
        self.scale = scale
        self._begun = time.time()
        self._skipped = 0.0

    def time(self) -> float:
        """Return seconds since the epoch, ahead of the real ones."""
        return self._begun + (time.time() - self._begun) * self.scale + self._skipped

    def advance(self, seconds: float) -> None:
        """Let so many seconds have passed at once; negative ones set the clock back."""
        self._skipped += seconds

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Sleep until `event` is set, at most `seconds` of this clock; return whether it is set."""
        return event.wait(max(seconds / self.scale, SHORTEST_WAIT_SECONDS)) if seconds > 0 else event.is_set()


@dataclass(slots=True)
class ThreadRunner:
    """Runs each task on its own thread."""

    clock: Clock

    def start(self, name: str, task: Task, wakeup: threading.Event) -> None:
        """Run `task` to its end; its sleeps end early when `wakeup` is set."""
        threading.Thread(target=self._run, args=(name, task, wakeup), name=name, daemon=True).start()

    def _run(self, name: str, task: Task, wakeup: threading.Event) -> None:
        try:
            for seconds in task:
                self.clock.wait(wakeup, seconds)
                wakeup.clear()
        except Exception:
            LOG.exception("task failed: %s", name)
            raise
