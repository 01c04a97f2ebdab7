"""The writes: a steady rate of puts, changes and deletes of some hundred items, and a heartbeat to tell the lag by."""

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from harness.items import Item
from harness.orders import order
from harness.pipeline import Pipeline

KEYS: Final = 400
WRITES_PER_SECOND: Final = 30
BEAT_SECONDS: Final = 0.5
HEARTBEAT: Final[Item] = {"customer_id": {"S": "heartbeat"}, "order_id": {"S": "0"}}
HEARTBEAT_ID: Final = "heartbeat|0"


@dataclass(slots=True)
class Load:
    """Writes until it is stopped; `writes` counts what the table took."""

    pipeline: Pipeline
    seed: int
    writes: int = 0
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
        """End it.

        Raises:
            RuntimeError: the table has refused a write, which no fault of this soak makes it do.
        """
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise RuntimeError(f"The table refused a write: {self._failures[0]}")

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
            if dice.random() < 0.25:
                self.pipeline.delete(item)
            else:
                self.pipeline.put(item)
            self.writes += 1
            yield

    def _beats(self) -> Any:
        while True:
            self.pipeline.put({**HEARTBEAT, "beat": {"N": f"{time.time():.3f}"}})
            self.writes += 1
            yield
