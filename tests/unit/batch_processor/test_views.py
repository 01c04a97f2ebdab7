"""Unit: KEYS_ONLY and OLD_IMAGE views name only the item that changed; is it read as it is now, slice by slice?"""

import weakref
from collections.abc import Iterator, Mapping
from typing import Any

from stream_indexer.batch_processor import MAX_MESSAGE_LENGTH
from stream_indexer.deadline import Deadline

from tests.unit.fakes import (
    MISSING,
    FakeTable,
    ScriptedIndex,
    Sent,
    Stage,
    by_id,
    key,
    keys_only,
    number,
    record,
    unreachable,
    version,
)


def test_what_is_there_is_indexed() -> None:
    """At the version of the change that made it be read."""
    stage = Stage(table=FakeTable({"a|1": {**key("a"), "now": {"N": "7"}}}))
    report = stage.run(keys_only("a", 1))
    (sent,) = stage.index.requests
    expected = Sent("index", "a|1", version(252_001), "external", {"customer_id": "a", "order_id": "1", "now": 7})
    assert sent == [expected]
    assert report.checkpoint() is None


def test_what_is_gone_is_deleted() -> None:
    stage = Stage()
    assert stage.run(keys_only("a", 1)).metrics.documents_deleted == 1
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
    assert report.checkpoint() == number(2)
    assert (report.metrics.documents_deleted, report.metrics.records_retried) == (1, 2)


def test_an_item_that_cannot_be_written_is_kept() -> None:
    stage = Stage(table=FakeTable({"a|1": {**key("a"), "bad": {"X": "x"}}}))
    given = keys_only("a", 1)
    report = stage.run(given, record("b", 2))
    assert [one for one, _ in stage.quarantine.kept] == [given]
    assert stage.index.ids == [["b|1"]]
    assert report.checkpoint() is None


def test_what_the_event_holds_is_written_before_anything_is_read() -> None:
    """A table that cannot be read holds up only what must be read."""
    stage = Stage(table=FakeTable(faults=1))
    report = stage.run(keys_only("a", 1), record("b", 2))
    assert stage.index.ids == [["b|1"]]
    assert report.checkpoint() == number(1)


def test_what_is_read_is_written_slice_by_slice() -> None:
    stage = Stage(table=FakeTable(slice_length=2))
    report = stage.run(*(keys_only(name, count) for count, name in enumerate("abcde", 1)))
    assert stage.index.ids == [["a|1", "b|1"], ["c|1", "d|1"], ["e|1"]]
    assert report.checkpoint() is None
    assert report.metrics.records_processed == 5


def test_slices_before_a_fault_are_written() -> None:
    stage = Stage(table=FakeTable(slice_length=2, faults=1, read_before_fault=1))
    report = stage.run(*(keys_only(name, count) for count, name in enumerate("abcd", 1)))
    assert stage.index.ids == [["a|1", "b|1"]]
    assert report.checkpoint() == number(3)
    assert report.metrics.records_retried == 2


def test_nothing_more_is_read_for_an_index_that_is_down() -> None:
    """A read is paid for, and what it brings could not be written."""
    stage = Stage(index=ScriptedIndex(unreachable), table=FakeTable(slice_length=1))
    report = stage.run(*(keys_only(name, count) for count, name in enumerate("abc", 1)))
    assert {name for request in stage.index.ids for name in request} == {"a|1"}
    assert report.checkpoint() == number(1)
    assert report.metrics.records_retried == 3


class Item(dict[str, Any]):
    """An item that can be watched."""


class WatchedTable(FakeTable):
    """Notes how many of the items that it gave are still held when it reads on."""

    held = 0

    def read(self, keys: Mapping[str, Any], deadline: Deadline) -> Iterator[Mapping[str, Any]]:
        """Read one item a slice."""
        del deadline
        given: list[weakref.ref[Item]] = []
        for name in keys:
            self.held = max(self.held, sum(item() is not None for item in given))
            item = Item(key(name[0]))
            given.append(weakref.ref(item))
            images = {name: item}
            del item
            yield images
            del images


def test_no_slice_is_held_while_the_next_one_is_read() -> None:
    """So memory is bounded by a slice's bytes, however many items a batch names."""
    table = WatchedTable()
    stage = Stage(table=table)
    stage.run(*(keys_only(name, count) for count, name in enumerate("abcd", 1)))
    assert len(stage.index.ids) == 4
    assert table.held == 0


def test_of_a_long_reason_the_beginning_is_kept() -> None:
    """OpenSearch quotes values, of each of thousands of documents."""
    reason = "failed to parse " + "x" * 400_000
    stage = Stage(index=ScriptedIndex(by_id({"a|1": (400, "mapper_parsing_exception", reason)})))
    stage.run(record("a", 1))
    ((_, kept),) = stage.quarantine.kept
    assert kept.message == reason[:MAX_MESSAGE_LENGTH]
