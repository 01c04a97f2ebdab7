"""Reads one shard into the lanes' queues: iterators that end or expire, pages, filters, polling four times a second."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from localaws.errors import AwsError
from localaws.event_source_mapping.metrics import MappingMetrics
from localaws.event_source_mapping.protocols import Json, Task
from localaws.event_source_mapping.records import Record, as_event, read
from localaws.event_source_mapping.shard_consumer import ShardConsumer

LOG = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.25  # developer guide: a shard is polled four times a second
ROOM_SECONDS: Final = 1.0  # rung earlier
GONE_SECONDS: Final = 30.0
PAGE_RECORDS: Final = 1000  # API reference of GetRecords
PLACE_LOST: Final = frozenset({"ExpiredIteratorException", "TrimmedDataAccessException"})
FULL_PAGE_BYTES: Final = 500_000  # of 1 MB: pages are not filled to the last byte


@dataclass(slots=True)
class ShardReader:
    """Reads one shard."""

    run: ShardConsumer
    metrics: MappingMetrics
    iterator: str | None = None
    last_read: str | None = None
    failures: int = 0

    def read(self) -> Task:
        """Read until the shard ends or the run is stopped."""
        run = self.run
        self.iterator = run.progress.iterator
        while not run.stopping:
            if not run.has_room():
                yield ROOM_SECONDS
                continue
            look, asked = run.look, run.dependencies.clock.time()
            try:
                page = self._page()
                full = self._accept_page(page["Records"])
            except AwsError as error:
                yield self._on_error(error, look, asked)
                continue
            except Exception as error:  # noqa: BLE001 - whatever the engine's transport raises or answers: a poller goes on
                yield self._on_error(AwsError("ServiceException", repr(error), 500), look, asked)
                continue
            self.failures = 0
            self.iterator = page.get("NextShardIterator")
            run.progress.iterator = None if run.progress.first else self.iterator
            if not self.iterator:
                run.caught_up(look, asked)
                run.close()
                break
            if not full:
                run.caught_up(look, asked)
            yield 0.0 if full else POLL_SECONDS

    def _page(self) -> Mapping[str, Json]:
        source = self.run.dependencies.source
        if self.iterator is None:
            stream, shard = self.run.config.stream_arn, self.run.shard_id
            self.iterator = source.get_shard_iterator(stream, shard, *self._iterator_position())
        page: Mapping[str, Json] = source.get_records(self.iterator, PAGE_RECORDS)
        return page

    def _iterator_position(self) -> tuple[str, str | None]:
        """Return the kind of iterator, and the record, at which reading continues."""
        progress = self.run.progress
        done = self.last_read or progress.checkpoint
        if done:
            return "AFTER_SEQUENCE_NUMBER", done
        return ("AT_SEQUENCE_NUMBER", progress.first) if progress.first else (self.run.start, None)

    def _accept_page(self, wires: list[Json]) -> bool:
        """Hand a page on; return whether it was full, so that more is there at once."""
        if not wires:
            self.metrics.polled(0, 0)
            self.run.add((), full=False)
            return False
        config, filters, lanes = self.run.config, self.run.filters, self.run.lanes
        arn, region = config.stream_arn, config.stream_region
        page: list[tuple[int, str, Record | None]] = []
        size = passed = 0
        for wire in wires:
            event = as_event(wire, arn, region)
            change = event["dynamodb"]
            size += change.get("SizeBytes", 0)
            record = None
            if filters.pass_on(event):
                record = read(event, lanes)
                passed += 1
            page.append((int(change["SequenceNumber"]), change["SequenceNumber"], record))
        full = len(wires) >= PAGE_RECORDS or size >= FULL_PAGE_BYTES
        self.last_read = page[-1][1]
        self.metrics.polled(len(wires), len(wires) - passed)
        self.run.add(page, full=full)
        return full

    def _on_error(self, error: AwsError, look: int, asked: float) -> float:
        """Note a refused call; return how long to wait."""
        place, _ = self._iterator_position()
        if place != "LATEST" or error.code in PLACE_LOST:  # from LATEST, another iterator would skip records
            self.iterator = self.run.progress.iterator = None
        self.failures += 1
        shard = self.run.shard_id
        match error.code:
            case "ExpiredIteratorException":
                if self.failures == 1:
                    return 0.0
            case "TrimmedDataAccessException":
                LOG.warning("%s: records after %s were trimmed before they were read", shard, self.last_read)
                self.last_read = None
                self.run.progress.reset()
                self.run.start = "TRIM_HORIZON"
            case "ResourceNotFoundException":
                self.run.caught_up(look, asked)  # the stream is gone: there is nothing to read
                return GONE_SECONDS
            case _:
                LOG.warning("%s: reading failed, %s", shard, error)
        return min(POLL_SECONDS * float(1 << min(self.failures, 8)), GONE_SECONDS)
