"""Is what was asked for indexed: names that OpenSearch refuses, items that a filter takes, numbers to be searched?"""

from collections.abc import Mapping

import pytest

from testkit.items import AttributeValue, Item
from testkit.orders import orders
from testkit.pipeline import Pipeline, record

AWKWARD: Item = {
    "_id": {"S": "metadata"},
    "_doc_count": {"N": "-1"},
    "a": {"N": "1"},
    "a.b": {"S": "clashes with a"},
    ".hidden": {"M": {"x": {"N": "2"}, "x..y": {"S": "z"}, " ": {"S": "blank"}}},
    "list": {"L": [{"M": {"p.q": {"N": "3"}}}]},
    "%": {"S": "looks renamed"},
}


@pytest.fixture
def chosen(pipelines: Mapping[str, Pipeline]) -> Pipeline:
    """The pipeline that chooses what it indexes."""
    return pipelines["chosen"]


def an_order(name: str, **attributes: AttributeValue) -> Item:
    return {**next(orders(1, seed=31)), "order_id": {"S": name}, **attributes}


def document_of(pipeline: Pipeline, item: Item) -> dict[str, object] | None:
    pipeline.aws.wait_until_drained(60)
    pipeline.index.refresh()
    return pipeline.index.get(f"{item['customer_id']['S']}|{item['order_id']['S']}")


def test_names_that_opensearch_refuses_are_renamed_and_none_is_lost(pipeline: Pipeline) -> None:
    """The default: escaped behind a %, no two made the same."""
    item = an_order("awkward", **AWKWARD)
    pipeline.put(item)
    document = document_of(pipeline, item)
    assert document is not None
    renamed = {name: value for name, value in document.items() if name.startswith("%")}
    assert renamed == {
        "%_id": "metadata",
        "%_doc_count": -1,
        "%a%2Eb": "clashes with a",
        "%%2Ehidden": {"x": 2, "%x%2E%2Ey": "z", "% ": "blank"},
        "%%25": "looks renamed",
    }
    assert document["a"] == 1
    assert document["list"] == [{"%p%2Eq": 3}]
    pipeline.delete(item)


def test_or_they_are_kept_as_they_are_in_a_flattened_field(chosen: Pipeline) -> None:
    item = an_order("flat", status={"S": "paid"}, **AWKWARD)
    chosen.put(item)
    document = document_of(chosen, item)
    assert document is not None
    assert document["flattened_attributes"] == {
        "_id": "metadata",
        "_doc_count": -1,
        "a.b": "clashes with a",
        ".hidden": {"x": 2, "x..y": "z", " ": "blank"},
        "list": [{"p.q": 3}],
    }
    assert document["%"] == "looks renamed"


def test_text_that_is_no_unicode_comes_back_as_it_is_and_the_words_around_it_are_found(pipeline: Pipeline) -> None:
    """DynamoDB stores none; an event can contain it."""
    odd = record(71)
    odd["dynamodb"]["NewImage"]["note"] = {"S": "a\ud800 oddity"}
    assert pipeline.invoke({"Records": [odd]}) == {"batchItemFailures": []}
    pipeline.index.refresh()
    document = pipeline.index.get("by-hand|000071")
    assert document is not None
    assert document["note"] == "a\ud800 oddity"
    hits = pipeline.index.search({"query": {"match": {"note": "oddity"}}})
    assert [hit["_source"]["note"] for hit in hits] == [document["note"]]
    late = {**odd, "eventName": "REMOVE"}
    late["dynamodb"]["SequenceNumber"] = record(72)["dynamodb"]["SequenceNumber"]
    assert pipeline.invoke({"Records": [late]}) == {"batchItemFailures": []}


def test_an_item_that_leaves_the_filter_loses_its_document_and_gets_it_back(chosen: Pipeline) -> None:
    """Whatever attribute decides; the excluded ones are in no document."""
    item = an_order("filtered", status={"S": "paid"})
    chosen.put(item)
    document = document_of(chosen, item)
    assert document is not None
    assert not {"label", "scans"} & document.keys()
    chosen.put({**item, "status": {"S": "placed"}})
    assert document_of(chosen, item) is None
    chosen.put({**item, "status": {"S": "shipped"}})
    assert document_of(chosen, item) is not None
    chosen.put({**item, "hidden": {"BOOL": True}})
    assert document_of(chosen, item) is None


def test_a_document_outlives_its_item_when_time_to_live_deletes_it_and_nobody_else(chosen: Pipeline) -> None:
    item = an_order("expired", status={"S": "paid"})
    chosen.put(item)
    assert document_of(chosen, item) is not None
    kept = chosen.metric("TtlDeletesIgnored")
    keys = {name: item[name] for name in ("customer_id", "order_id")}
    identity = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    expiry = {**record(1, Keys=keys, NewImage=None, ApproximateCreationDateTime=4_000_000_000.0), "eventName": "REMOVE"}
    assert chosen.invoke({"Records": [{**expiry, "userIdentity": identity}]}) == {"batchItemFailures": []}
    assert document_of(chosen, item) is not None
    assert chosen.metric("TtlDeletesIgnored") == kept + 1
    assert chosen.invoke({"Records": [expiry]}) == {"batchItemFailures": []}
    assert document_of(chosen, item) is None


def test_numbers_are_searched_as_asked(chosen: Pipeline) -> None:
    """Text to the last digit, scaled and whole numbers by range; the document has them as they were written."""
    digits = "1.2345678901234567890123456789012345678"
    item = an_order("numbers", status={"S": "paid"}, exchange_rate={"N": digits}, total={"N": "12.34"})
    chosen.put(item)
    assert document_of(chosen, item) is not None
    for query in (
        {"term": {"exchange_rate": digits}},
        {"range": {"total": {"gte": 12.34, "lt": 12.35}}},
        {"range": {"lines.quantity": {"gte": 1}}},
    ):
        found = [hit["_id"] for hit in chosen.index.search({"query": query, "size": 100})]
        assert f"{item['customer_id']['S']}|numbers" in found, query
