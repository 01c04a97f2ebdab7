"""Unit: are items read as they are now, all of them or none?"""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws
from stream_indexer.documents import document_id
from stream_indexer.errors import TransientError
from stream_indexer.table import MAX_KEYS, DynamoDbTable

from harness.items import event_form
from harness.orders import orders
from tests.unit.fakes import KEY_NAMES, ManualDeadline, key

TABLE = "Orders"
Answer = Callable[[list[Any]], dict[str, Any]]


@pytest.fixture(name="dynamodb")
def _dynamodb() -> Iterator[Any]:
    """Yield a DynamoDB client of a made-up account with an empty table of orders."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        create(client, {"customer_id": "S", "order_id": "S"})
        yield client


def create(client: Any, keys: dict[str, str]) -> None:
    """Create the table."""
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in keys.items()],
        KeySchema=[
            {"AttributeName": name, "KeyType": role} for name, role in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
    )


def read(
    client: Any, keys: list[Any], names: Any = KEY_NAMES, deadline: ManualDeadline | None = None
) -> dict[str, Any]:
    """Read the items of these keys."""
    table = DynamoDbTable(lambda: client, TABLE, names)
    return table.read({document_id(one, names): one for one in keys}, deadline or ManualDeadline())


def test_an_item_is_read_in_the_form_of_an_event(dynamodb: Any) -> None:
    """Every type, binary as base64 text at every depth."""
    items = list(orders(5))
    for item in items:
        dynamodb.put_item(TableName=TABLE, Item=item)
    expected = {document_id({name: item[name] for name in KEY_NAMES}, KEY_NAMES): event_form(item) for item in items}
    found = read(dynamodb, [{name: item[name] for name in KEY_NAMES} for item in items])
    assert {name: sorted_sets(image) for name, image in found.items()} == {
        name: sorted_sets(image) for name, image in expected.items()
    }


def sorted_sets(image: Any) -> dict[str, Any]:
    """Return an image with its sets in order: DynamoDB promises none."""
    return {
        name: {kind: sorted(content) if kind in {"SS", "NS", "BS"} else content}
        for name, value in image.items()
        for kind, content in value.items()
    }


def test_an_item_is_found_by_the_name_that_its_key_was_given(dynamodb: Any) -> None:
    """Whatever a document's id has before the key."""
    dynamodb.put_item(TableName=TABLE, Item=key())
    table = DynamoDbTable(lambda: dynamodb, TABLE, KEY_NAMES)
    assert table.read({"#orders|a|1": key()}, ManualDeadline()) == {"#orders|a|1": key()}


def test_binary_within_maps_and_lists_is_text_again(dynamodb: Any) -> None:
    value = {"M": {"l": {"L": [{"B": b"\x00\xff"}, {"BS": [b"a"]}, {"M": {"b": {"B": b""}}}]}}}
    dynamodb.put_item(TableName=TABLE, Item={**key(), "x": value})
    image = read(dynamodb, [key()])["a|1"]
    assert image["x"] == {"M": {"l": {"L": [{"B": "AP8="}, {"BS": ["YQ=="]}, {"M": {"b": {"B": ""}}}]}}}


def test_an_item_that_is_not_there_is_none(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item=key("b"))
    assert read(dynamodb, [key("a"), key("b")]) == {"a|1": None, "b|1": key("b")}


def test_nothing_asked_is_nothing_read() -> None:
    assert read(None, []) == {}


def test_keys_of_binary_and_number_are_found() -> None:
    keys = {"b": {"B": base64.b64encode(b"\x00\xff").decode()}, "n": {"N": "1.0"}}
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        create(client, {"b": "B", "n": "N"})
        client.put_item(TableName=TABLE, Item={"b": {"B": b"\x00\xff"}, "n": {"N": "1"}, "x": {"S": "here"}})
        found = read(client, [keys], names=("b", "n"))
    assert found == {"~AP8=|#1": {"b": {"B": "AP8="}, "n": {"N": "1"}, "x": {"S": "here"}}}


class Scripted:
    """Answers each request by the next of its answers, given the keys that were asked for."""

    def __init__(self, *answers: Answer) -> None:
        """Learn the answers; the last is given for ever."""
        self.answers = list(answers)
        self.asked: list[list[Any]] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - DynamoDB's name
        """Answer one request."""
        ((name, request),) = RequestItems.items()
        assert name == TABLE
        assert request["ConsistentRead"] is True
        self.asked.append(request["Keys"])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request["Keys"])


def found(keys: list[Any]) -> dict[str, Any]:
    """Find all."""
    return {"Responses": {TABLE: keys}, "UnprocessedKeys": {}}


def leaving(count: int) -> Answer:
    """Leave the last `count` keys unprocessed."""
    return lambda keys: {
        "Responses": {TABLE: keys[:-count]},
        "UnprocessedKeys": {TABLE: {"Keys": keys[-count:], "ConsistentRead": True}},
    }


def names(count: int) -> list[Any]:
    """Return so many keys."""
    return [key(f"{number:04}") for number in range(count)]


@pytest.mark.parametrize(("count", "requests"), [(1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])])
def test_a_request_has_at_most_a_hundred_keys(count: int, requests: list[int]) -> None:
    client = Scripted(found)
    result = read(client, names(count))
    assert [len(keys) for keys in client.asked] == requests
    assert len(result) == count
    assert None not in result.values()
    assert MAX_KEYS == 100


def test_unprocessed_keys_are_asked_for_again() -> None:
    client = Scripted(leaving(2), leaving(1), found)
    deadline = ManualDeadline()
    result = read(client, names(3), deadline=deadline)
    assert [len(keys) for keys in client.asked] == [3, 2, 1]
    assert None not in result.values()
    assert len(deadline.sleeps) == 2
    assert deadline.sleeps[0] < deadline.sleeps[1]


def test_keys_left_unprocessed_when_the_time_is_spent_are_a_transient_fault() -> None:
    """An item that was not read is not an item that is gone."""
    deadline = ManualDeadline(3)
    client = Scripted(leaving(1))
    with pytest.raises(TransientError, match="1 keys unprocessed"):
        read(client, names(2), deadline=deadline)
    assert deadline.remaining() > 0
    assert len(client.asked) > 1


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ClientError({"Error": {"Code": "ThrottlingException", "Message": "x"}}, "BatchGetItem"),
            "ThrottlingException",
        ),
        (ReadTimeoutError(endpoint_url="https://dynamodb"), "ReadTimeoutError"),
    ],
)
def test_a_table_that_cannot_be_read_is_a_transient_fault(error: Exception, told: str) -> None:
    def fail(_: list[Any]) -> dict[str, Any]:
        raise error

    with pytest.raises(TransientError, match=f": {told}$"):
        read(Scripted(fail), names(1))


def test_a_table_that_is_not_there_is_a_transient_fault(dynamodb: Any) -> None:
    dynamodb.delete_table(TableName=TABLE)
    with pytest.raises(TransientError):
        read(dynamodb, names(1))
