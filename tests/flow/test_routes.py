"""Does each of several indexes end with the items that its route takes, wherever they were before?"""

import random
from collections.abc import Callable, Mapping
from typing import Final

import pytest

from localaws.faults.fault import Fault, FaultKind
from localaws.faults.proxy import Proxy
from localaws.waiting import wait_until
from testkit.items import AttributeValue, Item
from testkit.orders import order, orders
from testkit.pipeline import Pipeline

OPEN, GIFTS = "orders_open", "orders_gifts"


def is_open(item: Item) -> bool:
    """Return whether the item is one of the first route's, as pipelines/main.tf says it."""
    return "hidden" not in item and item["status"]["S"] in {"placed", "paid"}


def is_gift(item: Item) -> bool:
    """Return whether the item is one of the second route's."""
    return "hidden" not in item and item["gift"]["BOOL"]


TAKES: Final[Mapping[str, Callable[[Item], bool]]] = {OPEN: is_open, GIFTS: is_gift}


@pytest.fixture
def routed(pipelines: Mapping[str, Pipeline]) -> Pipeline:
    """The pipeline with two indexes."""
    return pipelines["routed"]


def holders(pipeline: Pipeline, item: Item) -> set[str]:
    """Return the indexes that have a document of the item, once the stream is drained."""
    pipeline.aws.wait_until_drained(60)
    found = set()
    for alias in TAKES:
        index = pipeline.index_of(alias)
        index.refresh()
        if index.get(f"{item['customer_id']['S']}|{item['order_id']['S']}"):
            found.add(alias)
    return found


def an_order(name: str, status: str, *, gift: bool, **attributes: AttributeValue) -> Item:
    """Return an order."""
    changed: Item = {"order_id": {"S": name}, "status": {"S": status}, "gift": {"BOOL": gift}}
    return {**next(orders(1, seed=41)), **changed, **attributes}


def test_there_is_an_index_for_each_route_and_none_of_the_pipelines_name(routed: Pipeline) -> None:
    assert routed.outputs["aliases"] == [GIFTS, OPEN]
    assert routed.outputs["alias"] is None
    assert {f"{OPEN}-v1", f"{GIFTS}-v1"} <= routed.indices()
    assert not [name for name in routed.indices() if name.startswith("orders-routed")]


def test_an_item_goes_from_one_index_to_the_other_and_out_of_both(routed: Pipeline) -> None:
    """With only new images, the function does not know what the item was before."""
    for item, expected in (
        (an_order("moving", "placed", gift=False), {OPEN}),
        (an_order("moving", "placed", gift=True), {OPEN, GIFTS}),
        (an_order("moving", "shipped", gift=True), {GIFTS}),
        (an_order("moving", "paid", gift=False), {OPEN}),
        (an_order("moving", "shipped", gift=False), set()),
        (an_order("moving", "paid", gift=True), {OPEN, GIFTS}),
        (an_order("moving", "paid", gift=True, hidden={"NULL": True}), set()),
        (an_order("moving", "paid", gift=True), {OPEN, GIFTS}),
    ):
        routed.put(item)
        assert holders(routed, item) == expected
    routed.delete(item)
    assert holders(routed, item) == set()


@pytest.mark.parametrize("alias", TAKES)
@pytest.mark.parametrize("kind", [FaultKind.THROTTLE, FaultKind.LOSE_ANSWER], ids=lambda kind: kind.value)
def test_changes_at_random_end_with_every_index_equal_to_what_its_route_takes(
    routed: Pipeline, proxy: Proxy, kind: FaultKind, alias: str
) -> None:
    """Items enter, leave, change routes and go, also while one of the indexes fails and the other does not."""
    dice = random.Random(43)  # noqa: S311 - example data, not a secret

    def write(changes: int) -> None:
        for _ in range(changes):
            item = order(dice.randrange(20), dice)
            if dice.random() < 0.2:
                item["hidden"] = {"NULL": True}
            routed.delete(item) if dice.random() < 0.2 else routed.put(item)

    write(50)
    retried = routed.metric("RecordsRetried")
    with proxy.failing(Fault(kind, match=f"/{alias}/_bulk")):
        write(50)
        wait_until(lambda: routed.metric("RecordsRetried") > retried, "records were returned to Lambda")
    for name, agreement in routed.agreements(TAKES).items():
        assert agreement, f"{name}: {agreement}"
        assert agreement.equal > 0


def test_a_record_that_one_index_refuses_is_kept_with_its_alias_and_in_the_other(routed: Pipeline) -> None:
    """An object where that index has a number."""
    refused = routed.metric("DocumentsRejected")
    total = {"M": {"amount": {"N": "1"}}}
    for number, (status, gift) in enumerate((("paid", False), ("shipped", True))):
        routed.put(an_order(f"numbers-{number}", status, gift=gift))
    assert all(routed.agreements(TAKES).values())
    for name, status, gift, indexes in (
        ("poison-open", "paid", False, {OPEN}),
        ("poison-both", "paid", True, {OPEN, GIFTS}),
    ):
        poison = an_order(name, status, gift=gift, total=total)
        routed.put(poison)
        assert holders(routed, poison) == set()
        kept = [one for one in routed.quarantined() if name in str(one["record"])]
        assert {one["alias"] for one in kept} == indexes
        assert all(one["record"]["dynamodb"]["NewImage"]["total"] == total for one in kept)
        routed.delete(poison)
    assert routed.metric("DocumentsRejected") == refused + 3
    assert all(routed.agreements(TAKES).values())
