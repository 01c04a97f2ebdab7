"""Unit: two changes within a second whose numbers wrap nine digits compare the wrong way round; does the newer win?"""

from typing import Any

import pytest
from stream_indexer.documents.projection import DocumentRules
from stream_indexer.documents.versions import Versions

from tests.unit.fakes import (
    BAD,
    REFUSED,
    FakeTable,
    ScriptedIndex,
    Sent,
    Stage,
    by_id,
    conflict,
    done,
    key,
    number,
    record,
    unreachable,
    version,
)

CURRENT = version(999_999_990)
PROVIDED = 252_001


def conflicting(*after: Any, table: FakeTable | None = None) -> Stage:
    """Return a stage whose index has a higher version of `a` at first."""
    refusal = by_id({"a|1": conflict(CURRENT, version(PROVIDED))})
    return Stage(index=ScriptedIndex(refusal, *after or [done]), table=table or FakeTable())


def test_the_item_is_read_and_written_over_the_version_that_is_there() -> None:
    """Never guessed."""
    stage = conflicting(table=FakeTable({"a|1": {**key("a"), "now": {"N": "7"}}}))
    report = stage.run(record("a", 1), record("b", 2))
    assert stage.table.reads == [["a|1"]]
    (settled,) = stage.index.requests[1]
    source = {"customer_id": "a", "order_id": "1", "now": 7}
    assert settled == Sent("index", "a|1", CURRENT, "external_gte", source)
    assert report.checkpoint() is None
    assert (report.metrics.documents_indexed, report.metrics.version_conflicts) == (2, 0)


@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_an_item_that_is_gone_is_deleted(event: str) -> None:
    stage = conflicting()
    report = stage.run(record("a", 1, event))
    assert stage.index.requests[1] == [Sent("delete", "a|1", CURRENT, "external_gte")]
    assert report.metrics.documents_deleted == 1


def test_a_difference_of_less_than_half_the_range_is_an_ordinary_replay() -> None:
    refusal = by_id({"a|1": conflict(version(PROVIDED + 500_000_000), version(PROVIDED))})
    stage = Stage(index=ScriptedIndex(refusal))
    assert stage.run(record("a", 1)).metrics.version_conflicts == 1
    assert stage.table.reads == []


def test_a_conflict_that_names_no_version_is_stale() -> None:
    stage = Stage(index=ScriptedIndex(by_id({"a|1": (409, "version_conflict_engine_exception", "conflict")})))
    assert stage.run(record("a", 1)).metrics.version_conflicts == 1


def test_a_table_that_cannot_be_read_gives_the_record_back() -> None:
    stage = conflicting(table=FakeTable(faults=1))
    report = stage.run(record("b", 0), record("a", 1))
    assert report.checkpoint() == number(1)
    assert (report.metrics.documents_indexed, report.metrics.version_conflicts, report.metrics.records_retried) == (
        1,
        0,
        1,
    )


def test_an_index_that_goes_away_meanwhile_gives_the_record_back() -> None:
    report = conflicting(unreachable).run(record("b", 0), record("a", 1))
    assert report.checkpoint() == number(1)
    assert (report.metrics.documents_indexed, report.metrics.records_retried) == (1, 1)


def test_what_the_index_refuses_for_good_is_kept() -> None:
    stage = conflicting(by_id({"a|1": BAD}), table=FakeTable({"a|1": key("a")}))
    given = record("a", 1)
    assert stage.run(given).checkpoint() is None
    assert stage.quarantine.kept == [(given, REFUSED)]


def test_what_cannot_be_written_is_kept() -> None:
    stage = conflicting(table=FakeTable({"a|1": {**key("a"), "bad": {"N": "1\n"}}}))
    given = record("a", 1)
    report = stage.run(given)
    assert [one for one, _ in stage.quarantine.kept] == [given]
    assert (report.checkpoint(), report.metrics.malformed_records) == (None, 1)


def test_something_newer_that_came_meanwhile_is_left_alone() -> None:
    newer = by_id({"a|1": conflict(CURRENT + 10**9, CURRENT)})
    report = conflicting(newer).run(record("a", 1))
    assert (report.checkpoint(), report.metrics.version_conflicts) == (None, 1)


TWIN = f"{PROVIDED}{5:020}"  # another number with the ordinal of `record("a", 1)`


@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_where_records_share_an_ordinal_what_is_stale_is_read(seconds: int) -> None:
    """The ordinals say nothing of the order then; the table does."""
    current = version(PROVIDED) + seconds * 10**9
    index = ScriptedIndex(by_id({"a|1": conflict(current, 0)}), done)
    stage = Stage(index=index, table=FakeTable({"a|1": key("a")}))
    report = stage.run(record("a", 1), record("b", 1, SequenceNumber=TWIN))
    assert (stage.table.reads, report.metrics.shared_ordinals) == ([["a|1"]], 2)
    assert stage.index.requests[1][0].version == current


def test_where_records_share_an_ordinal_what_is_a_minute_older_is_stale() -> None:
    index = ScriptedIndex(by_id({"a|1": conflict(version(0) + 61 * 10**9, 0)}))
    stage = Stage(index=index)
    assert stage.run(record("a", 1), record("b", 1, SequenceNumber=TWIN)).metrics.version_conflicts == 1
    assert stage.table.reads == []


@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_where_order_is_not_known_no_document_outlives_its_item_by_an_image_that_was_refused(event: str) -> None:
    """A user may have deleted the item since: what the index has stays unchanged."""
    index = ScriptedIndex(by_id({"a|1": conflict(version(PROVIDED), 0)}), done)
    stage = Stage(index=index, choice=DocumentRules(ignores_ttl_deletes=True))
    report = stage.run(record("a", 1, event), record("b", 1, SequenceNumber=TWIN))
    assert stage.table.reads == [["a|1"]]
    assert len(stage.index.requests) == 1
    assert (report.metrics.version_conflicts, report.checkpoint()) == (1, None)


FLOOR = version(999_999_999)  # above every change of its second, and no change has it


@pytest.mark.parametrize("keeps_expired", [False, True])
@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_a_change_below_a_floor_is_stale_without_a_read(event: str, *, keeps_expired: bool) -> None:
    """The document was made by a read that saw the change: the change is the older one, whatever its ordinal."""
    index = ScriptedIndex(by_id({"a|1": conflict(FLOOR, 0)}), done)
    stage = Stage(index=index, choice=DocumentRules(ignores_ttl_deletes=keeps_expired))
    report = stage.run(record("a", 1, event))
    assert (len(stage.index.requests), stage.table.reads) == (1, [])
    assert (report.metrics.version_conflicts, report.checkpoint()) == (1, None)


def test_the_same_record_twice_shares_no_ordinal() -> None:
    assert Stage().run(record("a", 1), record("a", 1)).metrics.shared_ordinals == 0


def test_an_attribute_that_says_what_is_newer_needs_no_ordinal() -> None:
    stage = Stage(versions=Versions("number"))
    assert stage.run(record("a", 1), record("b", 1, SequenceNumber=TWIN)).metrics.shared_ordinals == 0
