"""Unit: two changes within a second whose numbers wrap nine digits compare the wrong way round; does the newer win?"""

from typing import Any

import pytest

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
PROVIDED = 454_423_001


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
    assert report.restart_at() is None
    assert (report.tally.written, report.tally.stale) == (2, 0)


@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_an_item_that_is_gone_is_deleted(event: str) -> None:
    stage = conflicting()
    report = stage.run(record("a", 1, event))
    assert stage.index.requests[1] == [Sent("delete", "a|1", CURRENT, "external_gte")]
    assert report.tally.deleted == 1


def test_a_difference_of_less_than_half_the_range_is_an_ordinary_replay() -> None:
    refusal = by_id({"a|1": conflict(version(PROVIDED + 500_000_000), version(PROVIDED))})
    stage = Stage(index=ScriptedIndex(refusal))
    assert stage.run(record("a", 1)).tally.stale == 1
    assert stage.table.reads == []


def test_a_conflict_that_names_no_version_is_stale() -> None:
    stage = Stage(index=ScriptedIndex(by_id({"a|1": (409, "version_conflict_engine_exception", "conflict")})))
    assert stage.run(record("a", 1)).tally.stale == 1


def test_a_table_that_cannot_be_read_gives_the_record_back() -> None:
    stage = conflicting(table=FakeTable(faults=1))
    report = stage.run(record("b", 0), record("a", 1))
    assert report.restart_at() == number(1)
    assert (report.tally.written, report.tally.stale, report.tally.retried) == (1, 0, 1)


def test_an_index_that_goes_away_meanwhile_gives_the_record_back() -> None:
    report = conflicting(unreachable).run(record("b", 0), record("a", 1))
    assert report.restart_at() == number(1)
    assert (report.tally.written, report.tally.retried) == (1, 1)


def test_what_the_index_refuses_for_good_is_kept() -> None:
    stage = conflicting(by_id({"a|1": BAD}), table=FakeTable({"a|1": key("a")}))
    given = record("a", 1)
    assert stage.run(given).restart_at() is None
    assert stage.quarantine.kept == [(given, REFUSED)]


def test_what_cannot_be_written_is_kept() -> None:
    stage = conflicting(table=FakeTable({"a|1": {**key("a"), "bad": {"N": "1\n"}}}))
    given = record("a", 1)
    report = stage.run(given)
    assert [one for one, _ in stage.quarantine.kept] == [given]
    assert (report.restart_at(), report.tally.malformed) == (None, 1)


def test_something_newer_that_came_meanwhile_is_left_alone() -> None:
    newer = by_id({"a|1": conflict(CURRENT + 10**9, CURRENT)})
    report = conflicting(newer).run(record("a", 1))
    assert (report.restart_at(), report.tally.stale) == (None, 1)
