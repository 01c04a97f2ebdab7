"""Sends documents to the index until each has a verdict, or tries or time are used up.

Knows neither stream nor batch: `sync.py` decides what the verdicts mean for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from stream_indexer.bulk import answers, body, chunks, request_answer
from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline, expired, sleep_before_retry
from stream_indexer.documents import Document
from stream_indexer.errors import AnswerTooLargeError, TransientError
from stream_indexer.metrics import Tally
from stream_indexer.outcomes import NO_ANSWER, THROTTLED, Answer, Verdict, judge, judge_request

TRIES: Final = 4  # of one document in one invocation; then Lambda's own back-off takes over
OK: Final = 200
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
    """What came of one document; `moment` (seconds since the epoch) is when OpenSearch answered."""

    document: Document
    verdict: Verdict
    answer: Answer
    moment: float


@dataclass(slots=True)
class Sender:
    """Writes to one index in bodies of at most `max_body_bytes`.

    Attributes:
        is_down: whether the latest request was not answered or refused as a whole for a passing fault. It outlives the
            invocation: while it holds, a batch costs one request and no wait.
    """

    index: Index
    max_body_bytes: int
    is_down: bool = field(default=False, init=False)

    def send(self, documents: Sequence[Document], deadline: Deadline, tally: Tally) -> Iterator[Result]:
        """Yield one result for each of `documents`, in any order; RETRY where nothing was decided in time."""
        was_down = self.is_down
        pending = documents
        for tries in range(TRIES):
            undecided = []
            for result in self._try(pending, deadline, tally):
                if result.verdict is Verdict.RETRY:
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
        met_it_down = False
        waiting = list(chunks(documents, self.max_body_bytes))[::-1]
        while waiting:
            chunk = waiting.pop()
            if met_it_down or expired(deadline):
                yield from _all(chunk, Verdict.RETRY, NOT_SENT, deadline)
            elif results := self._request(chunk, deadline, tally):
                met_it_down = self.is_down
                yield from results
            else:
                middle = len(chunk) // 2
                waiting += [chunk[middle:], chunk[:middle]]

    def _request(self, documents: Sequence[Document], deadline: Deadline, tally: Tally) -> list[Result]:
        """Return the results of one request; none where halves of it must be sent instead.

        It was refused for a fault in one of several documents, or its answer is too large to be read.
        """
        try:
            response = self.index.bulk(body(documents), deadline)
            if response.status == OK:
                moment = deadline.now()
                paired = zip(documents, answers(response.content, documents), strict=True)
                results = [Result(one, judge(answer, one.action), answer, moment) for one, answer in paired]
                tally.throttled += sum(result.answer.status == THROTTLED for result in results)
                self.is_down = False
                return results
        except TransientError as error:
            if isinstance(error, AnswerTooLargeError) and len(documents) > 1:
                return []
            self.is_down = True
            tally.unreachable += 1
            return _all(documents, Verdict.RETRY, Answer(NO_ANSWER, reason=str(error)), deadline)
        answer = request_answer(response.status, response.content)
        verdict = judge_request(answer)
        self.is_down = verdict is Verdict.RETRY
        if verdict is Verdict.QUARANTINE and len(documents) > 1:
            return []
        if answer.status == THROTTLED:
            tally.throttled += len(documents)
        return _all(documents, verdict, answer, deadline)


def _all(documents: Sequence[Document], verdict: Verdict, answer: Answer, deadline: Deadline) -> list[Result]:
    moment = deadline.now()
    return [Result(document, verdict, answer, moment) for document in documents]
