"""Unit: what becomes of attribute names that OpenSearch refuses, takes for its own, or reads as a path?"""

import json
from typing import Any

import pytest
from stream_indexer.documents.field_names import (
    MAX_CACHED_NAMES,
    METADATA_FIELDS,
    REPLICATION_ATTRIBUTES,
    FieldNamePolicy,
    FieldNames,
    UnsupportedFieldNameError,
)
from stream_indexer.documents.json_encoder import encode_document

X = {"S": "x"}


def document(policy: FieldNamePolicy, image: dict[str, Any]) -> Any:
    """Return the document of an item whose names are looked at for the first time."""
    return json.loads(encode_document(image, FieldNames(policy)))


@pytest.mark.parametrize(
    ("name", "renamed"),
    [
        ("", "%"),
        (" ", "% "),
        ("\t\n\u2028\u3000", "%\t\n\u2028\u3000"),
        (".", "%%2E"),
        ("a.b", "%a%2Eb"),
        (".a", "%%2Ea"),
        ("a..", "%a%2E%2E"),
        ("%", "%%25"),
        ("%a", "%%25a"),
        ("%a%2Eb", "%%25a%252Eb"),
        ("50%.", "%50%25%2E"),
    ],
)
def test_a_name_that_does_not_fit_is_escaped_behind_a_mark_at_any_depth(name: str, renamed: str) -> None:
    assert document(FieldNamePolicy.ESCAPE, {name: X}) == {renamed: "x"}
    deep = {"m": {"M": {"l": {"L": [{"M": {name: X}}, {"L": [{"M": {name: {"N": "1"}}}]}]}}}}
    assert document(FieldNamePolicy.ESCAPE, deep) == {"m": {"l": [{renamed: "x"}, [{renamed: 1}]]}}


@pytest.mark.parametrize(
    "name", ["a", "a%", "50%25", " a", "_", "_ID", "_type", "é", "S", "a\n", "flattened_attributes"]
)
@pytest.mark.parametrize("policy", [FieldNamePolicy.ESCAPE, FieldNamePolicy.PASS_THROUGH])
def test_a_name_that_fits_stays(policy: FieldNamePolicy, name: str) -> None:
    assert document(policy, {name: {"M": {name: X}}}) == {name: {name: "x"}}


@pytest.mark.parametrize("name", sorted(METADATA_FIELDS))
def test_a_metadata_name_means_something_at_the_top_alone(name: str) -> None:
    image = {name: {"M": {name: X}}, "a": {"N": "1"}}
    assert document(FieldNamePolicy.ESCAPE, image) == {f"%{name}": {name: "x"}, "a": 1}
    assert document(FieldNamePolicy.FLATTEN, image) == {"a": 1, "flattened_attributes": {name: {name: "x"}}}
    assert document(FieldNamePolicy.PASS_THROUGH, image) == {name: {name: "x"}, "a": 1}


@pytest.mark.parametrize(
    "value",
    [
        {"M": {"": X}},
        {"M": {" ": X}},
        {"M": {"a.b": X}},
        {"M": {"a": {"M": {"b": {"L": [X, {"M": {".": X}}]}}}}},
        {"L": [{"NULL": True}, {"L": [{"M": {"a.": X}}]}]},
    ],
    ids=["an empty name", "a blank one", "a dot", "deep in maps", "deep in lists"],
)
def test_flattening_keeps_the_whole_attribute_that_has_such_a_name_anywhere(value: Any) -> None:
    """Unchanged: its other names too."""
    as_it_is = document(FieldNamePolicy.PASS_THROUGH, {"whole": value, "x.y": X})
    assert document(FieldNamePolicy.FLATTEN, {"whole": value, "fits": {"M": {"%": X}}, "x.y": X}) == {
        "fits": {"%": "x"},
        "flattened_attributes": as_it_is,
    }


@pytest.mark.parametrize(
    ("value", "is_long"),
    [
        ({"S": "x" * 31_997}, False),  # with its path 32,000 bytes
        ({"S": "x" * 31_998}, True),
        ({"S": "é" * 15_999}, True),
        ({"M": {"n" * 16_000: {"S": "x" * 16_000}}}, True),
        ({"L": [{"SS": ["x", "y" * 33_000]}]}, True),
        ({"L": [{"NULL": True}, {"M": {}}]}, False),
    ],
    ids=range(6),
)
def test_a_value_too_long_for_a_flattened_field_is_kept_unsearchable(value: Any, is_long: bool) -> None:  # noqa: FBT001 - a row
    """OpenSearch refuses the whole document for one term of more than 32,766 bytes."""
    found = document(FieldNamePolicy.FLATTEN, {"a": X, "b.c": value, "d.": X})
    assert ("b.c" in found.get("flattened_unsearchable", {})) is is_long
    assert found["flattened_attributes"].keys() == ({"d."} if is_long else {"b.c", "d."})


@pytest.mark.parametrize("value", [X, {"M": {"_id": {"N": "1"}}}, {"M": {"a.b": X}}, {"L": []}])
@pytest.mark.parametrize("others", [{}, {"_id": {"N": "1"}}], ids=["alone", "beside another"])
def test_an_attribute_of_the_flattened_ones_name_is_flattened_too(value: Any, others: dict[str, Any]) -> None:
    """Else it would pass for what others were flattened to, or be refused: the field is no text."""
    image = {"flattened_attributes": value, **others}
    as_it_is = document(FieldNamePolicy.PASS_THROUGH, image)
    assert document(FieldNamePolicy.FLATTEN, {**image, "a": X}) == {"a": "x", "flattened_attributes": as_it_is}


def test_deeper_down_that_name_is_like_any_other() -> None:
    assert document(FieldNamePolicy.FLATTEN, {"m": {"M": {"flattened_attributes": X}}}) == {
        "m": {"flattened_attributes": "x"}
    }


@pytest.mark.parametrize("policy", FieldNamePolicy)
def test_what_replication_adds_to_an_item_is_left_out_under_every_policy(policy: FieldNamePolicy) -> None:
    image = {**dict.fromkeys(REPLICATION_ATTRIBUTES, X), "a": {"M": dict.fromkeys(REPLICATION_ATTRIBUTES, X)}}
    assert document(policy, image) == {"a": dict.fromkeys(REPLICATION_ATTRIBUTES, "x")}


@pytest.mark.parametrize("policy", FieldNamePolicy)
def test_an_item_is_not_changed_by_being_mended(policy: FieldNamePolicy) -> None:
    """It may yet go to the quarantine, whole."""
    image = {"a.b": {"M": {"": X}}, "_id": X, "aws:rep:deleting": {"BOOL": True}}
    before = json.dumps(image)
    document(policy, image)
    assert json.dumps(image) == before


def test_names_that_fit_are_remembered_at_the_depth_they_were_seen_at() -> None:
    """`_id` below the top fits, which says nothing of an `_id` at the top."""
    names = FieldNames(FieldNamePolicy.ESCAPE)
    encode_document({"a": {"M": {"_id": X, "b": X}}, "c": X}, names)
    assert (names.top_level, names.nested) == ({"a", "c"}, {"_id", "b"})
    assert json.loads(encode_document({"_id": X}, names)) == {"%_id": "x"}


def test_a_name_that_does_not_fit_is_not_remembered() -> None:
    names = FieldNames(FieldNamePolicy.ESCAPE)
    with pytest.raises(UnsupportedFieldNameError):
        names.check_top_level(["a", "_id"])
    with pytest.raises(UnsupportedFieldNameError):
        names.check_nested(["b", "a.b"])
    assert (names.top_level, names.nested) == ({"a"}, {"b"})


def test_memory_has_an_end_and_looking_does_not() -> None:
    """An item type whose attribute names are data must not fill the function's memory."""
    names = FieldNames(FieldNamePolicy.ESCAPE)
    names.check_nested(map(str, range(MAX_CACHED_NAMES + 5)))
    assert len(names.nested) == MAX_CACHED_NAMES
    names.check_nested(["new"])
    with pytest.raises(UnsupportedFieldNameError):
        names.check_nested(["new", "a.b"])


def test_an_unfit_name_is_not_quoted() -> None:
    with pytest.raises(UnsupportedFieldNameError) as caught:
        FieldNames(FieldNamePolicy.ESCAPE).check_top_level(["secret.name"])
    assert "secret" not in str(caught.value)
