"""Progress of one shard: the checkpoint before which all records are complete, and the complete records after it.

Several lanes finish records out of order; the checkpoint moves only over what is finished without a gap.
It is kept while a mapping is disabled or changed, so that the mapping continues at the same position.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from localaws.event_source_mapping.records import Record


@dataclass(slots=True)
class ShardCheckpoint:
    """The progress of one shard. Not safe for several threads by itself.

    Attributes:
        checkpoint: sequence number of the last record before which nothing is left to do; None before the first.
        first: sequence number of the first record that was read; reading continues there while there is no checkpoint.
        iterator: where reading is while no record was read: from LATEST no other place is known.
        tracked: how many records were read; `completed` of them lie behind the checkpoint. Both only grow.
    """

    checkpoint: str | None = None
    first: str | None = None
    iterator: str | None = None
    tracked: int = 0
    completed: int = 0
    _open: deque[tuple[int, str]] = field(default_factory=deque)
    _completed: set[int] = field(default_factory=set)

    def track(self, number: int, sequence: str) -> bool:
        """Note that a record was read; return whether there is anything to do for it."""
        self.tracked += 1
        self.first = self.first or sequence
        self._open.append((number, sequence))
        return number not in self._completed

    def complete(self, records: Iterable[Record]) -> None:
        """Complete records."""
        self._completed.update(record.number for record in records)
        self.advance()

    def skip(self, number: int) -> None:
        """Note that a record needs nothing; `advance` moves the checkpoint."""
        self._completed.add(number)

    def advance(self) -> None:
        """Move the checkpoint over what is finished."""
        waiting, finished = self._open, self._completed
        sequence = self.checkpoint
        while waiting and waiting[0][0] in finished:
            number, sequence = waiting.popleft()
            finished.remove(number)
            self.completed += 1
        self.checkpoint = sequence

    def reset(self) -> None:
        """Forget the position, because the stream has trimmed it."""
        self.checkpoint = self.first = self.iterator = None

    def rewind(self) -> None:
        """Forget what was read and is not finished: it will be read again from the checkpoint."""
        self._open.clear()
        self.tracked = self.completed

    @property
    def outstanding(self) -> int:
        """How many records were read and are not behind the checkpoint."""
        return len(self._open)
