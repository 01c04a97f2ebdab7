"""Property: does every attribute, whatever its name, reach a document that OpenSearch takes, and stay what it was?"""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stream_indexer.documents.field_names import (
    FLATTENED_FIELD,
    METADATA_FIELDS,
    REPLICATION_ATTRIBUTES,
    UNSEARCHABLE_FIELD,
    FieldNamePolicy,
    FieldNames,
)
from stream_indexer.documents.json_encoder import encode_document
from stream_indexer.documents.projection import DocumentRules
from stream_indexer.errors import MalformedRecordError

from tests.property.profiles import examples
from tests.property.strategies import Value, awkward_images, choices, malformed_images, plain

Item = dict[str, Value]
X: Value = {"S": "x"}


def document(image: Item, names: FieldNames) -> dict[str, Any]:
    """Return the document, read back exactly; a name that it has twice is an error."""
    found: dict[str, Any] = json.loads(
        encode_document(image, names), parse_float=Decimal, parse_int=Decimal, object_pairs_hook=once
    )
    return found


def once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a dict."""
    listed = list(pairs)
    assert len(dict(listed)) == len(listed), "two attributes were made one"
    return dict(listed)


def own(image: Item) -> dict[str, Any]:
    """Return the attributes that the team wrote, in the simplest way."""
    return {name: plain(value) for name, value in image.items() if name not in REPLICATION_ATTRIBUTES}


def names_in(value: Any) -> Iterator[str]:
    """Yield the names of all objects in a part of a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_in(inner)


def opensearch_takes(found: dict[str, Any]) -> bool:
    """Return whether no name is blank or a path, and none at the top a name that OpenSearch keeps for itself."""
    return (
        all(name.strip() != "" and "." not in name for name in names_in(found)) and not METADATA_FIELDS & found.keys()
    )


def original(value: Any) -> Any:
    """Take the renaming back: behind a leading %, `%2E` is a dot and `%25` is a %."""
    if isinstance(value, dict):
        return {
            name[1:].replace("%2E", ".").replace("%25", "%") if name.startswith("%") else name: original(inner)
            for name, inner in value.items()
        }
    return [original(inner) for inner in value] if isinstance(value, list) else value


@given(awkward_images)
@examples(400)
@example({"": X, "%": X, "%%25": X, ".": X, "%%2E": X, "%2E": X})
@example({"_id": X, "%_id": X, "%%25_id": X})
@example({"m": {"M": {"a.b": X, "%a%2Eb": X, "%%25a%252Eb": X, "_id": X}}})
def test_an_item_can_be_told_from_its_renamed_document(image: Item) -> None:
    """So two different items never have the same document, and OpenSearch takes every name."""
    found = document(image, FieldNames(FieldNamePolicy.ESCAPE))
    assert original(found) == own(image)
    assert opensearch_takes(found)


@given(awkward_images, awkward_images)
@examples(200)
@example({"a.b": X}, {"%a%2Eb": X})
@example({"": X}, {"%": X})
@example({"_id": {"M": {"_id": X}}}, {"_id": {"M": {"%_id": X}}})
@pytest.mark.parametrize("policy", FieldNamePolicy)
def test_two_different_items_never_have_the_same_document(policy: FieldNamePolicy, one: Item, other: Item) -> None:
    """Under any policy; one of the others is the item that was written as this one is changed."""
    names = FieldNames(policy)
    lookalike: Any = names.sanitize(one)
    for second in (other, lookalike):
        if own(one) != own(second):
            assert document(one, names) != document(second, names)


@given(awkward_images)
@examples(400)
@example({FLATTENED_FIELD: {"M": {"_id": X}}})
@example({FLATTENED_FIELD: X, "_id": X})
@example({FLATTENED_FIELD: {"M": {FLATTENED_FIELD: {"M": {"a.b": X}}}}, "a.b": X, "a": X})
def test_a_flattened_document_has_every_attribute_in_one_of_two_places(image: Item) -> None:
    """Unchanged, where OpenSearch takes all its names; else below one of the flattened fields."""
    found = document(image, FieldNames(FieldNamePolicy.FLATTEN))
    flattened = found.pop(FLATTENED_FIELD, {}) | found.pop(UNSEARCHABLE_FIELD, {})
    assert not flattened.keys() & found.keys()
    assert flattened | found == own(image)
    assert opensearch_takes(found)
    assert not any(
        opensearch_takes({name: value})
        for name, value in flattened.items()
        if name not in {FLATTENED_FIELD, UNSEARCHABLE_FIELD}
    )


@given(awkward_images)
@examples(200)
def test_quarantine_changes_nothing(image: Item) -> None:
    assert document(image, FieldNames(FieldNamePolicy.PASS_THROUGH)) == own(image)


@given(st.lists(awkward_images, min_size=2, max_size=5), st.integers(0, 4))
@examples(200)
@example([{"a": {"M": {"_id": X}}}, {"_id": X}], 1)
@example([{"a": X}, {"m": {"M": {"a": X, "a.b": X}}}, {"a": X, "a.b": X}], 2)
@pytest.mark.parametrize("policy", FieldNamePolicy)
def test_a_document_is_the_same_whatever_was_seen_before_it(
    policy: FieldNamePolicy, images: list[Item], last: int
) -> None:
    """An execution environment remembers names; a replay may meet another one."""
    image = images[last % len(images)]
    remembering = FieldNames(policy)
    for before in images:
        encode_document(before, remembering)
    assert (
        encode_document(image, remembering)
        == encode_document(image, FieldNames(policy))
        == encode_document(image, remembering)
    )


@given(malformed_images())
@examples(300)
@example({"a": ["NULL"]})
@example({"a.b": {"L": "S"}})
@pytest.mark.parametrize("policy", FieldNamePolicy)
def test_what_is_no_value_is_malformed_and_nothing_else(policy: FieldNamePolicy, image: Any) -> None:
    """At any depth, with any other name: no other error, and no document without it."""
    names = FieldNames(policy)
    for _ in range(2):  # nor does it matter what was remembered of it
        with pytest.raises(MalformedRecordError):
            encode_document(image, names)


@given(st.one_of(malformed_images(), awkward_images), choices)
@examples(300)
@pytest.mark.parametrize("policy", FieldNamePolicy)
def test_choosing_raises_nothing_and_what_is_chosen_is_written_or_malformed(
    policy: FieldNamePolicy, image: Any, choice: DocumentRules
) -> None:
    chosen = choice.project(image)
    assume(chosen is not None)
    assert chosen is not None
    assert chosen.items() <= image.items()
    assert not set(choice.exclude) & chosen.keys()
    assert choice.include is None or chosen.keys() <= set(choice.include)
    try:
        encode_document(chosen, FieldNames(policy))
    except MalformedRecordError:
        with pytest.raises(MalformedRecordError):
            encode_document(image, FieldNames(policy))
