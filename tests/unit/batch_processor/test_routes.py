"""Unit: does each index have what its route takes, and is a record done only when every index has it?"""

from typing import Any, Final

import pytest
from stream_indexer.documents.projection import Condition, DocumentRules

from tests.unit.fakes import (
    BAD,
    FakeQuarantine,
    FakeTable,
    ScriptedIndex,
    Sent,
    Stage,
    by_id,
    conflict,
    done,
    key,
    keys_only,
    number,
    record,
    unreachable,
    version,
)

PAID: Final = {"status": Condition(equals=("paid",))}
LARGE: Final = {"size": Condition(equals=("large",))}
HIGH: Final = version(999_999_990)  # of an index, before the sequence number wrapped


def order(name: str = "a", status: str = "paid", size: str = "large", **attributes: Any) -> dict[str, Any]:
    """Return an item."""
    return {**key(name), "status": {"S": status}, "size": {"S": size}, **attributes}


def routed(paid: ScriptedIndex | None = None, large: ScriptedIndex | None = None, **settings: Any) -> Stage:
    """Return a stage with two indexes."""
    routes = {"paid": (paid or ScriptedIndex(), PAID), "large": (large or ScriptedIndex(), LARGE)}
    return Stage(routes=routes, **settings)


def sent(stage: Stage) -> dict[str, list[Sent]]:
    """Return what each index was sent first."""
    return {alias: index.requests[0] for alias, (index, _) in stage.routes.items()}


def test_an_item_has_a_document_in_each_index_that_takes_it_and_is_deleted_from_the_others() -> None:
    """At the change's version, also where it never was: so it leaves where an older change had put it."""
    stage = routed()
    report = stage.run(
        record("a", 1, NewImage=order("a")),
        record("b", 2, NewImage=order("b", size="small")),
        record("c", 3, NewImage=order("c", status="placed", size="small")),
    )
    assert {
        alias: [(one.action, one.document_id, one.version) for one in each] for alias, each in sent(stage).items()
    } == {
        "paid": [
            ("index", "a|1", version(252_001)),
            ("index", "b|1", version(252_002)),
            ("delete", "c|1", version(252_003)),
        ],
        "large": [
            ("index", "a|1", version(252_001)),
            ("delete", "b|1", version(252_002)),
            ("delete", "c|1", version(252_003)),
        ],
    }
    assert (report.metrics.documents_indexed, report.metrics.documents_deleted) == (3, 3)
    assert report.checkpoint() is None


def test_a_removal_deletes_everywhere() -> None:
    stage = routed()
    stage.run(record("a", 1, "REMOVE"))
    deletion = [Sent("delete", "a|1", version(252_001), "external")]
    assert sent(stage) == {"paid": deletion, "large": deletion}


def test_an_item_that_has_no_document_has_none_in_any_index() -> None:
    stage = routed(choice=DocumentRules({"hidden": Condition(exists=False)}))
    stage.run(record("a", 1, NewImage=order(hidden={"BOOL": True})))
    assert [one.action for each in sent(stage).values() for one in each] == ["delete", "delete"]


def test_routes_look_at_attributes_that_documents_leave_out() -> None:
    stage = routed(choice=DocumentRules(exclude=["status", "size"]))
    stage.run(record("a", 1, NewImage=order()))
    assert [one.source for each in sent(stage).values() for one in each] == [{"customer_id": "a", "order_id": "1"}] * 2


def test_an_item_is_read_once_for_all_routes() -> None:
    stage = routed(table=FakeTable({"a|1": order(size="small")}))
    stage.run(keys_only("a", 1), keys_only("b", 2))
    assert stage.table.reads == [["a|1", "b|1"]]
    assert {alias: [one.action for one in each] for alias, each in sent(stage).items()} == {
        "paid": ["index", "delete"],
        "large": ["delete", "delete"],
    }


@pytest.mark.parametrize("failing", ["paid", "large"])
def test_a_record_that_failed_at_one_index_comes_again_and_the_other_has_it(failing: str) -> None:
    """It is counted once as retried, however many indexes failed."""
    stage = routed(**{failing: ScriptedIndex(by_id({"b|1": 503}))})
    report = stage.run(*(record(name, count, NewImage=order(name)) for count, name in enumerate("abc", 1)))
    assert report.checkpoint() == number(2)
    assert (report.metrics.documents_indexed, report.metrics.records_retried) == (5, 1)


def test_a_record_that_failed_at_both_is_one_record() -> None:
    report = routed(ScriptedIndex(unreachable), ScriptedIndex(unreachable)).run(record("a", 1, NewImage=order()))
    assert (report.checkpoint(), report.metrics.records_retried) == (number(1), 1)


def test_a_record_that_one_index_refuses_is_kept_with_its_alias() -> None:
    given = record("a", 1, NewImage=order())
    stage = routed(large=ScriptedIndex(by_id({"a|1": BAD})))
    report = stage.run(given)
    assert [(one, reason.alias, reason.reason) for one, reason in stage.quarantine.kept] == [
        (given, "large", "rejected")
    ]
    assert (
        report.checkpoint(),
        report.metrics.documents_indexed,
        report.metrics.documents_rejected,
        report.metrics.records_quarantined,
    ) == (
        None,
        1,
        1,
        1,
    )


def test_a_record_that_both_refuse_is_kept_for_each() -> None:
    stage = routed(*(ScriptedIndex(by_id({"a|1": BAD})) for _ in range(2)))
    stage.run(record("a", 1, NewImage=order()))
    assert [reason.alias for _, reason in stage.quarantine.kept] == ["paid", "large"]


def test_what_cannot_be_written_is_kept_for_the_index_that_would_have_it_and_deleted_from_the_other() -> None:
    stage = routed()
    stage.run(record("a", 1, NewImage=order(size="small", bad={"N": "1\n"})))
    assert [(reason.alias, reason.reason) for _, reason in stage.quarantine.kept] == [("paid", "malformed")]
    assert [index.requests for index, _ in stage.routes.values()] == [
        [],
        [[Sent("delete", "a|1", version(252_001), "external")]],
    ]


def test_what_is_no_record_is_kept_once() -> None:
    stage = routed()
    report = stage.run({})
    assert [reason.alias for _, reason in stage.quarantine.kept] == [""]
    assert report.metrics.malformed_records == 1


def test_a_quarantine_that_is_down_gives_the_record_back() -> None:
    stage = routed(large=ScriptedIndex(by_id({"a|1": BAD})), quarantine=FakeQuarantine(is_down=True))
    assert stage.run(record("a", 1, NewImage=order())).checkpoint() == number(1)


def test_a_doubtful_version_is_settled_in_the_index_that_has_it() -> None:
    """By what the item is now; the other index was right already."""
    refusal = ScriptedIndex(by_id({"a|1": conflict(HIGH, version(252_001))}), done)
    now = order(status="placed")
    stage = routed(paid=refusal, table=FakeTable({"a|1": now}))
    report = stage.run(record("a", 1, NewImage=order()))
    assert refusal.requests[1] == [Sent("delete", "a|1", HIGH, "external_gte")]
    assert [len(index.requests) for index, _ in stage.routes.values()] == [2, 1]
    assert report.checkpoint() is None


def test_an_index_that_goes_away_while_it_settles_gives_the_record_back() -> None:
    refusal = ScriptedIndex(by_id({"a|1": conflict(HIGH, version(252_001))}), unreachable)
    stage = routed(large=refusal, table=FakeTable({"a|1": order()}))
    assert stage.run(record("a", 1, NewImage=order())).checkpoint() == number(1)
