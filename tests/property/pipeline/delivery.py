"""An event source mapping as AWS describes it: batches in order, parents first, retries from the lowest failure."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.property.pipeline.source import Lane, Record, Shard, Source

Invoke = Callable[[list[Record]], str | None]
CRASHED = "crashed"  # in place of a sequence number


@dataclass(slots=True)
class Delivery:
    """One mapping.

    Attributes:
        invoke: gives the function a batch; returns the number to continue from, None for success, or CRASHED.
        most: the batch size.
        bisects: whether a batch is cut in two when the function crashes.
    """

    source: Source
    dice: Random
    invoke: Invoke
    most: int
    bisects: bool

    def step(self) -> bool:
        """Deliver the next batch of a lane; return whether there was one."""
        ready = [
            lane for shard in self.source.shards for lane in shard.lanes if not lane.is_drained and shard.is_readable()
        ]
        if not ready:
            return False
        lane = self.dice.choice(ready)
        end = lane.place + self.dice.randint(1, self.most)
        batch = lane.records[lane.place : end if lane.limit is None else min(end, lane.limit)]
        restart_at = self.invoke(batch)
        size = len(batch)
        if restart_at is None:
            lane.place += size
            lane.limit = None if lane.limit is None or lane.place >= lane.limit else lane.limit
        elif restart_at == CRASHED:
            lane.limit = lane.place + (max(1, size // 2) if self.bisects else size)
        else:
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            lane.limit = lane.place + size
            lane.place += numbers.index(restart_at)
        return True

    def rewind(self) -> None:
        """Go back in a shard whose children are not read: records come at least once."""
        lane = self._open_lane()
        lane.place, lane.limit = max(0, lane.place - self.dice.randint(1, 6)), None

    def by_hand(self) -> None:
        """Deliver some records in a wrong order and some twice, then all of them again from the first on."""
        lane = self._open_lane()
        if not lane.records:
            return
        first = self.dice.randrange(len(lane.records))
        batch = lane.records[first : first + self.most]
        self.invoke([*self.dice.sample(batch, len(batch)), *batch[:1]])
        lane.place, lane.limit = min(lane.place, first), None

    def replay(self) -> None:
        """Begin again at the oldest record, as a new mapping does."""
        for shard in self.source.shards:
            for lane in shard.lanes:
                lane.place, lane.limit = 0, None

    def _open_lane(self) -> Lane:
        open_ones: list[Shard] = [shard for shard in self.source.shards if shard.is_open]
        return self.dice.choice(self.dice.choice(open_ones).lanes)
