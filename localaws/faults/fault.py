"""Faults of requests: which kinds exist, which requests each affects, and how often.

To add a kind, add a member and its line in `responses.py` (another response) or `proxy.py` (the connection).
"""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Self


class FaultKind(Enum):
    """Kinds of faults. The values are the names on the command line."""

    REFUSE = "refuse"  # connections are refused, open ones closed
    DELAY = "delay"  # the request waits before the proxy forwards it
    HANG = "hang"  # the server does not get the request, and the client waits until the fault is cleared
    DRIP = "drip"  # the response body arrives byte by byte
    CLOSE = "close"  # the connection closes, and the server does not get the request
    LOSE_ANSWER = "lose-answer"  # the server handles the request, and the connection closes without a response
    RESET = "reset"  # the server handles the request, and the connection is reset within the response
    TRUNCATE = "truncate"  # the response has the first half of its body and the matching length
    THROTTLE = "throttle"  # 429, or 400 from DynamoDB; the server does not get the request
    TOO_LARGE = "too-large"  # 413; the server does not get the request
    BLOCK = "block"  # 403, index write block; OpenSearch does not get the request
    FORBID = "forbid"  # 403, access denied; the server does not get the request
    UNAVAILABLE = "unavailable"  # 503; the server does not get the request
    DROP_ITEM = "drop-item"  # the bulk response lacks its last item
    ADD_ITEM = "add-item"  # the bulk response has its last item twice


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and the requests that it affects: without limits, every request until it is cleared.

    Attributes:
        match: regular expression, searched for in "METHOD /path?query TARGET"; TARGET is an AWS operation, if any.
        above_bytes: only requests whose body is larger.
        requests: number of requests until the fault ends; None for no limit.
        seconds: duration in seconds; None for no limit.
        share: share of the matching requests, 0 to 1, drawn with `seed`.
        delay_seconds: wait of a delayed request, and before each byte of a dripping response.
    """

    kind: FaultKind
    match: str = ""
    above_bytes: int = 0
    requests: int | None = None
    seconds: float | None = None
    share: float = 1.0
    seed: int = 0
    delay_seconds: float = 1.0

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Build a fault from its attributes.

        Raises:
            ValueError: An attribute is missing, unknown or wrong.
        """
        try:
            fault = cls(**{**document, "kind": FaultKind(document["kind"])})
            re.compile(fault.match)
        except (KeyError, TypeError, re.error) as error:
            raise ValueError(f"This is not a fault: {error}.") from error
        if not 0 <= fault.share <= 1:
            raise ValueError(f"share must be 0 to 1 (got {fault.share}).")
        if fault.kind is FaultKind.REFUSE and (fault.requests is not None or fault.share < 1 or fault.match):
            raise ValueError("refuse takes only seconds. A refused connection carries no request to count or match.")
        return fault


@dataclass(slots=True)
class Injection:
    """An injected fault: counts the requests that it affects, and knows when it has expired.

    Attributes:
        hits: number of requests that it affected.
        then: called for each of these requests, before the fault takes effect.
    """

    fault: Fault
    clock: Callable[[], float] = time.monotonic
    then: Callable[[], object] | None = None
    hits: int = 0
    _begun: float = field(init=False)
    _dice: random.Random = field(init=False)
    _cleared: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._begun = self.clock()
        self._dice = random.Random(self.fault.seed)  # noqa: S311 - no secret

    def matches(self, line: str, body_bytes: int) -> bool:
        """Return whether the fault affects a request, and count it; `line` as in `Fault.match`."""
        fault = self.fault
        if fault.kind is FaultKind.REFUSE or body_bytes < fault.above_bytes or not re.search(fault.match, line):
            return False
        with self._changed:
            if self.expired or self._dice.random() >= fault.share:
                return False
            self.hits += 1
            self._changed.notify_all()
        return True

    @property
    def expired(self) -> bool:
        """Whether the fault affects no further requests."""
        fault = self.fault
        spent = fault.requests is not None and self.hits >= fault.requests
        late = fault.seconds is not None and self.clock() - self._begun >= fault.seconds
        return self._cleared.is_set() or spent or late

    def clear(self) -> None:
        """End the fault; requests that it holds continue."""
        self._cleared.set()

    def hang(self, timeout_seconds: float) -> None:
        """Wait until the fault is cleared or expires, at most `timeout_seconds`."""
        left = timeout_seconds if self.fault.seconds is None else self._begun + self.fault.seconds - self.clock()
        self._cleared.wait(max(0.0, min(left, timeout_seconds)))

    def wait_until_cleared(self, timeout_seconds: float) -> bool:
        """Wait until the fault is cleared, at most `timeout_seconds`; return whether it is."""
        return self._cleared.wait(timeout_seconds)

    def wait_for_hits(self, count: int, timeout_seconds: float = 60) -> None:
        """Wait until the fault has affected `count` requests.

        Raises:
            TimeoutError: It affected fewer.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self.hits >= count, timeout_seconds):
                raise TimeoutError(
                    f"{self.hits} of {count} requests were affected by the fault {self.fault.kind.value}"
                )

    def to_json(self) -> dict[str, Any]:
        """Return the fault as the control API shows it."""
        return {**asdict(self.fault), "kind": self.fault.kind.value, "hits": self.hits, "expired": self.expired}
