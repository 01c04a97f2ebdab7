"""Does the packaged zip keep the index equal to the table, on real OpenSearch and DynamoDB Local?"""

import random
from contextlib import nullcontext

import pytest

from localaws.faults.fault import Fault, FaultKind
from localaws.faults.proxy import Proxy
from localaws.waiting import wait_until
from testkit.orders import order, orders
from testkit.pipeline import KEY_NAMES, Pipeline, record

CHANGES = 300


def write_at_random(pipeline: Pipeline, seed: int, changes: int = CHANGES) -> None:
    """Put and delete a few orders over and over, so that most batches have several changes of one item."""
    dice = random.Random(seed)  # noqa: S311 - example data, not a secret
    for _ in range(changes):
        item = order(dice.randrange(20), dice)
        if dice.random() < 0.3:
            pipeline.delete(item)
        else:
            pipeline.put(item)


def test_inserts_changes_and_deletes_arrive_whatever_the_view_type(each_pipeline: Pipeline) -> None:
    """Every stream view type ends with the index equal to the table, attribute by attribute, digit by digit."""
    write_at_random(each_pipeline, seed=1)
    agreement = each_pipeline.agreement()
    assert agreement, str(agreement)
    assert agreement.equal > 0


def test_an_attribute_removed_from_an_item_is_gone_from_its_document(pipeline: Pipeline) -> None:
    """The whole new image is indexed: nothing of the old one stays."""
    item = {**next(orders(1, seed=7)), "note": {"S": "to be removed"}}
    pipeline.put(item)
    pipeline.put({name: value for name, value in item.items() if name != "note"})
    agreement = pipeline.agreement()
    assert agreement, str(agreement)


METRIC_OF = {  # of every fault but TOO_LARGE, which has a separate test
    FaultKind.REFUSE: "ConnectionErrors",
    FaultKind.DELAY: "ConnectionErrors",
    FaultKind.CLOSE: "ConnectionErrors",
    FaultKind.LOSE_ANSWER: "ConnectionErrors",
    FaultKind.RESET: "ConnectionErrors",
    FaultKind.THROTTLE: "DocumentsThrottled",
    FaultKind.TRUNCATE: "RecordsRetried",
    FaultKind.DROP_ITEM: "RecordsRetried",
    FaultKind.ADD_ITEM: "RecordsRetried",
    FaultKind.BLOCK: "RecordsRetried",
    FaultKind.FORBID: "RecordsRetried",
    FaultKind.UNAVAILABLE: "RecordsRetried",
    FaultKind.HANG: "ConnectionErrors",
    FaultKind.DRIP: "ConnectionErrors",
}
SLOW = {FaultKind.DELAY, FaultKind.HANG, FaultKind.DRIP}


LONGER_THAN_THE_FUNCTION_HAS = 5.0
TIMEOUT_SECONDS = 4  # two of which are kept back to answer Lambda
SMALL_BODY_BYTES = 3_000


def test_every_fault_has_its_test() -> None:
    assert {*METRIC_OF, FaultKind.TOO_LARGE} == set(FaultKind)


@pytest.mark.parametrize("kind", METRIC_OF, ids=lambda kind: kind.value)
def test_an_index_that_fails_for_a_while_loses_nothing(pipeline: Pipeline, proxy: Proxy, kind: FaultKind) -> None:
    """Whatever an index or a proxy in front of it does: the records come again, and a metric says what it was."""
    before = {name: pipeline.metric(name) for name in (METRIC_OF[kind], "RecordsRetried")}
    match = "" if kind is FaultKind.REFUSE else "_bulk"
    fault = Fault(kind, match=match, delay_seconds=LONGER_THAN_THE_FUNCTION_HAS)
    with pipeline.timeout(TIMEOUT_SECONDS) if kind in SLOW else nullcontext(), proxy.failing(fault):
        write_at_random(pipeline, seed=2, changes=60)
        wait_until(
            lambda: pipeline.metric("RecordsRetried") > before["RecordsRetried"], "records were returned to Lambda"
        )
    agreement = pipeline.agreement()
    assert agreement, str(agreement)
    assert [name for name, value in before.items() if pipeline.metric(name) <= value] == []


def test_bodies_that_are_too_large_are_cut_until_they_fit(pipeline: Pipeline, proxy: Proxy) -> None:
    """Nothing is retried and nothing quarantined: no document is blamed for its neighbours."""
    before = {name: pipeline.metric(name) for name in ("RecordsRetried", "RecordsQuarantined")}
    with proxy.failing(Fault(FaultKind.TOO_LARGE, match="_bulk", above_bytes=SMALL_BODY_BYTES)) as injection:
        write_at_random(pipeline, seed=3, changes=60)
        agreement = pipeline.agreement()
    assert agreement, str(agreement)
    assert injection.hits > 0
    assert {name: pipeline.metric(name) for name in before} == before


def test_a_replayed_history_changes_nothing(pipeline: Pipeline) -> None:
    """Records that come again are older than what the index has: they are counted as stale, and done."""
    item = next(orders(1, seed=9))
    pipeline.put(item)
    assert pipeline.agreement()
    stale = pipeline.metric("VersionConflicts")
    keys = {name: item[name] for name in KEY_NAMES}
    old = {**record(1, Keys=keys, NewImage=None, ApproximateCreationDateTime=1_700_000_000.0), "eventName": "REMOVE"}
    assert pipeline.invoke({"Records": [old]}) == {"batchItemFailures": []}
    assert pipeline.metric("VersionConflicts") == stale + 1
    assert pipeline.agreement()
