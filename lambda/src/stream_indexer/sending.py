"""Sends documents to the index until each has a verdict, or tries or time are used up.

Knows neither stream nor batch: `sync.py` decides what the verdicts mean for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from stream_indexer.budget import RESERVE_SECONDS, Budget, back_off, is_spent
from stream_indexer.bulk import answers, body, chunks, request_answer
from stream_indexer.documents import Document
from stream_indexer.errors import TransientError
from stream_indexer.metrics import Tally
from stream_indexer.opensearch import Response
from stream_indexer.outcomes import THROTTLED, Answer, Verdict, judge, judge_request

TRIES: Final = 4  # of one document in one invocation; then Lambda's own back-off takes over
REQUEST_SECONDS: Final = 30.0  # the longest silence of OpenSearch in one request
OK: Final = 200
NO_ANSWER: Final = 0  # in place of a status
NO_TIME: Final = Answer(NO_ANSWER, reason="not sent: the index did not answer before, or no time was left")


class Index(Protocol):
    """OpenSearch, as far as bulk requests go."""

    def bulk(self, content: bytes, timeout_seconds: float) -> Response:
        """Send one bulk request.

        Raises:
            UnreachableError: no whole answer came.
        """


class Result(NamedTuple):
    """What came of one document; `moment` (seconds since the epoch) is when OpenSearch answered."""

    document: Document
    verdict: Verdict
    answer: Answer
    moment: float


@dataclass(frozen=True, slots=True)
class Sender:
    """Writes to one index in bodies of at most `max_body_bytes`."""

    index: Index
    max_body_bytes: int

    def send(self, documents: Sequence[Document], budget: Budget, tally: Tally) -> Iterator[Result]:
        """Yield one result for each of `documents`, in any order; RETRY where nothing was decided in time."""
        pending = documents
        for tries in range(TRIES):
            undecided = []
            for result in self._try(pending, budget, tally):
                if result.verdict is Verdict.RETRY:
                    undecided.append(result)
                else:
                    yield result
            if not undecided:
                return
            if tries + 1 == TRIES or not back_off(budget, tries):
                break
            pending = [result.document for result in undecided]
        yield from undecided

    def _try(self, documents: Sequence[Document], budget: Budget, tally: Tally) -> Iterator[Result]:
        """Send each document once; nothing more after a request without an answer, or once the time is spent."""
        reachable = True
        waiting = list(chunks(documents, self.max_body_bytes))[::-1]
        while waiting:
            chunk = waiting.pop()
            if not reachable or is_spent(budget):
                yield from _all(chunk, Verdict.RETRY, NO_TIME, budget)
            elif results := self._request(chunk, budget, tally):
                reachable = results[0].answer.status != NO_ANSWER
                yield from results
            else:
                middle = len(chunk) // 2
                waiting += [chunk[middle:], chunk[:middle]]

    def _request(self, documents: Sequence[Document], budget: Budget, tally: Tally) -> list[Result]:
        """Return the results of one request; none where it is refused for a fault in one of several documents."""
        timeout = max(0.1, min(REQUEST_SECONDS, budget.left() - RESERVE_SECONDS))
        try:
            response = self.index.bulk(body(documents), timeout)
            if response.status == OK:
                moment = budget.now()
                paired = zip(documents, answers(response.content, documents), strict=True)
                results = [Result(one, judge(answer, one.action), answer, moment) for one, answer in paired]
                tally.throttled += sum(result.answer.status == THROTTLED for result in results)
                return results
        except TransientError as error:
            tally.unreachable += 1
            return _all(documents, Verdict.RETRY, Answer(NO_ANSWER, reason=str(error)), budget)
        answer = request_answer(response.status, response.content)
        verdict = judge_request(answer)
        if verdict is Verdict.QUARANTINE and len(documents) > 1:
            return []
        if answer.status == THROTTLED:
            tally.throttled += len(documents)
        return _all(documents, verdict, answer, budget)


def _all(documents: Sequence[Document], verdict: Verdict, answer: Answer, budget: Budget) -> list[Result]:
    moment = budget.now()
    return [Result(document, verdict, answer, moment) for document in documents]
