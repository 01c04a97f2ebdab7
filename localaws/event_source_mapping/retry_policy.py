"""What happens to a batch after an invocation: which records are complete, retried or discarded.

Pure decisions over data; no clock, no I/O. The counting rules are AWS's as recorded; the waits
are ours (docs/decisions/0401-back-off.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from localaws.event_source_mapping.batch_response import BatchOutcome, ResponseKind
from localaws.event_source_mapping.records import Record

FIRST_WAIT_SECONDS: Final = 0.25  # a shard is polled four times a second
LONGEST_WAIT_SECONDS: Final = 30.0
UNLIMITED: Final = -1


@dataclass(frozen=True, slots=True)
class BatchSegment:
    """A run of records that is tried together.

    Attributes:
        attempts: invocations that count against the quota of retries.
        not_reached: tries in a row that did not reach the function.
        wait_seconds: how long to wait before the next try.
    """

    records: Sequence[Record]
    attempts: int = 0
    not_reached: int = 0
    wait_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What becomes of a part. Its records are, in order, exactly `done`, then those of `retry` or `discarded`."""

    done: Sequence[Record] = ()
    retry: tuple[BatchSegment, ...] = ()
    discarded: BatchSegment | None = None


def next_step(part: BatchSegment, verdict: BatchOutcome, maximum_retry_attempts: int, *, bisect: bool) -> RetryDecision:
    """Return what becomes of `part` after an invocation with `verdict`."""
    records = part.records
    if verdict.kind is ResponseKind.DONE:
        return RetryDecision(done=records)
    if verdict.kind is ResponseKind.NOT_REACHED:
        wait = back_off(part.not_reached)
        return RetryDecision(retry=(BatchSegment(records, part.attempts, part.not_reached + 1, wait),))
    if verdict.kind is ResponseKind.PARTIAL and verdict.failed_from > 0:
        # The checkpoint moves: what remains has its whole quota again, and this invocation is not counted.
        cut = verdict.failed_from
        return RetryDecision(done=records[:cut], retry=(BatchSegment(records[cut:], wait_seconds=FIRST_WAIT_SECONDS),))
    if verdict.kind is ResponseKind.ERROR and bisect and len(records) > 1:
        return RetryDecision(retry=_halves(part))
    attempts = part.attempts + 1
    if maximum_retry_attempts != UNLIMITED and attempts > maximum_retry_attempts:
        return RetryDecision(discarded=BatchSegment(records, attempts))
    return RetryDecision(retry=(BatchSegment(records, attempts, wait_seconds=back_off(part.attempts)),))


def back_off(failures: int) -> float:
    """Return how many seconds to wait after `failures` failures before the last one: doubling, to a limit."""
    return min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * float(1 << min(failures, 16)))


def _halves(part: BatchSegment) -> tuple[BatchSegment, BatchSegment]:
    """Cut in two; the first half has the odd record. A cut uses up no attempt (docs/decisions/0402-bisect.md)."""
    middle = (len(part.records) + 1) // 2
    first, second = part.records[:middle], part.records[middle:]
    return BatchSegment(first, part.attempts, wait_seconds=FIRST_WAIT_SECONDS), BatchSegment(second, part.attempts)
