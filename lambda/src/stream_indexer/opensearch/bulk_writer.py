"""Sends documents to the index until each has a verdict, or tries or time are used up.

Knows neither stream nor batch: `batch_processor.py` decides what the verdicts mean for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline, expired, sleep_before_retry
from stream_indexer.documents.actions import Document
from stream_indexer.errors import AnswerTooLargeError, TransientError, UnreadableAnswerError
from stream_indexer.metrics import Tally
from stream_indexer.opensearch.bulk import answers, body, chunks, probed_answers, probed_body, request_answer
from stream_indexer.opensearch.outcomes import NO_ANSWER, THROTTLED, Answer, Verdict, judge, judge_request, may_be_own

TRIES: Final = 4  # of one document in one invocation; then Lambda's own back-off takes over
EXAMINATIONS: Final = 3  # of a document that is refused with 5xx
OK: Final = 200
SERVER_ERROR: Final = 500
UNREADABLE: Final = Answer(NO_ANSWER, reason="the bulk answer does not fit the request")
MOST_UNREADABLE: Final = 2  # documents one after another: then it is not about documents
NOT_SENT: Final = Answer(NO_ANSWER, reason="not sent: the index was down, or no time was left")


class Index(Protocol):
    """OpenSearch, as far as bulk requests go."""

    def bulk(self, content: bytes, deadline: Deadline) -> Response:
        """Send one bulk request.

        Raises:
            UnreachableError: no whole answer came in time.
            AnswerTooLargeError: the answer is larger than any that fits the request.
        """


class Result(NamedTuple):
    """What came of one document.

    Attributes:
        moment: when OpenSearch answered, in seconds since the epoch.
        is_suspect: whether the document itself may be at fault for RETRY.
        has_witness: whether the index took another document by the same answer.
    """

    document: Document
    verdict: Verdict
    answer: Answer
    moment: float
    is_suspect: bool = False
    has_witness: bool = False


@dataclass(slots=True)
class Sender:
    """Writes to one index in bodies of at most `max_body_bytes`.

    Attributes:
        guarded: whether the index takes `require_alias`, so that a guard in the body says whether the alias exists.
        is_down: whether the latest request was not answered or refused as a whole for a passing fault. It outlives the
            invocation: while it holds, a batch costs one request and no wait.
    """

    index: Index
    max_body_bytes: int
    guarded: bool = True
    is_down: bool = field(default=False, init=False)

    def send(self, documents: Sequence[Document], deadline: Deadline, tally: Tally) -> Iterator[Result]:
        """Yield one result for each of `documents`, in any order; RETRY where nothing was decided in time."""
        was_down = self.is_down
        pending = documents
        for tries in range(TRIES):
            undecided: list[Result] = []
            suspects: list[Result] = []
            for result in self._try(pending, deadline, tally):
                if result.verdict is not Verdict.RETRY:
                    yield result
                else:
                    (suspects if result.is_suspect else undecided).append(result)
            if suspects:
                for result in self._examine(suspects, deadline, tally):
                    if result.is_suspect:
                        undecided.append(result)
                    else:
                        yield result
            if not undecided:
                return
            is_plainly_down = was_down and self.is_down
            if is_plainly_down or tries + 1 == TRIES or not sleep_before_retry(deadline, tries):
                break
            pending = [result.document for result in undecided]
        yield from undecided

    def _try(self, documents: Sequence[Document], deadline: Deadline, tally: Tally) -> Iterator[Result]:
        """Send each document once; nothing more after a request to an index that is down, or once the time is spent."""
        met_it_down, unreadable = False, 0
        waiting = list(chunks(documents, self.max_body_bytes))[::-1]
        while waiting:
            chunk = waiting.pop()
            if met_it_down or expired(deadline):
                yield from _all(chunk, Verdict.RETRY, NOT_SENT, deadline)
            elif results := self._request(chunk, deadline, tally):
                unreadable = unreadable + 1 if results[0].answer is UNREADABLE else 0
                self.is_down = met_it_down = self.is_down or unreadable == MOST_UNREADABLE
                yield from results
            else:
                middle = len(chunk) // 2
                waiting += [chunk[middle:], chunk[:middle]]

    def _examine(self, suspects: Sequence[Result], deadline: Deadline, tally: Tally) -> Iterator[Result]:
        """Yield QUARANTINE for each suspect that is proven to be at fault itself, RETRY for the others.

        Each is sent again alone, with a probe that says whether the index takes documents just now. A fault with status
        5xx may be a machine's: it must be seen once more, after a wait. What stays a suspect has no proof: without a
        witness in the first answer, and with an index that does not take the probe, it is the index's state.
        """
        pending = list(suspects)
        for tries in range(EXAMINATIONS):
            again: list[Result] = []
            is_taking = True
            for suspect in pending:
                if expired(deadline) or self.is_down:
                    yield suspect._replace(is_suspect=False)
                elif not (is_taking or suspect.has_witness):
                    yield suspect
                else:
                    result, is_taking = self._send_alone(suspect, deadline, tally)
                    if not _is_same(result, suspect):
                        yield result
                    elif not (is_taking or suspect.has_witness):
                        yield suspect
                    elif result.answer.status >= SERVER_ERROR and tries + 1 < EXAMINATIONS:
                        again.append(suspect)
                    else:
                        yield result._replace(verdict=Verdict.QUARANTINE)
            if not again:
                return
            pending = again
            if not sleep_before_retry(deadline, tries):
                break
        yield from (suspect._replace(is_suspect=False) for suspect in pending)

    def _send_alone(self, suspect: Result, deadline: Deadline, tally: Tally) -> tuple[Result, bool]:
        """Return what came of the document sent alone, and whether the index takes documents."""
        document = suspect.document
        try:
            response = self.index.bulk(probed_body(document), deadline)
            if response.status == OK:
                answer, is_taking = probed_answers(response.content)
                return Result(document, judge(answer, document.action), answer, deadline.now()), is_taking
            refusal = request_answer(response.status, response.content)
            self.is_down = judge_request(refusal) is Verdict.RETRY
            answer = Answer(NO_ANSWER, reason=f"OpenSearch answered {refusal.status} {refusal.fault}".rstrip())
        except TransientError as error:
            self.is_down = not isinstance(error, UnreadableAnswerError)
            tally.unreachable += 1
            answer = Answer(NO_ANSWER, reason=str(error))
        return Result(document, Verdict.RETRY, answer, deadline.now()), False

    def _request(self, documents: Sequence[Document], deadline: Deadline, tally: Tally) -> list[Result]:
        """Return the results of one request; none where halves of it must be sent instead.

        It was refused for a fault in one of several documents, or its answer is too large or cannot be read.
        """
        try:
            response = self.index.bulk(body(documents, guarded=self.guarded), deadline)
            if response.status == OK:
                moment = deadline.now()
                found = answers(response.content, documents, guarded=self.guarded)
                paired = zip(documents, found, strict=True)
                results = [Result(one, judge(answer, one.action), answer, moment) for one, answer in paired]
                self.is_down = False
                retried = [result for result in results if result.verdict is Verdict.RETRY]
                if retried:
                    tally.throttled += sum(result.answer.status == THROTTLED for result in retried)
                    return _suspected(results)
                return results
        except TransientError as error:
            is_unreadable = isinstance(error, UnreadableAnswerError)
            if len(documents) > 1 and (is_unreadable or isinstance(error, AnswerTooLargeError)):
                return []
            tally.unreachable += 1
            self.is_down = not is_unreadable  # of one document: what is answered to others may be readable
            answer = UNREADABLE if is_unreadable else Answer(NO_ANSWER, reason=str(error))
            return _all(documents, Verdict.RETRY, answer, deadline)
        answer = request_answer(response.status, response.content)
        verdict = judge_request(answer)
        self.is_down = verdict is Verdict.RETRY
        if verdict is Verdict.QUARANTINE and len(documents) > 1:
            return []
        if answer.status == THROTTLED:
            tally.throttled += len(documents)
        return _all(documents, verdict, answer, deadline)


def _suspected(results: list[Result]) -> list[Result]:
    """Return the results of one answer, those marked whose document itself may be at fault."""
    taken = {Verdict.DONE, Verdict.STALE}
    has_witness = any(result.document.action == "index" and result.verdict in taken for result in results)
    return [
        result._replace(is_suspect=True, has_witness=has_witness)
        if result.verdict is Verdict.RETRY and may_be_own(result.answer, result.document.action)
        else result
        for result in results
    ]


def _all(documents: Sequence[Document], verdict: Verdict, answer: Answer, deadline: Deadline) -> list[Result]:
    moment = deadline.now()
    return [Result(document, verdict, answer, moment) for document in documents]


def _is_same(result: Result, suspect: Result) -> bool:
    """Return whether both answers refuse the document for the same kind of fault; reasons may vary."""
    return (result.answer.status, result.answer.fault) == (suspect.answer.status, suspect.answer.fault)
