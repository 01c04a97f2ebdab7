"""The writes: a steady rate of puts, changes and deletes of some hundred items, and a heartbeat that shows the lag.

Now and then an item is written that OpenSearch rejects, and made good later: the quarantine is in S3.
"""

import random
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from drills.records import poisoned
from testkit.items import Item
from testkit.orders import order
from testkit.pipeline import Pipeline

KEYS: Final = 400
WRITES_PER_SECOND: Final = 30
BEAT_SECONDS: Final = 0.5
POISON_SHARE: Final = 0.01
CURED_AFTER_WRITES: Final = 300  # ten seconds
HEARTBEAT: Final[Item] = {"customer_id": {"S": "heartbeat"}, "order_id": {"S": "0"}}
HEARTBEAT_ID: Final = "heartbeat|0"


@dataclass(slots=True)
class Load:
    """Writes until it is stopped.

    Attributes:
        writes: what the table took.
        poisoned: how many of these OpenSearch rejects.
    """

    pipeline: Pipeline
    seed: int
    writes: int = 0
    poisoned: int = 0
    _sick: deque[tuple[int, Item]] = field(default_factory=deque)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _failures: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Begin to write."""
        for work, seconds in ((self._writes(), 1 / WRITES_PER_SECOND), (self._beats(), BEAT_SECONDS)):
            thread = threading.Thread(target=self._steadily, args=(work, seconds), daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End it, and make good what OpenSearch rejects.

        Raises:
            RuntimeError: the table has refused a write, which no fault of this soak makes it do.
        """
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise RuntimeError(f"The table refused a write: {self._failures[0]}")
        self._cure(self.writes + CURED_AFTER_WRITES)

    def _steadily(self, work: Any, seconds: float) -> None:
        """Do one piece of `work` every so often; what came late is made up for."""
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            try:
                next(work)
            except (BotoCoreError, ClientError) as error:
                self._failures.append(str(error))
                return
            due += seconds

    def _writes(self) -> Any:
        dice = random.Random(self.seed)  # noqa: S311 - example data, not a secret
        while True:
            item = order(dice.randrange(KEYS), dice)
            self._cure(self.writes)
            if dice.random() < POISON_SHARE:
                self._poison(item)
            elif dice.random() < 0.25:
                self.pipeline.delete(item)
            else:
                self.pipeline.put(item)
            self.writes += 1
            yield

    def _poison(self, item: Item) -> None:
        """Write an item that OpenSearch rejects."""
        sick = poisoned(item)
        self.poisoned += 1
        self._sick.append((self.writes, {**sick, "ship_to": item["ship_to"]}))
        self.pipeline.put(sick)

    def _cure(self, now: int) -> None:
        """Write what was poisoned long enough in a form that OpenSearch takes."""
        while self._sick and self._sick[0][0] + CURED_AFTER_WRITES <= now:
            self.pipeline.put(self._sick.popleft()[1])
            self.writes += 1

    def _beats(self) -> Any:
        while True:
            self.pipeline.put({**HEARTBEAT, "beat": {"N": f"{time.time():.3f}"}})
            self.writes += 1
            yield
