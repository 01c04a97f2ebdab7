"""One shard while it is read under one set of settings: what reader and lanes share, behind one lock.

Replaced when the settings change; only the progress is kept.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from localaws.event_source_mapping.batching import BatchBuffer, Batching, seconds_until_ready
from localaws.event_source_mapping.checkpoint import ShardCheckpoint
from localaws.event_source_mapping.config import MappingConfig
from localaws.event_source_mapping.dependencies import Dependencies
from localaws.event_source_mapping.filter_criteria import FilterCriteria
from localaws.event_source_mapping.on_failure import BatchSource
from localaws.event_source_mapping.protocols import Json, Task
from localaws.event_source_mapping.record_age import RecordAgeLimit
from localaws.event_source_mapping.records import Record

LOG = logging.getLogger(__name__)

MAX_WAITING_BYTES: Final = 48 * 1024 * 1024  # of one shard, read ahead of the function
IDLE_SECONDS: Final = 3600.0  # a lane is rung when records come; this is only so that it never sleeps for ever
STREAM_LAG_SECONDS: Final = 1.0  # between a change and its record; docs/decisions/0410-ends-of-windows.md
READ_AHEAD_RECORDS: Final = 10_000  # beyond one batch for every lane


@dataclass(slots=True)
class ShardConsumer:
    """The shared state.

    Attributes:
        start: where reading begins while there is no checkpoint: "TRIM_HORIZON" or "LATEST".
        changed: rung when the shard is finished or a task of it has ended.
        closed: the stream has no more records of this shard, ever.
        broken: a task has failed, so the consumer must be replaced.
        page_was_full: the last page was full, so the next is there already.
        tip: (which look, how many records had been read then) when the reader last saw the tip of the stream.
        read_until: the creation time up to which everything has been read.
        in_flight: records that the function has now.
    """

    shard_id: str
    config: MappingConfig
    origin: BatchSource
    dependencies: Dependencies
    progress: ShardCheckpoint
    start: str
    changed: threading.Event
    look: int = 0
    closed: bool = False
    stopping: bool = False
    broken: bool = False
    page_was_full: bool = False
    tip: tuple[int, int] = (-1, 0)
    read_until: float = 0.0
    in_flight: int = 0
    tasks: int = 0
    newest_created: float = 0.0
    reader_wakeup: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    lanes: int = field(init=False)
    filters: FilterCriteria = field(init=False)
    batching: Batching = field(init=False)
    ages: RecordAgeLimit = field(init=False)
    queues: list[BatchBuffer] = field(init=False)
    lane_wakeups: list[threading.Event] = field(init=False)

    def __post_init__(self) -> None:
        config = self.config
        self.lanes = 1 if config.tumbling_window_seconds else config.parallelization_factor
        self.filters = FilterCriteria.compile(config.patterns)
        self.batching = Batching(config.batch_size, config.window_seconds)
        self.ages = RecordAgeLimit(config.maximum_record_age_seconds)
        self.queues = [BatchBuffer() for _ in range(self.lanes)]
        self.lane_wakeups = [threading.Event() for _ in range(self.lanes)]

    def add(self, page: Sequence[tuple[int, str, Record | None]], *, full: bool) -> None:
        """Take a page: number, sequence and record of each; None where the filters keep it from the function."""
        by_lane: dict[int, list[Record]] = {}
        now = self.dependencies.clock.time()
        with self.lock:
            for number, sequence, record in page:
                if self.progress.track(number, sequence):
                    if record is None:
                        self.progress.skip(number)
                    else:
                        by_lane.setdefault(record.lane, []).append(record)
            self.progress.advance()
            for lane, records in by_lane.items():
                self.queues[lane].add(records, now)
                self.newest_created = records[-1].created
            self.page_was_full = full
        for lane in range(self.lanes):
            self.lane_wakeups[lane].set()

    def caught_up(self, look: int, asked: float) -> None:
        """Note that nothing is left to read as of `look`; the stream was `asked` at that time."""
        with self.lock:
            self.read_until = asked - STREAM_LAG_SECONDS
            self.tip = (look, self.progress.tracked)

    def close(self) -> None:
        """Note that no more records will come."""
        with self.lock:
            self.closed = True
            self.page_was_full = False
        self._ring()

    def has_room(self) -> bool:
        """Return whether to read more; if not, wake the lanes to send what they have."""
        with self.lock:
            waiting = sum(len(queue.records) for queue in self.queues)
            size = sum(queue.bytes for queue in self.queues)
            limit = self.lanes * self.config.batch_size + READ_AHEAD_RECORDS
            room = waiting < limit and size < MAX_WAITING_BYTES
            if not room:
                self.page_was_full = False
        if not room:
            self._ring()
        return room

    def next_batch(self, lane: int) -> list[Record] | float | None:
        """Return the lane's next batch, or in how many seconds to ask again (at most); None after the last."""
        with self.lock:
            queue = self.queues[lane]
            if self.stopping or (self.closed and not queue.records):
                return None
            now = self.dependencies.clock.time()
            due = seconds_until_ready(queue, self.batching, now, page_was_full=self.page_was_full, closed=self.closed)
            if due is None:
                return IDLE_SECONDS
            if due > 0:
                return due
            batch = queue.take(self.batching)
            self.in_flight += len(batch)
        self.reader_wakeup.set()
        return batch

    def low_watermark(self, lane: int) -> float:
        """Return the creation time before which no record is left to be taken, neither here nor in the stream."""
        with self.lock:
            records = self.queues[lane].records
            return records[0].created if records else self.read_until

    def finish(self, records: Sequence[Record]) -> None:
        """Complete records."""
        with self.lock:
            self.progress.complete(records)
            self.in_flight -= len(records)
        if self.finished:
            self.changed.set()

    def restart_window(self, lane: int) -> None:
        """Start the lane's next window."""
        with self.lock:
            self.queues[lane].restart_window(self.dependencies.clock.time())

    def stop(self) -> None:
        """Let every task end at its next step; what is in flight completes."""
        self.stopping = True
        self._ring()
        self.reader_wakeup.set()

    def watched(self, task: Task) -> Task:
        """Run a task of the shard, and mark the shard as broken if the task fails."""
        try:
            yield from task
        except Exception:  # an error of ours: nothing else reaches a task
            LOG.exception("%s: a task failed", self.shard_id)
            self.broken = True
        finally:
            with self.lock:
                self.tasks -= 1
            self.changed.set()

    @property
    def finished(self) -> bool:
        """Whether all records of the shard are complete."""
        return self.closed and not self.progress.outstanding

    def status(self) -> dict[str, Json]:
        """Return how far it is."""
        with self.lock:
            age = self.dependencies.clock.time() - self.newest_created if self.progress.outstanding else 0.0
            return {
                "shard_id": self.shard_id,
                "checkpoint": self.progress.checkpoint,
                "behind": self.progress.outstanding,
                "in_flight": self.in_flight,
                "closed": self.closed,
                "iterator_age_seconds": max(0.0, age),
            }

    def _ring(self) -> None:
        for wakeup in self.lane_wakeups:
            wakeup.set()
