"""Does it hold for many items, for one item over and over, for many writers at once, and for a day without an index?"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from drills.stream import changed_keys, differing, key_of, name_of
from localaws.faults.fault import Fault, FaultKind
from localaws.faults.proxy import Proxy
from localaws.waiting import wait_until
from testkit.items import Item
from testkit.orders import orders
from testkit.pipeline import Pipeline, write_concurrently

MANY = 10_000
CHANGES = 5_000
WRITERS = 8
NEARLY_A_DAY_SECONDS = 23.5 * 3600


def small(number: int, **attributes: Any) -> Item:
    return {"customer_id": {"S": f"load-{number % 97}"}, "order_id": {"S": f"{number:06}"}, **attributes}


def put_many(pipeline: Pipeline, items: list[Item]) -> None:
    """Write items with distinct keys, several requests at a time."""
    dynamodb, table = pipeline.aws.client("dynamodb"), pipeline.table_name

    def put(start: int) -> None:
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        answer = dynamodb.batch_write_item(RequestItems={table: puts})
        assert answer["UnprocessedItems"] == {}

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(put, range(0, len(items), 25)))


def test_one_poison_item_among_ten_thousand_is_found_and_kept(pipelines: Mapping[str, Pipeline]) -> None:
    """Only this record is in the quarantine, and only its document is missing in the index."""
    pipeline = pipelines["NEW_AND_OLD_IMAGES"]
    put_many(pipeline, [small(number, total={"N": str(number)}) for number in range(100)])
    items = [small(number, total={"N": str(number)}) for number in range(MANY)]
    items[MANY // 2] = small(MANY // 2, total={"M": {"amount": {"N": "1"}}})
    put_many(pipeline, items)
    agreement = pipeline.agreement()
    assert agreement.missing == [name_of(items[MANY // 2])]
    assert agreement.stale + agreement.orphans == []
    assert agreement.equal >= MANY - 1
    (kept,) = pipeline.quarantined()
    assert kept["reason"] == "rejected"
    assert kept["record"]["dynamodb"]["Keys"] == key_of(items[MANY // 2])
    pipeline.put(small(MANY // 2, total={"N": "1"}))
    assert pipeline.agreement()


def test_a_hot_key_with_five_thousand_changes_ends_with_the_last(pipeline: Pipeline) -> None:
    """However the writes are cut into batches and however many fall into one second; most of them need no request."""
    coalesced = pipeline.metric("RecordsCoalesced")
    dynamodb, key = pipeline.aws.client("dynamodb"), key_of(small(0))

    def count(_: int) -> None:
        values = {":one": {"N": "1"}}
        change = {"UpdateExpression": "ADD changes :one", "ExpressionAttributeValues": values}
        dynamodb.update_item(TableName=pipeline.table_name, Key=key, **change)

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(count, range(CHANGES)))
    agreement = pipeline.agreement()
    assert agreement, str(agreement)
    document = pipeline.index.get(name_of(key))
    assert document is not None
    assert document["changes"] == CHANGES
    assert pipeline.metric("RecordsCoalesced") > coalesced


def test_many_writers_several_shards_and_ten_lanes_of_each_keep_every_item_in_order(pipeline: Pipeline) -> None:
    """Concurrent writers, many partitions, ten batches of each shard at a time, and shards that split meanwhile."""
    with pipeline.parallelization_factor(10), ThreadPoolExecutor(1) as other:
        writing = other.submit(write_concurrently, pipeline, WRITERS)
        parents = pipeline.shards()
        children = pipeline.aws.split_shard(pipeline.outputs["stream_arn"])
        writing.result()
        agreement = pipeline.agreement()
        assert agreement, str(agreement)
        assert len(parents) > 1
        assert len(pipeline.shards()) == len(parents) + 1
        assert set(children) <= pipeline.shards()


def test_two_tables_on_one_domain_are_searched_as_one_and_never_mix(pipelines: Mapping[str, Pipeline]) -> None:
    """Each table has a separate index, so equal keys do not clash; a search may name both, and hits say which."""
    first, second = pipelines["NEW_IMAGE"], pipelines["OLD_IMAGE"]
    item = {**next(orders(1, seed=77)), "order_id": {"S": "in-two-tables"}}
    first.put({**item, "note": {"S": "twofold one"}})
    second.put({**item, "note": {"S": "twofold two"}})
    for pipeline in (first, second):
        assert pipeline.agreement()

    def found() -> dict[str, str]:
        both = first.index_of(f"{first.index.name},{second.index.name}")
        hits = both.search({"query": {"match": {"note": "twofold"}}})
        assert {hit["_id"] for hit in hits} <= {name_of(item)}
        return {hit["_index"]: hit["_source"]["note"] for hit in hits}

    assert found() == {f"{first.index.name}-v1": "twofold one", f"{second.index.name}-v1": "twofold two"}
    first.delete(item)
    for pipeline in (first, second):
        assert pipeline.agreement()
    assert found() == {f"{second.index.name}-v1": "twofold two"}


def test_an_outage_longer_than_the_retries_leaves_in_the_destination_what_the_index_lacks(
    pipeline: Pipeline, proxy: Proxy
) -> None:
    """Exactly that; and after the cause is fixed, changing those items catches up, as the runbook says."""
    before = list(orders(10, seed=55))
    pipeline.put(*before)
    assert pipeline.agreement()
    unreachable = pipeline.metric("ConnectionErrors")
    with proxy.failing(Fault(FaultKind.REFUSE)):
        fresh = [{**item, "order_id": {"S": f"outage-{n}"}} for n, item in enumerate(orders(10, seed=56))]
        pipeline.put(*fresh, *[{**item, "note": {"S": "changed while the index was down"}} for item in before[:3]])
        pipeline.delete(*before[3:6])
        wait_until(lambda: pipeline.metric("ConnectionErrors") > unreachable, "the index is found to be down")
        pipeline.aws.advance_time(NEARLY_A_DAY_SECONDS)
        pipeline.aws.wait_until_drained(120)
    given_up = pipeline.discarded_batches()
    assert {document["requestContext"]["condition"] for document in given_up} == {"RecordAgeExceeded"}
    keys = changed_keys(given_up)
    agreement = pipeline.agreement()
    assert (len(agreement.missing), len(agreement.stale), len(agreement.orphans)) == (10, 3, 3)
    assert differing(agreement) == set(keys)
    pipeline.put(*[{**item, "note": {"S": "caught up"}} for item in (*fresh, *before[:3])])
    for name in agreement.orphans:
        pipeline.index.delete(name)
    agreement = pipeline.agreement()
    assert agreement, str(agreement)
