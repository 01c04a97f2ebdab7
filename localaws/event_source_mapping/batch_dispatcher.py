"""Delivers one lane of a shard, batch after batch: invokes, retries, cuts in halves, gives up, in record order.

`batch_response.py`, `retry_policy.py` and `record_age.py` decide what to do; this file does it.
"""

import logging
import uuid
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Final

from localaws.event_source_mapping.batch_response import BatchOutcome, ResponseKind, classify
from localaws.event_source_mapping.metrics import MappingMetrics
from localaws.event_source_mapping.on_failure import DiscardedBatch, DiscardReason, delivery
from localaws.event_source_mapping.protocols import Invocation, Task
from localaws.event_source_mapping.record_age import ExpiryReason
from localaws.event_source_mapping.records import Record, payload
from localaws.event_source_mapping.result import LastProcessingResult
from localaws.event_source_mapping.retry_policy import BatchSegment, next_step
from localaws.event_source_mapping.shard_consumer import ShardConsumer

LOG = logging.getLogger(__name__)

NOT_FOUND: Final = 404
SEND_TRIES: Final = 3  # docs/decisions/0405-destinations.md
SEND_WAIT_SECONDS: Final = 1.0  # before the second; twice that before the third


@dataclass(slots=True)
class BatchDispatcher:
    """One of a shard's parallel sequences of batches."""

    run: ShardConsumer
    number: int
    metrics: MappingMetrics
    result: LastProcessingResult
    _last: Invocation | None = None
    _discarded: DiscardedBatch | None = None
    _segments: deque[BatchSegment] = field(default_factory=deque)

    def run_to_end(self) -> Task:
        """Deliver until the shard ends or the run is stopped."""
        while (batch := self.run.next_batch(self.number)) is not None:
            if isinstance(batch, float):
                yield batch
            else:
                yield from self._batch(batch)
                self.run.restart_window(self.number)

    def _batch(self, records: Sequence[Record]) -> Task:
        """Bring one batch to its end, or leave it where it is when the run is stopped."""
        self._last = None
        self._segments = deque([BatchSegment(records)])
        while self._segments and not self.run.stopping:
            part = yield from self._wait_until_due(self._segments.popleft())
            if part is not None:
                yield from self._invoke_segment(part)
        yield from self._deliver_discarded()

    def _wait_until_due(self, part: BatchSegment) -> Generator[float, None, BatchSegment | None]:
        """Wait until `part` may be tried; give up what grows too old. None when nothing is left of it."""
        clock, ages = self.run.dependencies.clock, self.run.ages
        start = clock.time() + part.wait_seconds
        while not self.run.stopping:
            now = clock.time()
            start = min(start, now + part.wait_seconds)  # the clock may have stepped back
            count = ages.expired(part.records, now)
            if count:
                yield from self._discard_expired(part, count)
                part, start = (
                    BatchSegment(part.records[count:]),
                    now,
                )  # the checkpoint has moved: what is left starts afresh
                if not part.records:
                    return None
            elif now >= start:
                return part
            else:
                yield min(start - now, ages.seconds_until_expiry(part.records, now))
        return None

    def _pause(self, seconds: float, *, stoppable: bool) -> Task:
        """Wait so long, however often the wakeup is rung; a stop ends it only if it is `stoppable`."""
        clock = self.run.dependencies.clock
        end = clock.time() + seconds
        while (left := end - clock.time()) > 0 and not (stoppable and self.run.stopping):
            yield min(left, seconds)  # the clock may have stepped back
            end = min(end, clock.time() + seconds)

    def _invoke_segment(self, part: BatchSegment) -> Task:
        config = self.run.config
        yield 0.0
        invocation = self._invoke(part.records)
        self._last = invocation
        verdict = self._classify(invocation, part.records)
        self._count(part, verdict)
        if invocation.status == NOT_FOUND:
            self.result.no_function(config.function_arn)
        outcome = next_step(part, verdict, config.maximum_retry_attempts, bisect=config.bisect)
        if outcome.done or verdict.kind is ResponseKind.NOT_REACHED:
            yield from self._deliver_discarded()
        self._done(outcome.done, invocation)
        self._segments.extendleft(reversed(outcome.retry))
        if outcome.discarded:
            gone = outcome.discarded
            yield from self._discard(DiscardedBatch(gone.records, DiscardReason.RETRIES, gone.attempts, invocation))

    def _invoke(self, records: Sequence[Record]) -> Invocation:
        try:
            return self.run.dependencies.invoker.invoke(self.run.config.function_arn, self._payload(records))
        except Exception:  # whatever the runtime's transport raises is a service error
            LOG.exception("%s: the function could not be invoked", self.run.shard_id)
            return Invocation(500, b"", None, "$LATEST", str(uuid.uuid4()))

    def _payload(self, records: Sequence[Record]) -> bytes:
        return payload(records)

    def _classify(self, invocation: Invocation, records: Sequence[Record]) -> BatchOutcome:
        reporting = self.run.config.report_batch_item_failures
        return classify(invocation, records, report_batch_item_failures=reporting)

    def _done(self, records: Sequence[Record], _: Invocation) -> None:
        """Complete records that the function has processed."""
        self.run.finish(records)

    def _count(self, part: BatchSegment, verdict: BatchOutcome) -> None:
        records = part.records
        failed = {ResponseKind.DONE: 0, ResponseKind.PARTIAL: len(records) - verdict.failed_from}.get(
            verdict.kind, len(records)
        )
        self.result.set(ok=not failed)
        self.metrics.events("InvokedEventCount", len(records))  # developer guide: throttled tries count as well
        self.metrics.events("FailedInvokeEventCount", failed)
        age = self.run.dependencies.clock.time() - records[-1].created
        self.metrics.function("IteratorAge", max(0.0, age) * 1000, "Milliseconds")

    def _discard_expired(self, part: BatchSegment, count: int) -> Task:
        records = part.records[:count]
        if self.run.ages.limit is ExpiryReason.MAXIMUM_AGE:
            yield from self._deliver_discarded()
            yield from self._discard(DiscardedBatch(records, DiscardReason.AGE, part.attempts, self._last))
            yield from self._deliver_discarded()
            return
        LOG.warning("%s: the stream lost %d records from %s on before they were done", *self._named(records))
        self.run.finish(records)

    def _discard(self, given_up: DiscardedBatch) -> Task:
        """Discard records; adjacent halves of one batch are delivered together."""
        self._discarded = self._discarded.merge(given_up) if self._discarded else given_up
        if not self.run.config.bisect:
            yield from self._deliver_discarded()

    def _deliver_discarded(self) -> Task:
        """Deliver discarded records to the on-failure destination; only then the checkpoint passes them."""
        given_up, self._discarded = self._discarded, None
        if given_up is None:
            return
        delivered = yield from self._send(given_up)
        if delivered:
            self.metrics.events("OnFailureDestinationDeliveredEventCount", len(given_up.records))
        else:
            self.metrics.events("DroppedEventCount", len(given_up.records))
            LOG.error("%s: dropped %d records from %s on", *self._named(given_up.records))
        self.run.finish(given_up.records)

    def _send(self, given_up: DiscardedBatch) -> Generator[float, None, bool]:
        dependencies, arn = self.run.dependencies, self.run.config.destination_arn
        if arn is None:
            return False
        message = delivery(given_up, self.run.origin, arn, dependencies.clock.time())
        for tried in range(SEND_TRIES):
            try:
                dependencies.destination.send(message)
            except Exception:  # whatever the destination's transport raises
                LOG.exception("%s: %s did not take %s", self.run.shard_id, arn, message.object_key)
            else:
                return True
            if tried + 1 < SEND_TRIES:
                yield from self._pause(SEND_WAIT_SECONDS * 2**tried, stoppable=False)
        self.metrics.function("DestinationDeliveryFailures", 1, "Count")
        return False

    def _named(self, records: Sequence[Record]) -> tuple[str, int, str]:
        return self.run.shard_id, len(records), records[0].sequence
