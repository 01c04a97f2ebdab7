"""Does an index whose items say their own versions end equal to the table, only by these?"""

import random
from collections.abc import Mapping
from typing import Any

import pytest

from testkit.items import Item
from testkit.orders import order, orders
from testkit.pipeline import KEY_NAMES, Pipeline, record


@pytest.fixture
def revised(pipelines: Mapping[str, Pipeline]) -> Pipeline:
    """The pipeline whose versions come from the attribute `revision`."""
    return pipelines["revised"]


def change(item: Item, event_name: str) -> dict[str, Any]:
    """Return the record of a change that comes late: made long ago, but what is newer says the attribute."""
    image = {name: value for name, value in item.items() if name not in {"label", "scans"}}  # bytes, which JSON lacks
    side = {"NewImage": None, "OldImage": image} if event_name == "REMOVE" else {"NewImage": image}
    keys = {name: item[name] for name in KEY_NAMES}
    made = record(1, Keys=keys, ApproximateCreationDateTime=1_700_000_000.0, **side)
    return {**made, "eventName": event_name}


def an_order(name: str, revision: int) -> Item:
    """Return an order."""
    return {**next(orders(1, seed=47)), "order_id": {"S": name}, "revision": {"N": str(revision)}}


def has(pipeline: Pipeline, item: Item) -> bool:
    """Return whether there is a document of the item."""
    pipeline.index.refresh()
    return pipeline.index.get(f"{item['customer_id']['S']}|{item['order_id']['S']}") is not None


def test_changes_that_raise_the_attribute_arrive(revised: Pipeline) -> None:
    dice = random.Random(48)  # noqa: S311 - example data, not a secret
    for revision in range(1, 200):
        item = {**order(dice.randrange(20), dice), "revision": {"N": str(revision)}}
        revised.delete(item) if dice.random() < 0.3 else revised.put(item)
    agreement = revised.agreement()
    assert agreement, str(agreement)
    assert agreement.equal > 0


def test_the_attribute_alone_says_what_is_newer(revised: Pipeline) -> None:
    """Whenever a record was made; a deletion wins over what it deletes, and that does not come back."""
    item = an_order("late", 2**63 - 2)
    for event_name, revision, expected in (
        ("INSERT", 2**63 - 3, True),
        ("REMOVE", 2**63 - 4, True),
        ("REMOVE", 2**63 - 3, False),
        ("INSERT", 2**63 - 3, False),
        ("MODIFY", 2**63 - 2, True),
        ("REMOVE", 2**63 - 3, True),
        ("REMOVE", 2**63 - 2, False),
        ("REMOVE", 2**63 - 2, False),
        ("INSERT", 2**63 - 1, True),
        ("REMOVE", 2**63 - 1, False),
    ):
        told = change(an_order("late", revision), event_name)
        assert revised.invoke({"Records": [told]}) == {"batchItemFailures": []}
        assert has(revised, item) is expected, (event_name, revision)


def test_an_item_whose_attribute_is_no_version_is_kept_with_its_reason(revised: Pipeline) -> None:
    item = {**an_order("unversioned", 1), "revision": {"S": "first"}}
    revised.put(item)
    revised.aws.wait_until_drained(60)
    assert not has(revised, item)
    (kept,) = [one for one in revised.quarantined() if "unversioned" in str(one["record"])]
    assert kept["reason"] == "malformed"
    assert "documents.version_attribute" in kept["error"]["message"]
    revised.delete(item)
    revised.aws.wait_until_drained(60)
