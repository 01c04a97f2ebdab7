"""What becomes of records that can never be indexed: kept with their reason, neighbours indexed, and counted."""

from typing import Any

import pytest

from drills.records import IN_THE_QUARANTINE, poisoned
from drills.stream import key_of, name_of
from localaws.faults.fault import Fault, FaultKind
from localaws.faults.proxy import Proxy
from localaws.waiting import wait_until
from testkit.orders import orders
from testkit.pipeline import Pipeline, record

POISON = "poison"

MALFORMED: dict[str, Any] = {
    "no keys": record(2, Keys=None),
    "no sequence number": record(2, SequenceNumber=None),
    "no creation time": record(2, ApproximateCreationDateTime=None),
    "no new image": record(2, NewImage=None),
    "a type that DynamoDB lacks": record(2, NewImage={"customer_id": {"X": "1"}}),
    "no record at all": "not a record",
}


def test_an_item_that_the_mapping_refuses_is_quarantined_and_its_neighbours_are_indexed(pipeline: Pipeline) -> None:
    """An object where the mapping has a number: OpenSearch rejects it permanently, and only it."""
    before = pipeline.metric("DocumentsRejected"), pipeline.metric("OffendingRecordCount")
    good = list(orders(3, seed=21))
    pipeline.put(*good)
    poison = {**good[0], "order_id": {"S": POISON}, "total": {"M": {"amount": {"N": "1"}}}}
    pipeline.put(good[1], poison, good[2])
    agreement = pipeline.agreement()
    assert agreement.missing == [f"{good[0]['customer_id']['S']}|{POISON}"]
    assert agreement.stale + agreement.orphans == []
    after = pipeline.metric("DocumentsRejected"), pipeline.metric("OffendingRecordCount")
    assert after[0] > before[0]
    assert after[1] > before[1]
    (kept,) = [entry for entry in pipeline.quarantined() if POISON in str(entry["record"])]
    assert kept["reason"] == "rejected"
    assert kept["error"]["status"] == 400
    assert kept["record"]["dynamodb"]["NewImage"]["total"] == poison["total"]
    pipeline.delete(poison)
    assert pipeline.agreement()


def test_a_bucket_that_refuses_holds_the_record_back_until_it_takes_it(pipeline: Pipeline, aws_proxy: Proxy) -> None:
    """No record is skipped before it is stored; the index then lacks exactly what the quarantine holds."""
    before, kept = pipeline.metric("QuarantineFailures"), pipeline.quarantined()
    good = list(orders(4, seed=23))
    poison = poisoned(good[1])
    with aws_proxy.failing(Fault(FaultKind.FORBID, match=IN_THE_QUARANTINE)):
        pipeline.put(good[0], poison, *good[2:])
        wait_until(lambda: pipeline.metric("QuarantineFailures") > before, "the bucket has refused it")
        assert pipeline.quarantined() == kept
    agreement = pipeline.agreement()
    assert (agreement.missing, agreement.stale + agreement.orphans) == ([name_of(poison)], [])
    assert [one["record"]["dynamodb"]["Keys"] for one in pipeline.quarantined() if one not in kept] == [key_of(poison)]
    pipeline.delete(poison)
    assert pipeline.agreement()


def test_a_quarantined_record_goes_back_into_the_index_once_the_cause_is_mended(pipeline: Pipeline) -> None:
    """As docs/quarantine.md has it: the object's `record` is what the function takes."""
    refused = record(80)
    refused["dynamodb"]["NewImage"]["a_new_field"] = {"N": "1"}
    with pipeline.field_limit_reached():
        assert pipeline.invoke({"Records": [refused]}) == {"batchItemFailures": []}
    (kept,) = [entry for entry in pipeline.quarantined() if entry["record"] == refused]
    assert kept["reason"] == "rejected"
    assert "Limit of total fields" in kept["error"]["message"]
    assert pipeline.invoke({"Records": [kept["record"]]}) == {"batchItemFailures": []}
    pipeline.index.refresh()
    document = pipeline.index.get("by-hand|000080")
    assert document is not None
    assert document["a_new_field"] == 1
    assert pipeline.invoke({"Records": [removed(80)]}) == {"batchItemFailures": []}


def test_a_value_too_long_for_doc_values_goes_to_the_quarantine_and_holds_up_nothing(pipeline: Pipeline) -> None:
    """OpenSearch refuses it by an error that it also gives for states of the index; the batch has no other document."""
    pipeline.add_fields({"raw": {"type": "keyword", "index": False}})
    refused = record(90)
    refused["dynamodb"]["NewImage"]["raw"] = {"S": "y" * 40_000}
    redrive = {"action": "redrive", "Records": [refused]}
    assert pipeline.invoke({"Records": [refused]}) == {"batchItemFailures": []}
    (kept,) = [entry["error"] for entry in pipeline.quarantined() if entry["record"] == refused]
    assert (kept["status"], kept["type"]) == (400, "illegal_argument_exception")
    (again,) = pipeline.invoke(redrive)["rejected"]
    assert again["sequenceNumber"] == refused["dynamodb"]["SequenceNumber"]
    assert pipeline.index.get("%") is None, "the probe writes nothing"
    assert pipeline.invoke({"Records": [record(91), removed(90), removed(91)]}) == {"batchItemFailures": []}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_record_is_quarantined_and_its_neighbours_are_indexed(pipeline: Pipeline, name: str) -> None:
    """What is no stream record is kept as it came, and the batch is done."""
    malformed = MALFORMED[name]
    first = 10 * list(MALFORMED).index(name)  # items of no other test: the index remembers deletions
    before = pipeline.metric("MalformedRecords"), pipeline.metric("RecordsQuarantined")
    batch = [record(first), malformed, record(first + 1)]
    assert pipeline.invoke({"Records": batch}) == {"batchItemFailures": []}
    assert (pipeline.metric("MalformedRecords"), pipeline.metric("RecordsQuarantined")) == (
        before[0] + 1,
        before[1] + 1,
    )
    assert malformed in [entry["record"] for entry in pipeline.quarantined()]
    pipeline.index.refresh()
    assert pipeline.index.get(f"by-hand|{first:06}")
    assert pipeline.index.get(f"by-hand|{first + 1:06}")
    removes = [removed(first), removed(first + 1)]
    assert pipeline.invoke({"Records": removes}) == {"batchItemFailures": []}


def removed(number: int) -> dict[str, Any]:
    """Return the record of the later removal of what `record(number)` inserts."""
    keys = record(number)["dynamodb"]["Keys"]
    return {**record(number + 5, Keys=keys, NewImage=None), "eventName": "REMOVE"}
