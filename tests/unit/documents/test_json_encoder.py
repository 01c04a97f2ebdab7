"""Unit: is an item's JSON exactly the item?"""

import json
from decimal import Decimal
from typing import Any

import pytest
from stream_indexer.documents.field_names import REPLICATION_ATTRIBUTES
from stream_indexer.documents.json_encoder import encode_document
from stream_indexer.errors import MalformedRecordError

from testkit.items import event_form
from testkit.orders import orders
from tests.unit import malformed
from tests.unit.fakes import AS_THEY_ARE


def written(value: Any) -> str:
    """Return the JSON text of one attribute's value."""
    text = encode_document({"a": value}, AS_THEY_ARE).decode()
    assert text.startswith('{"a":')
    return text[5:-1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"S": "oak"}, '"oak"'),
        ({"S": ""}, '""'),
        ({"S": 'a "quote", a \\ and a\nbreak'}, '"a \\"quote\\", a \\\\ and a\\nbreak"'),
        ({"S": "\x00\x1f\u2028"}, '"\\u0000\\u001f\u2028"'),
        ({"S": "東京 \U0001f30d"}, '"東京 \U0001f30d"'),
        ({"S": "a\ud800 b"}, '"a\\ud800 b"'),
        ({"S": "\udc00"}, '"\\udc00"'),
        ({"SS": ["a\udfff", "b"]}, '["a\\udfff","b"]'),
        ({"M": {"\ud800": {"L": [{"N": "1.50"}, {"S": "é\ud800"}]}}}, '{"\\ud800":[1.50,"\\u00e9\\ud800"]}'),
        ({"S": "12"}, '"12"'),
        ({"BOOL": True}, "true"),
        ({"BOOL": False}, "false"),
        ({"NULL": True}, "null"),
        ({"B": "AAEC/w=="}, '"AAEC/w=="'),
        ({"B": ""}, '""'),
        ({"SS": ["b", "a"]}, '["b","a"]'),
        ({"NS": ["2", "1.50", "1E+2"]}, "[2,1.50,1E+2]"),
        ({"BS": ["AQ==", "AA=="]}, '["AQ==","AA=="]'),
        ({"L": []}, "[]"),
        ({"L": [{"S": "a"}, {"N": "1"}, {"NULL": True}, {"L": [{"M": {}}]}]}, '["a",1,null,[{}]]'),
        ({"M": {}}, "{}"),
        ({"M": {"": {"S": ""}, "a.b": {"N": "0"}}}, '{"":"","a.b":0}'),
        ({"M": {"S": {"S": "in"}, "N": {"N": "1"}}}, '{"S":"in","N":1}'),
    ],
)
def test_every_type_has_its_json(value: Any, text: str) -> None:
    """Sets are arrays in the order delivered, binary stays the base64 text it arrives as."""
    assert written(value) == text


@pytest.mark.parametrize(
    "number",
    [
        "0",
        "-0",
        "1",
        "-1.5",
        "1.50",
        "12345678901234567890123456789012345678",
        "-99999999999999999999999999999999999999",
        "0.12345678901234567890123456789012345678",
        "9.9999999999999999999999999999999999999E+125",
        "-9.9999999999999999999999999999999999999E+125",
        "1E-130",
        "1e40",
        "1" + "0" * 125,
        "0." + "0" * 129 + "1",
        "9007199254740993",
        "18446744073709551616",
    ],
)
@pytest.mark.parametrize("form", ["alone", "in a set", "nested"])
def test_a_number_keeps_its_own_text(number: str, form: str) -> None:
    """No number passes through a float: all 38 digits and the exponent arrive as they were stored."""
    if form == "alone":
        assert written({"N": number}) == number
    elif form == "in a set":
        assert written({"NS": [number, "1"]}) == f"[{number},1]"
    else:
        assert written({"M": {"l": {"L": [{"N": number}]}}}) == f'{{"l":[{number}]}}'
    assert json.loads(number, parse_float=Decimal, parse_int=Decimal) == Decimal(number)


@pytest.mark.parametrize("depth", [1, 31, 32])
@pytest.mark.parametrize("kind", ["M", "L"])
def test_values_nest_as_deep_as_dynamodb_lets_them(kind: str, depth: int) -> None:
    """DynamoDB's limit is 32 levels."""
    value: dict[str, Any] = {"S": "core"}
    for _ in range(depth):
        value = {"M": {"x": value}} if kind == "M" else {"L": [value]}
    opening, closing = ('{"x":', "}") if kind == "M" else ("[", "]")
    assert written(value) == opening * depth + '"core"' + closing * depth


def test_a_large_item_is_written_whole() -> None:
    """400 KB is DynamoDB's largest."""
    text = "€" * 130_000
    assert json.loads(encode_document({"a": {"S": text}}, AS_THEY_ARE)) == {"a": text}


def test_an_item_without_attributes_is_an_empty_object() -> None:
    assert encode_document({}, AS_THEY_ARE) == b"{}"


def test_attributes_stay_in_the_order_delivered() -> None:
    assert encode_document({"b": {"N": "1"}, "a": {"N": "2"}}, AS_THEY_ARE) == b'{"b":1,"a":2}'


def test_what_replication_adds_to_an_item_is_left_out() -> None:
    """`aws:rep:*` of global tables is not the team's; deeper, and under other names, it is."""
    added = {name: {"S": "x"} for name in REPLICATION_ATTRIBUTES}
    kept = {"aws:rep": {"S": "mine"}, "m": {"M": {"aws:rep:deleting": {"BOOL": True}}}}
    image: dict[str, Any] = {"a": {"N": "1"}, **added, **kept}
    assert encode_document(image, AS_THEY_ARE) == b'{"a":1,"aws:rep":"mine","m":{"aws:rep:deleting":true}}'
    assert added.keys() <= image.keys()


@pytest.mark.parametrize("image", malformed.IMAGES.values(), ids=malformed.IMAGES)
def test_what_cannot_be_json_is_malformed(image: Any) -> None:
    with pytest.raises(MalformedRecordError):
        encode_document(image, AS_THEY_ARE)


def test_a_line_break_in_text_is_escaped() -> None:
    """The lines of a bulk request end where the source does, whatever the text."""
    assert b"\n" not in encode_document({"a\n": {"S": "b\nc"}, "s": {"SS": ["\n"]}}, AS_THEY_ARE)


def test_a_realistic_order_survives() -> None:
    for order in orders(20):
        assert (
            json.loads(encode_document(event_form(order), AS_THEY_ARE))["ship_to"]["city"]
            == order["ship_to"]["M"]["city"]["S"]
        )
