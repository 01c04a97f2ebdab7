"""When a batch is full, and which records it takes: by count, by the payload's bytes, by the window.

The records of one lane wait in a `BatchBuffer`, which is not safe for several threads by itself. What
AWS leaves open is in docs/decisions/0403-batches.md.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from localaws.event_source_mapping.records import ENVELOPE_BYTES, MAX_PAYLOAD_BYTES, Record


@dataclass(frozen=True, slots=True)
class Batching:
    """The mapping's settings."""

    batch_size: int
    window_seconds: float
    max_payload_bytes: int = MAX_PAYLOAD_BYTES


@dataclass(slots=True)
class BatchBuffer:
    """Records of one lane that wait for a batch.

    Attributes:
        bytes: of all of them in a payload, commas included.
        since: when the oldest was read, if the queue was empty before; else when the previous batch was done with.
    """

    records: deque[Record] = field(default_factory=deque)
    bytes: int = 0
    since: float = 0.0

    def add(self, records: Iterable[Record], now: float) -> None:
        """Take records just read."""
        if not self.records:
            self.since = max(self.since, now)
        for record in records:
            self.records.append(record)
            self.bytes += len(record.encoded) + 1

    def restart_window(self, now: float) -> None:
        """Start the next window: the previous invocation has completed."""
        self.since = now

    def take(self, batching: Batching) -> list[Record]:
        """Take the next batch off the queue: what fits, one record at least."""
        room = batching.max_payload_bytes - ENVELOPE_BYTES + 1  # the last record has no comma
        taken: list[Record] = []
        while self.records and len(taken) < batching.batch_size:
            size = len(self.records[0].encoded) + 1
            if taken and size > room:
                break
            room -= size
            self.bytes -= size
            taken.append(self.records.popleft())
        return taken


def seconds_until_ready(
    queue: BatchBuffer, batching: Batching, now: float, *, page_was_full: bool, closed: bool
) -> float | None:
    """Return in how many seconds the next batch is to be sent; 0 is now, None when records must come first.

    Args:
        queue: what has been read.
        batching: the settings.
        now: the time.
        page_was_full: the stream is known to hold more that will be read without waiting.
        closed: no more records will come.
    """
    if not queue.records:
        return None
    full = len(queue.records) >= batching.batch_size or queue.bytes + ENVELOPE_BYTES > batching.max_payload_bytes
    if full or closed:
        return 0.0
    if batching.window_seconds:
        queue.since = min(queue.since, now)  # the clock may have stepped back
        return max(0.0, queue.since + batching.window_seconds - now)
    return None if page_was_full else 0.0
