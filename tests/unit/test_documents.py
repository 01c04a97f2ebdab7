"""Unit: does a change become the right document: its id, its version, its lines?"""

import json
from typing import Any

import pytest
from stream_indexer.documents import (
    HASHED_PREFIX_BYTES,
    MAX_ID_BYTES,
    SEQUENCE_RANGE,
    delete_document,
    document_id,
    index_document,
    looks_reversed,
    settle_document,
    version,
)
from stream_indexer.errors import MalformedRecordError
from stream_indexer.records import LATEST_SECOND, read

from tests.unit import malformed
from tests.unit.fakes import KEY_NAMES, NAMES, SECOND, read_bulk, record

NUL = "\x00"


def single(value: Any) -> str:
    """Return the id of an item whose key is one attribute."""
    return document_id({"k": value}, ["k"])


def versioned(number: int | str, second: int = SECOND) -> int:
    """Return the version of a change with this sequence number."""
    return version(read(record(SequenceNumber=str(number), ApproximateCreationDateTime=second)))


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


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0", SECOND * 10**9),
        ("7", SECOND * 10**9 + 7),
        ("100000000000017454423009", SECOND * 10**9 + 454_423_009),
        ("1999999999", SECOND * 10**9 + 999_999_999),
        ("9" * 40, SECOND * 10**9 + 999_999_999),
        ("100000000000000000000007", SECOND * 10**9 + 7),
    ],
)
def test_a_version_is_the_second_and_nine_digits_of_the_sequence_number(number: str, expected: int) -> None:
    assert versioned(number) == expected


def test_a_version_fits_opensearchs_long() -> None:
    """It does to the last second that a record may have, in the year 2262."""
    assert versioned("9" * 40, LATEST_SECOND) <= 2**63 - 1
    assert versioned("0", 0) == 0


@pytest.mark.parametrize(
    ("current", "provided", "reversed_"),
    [
        (999_999_999, 0, True),
        (700_000_001, 200_000_000, True),
        (700_000_000, 200_000_000, False),
        (500_000_001, 0, True),
        (500_000_000, 0, False),
        (7, 7, False),
        (8, 7, False),
        (7, 8, False),
        (0, 999_999_999, False),
    ],
)
def test_only_more_than_half_the_range_within_a_second_looks_reversed(
    current: int,
    provided: int,
    reversed_: bool,  # noqa: FBT001 - a row of the table
) -> None:
    base = SECOND * SEQUENCE_RANGE
    assert looks_reversed(base + current, base + provided) is reversed_
    assert not looks_reversed(base + SEQUENCE_RANGE + current, base + provided), "another second is simply newer"


def test_an_index_action_replaces_the_whole_document() -> None:
    change = read(record("a", 7))
    document = index_document("a|1", change, {"x": {"N": "1.10"}}, NAMES)
    expected = b'{"index":{"_id":"a|1","version":%d,"version_type":"external"}}\n{"x":1.10}\n' % version(change)
    assert document.lines == expected
    assert (document.action, document.version, document.change) == ("index", version(change), change)


def test_a_delete_carries_its_version_too() -> None:
    """Else an index action that comes late would bring the document back."""
    change = read(record("a", 7, "REMOVE"))
    document = delete_document("a|1", change)
    expected = b'{"delete":{"_id":"a|1","version":%d,"version_type":"external"}}\n' % version(change)
    assert document.lines == expected
    assert document.action == "delete"


def test_settling_writes_over_the_version_that_is_there() -> None:
    """`external_gte` stands in this one place, where the item was read after both changes."""
    change = read(record("a", 7))
    written = settle_document("a|1", change, 99, {"x": {"S": "now"}}, NAMES)
    deleted = settle_document("a|1", change, 99, None, NAMES)
    assert written.lines == b'{"index":{"_id":"a|1","version":99,"version_type":"external_gte"}}\n{"x":"now"}\n'
    assert deleted.lines == b'{"delete":{"_id":"a|1","version":99,"version_type":"external_gte"}}\n'
    assert (written.action, deleted.action) == ("index", "delete")
    assert written.version == deleted.version == 99


def test_the_same_record_gives_the_same_bytes() -> None:
    """A replay is byte for byte what came before."""
    first, second = (
        index_document("a|1", read(one), one["dynamodb"]["NewImage"], NAMES) for one in (record(), record())
    )
    assert first == second


def test_an_id_that_needs_json_escapes_gets_them() -> None:
    name = single({"S": 'a"b\\c\nd'})
    (action,) = read_bulk(delete_document(name, read(record())).lines)
    assert action.document_id == 'a"b\\c\nd'


@pytest.mark.parametrize("image", malformed.IMAGES.values(), ids=malformed.IMAGES)
def test_a_document_of_a_malformed_image_is_refused(image: Any) -> None:
    with pytest.raises(MalformedRecordError):
        index_document("a|1", read(record()), image, NAMES)


def test_each_action_is_one_line_and_its_source_another() -> None:
    document = index_document("a\n|1", read(record()), {"x": {"S": "a\nb"}}, NAMES)
    lines = document.lines.split(b"\n")
    assert [bool(line) for line in lines] == [True, True, False]
    assert json.loads(lines[1]) == {"x": "a\nb"}
