"""Unit: are documents cut by bytes, and answers paired with them by position?"""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from stream_indexer.documents.actions import Action, Document
from stream_indexer.documents.records import parse_record
from stream_indexer.errors import InvalidBulkResponseError
from stream_indexer.opensearch.bulk import (
    FILTER_PATH,
    REQUIRE_ALIAS_ACTION,
    encode_body,
    parse_bulk_response,
    parse_error_response,
    split_by_size,
)
from stream_indexer.opensearch.outcomes import ItemResult

from tests.unit.fakes import record

CHANGE = parse_record(record())


def document(size: int = 10, action: Action = "index", name: str = "a") -> Document:
    """Return a document of `size` bytes in the request."""
    return Document(name, 1, action, b"x" * (size - 1) + b"\n", CHANGE)


def sizes(given: Sequence[int], max_bytes: int) -> list[list[int]]:
    """Return the sizes of each chunk's documents."""
    return [
        [len(one.payload) for one in chunk]
        for chunk in split_by_size([document(size) for size in given], max_bytes + len(REQUIRE_ALIAS_ACTION))
    ]


@pytest.mark.parametrize(
    ("given", "cut"),
    [
        ([], []),
        ([10], [[10]]),
        ([100], [[100]]),
        ([101], [[101]]),
        ([50, 50], [[50, 50]]),
        ([50, 51], [[50], [51]]),
        ([100, 1], [[100], [1]]),
        ([1, 100], [[1], [100]]),
        ([101, 1, 99, 1], [[101], [1, 99], [1]]),
        ([1, 300, 1], [[1], [300], [1]]),
        ([200, 200, 200], [[200], [200], [200]]),
        ([30, 30, 30, 30, 30], [[30, 30, 30], [30, 30]]),
    ],
)
def test_a_body_has_at_most_so_many_bytes(given: list[int], cut: list[list[int]]) -> None:
    """To the byte; a document larger than the limit is sent by itself, for OpenSearch to judge."""
    assert sizes(given, 100) == cut


def test_a_body_is_the_documents_lines() -> None:
    assert encode_body([document(3), document(2)]) == b"xx\nx\n"


def test_only_what_is_read_of_an_answer_is_asked_for() -> None:
    assert FILTER_PATH == "items.*.status,items.*.error.type,items.*.error.reason"


def answered(*items: Any) -> bytes:
    """Return a bulk answer."""
    return orjson.dumps({"items": items})


THREE = [document(name="a"), document(action="delete", name="b"), document(name="a")]


def test_answers_are_paired_by_position() -> None:
    """Whatever id an item names: two actions may concern one id."""
    refused = {"type": "mapper_parsing_exception", "reason": "failed to parse"}
    content = answered(
        {"index": {"_id": "b", "status": 201}},
        {"delete": {"_id": "a", "status": 404}},
        {"index": {"status": 400, "error": refused}},
    )
    expected = [ItemResult(201), ItemResult(404), ItemResult(400, "mapper_parsing_exception", "failed to parse")]
    assert parse_bulk_response(content, THREE) == expected


@pytest.mark.parametrize("reason", [{}, {"reason": None}, {"reason": ""}])
def test_an_error_may_have_no_reason(reason: dict[str, Any]) -> None:
    content = answered({"index": {"status": 429, "error": {"type": "rejected", **reason}}})
    assert parse_bulk_response(content, [document()]) == [ItemResult(429, "rejected")]


GOOD = {"index": {"status": 200}}
UNREADABLE = {
    "empty": b"",
    "no JSON": b"<html>502 Bad Gateway</html>",
    "cut off": answered(GOOD)[:-3],
    "a number": b"7",
    "null": b"null",
    "a list": b"[]",
    "too deep": b'{"items":' + b"[" * 100_000,
    "without items": b'{"took":1,"errors":false}',
    "of items that are no list": b'{"items":7}',
    "of items that are null": b'{"items":null}',
    "of items by name": b'{"items":{"index":{"status":200}}}',
    "of no items": answered(),
    "of too many items": answered(GOOD, GOOD),
    "of another action": answered({"delete": {"status": 200}}),
    "of a create": answered({"create": {"status": 200}}),
    "of an item that is null": answered(None),
    "of an item that is a text": answered("index"),
    "of an item that is a list": answered([GOOD]),
    "of a result that is null": answered({"index": None}),
    "of a result that is a number": answered({"index": 200}),
    "without a status": answered({"index": {"_id": "a"}}),
    "of a status in words": answered({"index": {"status": "200"}}),
    "of a status that is null": answered({"index": {"status": None}}),
    "of a status that is a list": answered({"index": {"status": [200]}}),
    "of an error in words": answered({"index": {"status": 400, "error": "no"}}),
    "of an error without a type": answered({"index": {"status": 400, "error": {"reason": "no"}}}),
    "of an error type that is a list": answered({"index": {"status": 400, "error": {"type": ["no"]}}}),
    "of a reason that is an object": answered({"index": {"status": 400, "error": {"type": "x", "reason": {"a": 1}}}}),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_does_not_fit_is_unreadable(content: bytes) -> None:
    """What was done is unknown: nothing of it counts as done."""
    with pytest.raises(InvalidBulkResponseError):
        parse_bulk_response(content, [document()])


def test_an_answer_of_fewer_items_than_asked_is_unreadable() -> None:
    with pytest.raises(InvalidBulkResponseError):
        parse_bulk_response(answered({"index": {"status": 200}}, {"delete": {"status": 200}}), THREE)


def test_a_refused_request_says_its_reason() -> None:
    content = b'{"error":{"root_cause":[],"type":"illegal_argument_exception","reason":"no"},"status":400}'
    assert parse_error_response(400, content) == ItemResult(400, "illegal_argument_exception", "no")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"error":"no handler found","status":400}',
        b'{"error":{"reason":"no type"}}',
        b'{"error":null}',
        b'{"error":{"type":["x"],"reason":"y"}}',
        b'{"error":{"type":"x","reason":["y"]}}',
        b'{"message":"User is not authorized"}',
    ],
)
def test_a_refused_request_keeps_its_status_whatever_its_body(content: bytes) -> None:
    assert parse_error_response(503, content) == ItemResult(503)


def test_a_body_of_deletes_alone_has_a_guard_that_needs_the_alias() -> None:
    """OpenSearch's require_alias does not hold for deletes: without it one would create a missing index."""
    deletes = [document(name="a", action="delete"), document(name="b", action="delete")]
    assert encode_body(deletes) == deletes[0].payload + deletes[1].payload + REQUIRE_ALIAS_ACTION
    assert encode_body([deletes[0], document()]) == deletes[0].payload + document().payload


def test_an_index_that_takes_no_require_alias_gets_no_guard_and_answers_none() -> None:
    deletion = document(action="delete")
    assert encode_body([deletion], guarded=False) == deletion.payload
    assert parse_bulk_response(answered(item("delete", 200)), [deletion], guarded=False) == [ItemResult(200)]


def item(action: str, status: int, fault: str = "") -> dict[str, Any]:
    """Return an item of an answer."""
    error = {"error": {"type": fault, "reason": "[orders] of a document"}} if fault else {}
    return {action: {"status": status, **error}}


EXISTS = item("update", 404, "document_missing_exception")
NO_ALIAS = "index_not_found_exception"  # also where an index has the alias's name


@pytest.mark.parametrize("guard", [EXISTS, item("update", 200)])
def test_deletes_count_where_the_guard_says_that_the_alias_exists(guard: dict[str, Any]) -> None:
    content = answered(item("delete", 200), item("delete", 404), guard)
    assert parse_bulk_response(content, [document(action="delete")] * 2) == [ItemResult(200), ItemResult(404)]


@pytest.mark.parametrize(
    "guard",
    [item("update", 404, NO_ALIAS), item("update", 403, "security_exception"), item("update", 429, "rejected")],
)
def test_no_delete_is_answered_where_the_guard_does_not_say_that_the_alias_exists(guard: dict[str, Any]) -> None:
    """They may have gone to an index of the alias's name: 404 is not "already gone" there."""
    content = answered(item("delete", 200), item("delete", 404), guard)
    result = guard["update"]
    unknown = ItemResult(0, reason=f"OpenSearch answered {result['status']} {result['error']['type']}")
    assert parse_bulk_response(content, [document(action="delete")] * 2) == [unknown, unknown]


def test_no_delete_is_answered_where_an_index_action_of_the_body_misses_the_alias() -> None:
    """Wherever the delete is in the body."""
    content = answered(item("delete", 404), item("index", 404, NO_ALIAS), item("delete", 200))
    deletion = document(action="delete")
    first, index, last = parse_bulk_response(content, [deletion, document(), deletion])
    assert first == last == ItemResult(0, reason=f"OpenSearch answered 404 {NO_ALIAS}")
    assert index.error_type == NO_ALIAS


def test_a_reason_that_quotes_the_words_of_a_missing_alias_is_no_missing_alias() -> None:
    quoted = {"index": {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": NO_ALIAS}}}
    found = parse_bulk_response(answered(item("delete", 404), quoted), [document(action="delete"), document()])
    assert found[0] == ItemResult(404)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (b"of value 'x\\ud83d'", "of value 'x\ud83d'"),
        (b"of value 'x\xed\xa0\xbd'", "of value 'x\ufffd\ufffd\ufffd'"),
        (b"of value 'x\xff'", "of value 'x\ufffd'"),
    ],
    ids=["escaped", "bare", "no UTF-8"],
)
def test_an_answer_is_read_whatever_text_it_quotes(reason: bytes, expected: str) -> None:
    """A surrogate without its other half, as a document may have it, makes no answer unreadable."""
    content = (
        b'{"items":[{"index":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"'
        + reason
        + b'"}}},{"index":{"status":201}}]}'
    )
    expected_answers = [ItemResult(400, "mapper_parsing_exception", expected), ItemResult(201)]
    assert parse_bulk_response(content, [document()] * 2) == expected_answers
    refusal = content[content.index(b'"error"') : content.index(b"}")]
    assert parse_error_response(400, b"{" + refusal + b"}}") == expected_answers[0]


@pytest.mark.parametrize(
    "items", [[], [{"delete": {"status": 200}}], [{"delete": {"status": 200}}, {"index": {"status": 200}}]]
)
def test_a_guard_without_an_answer_makes_the_answer_unreadable(items: list[object]) -> None:
    with pytest.raises(InvalidBulkResponseError):
        parse_bulk_response(orjson.dumps({"items": items}), [document(action="delete")])
