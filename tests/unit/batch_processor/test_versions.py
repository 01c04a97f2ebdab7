"""Unit: where an attribute says which change is newer, does the index use it, and nothing else?"""

from typing import Any, Final

import pytest
from stream_indexer.documents.projection import Condition, DocumentRules
from stream_indexer.documents.versions import Versions

from tests.unit.fakes import (
    MISSING,
    FakeTable,
    ScriptedIndex,
    Sent,
    Stage,
    by_id,
    conflict,
    expiry,
    key,
    record,
)

REVISION: Final = Versions("revision")
PAID: Final = DocumentRules({"status": Condition(equals=("paid",))})


def order(revision: int, name: str = "a", **attributes: Any) -> dict[str, Any]:
    """Return an item."""
    return {**key(name), "revision": {"N": str(revision)}, **attributes}


def removal(revision: int, count: int = 1, made: Any = record) -> Any:
    """Return the record of the removal of an item."""
    return made("a", count, "REMOVE", OldImage=order(revision), StreamViewType="NEW_AND_OLD_IMAGES")


def reread(count: int = 1) -> Any:
    """Return a record as the view OLD_IMAGE has it."""
    return record("a", count, NewImage=MISSING, OldImage=order(1), StreamViewType="OLD_IMAGE")


def stage(**settings: Any) -> Stage:
    """Return a stage whose versions come from the attribute."""
    return Stage(versions=REVISION, **settings)


def actions(given: Stage) -> list[tuple[str, int, str]]:
    """Return what was sent first."""
    return [(one.action, one.version, one.version_type) for one in given.index.requests[0]]


def test_an_item_is_indexed_at_its_own_version() -> None:
    given = stage()
    given.run(record("a", 1, NewImage=order(7)))
    source = {"customer_id": "a", "order_id": "1", "revision": 7}
    assert given.index.requests == [[Sent("index", "a|1", 7, "external", source)]]


def test_an_item_that_leaves_the_filter_is_deleted_at_its_own_version() -> None:
    """`external`: the same change again is stale."""
    given = stage(choice=PAID)
    given.run(record("a", 1, NewImage=order(7, status={"S": "placed"})))
    assert actions(given) == [("delete", 7, "external")]


def test_a_removal_deletes_what_has_the_items_last_version() -> None:
    given = stage()
    given.run(removal(7))
    assert actions(given) == [("delete", 7, "external_gte")]


@pytest.mark.parametrize(("revisions", "expected"), [((5, 6), 6), ((6, 5), 6)])
def test_of_several_changes_in_a_batch_the_highest_counts(revisions: tuple[int, int], expected: int) -> None:
    given = stage()
    report = given.run(*(record("a", count, NewImage=order(one)) for count, one in enumerate(revisions)))
    assert actions(given) == [("index", expected, "external")]
    assert report.metrics.records_coalesced == 1


def test_what_is_no_version_is_kept_and_hides_no_change() -> None:
    given = stage()
    wrong = record("a", 2, NewImage={**order(6), "revision": {"S": "six"}})
    report = given.run(record("a", 1, NewImage=order(5)), wrong)
    assert actions(given) == [("index", 5, "external")]
    assert [(one, reason.reason, reason.alias) for one, reason in given.quarantine.kept] == [(wrong, "malformed", "")]
    assert (report.metrics.malformed_records, report.metrics.records_coalesced) == (1, 0)


def test_a_conflict_is_stale_whatever_the_numbers() -> None:
    """They do not wrap: nothing is read, nothing is settled."""
    current = 10**18 + 999_999_990
    given = stage(index=ScriptedIndex(by_id({"a|1": conflict(current, 10**18)})))
    report = given.run(record("a", 1, NewImage=order(10**18)))
    assert (report.metrics.version_conflicts, report.checkpoint(), given.table.reads) == (1, None, [])


def test_an_item_that_is_read_has_the_version_that_was_read() -> None:
    given = stage(table=FakeTable({"a|1": order(9)}))
    given.run(reread())
    assert actions(given) == [("index", 9, "external")]


def test_an_item_that_is_gone_when_it_is_read_waits_for_its_removal() -> None:
    """Only the removal has its last version; until then the document is what it was."""
    given = stage()
    report = given.run(reread())
    assert given.index.requests == []
    assert (report.checkpoint(), report.metrics.records_coalesced) == (None, 1)


def test_an_item_that_is_read_without_a_version_is_kept() -> None:
    given = stage(table=FakeTable({"a|1": key("a")}))
    wrong = reread()
    report = given.run(wrong, record("b", 2, NewImage=order(3, "b")))
    assert [one for one, _ in given.quarantine.kept] == [wrong]
    assert [one.document_id for one in given.index.requests[0]] == ["b|1"]
    assert report.metrics.malformed_records == 1


def test_a_document_outlives_its_item_with_the_version_it_has() -> None:
    given = stage(choice=DocumentRules(ignores_ttl_deletes=True))
    report = given.run(record("a", 1, NewImage=order(5)), removal(5, 2, expiry))
    assert actions(given) == [("index", 5, "external")]
    assert report.metrics.ttl_deletes_ignored == 1
