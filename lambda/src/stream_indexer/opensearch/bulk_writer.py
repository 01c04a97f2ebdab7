"""Writes documents to an index until each has an outcome, or until the attempts or the time end.

`batch_processor.py` decides what the outcomes mean for the records.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline, expired, sleep_before_retry
from stream_indexer.documents.actions import Document
from stream_indexer.errors import InvalidBulkResponseError, ResponseTooLargeError, TransientError
from stream_indexer.metrics import BatchMetrics
from stream_indexer.opensearch.bulk import (
    encode_body,
    encode_probe,
    parse_bulk_response,
    parse_error_response,
    parse_probe_response,
    split_by_size,
)
from stream_indexer.opensearch.outcomes import (
    NO_RESPONSE,
    THROTTLED,
    ItemResult,
    Outcome,
    classify_item,
    classify_request,
    may_be_document_error,
)

MAX_ATTEMPTS: Final = 4  # for one document in one invocation; then Lambda retries
MAX_PROBES: Final = 3  # for a document that is rejected with 5xx
OK: Final = 200
SERVER_ERROR: Final = 500
INVALID_RESPONSE: Final = ItemResult(NO_RESPONSE, reason="the bulk response does not match the request")
MAX_INVALID_RESPONSES: Final = 2  # in a row: then the documents are not the cause
NOT_SENT: Final = ItemResult(NO_RESPONSE, reason="not sent: the circuit breaker was open, or no time was left")


class Index(Protocol):
    """Bulk requests to one index."""

    def bulk(self, content: bytes, deadline: Deadline) -> Response:
        """Send one bulk request.

        Raises:
            ConnectionFailedError: No complete response arrived in time.
            ResponseTooLargeError: The response is larger than the request allows.
        """


class WriteResult(NamedTuple):
    """Result of writing one document.

    Attributes:
        document: The document.
        outcome: What to do with its record.
        item: OpenSearch's result for the document.
        answered_at: Time of OpenSearch's response, in seconds since the epoch.
        is_suspect: Whether the document can be the cause of the outcome RETRY.
        has_witness: Whether the index accepted another document of the same request.
    """

    document: Document
    outcome: Outcome
    item: ItemResult
    answered_at: float
    is_suspect: bool = False
    has_witness: bool = False


@dataclass(slots=True)
class BulkWriter:
    """Writes to one index in bodies of at most `max_body_bytes`.

    Attributes:
        index: Bulk requests to the index.
        max_bulk_bytes: Maximum size of a request body, in bytes.
        guarded: Whether requests have `require_alias`, so that an action in the body shows whether the alias exists.
        circuit_open: Whether the latest request had no response, or failed as a whole with a transient error. The state
            outlives the invocation. While it is open, a batch costs one request and no wait.
    """

    index: Index
    max_bulk_bytes: int
    guarded: bool = True
    circuit_open: bool = field(default=False, init=False)

    def write(self, documents: Sequence[Document], deadline: Deadline, metrics: BatchMetrics) -> Iterator[WriteResult]:
        """Yield one result for each document, in any order. The outcome is RETRY if none was decided in time."""
        was_open = self.circuit_open
        pending = documents
        for attempts in range(MAX_ATTEMPTS):
            undecided: list[WriteResult] = []
            suspects: list[WriteResult] = []
            for result in self._attempt(pending, deadline, metrics):
                if result.outcome is not Outcome.RETRY:
                    yield result
                else:
                    (suspects if result.is_suspect else undecided).append(result)
            if suspects:
                for result in self._isolate(suspects, deadline, metrics):
                    if result.is_suspect:
                        undecided.append(result)
                    else:
                        yield result
            if not undecided:
                return
            is_still_open = was_open and self.circuit_open
            if is_still_open or attempts + 1 == MAX_ATTEMPTS or not sleep_before_retry(deadline, attempts):
                break
            pending = [result.document for result in undecided]
        yield from undecided

    def _attempt(
        self, documents: Sequence[Document], deadline: Deadline, metrics: BatchMetrics
    ) -> Iterator[WriteResult]:
        """Send each document once. Stop when the circuit breaker opens or the time ends."""
        opened_circuit, invalid = False, 0
        waiting = list(split_by_size(documents, self.max_bulk_bytes))[::-1]
        while waiting:
            chunk = waiting.pop()
            if opened_circuit or expired(deadline):
                yield from _same_result(chunk, Outcome.RETRY, NOT_SENT, deadline)
            elif results := self._send_chunk(chunk, deadline, metrics):
                invalid = invalid + 1 if results[0].item is INVALID_RESPONSE else 0
                self.circuit_open = opened_circuit = self.circuit_open or invalid == MAX_INVALID_RESPONSES
                yield from results
            else:
                middle = len(chunk) // 2
                waiting += [chunk[middle:], chunk[:middle]]

    def _isolate(
        self, suspects: Sequence[WriteResult], deadline: Deadline, metrics: BatchMetrics
    ) -> Iterator[WriteResult]:
        """Yield REJECT for each suspect that is proven to be the cause of its error, and RETRY for the others.

        Each suspect is sent again by itself, with a probe that shows whether the index accepts documents. An error with
        status 5xx can come from a node, so it must occur again after a wait. If the index accepted no other document
        and rejects the probe, the state of the index is the cause.
        """
        pending = list(suspects)
        for attempts in range(MAX_PROBES):
            again: list[WriteResult] = []
            is_taking = True
            for suspect in pending:
                if expired(deadline) or self.circuit_open:
                    yield suspect._replace(is_suspect=False)
                elif not (is_taking or suspect.has_witness):
                    yield suspect
                else:
                    result, is_taking = self._probe(suspect, deadline, metrics)
                    if not _is_same_error(result, suspect):
                        yield result
                    elif not (is_taking or suspect.has_witness):
                        yield suspect
                    elif result.item.status >= SERVER_ERROR and attempts + 1 < MAX_PROBES:
                        again.append(suspect)
                    else:
                        yield result._replace(outcome=Outcome.REJECT)
            if not again:
                return
            pending = again
            if not sleep_before_retry(deadline, attempts):
                break
        yield from (suspect._replace(is_suspect=False) for suspect in pending)

    def _probe(self, suspect: WriteResult, deadline: Deadline, metrics: BatchMetrics) -> tuple[WriteResult, bool]:
        """Send the document by itself. Return its result, and whether the index accepts documents."""
        document = suspect.document
        try:
            response = self.index.bulk(encode_probe(document), deadline)
            if response.status == OK:
                answer, is_taking = parse_probe_response(response.content)
                return WriteResult(document, classify_item(answer, document.action), answer, deadline.now()), is_taking
            refusal = parse_error_response(response.status, response.content)
            self.circuit_open = classify_request(refusal) is Outcome.RETRY
            answer = ItemResult(
                NO_RESPONSE, reason=f"OpenSearch answered {refusal.status} {refusal.error_type}".rstrip()
            )
        except TransientError as error:
            self.circuit_open = not isinstance(error, InvalidBulkResponseError)
            metrics.connection_errors += 1
            answer = ItemResult(NO_RESPONSE, reason=str(error))
        return WriteResult(document, Outcome.RETRY, answer, deadline.now()), False

    def _send_chunk(
        self, documents: Sequence[Document], deadline: Deadline, metrics: BatchMetrics
    ) -> list[WriteResult]:
        """Return the results of one request. Empty if its two halves must be sent instead.

        That is so if OpenSearch rejected the request for one of several documents, or the response is too large or
        invalid.
        """
        try:
            response = self.index.bulk(encode_body(documents, guarded=self.guarded), deadline)
            if response.status == OK:
                moment = deadline.now()
                found = parse_bulk_response(response.content, documents, guarded=self.guarded)
                paired = zip(documents, found, strict=True)
                results = [
                    WriteResult(one, classify_item(answer, one.action), answer, moment) for one, answer in paired
                ]
                self.circuit_open = False
                retried = [result for result in results if result.outcome is Outcome.RETRY]
                if retried:
                    metrics.documents_throttled += sum(result.item.status == THROTTLED for result in retried)
                    return _mark_suspects(results)
                return results
        except TransientError as error:
            is_invalid = isinstance(error, InvalidBulkResponseError)
            if len(documents) > 1 and (is_invalid or isinstance(error, ResponseTooLargeError)):
                return []
            metrics.connection_errors += 1
            self.circuit_open = not is_invalid  # the responses to other documents can be valid
            answer = INVALID_RESPONSE if is_invalid else ItemResult(NO_RESPONSE, reason=str(error))
            return _same_result(documents, Outcome.RETRY, answer, deadline)
        answer = parse_error_response(response.status, response.content)
        verdict = classify_request(answer)
        self.circuit_open = verdict is Outcome.RETRY
        if verdict is Outcome.REJECT and len(documents) > 1:
            return []
        if answer.status == THROTTLED:
            metrics.documents_throttled += len(documents)
        return _same_result(documents, verdict, answer, deadline)


def _mark_suspects(results: list[WriteResult]) -> list[WriteResult]:
    """Mark the results whose document can be the cause of the error."""
    taken = {Outcome.SUCCESS, Outcome.STALE}
    has_witness = any(result.document.action == "index" and result.outcome in taken for result in results)
    return [
        result._replace(is_suspect=True, has_witness=has_witness)
        if result.outcome is Outcome.RETRY and may_be_document_error(result.item, result.document.action)
        else result
        for result in results
    ]


def _same_result(
    documents: Sequence[Document], verdict: Outcome, answer: ItemResult, deadline: Deadline
) -> list[WriteResult]:
    moment = deadline.now()
    return [WriteResult(document, verdict, answer, moment) for document in documents]


def _is_same_error(result: WriteResult, suspect: WriteResult) -> bool:
    """Return whether both results have the same error. Their messages can differ."""
    return (result.item.status, result.item.error_type) == (suspect.item.status, suspect.item.error_type)
