"""Cuts documents into the bodies of bulk requests, and pairs an answer's items with its documents by position.

Knows nothing of what an answer means (`opensearch/outcomes.py`) or how it travels (`opensearch/client.py`).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from stream_indexer.documents.actions import Document
from stream_indexer.errors import InvalidBulkResponseError
from stream_indexer.jsontext import loads
from stream_indexer.opensearch.outcomes import CONFLICT, NO_RESPONSE, ItemResult

# All that is read of an answer. Every item has a status, so positions are kept.
FILTER_PATH: Final = "items.*.status,items.*.error.type,items.*.error.reason"

# `require_alias` keeps a request from creating an index by accident, but not one of deletes alone. With this action
# it does; the action changes nothing, for no document has the id.
REQUIRE_ALIAS_ACTION: Final = b'{"update":{"_id":"%"}}\n{"doc":{}}\n'
ALIAS_EXISTS: Final = "document_missing_exception"  # what the guard's answer says then
ALIAS_MISSING: Final = "index_not_found_exception"

# An index action that never changes anything: no document has this number. It is refused by a conflict (409) where the
# index takes documents just now, for that is found last: after alias, state and blocks of the index and its pipeline.
PROBE: Final = b'{"index":{"_id":"%","if_seq_no":4611686018427387904,"if_primary_term":1}}\n{}\n'

_success = lru_cache(ItemResult)  # by status, without an error: most documents get one of two


def split_by_size(documents: Sequence[Document], max_bytes: int) -> Iterator[Sequence[Document]]:
    """Yield `documents` in order in runs whose body has at most `max_bytes`; a larger document is alone in its run."""
    room = max_bytes - len(REQUIRE_ALIAS_ACTION)
    cuts, size = [0], 0
    for position, document in enumerate(documents):
        size += len(document.payload)
        if size > room and position > cuts[-1]:
            cuts.append(position)
            size = len(document.payload)
    for start, end in pairwise([*cuts, len(documents)]):
        if start < end:
            yield documents[start:end]


def encode_body(documents: Sequence[Document], *, guarded: bool = True) -> bytes:
    """Return the body of one bulk request, newline-delimited JSON; `guarded` where `require_alias` goes with it."""
    lines = [document.payload for document in documents]
    return b"".join([*lines, REQUIRE_ALIAS_ACTION] if guarded and _needs_alias_action(documents) else lines)


def parse_bulk_response(content: bytes, documents: Sequence[Document], *, guarded: bool = True) -> list[ItemResult]:
    """Return the answer for each of `documents`, in their order, from a bulk response with status 200.

    OpenSearch performs a delete on an index that has the alias's name, and answers it as if all were well. Only the
    other actions of the body say that the alias is missing: then no delete has an answer of its own.

    Raises:
        InvalidBulkResponseError: it is not JSON, or has not exactly one item for each document, of the same action.
    """
    try:
        items = loads(content)["items"]
        guard = _parse_item(items.pop()["update"]) if guarded and _needs_alias_action(documents) else None
        found = [_parse_item(item[document.action]) for item, document in zip(items, documents, strict=True)]
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise InvalidBulkResponseError("the bulk answer does not fit the request") from error
    if guard is None and ALIAS_MISSING.encode() in content:
        guard = next((answer for answer in found if answer.error_type == ALIAS_MISSING), None)
    if guard is None or guard.error_type == ALIAS_EXISTS or not guard.error_type:
        return found
    unknown = ItemResult(NO_RESPONSE, reason=f"OpenSearch answered {guard.status} {guard.error_type}".rstrip())
    pairs = zip(found, documents, strict=True)
    return [unknown if document.action == "delete" else answer for answer, document in pairs]


def _needs_alias_action(documents: Sequence[Document]) -> bool:
    return all(document.action == "delete" for document in documents)


def _parse_item(result: dict[str, Any]) -> ItemResult:
    status, error = result["status"], result.get("error")
    if not isinstance(status, int):
        raise TypeError("a status is no number")
    return _parse_error(status, error) if error else _success(status)


def encode_probe(document: Document) -> bytes:
    """Return the body of a request of one index action and `PROBE`."""
    return document.payload + PROBE


def parse_probe_response(content: bytes) -> tuple[ItemResult, bool]:
    """Return the document's answer, and whether the index takes documents, from the response to `encode_probe`.

    Raises:
        InvalidBulkResponseError: as for `parse_bulk_response`.
    """
    try:
        first, last = loads(content)["items"]
        return _parse_item(first["index"]), _parse_item(last["index"]).status == CONFLICT
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InvalidBulkResponseError("the bulk answer does not fit the request") from error


def parse_error_response(status: int, content: bytes) -> ItemResult:
    """Return the answer to a request that failed as a whole; whatever its body is."""
    try:
        return _parse_error(status, loads(content)["error"])
    except (KeyError, TypeError, AttributeError, ValueError):
        return ItemResult(status)


def _parse_error(status: int, error: dict[str, Any]) -> ItemResult:
    fault, reason = error["type"], error.get("reason") or ""
    if not (isinstance(fault, str) and isinstance(reason, str)):
        raise TypeError("an error is not told in words")
    return ItemResult(status, fault, reason)
