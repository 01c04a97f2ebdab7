"""Property: is nothing lost or doubled between a batch, its requests and their answers, whatever they are?"""

from itertools import pairwise
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st
from stream_indexer.documents.actions import Document, delete_document, index_document
from stream_indexer.documents.records import parse_record
from stream_indexer.errors import InvalidBulkResponseError, MalformedRecordError
from stream_indexer.opensearch.bulk import REQUIRE_ALIAS_ACTION, encode_body, parse_bulk_response, split_by_size
from stream_indexer.opensearch.outcomes import ItemResult, Outcome, classify_item, classify_request, current_version
from stream_indexer.rejection import HELD

from tests.property.profiles import examples
from tests.property.strategies import json_values, spoilt
from tests.unit.fakes import NAMES, FakeQuarantine, ScriptedIndex, Stage, by_id, keys_only, number, record

CHANGE = parse_record(record())


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw a document of some size."""
    name = draw(st.text("ab", max_size=2))
    if draw(st.booleans()):
        return delete_document(name, CHANGE, 7)
    return index_document(name, CHANGE, 7, {"x": {"S": "x" * draw(st.integers(0, 200))}}, NAMES)


@given(st.lists(documents(), max_size=20), st.integers(1, 1000))
@examples(400)
def test_chunks_keep_the_order_and_lose_nothing(given_: list[Document], max_bytes: int) -> None:
    """Each is as large as the limit lets it be; a larger document has its body to itself."""
    cut = [list(chunk) for chunk in split_by_size(given_, max_bytes)]
    assert [document for chunk in cut for document in chunk] == given_
    assert all(cut)
    assert all(len(encode_body(chunk)) <= max_bytes or len(chunk) == 1 for chunk in cut)
    room = max_bytes - len(REQUIRE_ALIAS_ACTION)
    assert all(sum(len(one.payload) for one in [*chunk, following[0]]) > room for chunk, following in pairwise(cut))


@given(st.lists(st.tuples(documents(), st.integers(100, 599)), max_size=20))
def test_each_answer_is_its_documents(pairs: list[tuple[Document, int]]) -> None:
    asked = [document for document, _ in pairs]
    items: list[Any] = [{document.action: {"status": status}} for document, status in pairs]
    if all(document.action == "delete" for document in asked):
        items.append({"update": {"status": 404}})
    content = orjson.dumps({"items": items})
    assert parse_bulk_response(content, asked) == [ItemResult(status) for _, status in pairs]


GOOD = {"items": [{"index": {"status": 400, "error": {"type": "x", "reason": "y"}}}, {"delete": {"status": 404}}]}


@given(st.one_of(spoilt(GOOD), json_values))
@examples(600)
def test_any_answer_is_read_or_unreadable(content: Any) -> None:
    """What is read has a verdict; nothing else is raised."""
    asked = [index_document("a", CHANGE, 7, {}, NAMES), delete_document("b", CHANGE, 7)]
    try:
        text = orjson.dumps(content)
    except TypeError:
        return
    try:
        found = parse_bulk_response(text, asked)
    except InvalidBulkResponseError:
        return
    assert len(found) == len(asked)
    for answer, document in zip(found, asked, strict=True):
        assert classify_item(answer, document.action) in Outcome
        assert classify_request(answer) in Outcome
        assert current_version(answer) is None or answer.reason


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_unreadable(content: bytes) -> None:
    try:
        parse_bulk_response(content, [index_document("a", CHANGE, 7, {}, NAMES)])
    except InvalidBulkResponseError:
        return
    raise AssertionError(content)


RECORDS = st.sampled_from([record("a", 5), record("a", 5, "REMOVE"), keys_only("a", 5)])


@given(RECORDS.flatmap(spoilt))
@examples(800)
def test_anything_is_a_record_or_malformed(given_: Any) -> None:
    try:
        change = parse_record(given_)
    except MalformedRecordError:
        return
    assert change.sequence_number.isdigit()
    assert change.record is given_


@given(RECORDS.flatmap(spoilt), st.booleans(), st.sampled_from([200, 409, 503]))
@examples(800)
@example(record("a", 5, NewImage={"number": {"N": ""}}), False, 200)  # noqa: FBT003
@example(record("a", 5, ApproximateCreationDateTime=0), False, 503)  # noqa: FBT003
def test_anything_in_a_batch_costs_its_neighbours_nothing(given_: Any, is_down: bool, status: int) -> None:  # noqa: FBT001
    """It is done, quarantined, or returned for retry; the function never raises for it, nor breaks the request."""
    stage = Stage(index=ScriptedIndex(by_id({"a|1": status})), quarantine=FakeQuarantine(is_down=is_down))
    report = stage.run(record("y", 1), given_, record("z", 9))
    sent = [one for request in stage.index.requests for one in request]  # what must be read first is sent last
    assert {"y|1", "z|1"} <= {one.document_id for one in sent}
    # Without what is kept as a copy, because a record of year 1970 blocks its shard for long.
    kept = [one for one, why in stage.quarantine.kept if why.reason != HELD]
    assert len(kept) == report.metrics.records_quarantined <= 1
    assert len(report.to_retry) <= 1
    if not kept and not report.to_retry:
        assert any(one.document_id not in {"y|1", "z|1"} for one in sent)
    if report.to_retry:
        assert report.checkpoint() not in {number(1), number(9)}
