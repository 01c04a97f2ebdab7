"""Does only the setup create the index, and does it take whatever DynamoDB holds?"""

import json
from typing import Any

import pytest

from testkit.items import AttributeValue
from testkit.orders import orders
from testkit.pipeline import Pipeline, record

LEVELS = 31  # of maps or lists, with the value in them 32: DynamoDB's limit
EXTREMES = (
    "12345678901234567890123456789012345678",
    "-0.00000000000000000000000000000000000001",
    "9.9999999999999999999999999999999999999E+125",
    "-9.9999999999999999999999999999999999999E+125",
    "1E-130",
    "0",
)


def definition(**others: Any) -> dict[str, str]:
    """Return the event of the setup, as Terraform writes it for the stack."""
    settings = {"number_of_replicas": 0, "number_of_shards": 1, "refresh_interval": "1s"}
    text = json.dumps({"settings": settings, **others}, sort_keys=True, separators=(",", ":"))
    return {"action": "setup_index", "definition": text}


def test_the_setup_again_changes_nothing(pipeline: Pipeline) -> None:
    """It answers with the index that is there."""
    alias = pipeline.index.name
    answer = pipeline.invoke(definition())
    assert answer == {"indexes": [{"alias": alias, "index": f"{alias}-v1", "created": False}]}


def test_the_setup_takes_no_definition_but_that_of_terraform(pipeline: Pipeline) -> None:
    """Permission to invoke the function is no permission to choose mappings or settings."""
    with pytest.raises(RuntimeError, match="only the definition that Terraform set is accepted"):
        pipeline.invoke(definition(mappings={"dynamic": "strict"}))


@pytest.mark.parametrize("event_name", ["INSERT", "REMOVE"])
def test_a_record_never_creates_an_index(pipeline: Pipeline, event_name: str) -> None:
    """Without its alias a change is retried, a delete too, and nothing of the alias's name comes into being."""
    alias = pipeline.index.name
    with pipeline.without_alias():
        changes: dict[str, Any] = {"NewImage": None} if event_name == "REMOVE" else {}
        lost = {**record(900, **changes), "eventName": event_name}
        answer = pipeline.invoke({"Records": [lost]})
        assert answer == {"batchItemFailures": [{"itemIdentifier": lost["dynamodb"]["SequenceNumber"]}]}
        assert alias not in pipeline.indices()
    assert pipeline.agreement()


def test_every_number_of_dynamodb_is_indexed_and_kept_digit_by_digit(pipeline: Pipeline) -> None:
    """From 38 digits to the largest exponent, in a field whose first number was a whole one."""
    items = [
        {**item, "order_id": {"S": f"extreme-{number}"}, "extreme": {"N": value}}
        for number, (item, value) in enumerate(zip(orders(len(EXTREMES), seed=5), ("1", *EXTREMES[1:]), strict=True))
    ]
    items.append({**items[0], "order_id": {"S": "extreme-first"}, "extreme": {"N": EXTREMES[0]}})
    pipeline.put(*items)
    agreement = pipeline.agreement()
    assert agreement, str(agreement)
    pipeline.delete(*items)


def nested(kind: str, levels: int) -> AttributeValue:
    """Return a value so deep in maps ("M") or lists ("L")."""
    value: AttributeValue = {"S": "the innermost"}
    for _ in range(levels):
        value = {"M": {"inner": value}} if kind == "M" else {"L": [value]}
    return value


def test_items_as_deep_and_as_large_as_dynamodb_lets_them_be_are_indexed(pipeline: Pipeline) -> None:
    """32 levels, maps or lists, and 400 KB; OpenSearch's own default is 20 levels of objects."""
    item = next(orders(1, seed=6))
    items = [
        {**item, "order_id": {"S": "deep-maps"}, "deep_maps": nested("M", LEVELS)},
        {**item, "order_id": {"S": "deep-lists"}, "deep_lists": nested("L", LEVELS)},
        {**item, "order_id": {"S": "large"}, "large": {"S": "walnut desk, " * 30_000}},
    ]
    pipeline.put(*items)
    agreement = pipeline.agreement()
    assert agreement, str(agreement)
    pipeline.delete(*items)
