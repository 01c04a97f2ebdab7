"""The last events that mappings gave to functions, to be given again: late and out of order, as AWS may do it."""

import threading
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from localaws.gateway.invocations import Invocations

KEPT_EVENTS: Final = 8  # of each function, 6 MB each at most


@dataclass(slots=True)
class EventHistory:
    """Events by the function's ARN, the latest last."""

    invocations: Invocations
    _events: dict[str, deque[bytes]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, function_arn: str, event: bytes) -> None:
        """Note an event that a function is given."""
        with self._lock:
            self._events.setdefault(function_arn, deque(maxlen=KEPT_EVENTS)).append(event)

    def replay(self, name: str, count: int) -> int:
        """Invoke a function with its last `count` events once more, the latest first; return how many there were.

        What it answers changes nothing: no mapping waits for it.

        Raises:
            AwsError: the function cannot be invoked now.
        """
        with self._lock:
            events = [(arn, event) for arn, kept in self._events.items() if _is(arn, name) for event in kept]
        latest = events[::-1][:count]
        for arn, event in latest:
            self.invocations.run(arn, event, str(uuid.uuid4()))
        return len(latest)


def _is(arn: str, name: str) -> bool:
    return arn.partition(":function:")[2].partition(":")[0] == name
