"""What an invocation's answer means for the batch it was given. The one place that reads the function's response.

`retry_policy.py` decides what happens next.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from localaws.event_source_mapping.protocols import Invocation, Json
from localaws.event_source_mapping.records import Record

OK: Final = 200


class ResponseKind(Enum):
    """What came of an invocation."""

    DONE = "done"
    NOT_REACHED = "not reached"  # throttled or a service error: the function never ran, no attempt is used up
    ERROR = "error"  # it raised, timed out or answered what counts as failure of the whole batch
    PARTIAL = "partial"  # it named the first record to be retried


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What came of a batch.

    Attributes:
        failed_from: index of the first record that is to be retried, for PARTIAL.
    """

    kind: ResponseKind
    failed_from: int = 0


def classify(invocation: Invocation, records: Sequence[Record], *, report_batch_item_failures: bool) -> BatchOutcome:
    """Return what came of the batch `records`."""
    if invocation.status != OK:
        return BatchOutcome(ResponseKind.NOT_REACHED)
    if invocation.function_error:
        return BatchOutcome(ResponseKind.ERROR)
    if not report_batch_item_failures:
        return BatchOutcome(ResponseKind.DONE)
    return _classify_response(parse(invocation.payload), records)


def parse(payload: bytes) -> Json:
    """Return what a function answered: None for nothing, False for what is no JSON."""
    try:
        return json.loads(payload) if payload.strip() else None
    except (ValueError, RecursionError):
        return False  # no JSON at all, or too deep to be read: like any other answer that makes no sense


def _classify_response(answer: Json, records: Sequence[Record]) -> BatchOutcome:
    """Empty and null are success; a list of the right form is partial; all else fails the whole batch.

    What AWS leaves open of this is in docs/decisions/0404-invalid-responses.md.
    """
    if answer is None or answer in ("", [], {}):
        return BatchOutcome(ResponseKind.DONE)
    if not isinstance(answer, dict):
        return BatchOutcome(ResponseKind.ERROR)
    failures = answer.get("batchItemFailures")
    if failures is None or failures == []:
        return BatchOutcome(ResponseKind.DONE)
    if not isinstance(failures, list):
        return BatchOutcome(ResponseKind.ERROR)
    places = {record.sequence: index for index, record in enumerate(records)}
    lowest = len(records)
    for failure in failures:
        identifier = failure.get("itemIdentifier") if isinstance(failure, Mapping) else None
        place = places.get(identifier) if isinstance(identifier, str) else None
        if place is None:
            return BatchOutcome(ResponseKind.ERROR)
        lowest = min(lowest, place)
    return BatchOutcome(ResponseKind.PARTIAL, lowest)
