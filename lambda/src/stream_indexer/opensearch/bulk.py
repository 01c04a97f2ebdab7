"""Cuts documents into the bodies of bulk requests, and pairs an answer's items with its documents by position.

Knows nothing of what an answer means (`opensearch/outcomes.py`) or how it travels (`opensearch/client.py`).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from stream_indexer.documents.actions import Document
from stream_indexer.errors import UnreadableAnswerError
from stream_indexer.jsontext import loads
from stream_indexer.opensearch.outcomes import CONFLICT, NO_ANSWER, Answer

# All that is read of an answer. Every item has a status, so positions are kept.
FILTER_PATH: Final = "items.*.status,items.*.error.type,items.*.error.reason"

# `require_alias` keeps a request from creating an index by accident, but not one of deletes alone. With this action
# it does; the action changes nothing, for no document has the id.
ALIAS_GUARD: Final = b'{"update":{"_id":"%"}}\n{"doc":{}}\n'
ALIAS_EXISTS: Final = "document_missing_exception"  # what the guard's answer says then
ALIAS_MISSING: Final = "index_not_found_exception"

# An index action that never changes anything: no document has this number. It is refused by a conflict (409) where the
# index takes documents just now, for that is found last: after alias, state and blocks of the index and its pipeline.
PROBE: Final = b'{"index":{"_id":"%","if_seq_no":4611686018427387904,"if_primary_term":1}}\n{}\n'

_plain = lru_cache(Answer)  # by status, without an error: most documents get one of two


def chunks(documents: Sequence[Document], max_bytes: int) -> Iterator[Sequence[Document]]:
    """Yield `documents` in order in runs whose body has at most `max_bytes`; a larger document is alone in its run."""
    room = max_bytes - len(ALIAS_GUARD)
    cuts, size = [0], 0
    for position, document in enumerate(documents):
        size += len(document.lines)
        if size > room and position > cuts[-1]:
            cuts.append(position)
            size = len(document.lines)
    for start, end in pairwise([*cuts, len(documents)]):
        if start < end:
            yield documents[start:end]


def body(documents: Sequence[Document], *, guarded: bool = True) -> bytes:
    """Return the body of one bulk request, newline-delimited JSON; `guarded` where `require_alias` goes with it."""
    lines = [document.lines for document in documents]
    return b"".join([*lines, ALIAS_GUARD] if guarded and _needs_guard(documents) else lines)


def answers(content: bytes, documents: Sequence[Document], *, guarded: bool = True) -> list[Answer]:
    """Return the answer for each of `documents`, in their order, from a bulk response with status 200.

    OpenSearch performs a delete on an index that has the alias's name, and answers it as if all were well. Only the
    other actions of the body say that the alias is missing: then no delete has an answer of its own.

    Raises:
        UnreadableAnswerError: it is not JSON, or has not exactly one item for each document, of the same action.
    """
    try:
        items = loads(content)["items"]
        guard = _answer(items.pop()["update"]) if guarded and _needs_guard(documents) else None
        found = [_answer(item[document.action]) for item, document in zip(items, documents, strict=True)]
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise UnreadableAnswerError("the bulk answer does not fit the request") from error
    if guard is None and ALIAS_MISSING.encode() in content:
        guard = next((answer for answer in found if answer.fault == ALIAS_MISSING), None)
    if guard is None or guard.fault == ALIAS_EXISTS or not guard.fault:
        return found
    unknown = Answer(NO_ANSWER, reason=f"OpenSearch answered {guard.status} {guard.fault}".rstrip())
    pairs = zip(found, documents, strict=True)
    return [unknown if document.action == "delete" else answer for answer, document in pairs]


def _needs_guard(documents: Sequence[Document]) -> bool:
    return all(document.action == "delete" for document in documents)


def _answer(result: dict[str, Any]) -> Answer:
    status, error = result["status"], result.get("error")
    if not isinstance(status, int):
        raise TypeError("a status is no number")
    return _fault(status, error) if error else _plain(status)


def probed_body(document: Document) -> bytes:
    """Return the body of a request of one index action and `PROBE`."""
    return document.lines + PROBE


def probed_answers(content: bytes) -> tuple[Answer, bool]:
    """Return the document's answer, and whether the index takes documents, from the response to `probed_body`.

    Raises:
        UnreadableAnswerError: as for `answers`.
    """
    try:
        first, last = loads(content)["items"]
        return _answer(first["index"]), _answer(last["index"]).status == CONFLICT
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnreadableAnswerError("the bulk answer does not fit the request") from error


def request_answer(status: int, content: bytes) -> Answer:
    """Return the answer to a request that failed as a whole; whatever its body is."""
    try:
        return _fault(status, loads(content)["error"])
    except (KeyError, TypeError, AttributeError, ValueError):
        return Answer(status)


def _fault(status: int, error: dict[str, Any]) -> Answer:
    fault, reason = error["type"], error.get("reason") or ""
    if not (isinstance(fault, str) and isinstance(reason, str)):
        raise TypeError("an error is not told in words")
    return Answer(status, fault, reason)
