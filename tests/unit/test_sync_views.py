"""Unit: KEYS_ONLY and OLD_IMAGE views tell which item changed; is it read as it is now?"""

from tests.unit.fakes import (
    MISSING,
    FakeTable,
    Sent,
    Stage,
    key,
    keys_only,
    number,
    record,
    version,
)


def test_what_is_there_is_indexed() -> None:
    """At the version of the change that made it be read."""
    stage = Stage(table=FakeTable({"a|1": {**key("a"), "now": {"N": "7"}}}))
    report = stage.run(keys_only("a", 1))
    (sent,) = stage.index.requests
    expected = Sent("index", "a|1", version(252_001), "external", {"customer_id": "a", "order_id": "1", "now": 7})
    assert sent == [expected]
    assert report.restart_at() is None


def test_what_is_gone_is_deleted() -> None:
    stage = Stage()
    assert stage.run(keys_only("a", 1)).tally.deleted == 1
    assert [one.action for one in stage.index.requests[0]] == ["delete"]


def test_each_item_is_read_once_and_removes_are_not() -> None:
    stage = Stage()
    remove = record("c", 4, "REMOVE", StreamViewType="KEYS_ONLY")
    stage.run(keys_only("a", 1), keys_only("b", 2), keys_only("a", 3), remove)
    assert stage.table.reads == [["a|1", "b|1"]]


def test_an_old_image_is_not_taken_for_the_item() -> None:
    given = record("a", NewImage=MISSING, OldImage={**key("a"), "old": {"N": "1"}}, StreamViewType="OLD_IMAGE")
    stage = Stage(table=FakeTable({"a|1": {**key("a"), "new": {"N": "2"}}}))
    stage.run(given)
    assert stage.index.requests[0][0].source == {"customer_id": "a", "order_id": "1", "new": 2}


def test_a_table_that_cannot_be_read_gives_those_records_back_alone() -> None:
    stage = Stage(table=FakeTable(faults=1))
    report = stage.run(record("a", 1, "REMOVE"), keys_only("b", 2), keys_only("c", 3))
    assert stage.index.ids == [["a|1"]]
    assert report.restart_at() == number(2)
    assert (report.tally.deleted, report.tally.retried) == (1, 2)


def test_an_item_that_cannot_be_written_is_kept() -> None:
    stage = Stage(table=FakeTable({"a|1": {**key("a"), "bad": {"X": "x"}}}))
    given = keys_only("a", 1)
    report = stage.run(given, record("b", 2))
    assert [one for one, _ in stage.quarantine.kept] == [given]
    assert stage.index.ids == [["b|1"]]
    assert report.restart_at() is None
