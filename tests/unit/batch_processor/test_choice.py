"""Unit: does a batch leave in the index what the rules choose, and nothing else?"""

from typing import Any, Final

from stream_indexer.documents.projection import Condition, DocumentRules

from tests.unit.fakes import (
    FakeTable,
    ScriptedIndex,
    Sent,
    Stage,
    by_id,
    conflict,
    done,
    expiry,
    key,
    keys_only,
    number,
    record,
    version,
)

PAID: Final = DocumentRules({"status": Condition(equals=("paid",))})
KEEPS: Final = DocumentRules(ignores_ttl_deletes=True)
HIGH: Final = version(999_999_990)  # of the index, before the sequence number wrapped


def order(name: str, status: str, **attributes: Any) -> dict[str, Any]:
    """Return an item."""
    return {**key(name), "status": {"S": status}, **attributes}


def wrapped(choice: DocumentRules, table: FakeTable) -> Stage:
    """Return a stage whose index has a version of `a` that is higher, though older, than that of the first change."""
    refusal = by_id({"a|1": conflict(HIGH, version(252_001))})
    return Stage(index=ScriptedIndex(refusal, done), table=table, choice=choice)


def test_an_item_that_leaves_the_filter_is_deleted_with_its_changes_version() -> None:
    """Not with a lower one: what the index has would win."""
    stage = Stage(choice=PAID)
    report = stage.run(record("a", 1, NewImage=order("a", "paid")), record("b", 2, NewImage=order("b", "placed")))
    assert stage.index.requests[0][1] == Sent("delete", "b|1", version(252_002), "external")
    assert stage.index.requests[0][0].action == "index"
    assert (report.metrics.documents_indexed, report.metrics.documents_deleted, report.metrics.records_coalesced) == (
        1,
        1,
        0,
    )


def test_the_last_change_decides_whether_an_item_meets_the_filter() -> None:
    images = [order("a", "paid"), order("a", "placed")]
    stage = Stage(choice=PAID)
    stage.run(*(record("a", count, NewImage=image) for count, image in enumerate(images)))
    stage.run(*(record("a", count, NewImage=image) for count, image in enumerate(images[::-1])))
    assert [[one.action for one in request] for request in stage.index.requests] == [["delete"], ["index"]]


def test_an_item_that_is_not_chosen_harms_nobody_whatever_it_holds() -> None:
    """It needs no place in the quarantine, for it has no document."""
    stage = Stage(choice=PAID)
    report = stage.run(record("a", 1, NewImage=order("a", "placed", bad={"N": "1\n"}, worse=7)))
    assert [one.action for one in stage.index.requests[0]] == ["delete"]
    assert (report.metrics.malformed_records, stage.quarantine.kept) == (0, [])


def test_attributes_are_chosen_before_they_are_written() -> None:
    stage = Stage(choice=DocumentRules(include=["status", "note"], exclude=["note"]))
    report = stage.run(record("a", 1, NewImage=order("a", "paid", note={"S": "x"}, bad={"N": "1\n"})))
    assert stage.index.requests[0][0].source == {"status": "paid"}
    assert report.checkpoint() is None
    assert report.metrics.malformed_records == 0


def test_a_view_without_new_images_is_chosen_from_what_is_read() -> None:
    stage = Stage(choice=PAID, table=FakeTable({"a|1": order("a", "paid"), "b|1": order("b", "placed")}))
    stage.run(keys_only("a", 1), keys_only("b", 2), keys_only("c", 3))
    assert [(one.action, one.version) for one in stage.index.requests[0]] == [
        ("index", version(252_001)),
        ("delete", version(252_002)),
        ("delete", version(252_003)),
    ]


def test_what_settles_a_doubtful_version_is_chosen_too() -> None:
    stage = wrapped(PAID, FakeTable({"a|1": order("a", "placed")}))
    report = stage.run(record("a", 1, NewImage=order("a", "paid")))
    assert stage.index.requests[1] == [Sent("delete", "a|1", HIGH, "external_gte")]
    assert report.metrics.documents_deleted == 1


def test_a_kept_expiry_does_not_hide_the_change_before_it() -> None:
    """It is taken out before changes of one item are coalesced, and counted on its own."""
    stage = Stage(choice=KEEPS)
    report = stage.run(record("a", 1), record("a", 2), expiry("a", 3), expiry("b", 4))
    assert [(one.action, one.version) for one in stage.index.requests[0]] == [("index", version(252_002))]
    assert (report.metrics.ttl_deletes_ignored, report.metrics.records_coalesced, report.metrics.documents_indexed) == (
        2,
        1,
        1,
    )
    assert report.checkpoint() is None


def test_a_batch_of_kept_expiries_asks_nothing_of_opensearch() -> None:
    stage = Stage(choice=KEEPS)
    report = stage.run(expiry("a", 1), expiry("b", 2))
    assert stage.index.requests == []
    assert (report.checkpoint(), report.metrics.ttl_deletes_ignored, report.metrics.records_coalesced) == (None, 2, 0)


def test_an_expiry_is_a_delete_where_documents_do_not_outlive_it() -> None:
    stage = Stage()
    report = stage.run(record("a", 1), expiry("a", 2))
    assert [(one.action, one.version) for one in stage.index.requests[0]] == [("delete", version(252_002))]
    assert (report.metrics.ttl_deletes_ignored, report.metrics.records_coalesced) == (0, 1)


def test_a_malformed_expiry_goes_to_the_quarantine_and_not_to_the_kept() -> None:
    given = {**expiry("a", 1), "dynamodb": {}}
    stage = Stage(choice=KEEPS)
    report = stage.run(given, record("b", 2))
    assert [one for one, _ in stage.quarantine.kept] == [given]
    assert (report.metrics.ttl_deletes_ignored, report.metrics.records_coalesced) == (0, 0)


def test_a_failure_beside_a_kept_expiry_is_given_back_from_its_own_number() -> None:
    stage = Stage(choice=KEEPS, index=ScriptedIndex(by_id({"b|1": 503})))
    assert stage.run(expiry("a", 1), record("b", 2)).checkpoint() == number(2)


def test_settling_does_not_delete_what_may_outlive_its_item() -> None:
    """The item is gone for an unknown reason: the change has an image, and a deletion by a user comes by itself."""
    image = {**key("a"), "now": {"N": "7"}}
    stage = wrapped(KEEPS, FakeTable())
    stage.run(record("a", 1, NewImage=image))
    source = {"customer_id": "a", "order_id": "1", "now": 7}
    assert stage.index.requests[1] == [Sent("index", "a|1", HIGH, "external_gte", source)]


def test_settling_deletes_what_a_user_deleted() -> None:
    stage = wrapped(KEEPS, FakeTable())
    stage.run(record("a", 1, "REMOVE"))
    assert stage.index.requests[1] == [Sent("delete", "a|1", HIGH, "external_gte")]
