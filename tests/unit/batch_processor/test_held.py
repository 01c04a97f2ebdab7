"""Unit: is the record that holds up its shard for long kept as evidence, with what OpenSearch answered?"""

import pytest
from stream_indexer.batch_processor import HELD_SECONDS
from stream_indexer.rejection import HELD, Rejection

from tests.unit.fakes import (
    ALIAS,
    SECOND,
    FakeQuarantine,
    FakeTable,
    ManualDeadline,
    ScriptedIndex,
    Stage,
    by_id,
    keys_only,
    record,
    unreachable,
)

BLOCKED = (403, "cluster_block_exception", "index [orders-v1] blocked by: [FORBIDDEN/8/index write (api)];")


def after(seconds: float) -> ManualDeadline:
    """Return the deadline of an invocation that begins so long after SECOND."""
    deadline = ManualDeadline()
    deadline.time += seconds
    deadline.end += seconds
    return deadline


def test_the_first_record_that_must_come_again_is_kept_once_it_is_old() -> None:
    first, second = record("b", 2), record("c", 3)
    stage = Stage(ScriptedIndex(by_id({"b|1": BLOCKED, "c|1": 503})), deadline=after(HELD_SECONDS))
    report = stage.run(record("a", 1), second, first)
    assert stage.quarantine.kept == [(first, Rejection(HELD, BLOCKED[2], BLOCKED[1], 403, ALIAS))]
    assert (report.metrics.records_quarantined, report.metrics.records_retried) == (0, 2)
    assert report.checkpoint() == first["dynamodb"]["SequenceNumber"]


def test_a_record_that_is_not_old_is_not_kept() -> None:
    stage = Stage(ScriptedIndex(unreachable), deadline=after(HELD_SECONDS - 10))
    assert stage.run(record("a", 1)).checkpoint()
    assert stage.quarantine.kept == []


def test_a_table_that_cannot_be_read_is_a_reason_too() -> None:
    stage = Stage(table=FakeTable(faults=1), deadline=after(HELD_SECONDS))
    given = keys_only("a", 1)
    stage.run(given)
    assert stage.quarantine.kept == [(given, Rejection(HELD, "the table cannot be read"))]


@pytest.mark.parametrize("broken", [{}, record("a", 2, ApproximateCreationDateTime=SECOND * 1000)])
def test_what_s3_does_not_take_is_no_evidence(broken: dict[str, object]) -> None:
    stage = Stage(quarantine=FakeQuarantine(is_down=True), deadline=after(HELD_SECONDS))
    report = stage.run(broken)
    assert (report.metrics.quarantine_failures, report.metrics.records_retried) == (1, 1)
