"""What can befall a request on its way, which requests meet it, and how often.

To add a kind, add a member, and its line in `answers.py` (an answer in place of the real one) or `proxy.py` (something
done to the connection).
"""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Self


class Kind(Enum):
    """The faults, by the names that the command line has for them."""

    REFUSE = "refuse"  # connections are refused, open ones closed
    DELAY = "delay"  # the request waits before it is passed on
    HANG = "hang"  # the request is taken and gets no answer until the fault is mended; nothing is done
    DRIP = "drip"  # the request is done, and the answer's body comes byte by byte
    CLOSE = "close"  # the connection is closed, and nothing is done
    LOSE_ANSWER = "lose-answer"  # the request is done, and the connection is closed without an answer
    RESET = "reset"  # the request is done, and the connection is reset in the middle of the answer
    TRUNCATE = "truncate"  # the request is done, and half of the answer's body is passed off as the whole
    THROTTLE = "throttle"  # 429; of DynamoDB 400; nothing is done
    TOO_LARGE = "too-large"  # 413; nothing is done
    BLOCK = "block"  # 403, the index takes no writes; nothing is done
    FORBID = "forbid"  # 403, the caller may not; nothing is done
    UNAVAILABLE = "unavailable"  # 503; nothing is done
    DROP_ITEM = "drop-item"  # the request is done, and the last item of a bulk answer is left out
    ADD_ITEM = "add-item"  # the request is done, and the last item of a bulk answer comes twice


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, and which requests meet it: without limits every one, until it is mended.

    Attributes:
        match: regular expression, searched for in "METHOD /path?query TARGET"; TARGET is an AWS operation, if any.
        above_bytes: only requests with a larger body.
        requests: how many requests meet it, then it ends; None for no limit.
        seconds: how long it lasts; None for no limit.
        share: of the matching requests, 0 to 1, drawn with `seed`.
        delay_seconds: how long a delayed request waits, and each byte of an answer that drips.
    """

    kind: Kind
    match: str = ""
    above_bytes: int = 0
    requests: int | None = None
    seconds: float | None = None
    share: float = 1.0
    seed: int = 0
    delay_seconds: float = 1.0

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Return the fault that a document with these attributes describes.

        Raises:
            ValueError: it describes none; the message says what is wrong.
        """
        try:
            fault = cls(**{**document, "kind": Kind(document["kind"])})
            re.compile(fault.match)
        except (KeyError, TypeError, re.error) as error:
            raise ValueError(f"This is no fault: {error}.") from error
        if not 0 <= fault.share <= 1:
            raise ValueError(f"share must be 0 to 1, got {fault.share}: it is a part of the requests.")
        if fault.kind is Kind.REFUSE and (fault.requests is not None or fault.share < 1 or fault.match):
            raise ValueError("refuse takes seconds alone: a refused connection shows no request to count or match.")
        return fault


@dataclass(slots=True)
class Injection:
    """A fault at work: it counts the requests that meet it, and knows when it is over.

    Attributes:
        hits: requests that have met it.
        then: called for each of them, before anything is done to it.
    """

    fault: Fault
    clock: Callable[[], float] = time.monotonic
    then: Callable[[], object] | None = None
    hits: int = 0
    _begun: float = field(init=False)
    _dice: random.Random = field(init=False)
    _mended: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._begun = self.clock()
        self._dice = random.Random(self.fault.seed)  # noqa: S311 - no secret

    def strikes(self, line: str, body_bytes: int) -> bool:
        """Say whether a request meets the fault, and count it if so; `line` as in `Fault.match`."""
        fault = self.fault
        if fault.kind is Kind.REFUSE or body_bytes < fault.above_bytes or not re.search(fault.match, line):
            return False
        with self._changed:
            if self.over or self._dice.random() >= fault.share:
                return False
            self.hits += 1
            self._changed.notify_all()
        return True

    @property
    def over(self) -> bool:
        """Whether no request will meet it any more."""
        fault = self.fault
        spent = fault.requests is not None and self.hits >= fault.requests
        late = fault.seconds is not None and self.clock() - self._begun >= fault.seconds
        return self._mended.is_set() or spent or late

    def mend(self) -> None:
        """End it; requests that it holds back go on."""
        self._mended.set()

    def hang(self, timeout_seconds: float) -> None:
        """Wait until it is mended or its time is over, at most so long."""
        left = timeout_seconds if self.fault.seconds is None else self._begun + self.fault.seconds - self.clock()
        self._mended.wait(max(0.0, min(left, timeout_seconds)))

    def wait_until_mended(self, timeout_seconds: float) -> bool:
        """Wait until it is mended, at most so long; return whether it is. A delayed request waits like this."""
        return self._mended.wait(timeout_seconds)

    def wait_for_hits(self, count: int, timeout_seconds: float = 60) -> None:
        """Wait until `count` requests have met it.

        Raises:
            TimeoutError: fewer have.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self.hits >= count, timeout_seconds):
                raise TimeoutError(f"{self.hits} of {count} requests have met the fault {self.fault.kind.value}")

    def shown(self) -> dict[str, Any]:
        """Return it as the control API shows it."""
        return {**asdict(self.fault), "kind": self.fault.kind.value, "hits": self.hits, "over": self.over}
