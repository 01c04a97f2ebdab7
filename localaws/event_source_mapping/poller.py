"""Runs one mapping: finds the shards of its stream, reads each after its parent, starts over when the settings change.

Its states are those of the API. One task coordinates; every shard has a reader (`shard_reader.py`) and its lanes
(`batch_dispatcher.py`).
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Final

from localaws.errors import AwsError
from localaws.event_source_mapping.batch_dispatcher import BatchDispatcher
from localaws.event_source_mapping.checkpoint import ShardCheckpoint
from localaws.event_source_mapping.config import MappingConfig
from localaws.event_source_mapping.dependencies import Dependencies
from localaws.event_source_mapping.metrics import MappingMetrics
from localaws.event_source_mapping.on_failure import BatchSource
from localaws.event_source_mapping.protocols import Json, Task
from localaws.event_source_mapping.result import LastProcessingResult
from localaws.event_source_mapping.retry_policy import back_off
from localaws.event_source_mapping.shard_backoff import ShardBackoff
from localaws.event_source_mapping.shard_consumer import ShardConsumer
from localaws.event_source_mapping.shard_reader import ShardReader
from localaws.event_source_mapping.shards import Shard, parse, readable
from localaws.event_source_mapping.tumbling_window import WindowedDispatcher

LOG = logging.getLogger(__name__)

DISCOVER_SECONDS: Final = 10.0  # rung earlier when a shard has ended
RETRY_DISCOVER_SECONDS: Final = 1.0
STOPPING_SECONDS: Final = 1.0  # rung earlier when a task has ended


class State(Enum):
    """The states of the API."""

    CREATING = "Creating"
    ENABLING = "Enabling"
    ENABLED = "Enabled"
    DISABLING = "Disabling"
    DISABLED = "Disabled"
    UPDATING = "Updating"
    DELETING = "Deleting"


class Poller:
    """One mapping at work.

    Attributes:
        config: what it runs with now.
        wanted: what it is to run with, as the API shows it.
        looked: the last look (see `poll_now`) at which the stream's shards were listed.
    """

    def __init__(
        self, mapping_id: str, config: MappingConfig, region: str, dependencies: Dependencies, ended: Callable[[], None]
    ) -> None:
        """Prepare a mapping; `start` runs it. `ended` is called when it has been deleted."""
        self.mapping_id = mapping_id
        self.config = config
        self.wanted = config
        self.state = State.CREATING
        self.modified = dependencies.clock.time()
        self.looked = -1
        self.result = LastProcessingResult()
        self._region = region
        self._dependencies = dependencies
        self._ended = ended
        self._wakeup = threading.Event()
        self._lock = threading.RLock()
        self._look = 0
        self._runs: dict[str, ShardConsumer] = {}
        self._checkpoints: dict[str, ShardCheckpoint] = {}
        self._starts: dict[str, str] = {}
        self._finished: set[str] = set()
        self._zeros: dict[str, int] = {}
        self._rests = ShardBackoff()
        self._listed: list[Shard] = []
        self._first_list = True
        self._deleted = False

    @property
    def last_result(self) -> str:
        """LastProcessingResult."""
        return self.result.text

    def start(self) -> None:
        """Begin to work."""
        self._dependencies.runner.start(f"mapping-{self.mapping_id[:8]}", self._coordinate(), self._wakeup)

    def change(self, config: MappingConfig) -> None:
        """Continue with other settings at the same position."""
        with self._lock:
            if config.enabled == self.wanted.enabled:
                self.state = State.UPDATING
            else:
                self.state = State.ENABLING if config.enabled else State.DISABLING
            self.wanted = replace(config)  # a new object even if nothing differs: the state has to settle again
            self.modified = self._dependencies.clock.time()
        self._wakeup.set()

    def delete(self) -> None:
        """End it; what is in flight completes."""
        with self._lock:
            self._deleted = True
            self.state = State.DELETING
        self._wakeup.set()

    def poll_now(self) -> int:
        """Let every reader look at its shard at once; return the number of this look."""
        with self._lock:
            self._look += 1
            runs = list(self._runs.values())
            for run in runs:
                run.look = self._look
        for run in runs:
            run.reader_wakeup.set()
        self._wakeup.set()
        return self._look

    def runs(self) -> list[ShardConsumer]:
        """Return the shards that are being read."""
        with self._lock:
            return list(self._runs.values())

    def blocked_shards(self) -> list[str]:
        """Return the shards that are known and not read yet."""
        with self._lock:
            busy = self._finished | set(self._runs)
            return [shard.shard_id for shard in self._listed if shard.shard_id not in busy]

    def status(self) -> dict[str, Json]:
        """Return how far it is."""
        return {
            "uuid": self.mapping_id,
            "function": self.config.function_arn,
            "stream": self.config.stream_arn,
            "state": self.state.value,
            "last_result": self.last_result,
            "shards": [run.status() for run in self.runs()],
        }

    def _coordinate(self) -> Task:
        failures = 0
        while True:
            try:
                yield from self._work()
                break
            except Exception:  # an error of ours: nothing else reaches this task
                LOG.exception("mapping failed: %s", self.mapping_id)
                self.result.broken()
                yield back_off(failures)
                failures += 1
        self._ended()

    def _work(self) -> Task:
        while True:
            if self._deleted or self.wanted is not self.config:
                yield from self._stop_runs()
                if self._deleted:
                    break
                self.config = self.wanted
            self._restart_failed()
            wait = self._discover() if self.config.enabled else DISCOVER_SECONDS
            with self._lock:
                if self.wanted is self.config and not self._deleted:
                    self.state = State.ENABLED if self.config.enabled else State.DISABLED
            yield wait

    def _stop_runs(self) -> Task:
        runs = self.runs()
        for run in runs:
            run.stop()
        while any(run.tasks for run in runs):
            yield STOPPING_SECONDS
        with self._lock:
            for run in runs:
                if run.finished:
                    self._finished.add(run.shard_id)
                run.progress.rewind()
            self._runs.clear()

    def _restart_failed(self) -> None:
        """Stop the shards of failed tasks, and restart them once all their tasks have ended.

        What is in flight completes; what was read and is not done is read again.
        """
        for run in self.runs():
            if not run.broken or run.finished:
                continue
            self.result.broken()
            run.stop()
            if not run.tasks:
                with self._lock:
                    run.progress.rewind()
                    del self._runs[run.shard_id]
                self._rests.begin(run.shard_id, run.progress.completed, self._dependencies.clock.time())

    def _discover(self) -> float:
        """List the shards and start what may be read; return when to look again."""
        look = self._look
        try:
            shards = self._list()
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                LOG.warning("The shards of %s could not be listed: %s", self.config.stream_arn, error)
                return RETRY_DISCOVER_SECONDS
            shards = []  # the table is gone; the mapping stays, as it does on AWS
        except Exception:  # whatever the engine's transport raises
            LOG.exception("The shards of %s could not be listed", self.config.stream_arn)
            return RETRY_DISCOVER_SECONDS
        with self._lock:
            self._register(shards)
            now = self._dependencies.clock.time()
            started = [
                self._run(shard)
                for shard in readable(shards, self._finished)
                if shard.shard_id not in self._runs and self._rests.over(shard.shard_id, now)
            ]
            self.looked = look
        for run in started:
            self._start(run)
        ended_without_child = any(run.closed for run in self.runs())
        return RETRY_DISCOVER_SECONDS if ended_without_child or self.blocked_shards() else DISCOVER_SECONDS

    def _list(self) -> list[Shard]:
        shards: list[Shard] = []
        last = None
        while True:
            answer = self._dependencies.source.describe_stream(self.config.stream_arn, last)
            description = answer.get("StreamDescription", answer)
            shards += parse(description)
            last = description.get("LastEvaluatedShardId")
            if not last:
                return shards

    def _register(self, shards: list[Shard]) -> None:
        """Take over a fresh list: shards that are finished, gone, or (from LATEST) of the past."""
        latest = self._first_list and self.config.starting_position == "LATEST"
        self._first_list = False
        for shard in shards:
            if latest and shard.closed:
                self._finished.add(shard.shard_id)
            self._starts.setdefault(shard.shard_id, "LATEST" if latest else "TRIM_HORIZON")
        for shard_id, run in list(self._runs.items()):
            if run.finished and not run.tasks:
                self._finished.add(shard_id)
                del self._runs[shard_id]
        listed = {shard.shard_id for shard in shards}
        self._finished &= listed
        for kept in (self._starts, self._checkpoints):
            for shard_id in set(kept) - listed - set(self._runs):
                del kept[shard_id]
        self._listed = shards

    def _run(self, shard: Shard) -> ShardConsumer:
        origin = BatchSource(self.mapping_id, self.config.function_arn, self.config.stream_arn, shard.shard_id)
        progress = self._checkpoints.setdefault(shard.shard_id, ShardCheckpoint())
        start = self._starts[shard.shard_id]
        run = ShardConsumer(
            shard.shard_id, self.config, origin, self._dependencies, progress, start, self._wakeup, look=self._look
        )
        self._runs[shard.shard_id] = run
        return run

    def _start(self, run: ShardConsumer) -> None:
        config, runner = self.config, self._dependencies.runner
        counts = "EventCount" in config.metrics
        dependencies, function = self._dependencies, config.function_arn
        metrics = MappingMetrics(
            dependencies.observer, dependencies.clock, self._zeros, self._region, self.mapping_id, function, counts
        )
        name = f"mapping-{self.mapping_id[:8]}-{run.shard_id[-8:]}"
        run.tasks = 1 + run.lanes
        runner.start(f"{name}-reader", run.watched(ShardReader(run, metrics).read()), run.reader_wakeup)
        for number in range(run.lanes):
            kind = WindowedDispatcher if config.tumbling_window_seconds else BatchDispatcher
            lane = kind(run, number, metrics, self.result)
            runner.start(f"{name}-{number}", run.watched(lane.run_to_end()), run.lane_wakeups[number])
