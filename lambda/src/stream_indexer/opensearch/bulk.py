"""Encodes the bodies of bulk requests, and parses bulk responses.

`opensearch/outcomes.py` classifies the results, and `opensearch/client.py` sends the requests.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from stream_indexer.documents.actions import Document
from stream_indexer.errors import InvalidBulkResponseError
from stream_indexer.jsontext import loads
from stream_indexer.opensearch.outcomes import CONFLICT, NO_RESPONSE, ItemResult

# The parts of a response that are read. Every item has a status, so the positions are the same.
FILTER_PATH: Final = "items.*.status,items.*.error.type,items.*.error.reason"

# `require_alias` prevents a request from creating an index, but not a request that has only deletes. With this action,
# such a request fails as well. The action changes nothing, because no document has the id.
REQUIRE_ALIAS_ACTION: Final = b'{"update":{"_id":"%"}}\n{"doc":{}}\n'
ALIAS_EXISTS: Final = "document_missing_exception"  # the error of this action if the alias exists
ALIAS_MISSING: Final = "index_not_found_exception"

# An index action that changes nothing, because no document has this sequence number. If the index accepts documents,
# the result is a conflict (409): OpenSearch first checks the alias, the index's state and blocks, and the pipeline.
PROBE: Final = b'{"index":{"_id":"%","if_seq_no":4611686018427387904,"if_primary_term":1}}\n{}\n'

_success = lru_cache(ItemResult)  # by status, without an error: most documents have one of two results


def split_by_size(documents: Sequence[Document], max_bytes: int) -> Iterator[Sequence[Document]]:
    """Yield `documents` in order, in chunks of at most `max_bytes`. A larger document gets its own chunk."""
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
    """Return the body of a bulk request, newline-delimited JSON. `guarded` if the request has `require_alias`."""
    lines = [document.payload for document in documents]
    return b"".join([*lines, REQUIRE_ALIAS_ACTION] if guarded and _needs_alias_action(documents) else lines)


def parse_bulk_response(content: bytes, documents: Sequence[Document], *, guarded: bool = True) -> list[ItemResult]:
    """Return the result of each of `documents`, in order, from a bulk response with status 200.

    OpenSearch performs a delete on an index that has the name of the alias, and reports success. Only other actions in
    the body show that the alias is missing. In that case the results of the deletes are unknown.

    Raises:
        InvalidBulkResponseError: The response is not JSON, or does not have one item with the same action for each
            document.
    """
    try:
        items = loads(content)["items"]
        guard = _parse_item(items.pop()["update"]) if guarded and _needs_alias_action(documents) else None
        found = [_parse_item(item[document.action]) for item, document in zip(items, documents, strict=True)]
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise InvalidBulkResponseError("the bulk response does not match the request") from error
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
        raise TypeError("status must be a number")
    return _parse_error(status, error) if error else _success(status)


def encode_probe(document: Document) -> bytes:
    """Return the body of a request with one index action and `PROBE`."""
    return document.payload + PROBE


def parse_probe_response(content: bytes) -> tuple[ItemResult, bool]:
    """Return the document's result, and whether the index accepts documents, from the response to a probe.

    Raises:
        InvalidBulkResponseError: As for `parse_bulk_response`.
    """
    try:
        first, last = loads(content)["items"]
        return _parse_item(first["index"]), _parse_item(last["index"]).status == CONFLICT
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InvalidBulkResponseError("the bulk response does not match the request") from error


def parse_error_response(status: int, content: bytes) -> ItemResult:
    """Return the result of a request that failed as a whole. Any body is accepted."""
    try:
        return _parse_error(status, loads(content)["error"])
    except (KeyError, TypeError, AttributeError, ValueError):
        return ItemResult(status)


def _parse_error(status: int, error: dict[str, Any]) -> ItemResult:
    fault, reason = error["type"], error.get("reason") or ""
    if not (isinstance(fault, str) and isinstance(reason, str)):
        raise TypeError("the type and reason of an error must be strings")
    return ItemResult(status, fault, reason)
