"""Property: does every item become exactly its document, under a unique id and version?"""

import json
from decimal import Decimal
from itertools import combinations
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from stream_indexer.documents.actions import MAX_ID_BYTES, document_id
from stream_indexer.documents.field_names import REPLICATION_ATTRIBUTES
from stream_indexer.documents.json_encoder import encode_document
from stream_indexer.documents.records import LATEST_SECOND, parse_record
from stream_indexer.documents.versions import ORDINAL_RANGE, Versions, is_floor, may_be_out_of_order

from tests.property.profiles import examples
from tests.property.strategies import (
    Value,
    decimals,
    images,
    key_values,
    long_texts,
    meaning,
    numbers,
    plain,
    spellings,
    texts,
)
from tests.unit.fakes import AS_THEY_ARE, KEY_NAMES, record

key_lists = st.lists(st.lists(key_values(texts), min_size=2, max_size=2), min_size=2, max_size=6)
long_key_lists = st.lists(
    st.lists(key_values(st.one_of(texts, long_texts)), min_size=2, max_size=2), min_size=2, max_size=4
)


prefixes = st.sampled_from(["", "a", "A", "a-1", "E25", "orders"])


def made_id(key: list[Value], prefix: str = "") -> str:
    """Return the id of an item with this hash key, and range key where it has one."""
    names = KEY_NAMES[: len(key)]
    return document_id(dict(zip(names, key, strict=True)), names, prefix)


def collisions(keys: list[list[Value]]) -> list[tuple[Any, Any]]:
    """Return the pairs whose ids are equal though their keys are not, or the other way round."""
    known = [([meaning(value) for value in key], made_id(key)) for key in keys]
    return [pair for pair in combinations(known, 2) if (pair[0][0] == pair[1][0]) != (pair[0][1] == pair[1][1])]


@given(key_lists)
@examples(600)
@example([[{"S": "a|b"}, {"S": "c"}], [{"S": "a"}, {"S": "b|c"}]])
@example([[{"S": "a%7Cb"}, {"S": "c"}], [{"S": "a|b"}, {"S": "c"}]])
@example([[{"S": "#1"}, {"S": ""}], [{"N": "1"}, {"S": ""}]])
@example([[{"S": "~YQ=="}, {"S": ""}], [{"B": "YQ=="}, {"S": ""}]])
@example([[{"S": "%uD800"}, {"S": ""}], [{"S": "\ud800"}, {"S": ""}]])
@example([[{"N": "0"}, {"N": "1E0"}], [{"N": "-0"}, {"N": "1.0"}]])
def test_different_keys_have_different_ids_and_equal_keys_one(keys: list[list[Value]]) -> None:
    """Over all types and combinations: separators, escapes, prefixes, binary against text, spellings of a number."""
    assert collisions(keys) == []


@given(long_key_lists)
@examples(300)
def test_an_id_has_at_most_512_bytes_and_stays_different(keys: list[list[Value]]) -> None:
    assert all(len(made_id(key).encode()) <= MAX_ID_BYTES for key in keys)
    assert collisions(keys) == []


@given(
    st.lists(
        st.tuples(prefixes, st.lists(key_values(st.one_of(texts, prefixes)), min_size=1, max_size=2)),
        min_size=2,
        max_size=6,
    )
)
@examples(600)
@example([("", [{"S": "#a"}, {"S": "b"}]), ("a", [{"S": "b"}])])
@example([("a", [{"S": "x" * 600}]), ("A", [{"S": "x" * 600}])])
def test_tables_of_one_index_have_no_id_in_common(items: list[tuple[str, list[Value]]]) -> None:
    """Each has another prefix, one of them may have no prefix, and their keys may have any form."""
    made = [(prefix, made_id(key, prefix)) for prefix, key in items]
    assert all(one[0] == other[0] or one[1] != other[1] for one, other in combinations(made, 2))


@given(decimals(), st.data())
@examples(300)
def test_a_number_key_has_one_id_however_it_is_spelt(number: Decimal, data: st.DataObject) -> None:
    ids = {document_id({"k": {"N": data.draw(spellings(number))}}, ["k"]) for _ in range(4)}
    assert len(ids) == 1
    assert Decimal(ids.pop().removeprefix("#")) == number


@given(numbers)
@examples(500)
def test_every_number_is_exact_in_the_json(number: str) -> None:
    """38 digits, 1E-130 to 9.99…E+125: the text that is parsed as a decimal is the number that was stored."""
    parsed = json.loads(
        encode_document({"n": {"N": number}, "s": {"NS": [number]}}, AS_THEY_ARE),
        parse_float=Decimal,
        parse_int=Decimal,
    )
    assert parsed == {"n": Decimal(number), "s": [Decimal(number)]}


@given(images)
@examples(150)
@example({"a": {"L": []}, "aws:rep:deleting": {"BOOL": True}})
def test_every_item_is_its_document(image: dict[str, Value]) -> None:
    text = encode_document(image, AS_THEY_ARE)
    kept = {name: value for name, value in image.items() if name not in REPLICATION_ATTRIBUTES}
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal) == plain({"M": kept})
    assert b"\n" not in text


seconds = st.integers(0, LATEST_SECOND)
ordinals = st.integers(1, 10**20 - 10**9)
counters = st.integers(0, 10**20 - 1)
steps = st.one_of(st.integers(1, 10), st.integers(1, ORDINAL_RANGE // 2))


def versioned(second: int, ordinal: int, counter: int = 7) -> int:
    """Return the version of a change."""
    number = f"{ordinal}{counter:020}"
    return Versions().version_of(parse_record(record(SequenceNumber=number, ApproximateCreationDateTime=second)))


@given(seconds, ordinals, steps, st.lists(counters, min_size=2, max_size=2))
@examples(500)
@example(LATEST_SECOND, 10**20 - 10**9, 1, [0, 0])
@example(0, 10**9 - 2, 1, [0, 0])
def test_versions_grow_with_the_changes_of_a_second_or_are_seen_to_wrap(
    second: int, ordinal: int, step: int, counted: list[int]
) -> None:
    """A later change is newer, or looks reversed; an earlier one that comes late never does, whatever the counter."""
    earlier, later = versioned(second, ordinal, counted[0]), versioned(second, ordinal + step, counted[1])
    wraps = ordinal // ORDINAL_RANGE != (ordinal + step) // ORDINAL_RANGE
    assert (later > earlier) is not wraps
    if wraps:
        assert may_be_out_of_order(earlier, later) is (step < ORDINAL_RANGE // 2)
    else:
        assert not may_be_out_of_order(later, earlier)
    assert 0 <= min(earlier, later) <= max(earlier, later) < 2**63
    assert not is_floor(earlier)
    assert not is_floor(later)


@given(st.lists(seconds, min_size=2, max_size=2, unique=True), ordinals, ordinals)
def test_a_later_second_is_always_newer(pair: list[int], one: int, other: int) -> None:
    earlier, later = sorted(pair)
    assert versioned(later, one) > versioned(earlier, other)
    assert not may_be_out_of_order(versioned(earlier, other), versioned(later, one))
