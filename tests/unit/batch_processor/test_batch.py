"""Unit: is every record of a batch done, retried, or quarantined?"""

from collections.abc import Sequence
from typing import Any

import pytest
from stream_indexer.batch_processor import sequence_number
from stream_indexer.connection import Response

from tests.unit import malformed
from tests.unit.fakes import (
    BAD,
    REFUSED,
    SECOND,
    FakeQuarantine,
    ManualDeadline,
    ScriptedIndex,
    Sent,
    Stage,
    by_id,
    conflict,
    number,
    record,
    unreachable,
    version,
    whole,
)


def test_a_batch_is_one_request() -> None:
    stage = Stage()
    report = stage.run(record("a", 1, "INSERT"), record("b", 2), record("c", 3, "REMOVE"))
    (sent,) = stage.index.requests
    assert [(one.action, one.document_id, one.version_type) for one in sent] == [
        ("index", "a|1", "external"),
        ("index", "b|1", "external"),
        ("delete", "c|1", "external"),
    ]
    assert sent[0].source == {"customer_id": "a", "order_id": "1", "number": 1}
    assert report.checkpoint() is None
    assert (report.metrics.documents_indexed, report.metrics.documents_deleted) == (2, 1)


def test_an_empty_batch_is_done() -> None:
    stage = Stage()
    assert stage.run().checkpoint() is None
    assert stage.index.requests == []


def test_the_last_change_of_an_item_wins() -> None:
    """Within a batch; the changes before it are needless, and counted."""
    stage = Stage()
    report = stage.run(record("a", 1), record("b", 2), record("a", 3), record("a", 4, "REMOVE"), record("b", 5))
    (sent,) = stage.index.requests
    assert {(one.action, one.document_id, one.version) for one in sent} == {
        ("delete", "a|1", version(252_004)),
        ("index", "b|1", version(252_005)),
    }
    assert report.metrics.records_coalesced == 3


@pytest.mark.parametrize(
    ("failing", "expected"),
    [({}, 4), ({"c|1": 503}, 2), ({"a|1": 503}, 0), ({"d|1": 503, "b|1": 503}, 1), ({"d|1": 503}, 3)],
)
def test_dealt_with_are_the_records_that_need_not_come_again(failing: dict[str, int], expected: int) -> None:
    """Records after the first one that is retried come again, even if they were written."""
    report = Stage(ScriptedIndex(by_id(failing))).run(*[record(name, count) for count, name in enumerate("abcd")])
    assert report.metrics.records_processed == expected


def test_one_key_by_two_spellings_of_its_number_is_one_item() -> None:
    stage = Stage()
    keys = [{"customer_id": {"S": "a"}, "order_id": {"N": spelling}} for spelling in ("1", "1.0")]
    report = stage.run(record(count=1, Keys=keys[0]), record(count=2, Keys=keys[1]))
    assert stage.index.ids == [["a|#1"]]
    assert report.metrics.records_coalesced == 1


@pytest.mark.parametrize("given", malformed.ALL.values(), ids=malformed.ALL)
def test_a_malformed_record_costs_its_neighbours_nothing(given: Any) -> None:
    """It is quarantined, counted, and skipped; whatever it is."""
    stage = Stage()
    report = stage.run(record("b", 2), given, record("c", 3))
    assert stage.index.ids == [["b|1", "c|1"]]
    ((kept, reason),) = stage.quarantine.kept
    assert kept is given
    assert (reason.reason, reason.status, reason.error_type) == ("malformed", 0, "")
    assert report.checkpoint() is None
    assert (report.metrics.malformed_records, report.metrics.records_quarantined, report.metrics.documents_indexed) == (
        1,
        1,
        2,
    )
    assert report.metrics.records_coalesced == 0


@pytest.mark.parametrize("given", malformed.ALL.values(), ids=malformed.ALL)
def test_a_malformed_record_that_cannot_be_kept_is_given_back(given: Any) -> None:
    """From its number, or without a number with the whole batch."""
    stage = Stage(quarantine=FakeQuarantine(is_down=True))
    report = stage.run(record("b", 2), given, record("c", 3))
    assert report.checkpoint() == sequence_number(given)
    assert report.to_retry == [given]
    assert (report.metrics.malformed_records, report.metrics.records_quarantined, report.metrics.records_retried) == (
        1,
        0,
        1,
    )
    assert report.metrics.quarantine_failures == 1


def test_a_refused_record_is_kept_with_opensearchs_reason() -> None:
    given = [record("a", 1), record("b", 2), record("c", 3)]
    stage = Stage(index=ScriptedIndex(by_id({"b|1": BAD})))
    report = stage.run(*given)
    assert stage.quarantine.kept == [(given[1], REFUSED)]
    assert report.checkpoint() is None
    assert (
        report.metrics.documents_indexed,
        report.metrics.documents_rejected,
        report.metrics.records_quarantined,
    ) == (2, 1, 1)


def test_a_refused_record_that_cannot_be_kept_is_given_back() -> None:
    stage = Stage(index=ScriptedIndex(by_id({"b|1": BAD})), quarantine=FakeQuarantine(is_down=True))
    report = stage.run(record("a", 1), record("b", 2), record("c", 3))
    assert report.checkpoint() == number(2)
    assert (report.metrics.documents_rejected, report.metrics.records_quarantined, report.metrics.records_retried) == (
        1,
        0,
        1,
    )


def test_keeping_stops_when_the_time_is_spent() -> None:
    deadline = ManualDeadline(10)

    def slow(asked: Sequence[Sent]) -> Response:
        deadline.time += 10
        return by_id({"a|1": BAD})(asked)

    stage = Stage(index=ScriptedIndex(slow), deadline=deadline)
    report = stage.run(record("a", 1), record("b", 2))
    assert stage.quarantine.kept == []
    assert (report.metrics.records_quarantined, report.metrics.quarantine_failures) == (0, 1)
    assert report.checkpoint() == number(1)


def test_lambda_goes_on_from_the_lowest_number_not_the_first_text() -> None:
    """Numbers of different lengths sort otherwise as text: "1000" comes before "999"."""
    stage = Stage(index=ScriptedIndex(by_id({"a|1": 503, "b|1": 503})))
    assert stage.run(record("a", SequenceNumber="1000"), record("b", SequenceNumber="999")).checkpoint() == "999"


def test_lambda_goes_on_from_the_lowest_number_whatever_failed_first() -> None:
    stage = Stage(index=ScriptedIndex(by_id({"d|1": 503, "b|1": 503})))
    report = stage.run(*(record(name, count) for count, name in enumerate("abcde", 1)))
    assert report.checkpoint() == number(2)
    assert {sequence_number(one) for one in report.to_retry} == {number(2), number(4)}
    assert report.metrics.records_retried == 2
    assert report.metrics.documents_indexed == 3


def test_a_failure_without_a_number_gives_the_whole_batch_back() -> None:
    """It is somewhere in the batch: an empty identifier is the whole of it to Lambda."""
    stage = Stage(index=ScriptedIndex(by_id({"a|1": 503})), quarantine=FakeQuarantine(is_down=True))
    report = stage.run(record("a", 1), {}, record("b", 2))
    assert (report.checkpoint(), report.metrics.records_processed) == ("", 0)


def test_an_index_out_of_reach_gives_everything_back() -> None:
    stage = Stage(index=ScriptedIndex(unreachable))
    report = stage.run(record("a", 1), record("b", 2), record("b", 3))
    assert report.checkpoint() == number(1)
    assert report.metrics.documents_indexed == report.metrics.version_conflicts == 0
    assert report.metrics.records_retried == 2


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 503])
def test_nothing_is_done_that_was_not_acknowledged(status: int) -> None:
    report = Stage(index=ScriptedIndex(whole(status))).run(record("a", 1), record("b", 2, "REMOVE"))
    assert report.checkpoint() == number(1)
    assert len(report.to_retry) == 2
    assert report.metrics.replication_lags_ms == []


def test_a_replay_is_stale_and_done() -> None:
    """The index has this very change, or a later one."""
    answers = {"a|1": conflict(version(252_001), version(252_001)), "b|1": conflict(2 * version(0), version(2))}
    stage = Stage(index=ScriptedIndex(by_id(answers)))
    report = stage.run(record("a", 1), record("b", 2, "REMOVE"))
    assert report.checkpoint() is None
    assert (report.metrics.version_conflicts, report.metrics.documents_indexed, report.metrics.documents_deleted) == (
        2,
        0,
        0,
    )
    assert stage.table.reads == []
    assert report.metrics.replication_lags_ms == [], "a replay says nothing of the lag"


def test_lag_is_from_the_changes_creation_to_opensearchs_answer() -> None:
    stage = Stage()
    report = stage.run(record("a", 1), record("b", 2, "REMOVE", ApproximateCreationDateTime=SECOND - 60.0))
    assert sorted(report.metrics.replication_lags_ms) == [1500.0, 61500.0]


def test_lag_is_never_negative() -> None:
    """Clocks differ."""
    assert Stage().run(record(ApproximateCreationDateTime=SECOND + 60.0)).metrics.replication_lags_ms == [0.0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (record("a", 1), number(1)),
        (record(SequenceNumber=7), ""),
        ({"dynamodb": {}}, ""),
        ({}, ""),
        (None, ""),
        ("x", ""),
    ],
)
def test_any_object_has_a_number_or_none(given: Any, expected: str) -> None:
    assert sequence_number(given) == expected


@pytest.mark.parametrize(
    ("stage", "trouble"),
    [
        (
            Stage(index=ScriptedIndex(whole(403, "security_exception", "secret"))),
            "OpenSearch answered 403 security_exception",
        ),
        (Stage(index=ScriptedIndex(whole(502))), "OpenSearch answered 502"),
        (Stage(index=ScriptedIndex(unreachable)), "no answer to 1 actions"),
        (
            Stage(index=ScriptedIndex(by_id({"a|1": BAD})), quarantine=FakeQuarantine(is_down=True)),
            "S3 did not take a record",
        ),
        (Stage(deadline=ManualDeadline(0)), "no time was left"),
    ],
)
def test_what_is_given_back_says_why(stage: Stage, trouble: str) -> None:
    """With the number of records, for readers of the log; never in words that may quote a document."""
    report = stage.run(record("a", 1))
    ((said, count),) = report.retry_reasons.items()
    assert said.endswith(trouble)
    assert count == 1
    assert "secret" not in said
