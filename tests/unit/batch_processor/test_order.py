"""Unit: of several changes of an item in one batch, does the newest that can be indexed count, whatever their order?"""

from typing import Any

import pytest
from stream_indexer.documents.projection import DocumentRules
from stream_indexer.documents.versions import Versions

from tests.unit.fakes import (
    ALIAS,
    BAD,
    MISSING,
    REFUSED,
    FakeTable,
    ScriptedIndex,
    Stage,
    by_id,
    done,
    each,
    expiry,
    key,
    keys_only,
    number,
    record,
    version,
)


def sent(stage: Stage) -> list[list[tuple[str, int]]]:
    """Return action and version of what each request had."""
    return [[(one.action, one.version) for one in request] for request in stage.index.requests]


def test_of_a_batch_out_of_order_the_newest_change_counts() -> None:
    """As the index would have it; a deletion too."""
    stage = Stage()
    report = stage.run(record("a", 3, "REMOVE"), record("a", 1, "INSERT"), record("a", 2))
    assert sent(stage) == [[("delete", version(252_003))]]
    assert (report.metrics.records_coalesced, report.checkpoint()) == (2, None)


@pytest.mark.parametrize("event", ["INSERT", "REMOVE"])
def test_a_refused_change_does_not_hide_the_one_before_it(event: str) -> None:
    """The index has what it would have if the refused change had come in a later batch."""
    stage = Stage(index=ScriptedIndex(by_id({"a|1": BAD}), done))
    refused = record("a", 3)
    report = stage.run(record("a", 1), record("a", 2, event), record("b", 4), refused)
    assert sent(stage)[1:] == [[("delete" if event == "REMOVE" else "index", version(252_002))]]
    assert stage.quarantine.kept == [(refused, REFUSED)]
    assert (report.checkpoint(), report.metrics.records_retried) == (None, 0)


def test_changes_are_refused_one_after_another_until_one_is_taken() -> None:
    stage = Stage(index=ScriptedIndex(by_id({"a|1": BAD}), by_id({"a|1": BAD}), done))
    report = stage.run(record("a", 1), record("a", 2), record("a", 3))
    assert [one for ((_, one),) in sent(stage)] == [version(252_003), version(252_002), version(252_001)]
    assert [one["dynamodb"]["SequenceNumber"] for one, _ in stage.quarantine.kept] == [number(3), number(2)]
    assert (report.metrics.documents_indexed, report.metrics.documents_rejected) == (1, 2)


def test_an_item_all_of_whose_changes_are_refused_ends() -> None:
    stage = Stage(index=ScriptedIndex(by_id({"a|1": BAD})))
    assert stage.run(record("a", 1), record("a", 2)).checkpoint() is None
    assert len(stage.quarantine.kept) == 2


def test_the_change_before_a_refused_one_that_cannot_be_sent_comes_again() -> None:
    """From that change on: the refused one is kept once more, as the same object."""
    stage = Stage(index=ScriptedIndex(by_id({"a|1": BAD}), each(503)))
    assert stage.run(record("a", 1), record("b", 2), record("a", 3)).checkpoint() == number(1)


def test_a_document_that_cannot_be_made_hides_no_change() -> None:
    stage = Stage()
    broken = record("a", 2, NewImage={**key("a"), "bad": {"N": "1\n"}})
    report = stage.run(record("a", 1, "REMOVE"), broken)
    assert sent(stage) == [[("delete", version(252_001))]]
    assert [(one, reason.alias) for one, reason in stage.quarantine.kept] == [(broken, ALIAS)]
    assert report.metrics.documents_deleted == 1


def test_before_an_item_that_is_read_only_a_deletion_is_older() -> None:
    """A change without an image is whatever was read, which was refused."""
    stage = Stage(index=ScriptedIndex(by_id({"a|1": BAD}), done), table=FakeTable({"a|1": key("a")}))
    removal = record("a", 2, "REMOVE", StreamViewType="KEYS_ONLY")
    stage.run(keys_only("a", 1), removal, keys_only("a", 3), keys_only("a", 4))
    assert sent(stage) == [[("index", version(252_004))], [("delete", version(252_002))]]


def test_an_item_read_without_a_version_hides_no_deletion() -> None:
    stage = Stage(versions=Versions("revision"), table=FakeTable({"a|1": key("a")}))
    old = {**key("a"), "revision": {"N": "5"}}
    removal = record("a", 1, "REMOVE", OldImage=old, StreamViewType="OLD_IMAGE")
    unread: Any = record("a", 2, NewImage=MISSING, OldImage=old, StreamViewType="OLD_IMAGE")
    stage.run(removal, unread)
    assert sent(stage) == [[("delete", 5)]]
    assert [one for one, _ in stage.quarantine.kept] == [unread]


def test_an_expiry_that_documents_outlive_is_no_change_before() -> None:
    stage = Stage(index=ScriptedIndex(by_id({"a|1": BAD}), done), choice=DocumentRules(ignores_ttl_deletes=True))
    stage.run(record("a", 1), expiry("a", 2), record("a", 3, "INSERT"))
    assert sent(stage) == [[("index", version(252_003))], [("index", version(252_001))]]


def test_only_the_route_that_refused_gets_the_change_before() -> None:
    refusing, taking = ScriptedIndex(by_id({"a|1": BAD}), done), ScriptedIndex()
    stage = Stage(routes={"left": (refusing, {}), "right": (taking, {})})
    stage.run(record("a", 1), record("a", 2))
    assert [[one.version for one in request] for request in refusing.requests] == [
        [version(252_002)],
        [version(252_001)],
    ]
    assert [[one.version for one in request] for request in taking.requests] == [[version(252_002)]]
