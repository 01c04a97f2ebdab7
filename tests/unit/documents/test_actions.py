"""Unit: does a change become the right document: its id, its lines?"""

import json
from typing import Any

import pytest
from stream_indexer.documents.actions import (
    HASHED_PREFIX_BYTES,
    MAX_ID_BYTES,
    delete_document,
    document_id,
    index_document,
    resolve_document,
)
from stream_indexer.documents.records import parse_record
from stream_indexer.errors import MalformedRecordError

from tests.unit import malformed
from tests.unit.fakes import KEY_NAMES, NAMES, read_bulk, record

NUL = "\x00"


def single(value: Any) -> str:
    """Return the id of an item whose key is one attribute."""
    return document_id({"k": value}, ["k"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"S": "a"}, "a"),
        ({"S": "customer-1 / 2"}, "customer-1 / 2"),
        ({"S": "東京"}, "東京"),
        ({"S": "a|b"}, "a%7Cb"),
        ({"S": "100%"}, "100%25"),
        ({"S": "%7C"}, "%257C"),
        ({"S": "#1"}, "%231"),
        ({"S": "~AA=="}, "%7EAA=="),
        ({"S": "a#1~2"}, "a#1~2"),
        ({"S": "##"}, "%23#"),
        ({"S": "1"}, "1"),
        ({"S": f"{NUL}\n"}, f"{NUL}\n"),
        ({"S": "x\ud800y"}, "x%uD800y"),
        ({"B": "AAEC/w=="}, "~AAEC/w=="),
        ({"B": ""}, "~"),
        ({"N": "0"}, "#0"),
        ({"N": "-0"}, "#0"),
        ({"N": "0.00"}, "#0"),
        ({"N": "0E+10"}, "#0"),
        ({"N": "1"}, "#1"),
        ({"N": "1.0"}, "#1"),
        ({"N": "1E0"}, "#1"),
        ({"N": "+01"}, "#1"),
        ({"N": "10E-1"}, "#1"),
        ({"N": "100"}, "#100"),
        ({"N": "1E+2"}, "#100"),
        ({"N": "-1.50"}, "#-1.5"),
        ({"N": "0.001"}, "#0.001"),
        ({"N": "12345678901234567890123456789012345678"}, "#12345678901234567890123456789012345678"),
        ({"N": "1E37"}, "#1" + "0" * 37),
        ({"N": "1E38"}, "#1E+38"),
        ({"N": "1" + "0" * 38}, "#1E+38"),
        ({"N": "1E-37"}, "#0." + "0" * 36 + "1"),
        ({"N": "1E-38"}, "#1E-38"),
        ({"N": "1E-130"}, "#1E-130"),
        ({"N": "9.9999999999999999999999999999999999999E+125"}, "#9.9999999999999999999999999999999999999E+125"),
    ],
)
def test_an_id_is_the_key_readable(value: Any, expected: str) -> None:
    """Text is itself unless it could be taken for something else; `#` marks a number, `~` binary."""
    assert single(value) == expected


def test_the_parts_of_a_key_are_joined_in_the_tables_order() -> None:
    """Hash key first, whatever order a record delivers."""
    keys = {"order_id": {"N": "1.0"}, "customer_id": {"S": "a|b"}}
    assert document_id(keys, KEY_NAMES) == "a%7Cb|#1"
    assert document_id(keys, KEY_NAMES, "orders") == "#orders|a%7Cb|#1"


@pytest.mark.parametrize(
    ("text", "is_hashed"),
    [
        ("x" * 512, False),
        ("x" * 513, True),
        ("é" * 256, False),
        ("é" * 256 + "x", True),
        ("€" * 170 + "xx", False),
        ("€" * 170 + "xxx", True),
        ("\U0001f30d" * 128, False),
        ("\U0001f30d" * 128 + "x", True),
        ("|" * 170 + "xx", False),
        ("|" * 170 + "xxx", True),
    ],
)
def test_an_id_longer_than_512_bytes_is_hashed(text: str, is_hashed: bool) -> None:  # noqa: FBT001 - a row of the table
    """Bytes of UTF-8 count, after escaping, not characters."""
    made = single({"S": text})
    assert ("%*" in made) is is_hashed
    assert len(made.encode()) <= MAX_ID_BYTES
    if not is_hashed:
        assert len(made.encode()) == MAX_ID_BYTES


@pytest.mark.parametrize("text", ["x" * 600, "é" * 600, "€" * 600, "x" + "€" * 600, "\U0001f30d" * 600, "x" * 2048])
def test_a_hashed_id_begins_readable(text: str) -> None:
    """The readable beginning has whole characters and at most 128 bytes; the rest is the whole key's SHA-256."""
    readable, digest = single({"S": text}).split("%*")
    assert text.startswith(readable)
    assert HASHED_PREFIX_BYTES - 3 <= len(readable.encode()) <= HASHED_PREFIX_BYTES
    assert len(digest) == 64
    assert single({"S": text + "y"}) == f"{readable}%*{single({'S': text + 'y'}).split('%*')[1]}" != single({"S": text})


@pytest.mark.parametrize("keys", malformed.KEYS.values(), ids=malformed.KEYS)
def test_what_is_not_the_tables_key_is_malformed(keys: Any) -> None:
    """Were a key's attribute overlooked, two items would share a document."""
    with pytest.raises(MalformedRecordError):
        document_id(keys, KEY_NAMES)


def test_an_index_action_replaces_the_whole_document() -> None:
    change = parse_record(record("a", 7))
    document = index_document("a|1", change, 7, {"x": {"N": "1.10"}}, NAMES)
    expected = b'{"index":{"_id":"a|1","version":7,"version_type":"external"}}\n{"x":1.10}\n'
    assert document.payload == expected
    assert (document.action, document.version, document.change) == ("index", 7, change)


def test_a_delete_carries_its_version_too() -> None:
    """Else an index action that comes late would bring the document back."""
    change = parse_record(record("a", 7, "REMOVE"))
    document = delete_document("a|1", change, 7)
    assert document.payload == b'{"delete":{"_id":"a|1","version":7,"version_type":"external"}}\n'
    assert document.action == "delete"


def test_a_delete_may_take_a_document_of_its_own_version() -> None:
    """For an item whose own version was deleted with it."""
    document = delete_document("a|1", parse_record(record("a", 7, "REMOVE")), 7, allow_equal_version=True)
    assert document.payload == b'{"delete":{"_id":"a|1","version":7,"version_type":"external_gte"}}\n'


def test_settling_writes_over_the_version_that_is_there() -> None:
    """`external_gte` is right for it, because the item was read after both changes."""
    change = parse_record(record("a", 7))
    written = resolve_document("a|1", change, 99, {"x": {"S": "now"}}, NAMES)
    deleted = resolve_document("a|1", change, 99, None, NAMES)
    assert written.payload == b'{"index":{"_id":"a|1","version":99,"version_type":"external_gte"}}\n{"x":"now"}\n'
    assert deleted.payload == b'{"delete":{"_id":"a|1","version":99,"version_type":"external_gte"}}\n'
    assert (written.action, deleted.action) == ("index", "delete")
    assert written.version == deleted.version == 99


def test_the_same_record_gives_the_same_bytes() -> None:
    """A replay is byte for byte what came before."""
    first, second = (
        index_document("a|1", parse_record(one), 7, one["dynamodb"]["NewImage"], NAMES) for one in (record(), record())
    )
    assert first == second


def test_an_id_that_needs_json_escapes_gets_them() -> None:
    name = single({"S": 'a"b\\c\nd'})
    (action,) = read_bulk(delete_document(name, parse_record(record()), 7).payload)
    assert action.document_id == 'a"b\\c\nd'


@pytest.mark.parametrize("image", malformed.IMAGES.values(), ids=malformed.IMAGES)
def test_a_document_of_a_malformed_image_is_refused(image: Any) -> None:
    with pytest.raises(MalformedRecordError):
        index_document("a|1", parse_record(record()), 7, image, NAMES)


def test_each_action_is_one_line_and_its_source_another() -> None:
    document = index_document("a\n|1", parse_record(record()), 7, {"x": {"S": "a\nb"}}, NAMES)
    lines = document.payload.split(b"\n")
    assert [bool(line) for line in lines] == [True, True, False]
    assert json.loads(lines[1]) == {"x": "a\nb"}
