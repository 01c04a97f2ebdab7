"""Unit: are items read as they are now, in slices of bounded size, and is no unread item taken for missing?"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from stream_indexer.aws.sigv4 import Credentials, Signer
from stream_indexer.aws.table import INITIAL_KEYS, MAX_KEYS, MAX_RESPONSE_BYTES, SLICE_BYTES, DynamoDbTable
from stream_indexer.connection import Connection, Request, Response
from stream_indexer.documents.actions import document_id
from stream_indexer.errors import ConnectionFailedError, ResponseTooLargeError, TransientError

from testkit.items import event_form
from testkit.orders import orders
from tests.unit.fakes import KEY_NAMES, ManualDeadline, key

TABLE = "Orders"
URL = "https://dynamodb.eu-west-1.amazonaws.com"
Answer = Callable[[list[Any]], Response]


@pytest.fixture(name="dynamodb")
def _dynamodb(aws_url: str) -> Any:
    """Return a DynamoDB client of a made-up account with an empty table of orders."""
    del aws_url
    client = boto3.client("dynamodb")
    create(client, {"customer_id": "S", "order_id": "S"})
    return client


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


def a_table(url: str = URL, names: Any = KEY_NAMES) -> DynamoDbTable:
    """Return the table at that URL."""
    signer = Signer("dynamodb", "eu-west-1", lambda: Credentials("id", "secret"), lambda: datetime.now(UTC))
    return DynamoDbTable(url, signer, TABLE, names)


def read(url: str, keys: list[Any], names: Any = KEY_NAMES, deadline: ManualDeadline | None = None) -> dict[str, Any]:
    """Read the items of these keys."""
    table = a_table(url, names)
    found: dict[str, Any] = {}
    for images in table.read({document_id(one, names): one for one in keys}, deadline or ManualDeadline()):
        found |= images
    table.close()
    return found


def test_an_item_is_read_in_the_form_of_an_event(dynamodb: Any, moto_url: str) -> None:
    """Every type, binary as base64 text at every depth."""
    items = list(orders(5))
    for item in items:
        dynamodb.put_item(TableName=TABLE, Item=item)
    expected = {document_id({name: item[name] for name in KEY_NAMES}, KEY_NAMES): event_form(item) for item in items}
    found = read(moto_url, [{name: item[name] for name in KEY_NAMES} for item in items])
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


def test_an_item_is_found_by_the_name_that_its_key_was_given(dynamodb: Any, moto_url: str) -> None:
    """Whatever a document's id has before the key."""
    dynamodb.put_item(TableName=TABLE, Item=key())
    table = a_table(moto_url)
    assert list(table.read({"#orders|a|1": key()}, ManualDeadline())) == [{"#orders|a|1": key()}]
    table.close()


def test_binary_within_maps_and_lists_is_text_again(dynamodb: Any, moto_url: str) -> None:
    value = {"M": {"l": {"L": [{"B": b"\x00\xff"}, {"BS": [b"a"]}, {"M": {"b": {"B": b""}}}]}}}
    dynamodb.put_item(TableName=TABLE, Item={**key(), "x": value})
    image = read(moto_url, [key()])["a|1"]
    assert image["x"] == {"M": {"l": {"L": [{"B": "AP8="}, {"BS": ["YQ=="]}, {"M": {"b": {"B": ""}}}]}}}


def test_an_item_that_is_not_there_is_none(dynamodb: Any, moto_url: str) -> None:
    dynamodb.put_item(TableName=TABLE, Item=key("b"))
    assert read(moto_url, [key("a"), key("b")]) == {"a|1": None, "b|1": key("b")}


def test_nothing_asked_is_nothing_read() -> None:
    assert read(URL, []) == {}


def test_keys_of_binary_and_number_are_found(aws_url: str) -> None:
    keys = {"b": {"B": base64.b64encode(b"\x00\xff").decode()}, "n": {"N": "1.0"}}
    client = boto3.client("dynamodb")
    create(client, {"b": "B", "n": "N"})
    client.put_item(TableName=TABLE, Item={"b": {"B": b"\x00\xff"}, "n": {"N": "1"}, "x": {"S": "here"}})
    found = read(aws_url, [keys], names=("b", "n"))
    assert found == {"~AP8=|#1": {"b": {"B": "AP8="}, "n": {"N": "1"}, "x": {"S": "here"}}}


def test_a_table_that_is_not_there_is_a_transient_fault(dynamodb: Any, moto_url: str) -> None:
    dynamodb.delete_table(TableName=TABLE)
    with pytest.raises(TransientError, match="ResourceNotFoundException"):
        read(moto_url, names(1))


class Scripted:
    """Answers each request by the next of its answers, given the keys that were asked for."""

    def __init__(self, *answers: Answer) -> None:
        """Learn the answers; the last is given for ever."""
        self.answers = list(answers)
        self.asked: list[list[Any]] = []
        self.limits: set[int] = set()

    def send(self, request: Request, max_bytes: int) -> Response:
        """Answer one request."""
        assert (request.method, request.target) == ("POST", "/")
        assert request.headers["x-amz-target"] == "DynamoDB_20120810.BatchGetItem"
        assert request.headers["content-type"] == "application/x-amz-json-1.0"
        ((name, asked),) = json.loads(request.body)["RequestItems"].items()
        assert name.endswith(TABLE)
        assert asked["ConsistentRead"] is True
        self.asked.append(asked["Keys"])
        self.limits.add(max_bytes)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        response = answer(asked["Keys"])
        if len(response.content) > max_bytes:
            raise ResponseTooLargeError("too large")
        return response

    @property
    def counts(self) -> list[int]:
        """How many keys each request had."""
        return [len(keys) for keys in self.asked]


Script = Callable[..., Scripted]


@pytest.fixture(name="scripted")
def _scripted(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Return what makes DynamoDB answer by a script."""

    def play(*answers: Answer) -> Scripted:
        script = Scripted(*answers)
        monkeypatch.setattr(Connection, "send", lambda _, request, __, max_bytes: script.send(request, max_bytes))
        return script

    return play


def said(responses: Any, unprocessed: Any = None) -> Response:
    """Return an answer of DynamoDB's."""
    return Response(200, json.dumps({"Responses": responses, "UnprocessedKeys": unprocessed or {}}).encode())


def found(keys: list[Any]) -> Response:
    """Find all."""
    return said({TABLE: keys})


def large(kilobytes: int) -> Answer:
    """Find all, items of that size."""
    text = "x" * kilobytes * 1000
    return lambda keys: said({TABLE: [{**one, "x": {"S": text}} for one in keys]})


def leaving(count: int) -> Answer:
    """Leave the last `count` keys unprocessed."""
    return lambda keys: said({TABLE: keys[:-count]}, {TABLE: {"Keys": keys[-count:], "ConsistentRead": True}})


def test_text_that_is_not_unicode_is_asked_for_and_read(scripted: Script) -> None:
    """In a key and in a value: no other item waits for it."""
    half, whole = key("\ud83d"), key("b")
    scripted(found)
    assert read(URL, [half, whole]) == by_name([half, whole])


def names(count: int) -> list[Any]:
    """Return so many keys."""
    return [key(f"{number:04}") for number in range(count)]


def by_name(keys: list[Any]) -> dict[str, Any]:
    """Return the keys by their documents' ids."""
    return {document_id(one, KEY_NAMES): one for one in keys}


@pytest.mark.parametrize(
    ("count", "requests"), [(1, [1]), (10, [10]), (11, [10, 1]), (110, [10, 100]), (250, [10, 100, 100, 40])]
)
def test_a_request_has_at_most_a_hundred_keys(scripted: Script, count: int, requests: list[int]) -> None:
    """And the first one few, since nothing is known of the items' size."""
    script = scripted(found)
    result = read(URL, names(count))
    assert script.counts == requests
    assert len(result) == count
    assert None not in result.values()
    assert (INITIAL_KEYS, MAX_KEYS) == (10, 100)


@pytest.mark.parametrize(("kilobytes", "count"), [(1, 2000), (100, 100), (400, 40)])
def test_slices_are_bounded_by_bytes_whatever_the_items_are(scripted: Script, kilobytes: int, count: int) -> None:
    """What is held at a time is one slice and one answer."""
    script = scripted(large(kilobytes))
    sizes = [
        sum(len(image["x"]["S"]) for image in images.values() if image)
        for images in a_table().read(by_name(names(count)), ManualDeadline())
    ]
    assert sum(sizes) == count * kilobytes * 1000
    assert max(sizes) <= SLICE_BYTES + MAX_RESPONSE_BYTES
    assert script.limits == {MAX_RESPONSE_BYTES}
    assert sum(script.counts) == count, "each request fits"


def test_an_answer_that_is_too_large_is_asked_for_in_halves(scripted: Script) -> None:
    """Small items first, large ones then."""
    script = scripted(found, large(400))
    result = read(URL, names(60))
    assert script.counts[:4] == [10, 50, 25, 12]
    assert len(result) == 60
    assert all("x" in image for name, image in result.items() if name >= "0010")


def test_an_item_that_is_too_large_by_itself_is_a_transient_fault(scripted: Script) -> None:
    """DynamoDB has no such attribute: the answer comes from another server."""
    script = scripted(large(MAX_RESPONSE_BYTES // 1000 + 1))
    with pytest.raises(TransientError):
        read(URL, names(3))
    assert script.counts == [3, 1]


def test_unprocessed_keys_are_asked_for_again(scripted: Script) -> None:
    script = scripted(leaving(2), leaving(1), found)
    deadline = ManualDeadline()
    result = read(URL, names(3), deadline=deadline)
    assert script.counts == [3, 2, 1]
    assert None not in result.values()
    assert len(deadline.sleeps) == 2
    assert deadline.sleeps[0] < deadline.sleeps[1]


def test_an_answer_without_any_item_is_asked_for_again(scripted: Script) -> None:
    """DynamoDB may then leave the table out of its responses."""
    scripted(lambda keys: said({}, {TABLE: {"Keys": keys}}), found)
    assert None not in read(URL, names(3)).values()


def test_keys_left_unprocessed_when_the_time_is_over_are_a_transient_fault(scripted: Script) -> None:
    """An item that was not read is not an item that is gone."""
    deadline = ManualDeadline(3)
    script = scripted(leaving(1))
    with pytest.raises(TransientError, match="1 keys unprocessed"):
        read(URL, names(2), deadline=deadline)
    assert deadline.remaining() > 0
    assert len(script.asked) > 1


@pytest.mark.parametrize("name", [TABLE, f"arn:aws:dynamodb:eu-west-1:123456789012:table/{TABLE}"])
def test_a_table_that_is_asked_by_its_arn_may_be_named_by_its_name(scripted: Script, name: str) -> None:
    scripted(lambda keys: said({name: keys}))
    table = a_table(URL, KEY_NAMES)
    table.name = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{TABLE}"
    (found,) = table.read({str(number): one for number, one in enumerate(names(2))}, ManualDeadline())
    assert None not in found.values()


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: said({}),
        lambda keys: said({"another": keys}),
        lambda _: said({"another": []}),
        lambda keys: said({TABLE: keys, "another": []}),
        lambda keys: said({TABLE: [*keys, key("unasked")]}),
        lambda _: said({TABLE: [{"customer_id": {"S": "0000"}}]}),
        lambda _: said({TABLE: None}),
        lambda keys: said({TABLE: keys}, {TABLE: {"Keys": [key("unasked")]}}),
        lambda _: Response(200, b"{}"),
        lambda _: Response(200, b"[]"),
        lambda _: Response(200, b"<html>"),
        lambda _: Response(200, b""),
    ],
    ids=[
        *(
            "no table",
            "another table",
            "another table without items",
            "two tables",
            "an item too many",
            "half a key",
            "no list",
            "a key too many",
        ),
        *("no members", "a list", "html", "nothing"),
    ],
)
def test_an_answer_that_does_not_fit_deletes_nothing(scripted: Script, answer: Answer) -> None:
    """What is missing in a wrong answer is not gone."""
    scripted(answer)
    with pytest.raises(TransientError, match="the response of the table"):
        read(URL, names(2))


def denied(_: list[Any]) -> Response:
    """Refuse."""
    return Response(400, b'{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException","message":"secret"}')


def silent(_: list[Any]) -> Response:
    """Give no answer."""
    raise ConnectionFailedError("DynamoDB cannot be reached: TimeoutError")


@pytest.mark.parametrize(("answer", "told"), [(denied, "AccessDeniedException"), (silent, "TimeoutError")])
def test_a_table_that_cannot_be_read_is_a_transient_fault(scripted: Script, answer: Answer, told: str) -> None:
    scripted(answer)
    with pytest.raises(TransientError, match=f": {told}$"):
        read(URL, names(1))


def test_what_was_read_before_a_fault_is_not_read_again(scripted: Script) -> None:
    """The slices that came are good; only the others are retried."""
    scripted(large(450), denied)
    slices = a_table().read(by_name(names(20)), ManualDeadline())
    assert list(next(slices)) == [f"{number:04}|1" for number in range(INITIAL_KEYS)], "in the order given"
    with pytest.raises(TransientError):
        next(slices)


def test_the_number_of_keys_is_remembered_for_the_next_batch(scripted: Script) -> None:
    script = scripted(large(400))
    table = a_table()
    for _ in range(2):
        list(table.read(by_name(names(20)), ManualDeadline()))
    assert script.counts[0] == INITIAL_KEYS
    assert max(script.counts[1:]) <= SLICE_BYTES // 400_000
