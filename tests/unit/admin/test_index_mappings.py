"""Unit: are the index's mappings safe by default, and the user's where they are set?"""

import copy
from typing import Any, Final

import pytest
from stream_indexer.admin.index_mappings import DYNAMIC_DEFAULTS, NUMERIC_TYPES, index_mappings
from stream_indexer.documents.field_names import FieldNamePolicy
from stream_indexer.errors import SetupError

EMPTY: Final[dict[str, Any]] = {}


def mappings(
    numeric_fields: dict[str, Any] = EMPTY,
    own: dict[str, Any] = EMPTY,
    policy: FieldNamePolicy = FieldNamePolicy.ESCAPE,
) -> Any:
    """Return the mappings of an index."""
    return index_mappings(numeric_fields, own, policy)


def test_every_number_is_a_double_and_no_text_a_date() -> None:
    """A guess must not depend on which item came first: 1 then 1.5, or 1.5 then 1E+39, or then a text."""
    double = {"type": "double", "ignore_malformed": True}
    assert mappings() == {
        "date_detection": False,
        "dynamic_templates": [
            {"whole_numbers": {"match_mapping_type": "long", "mapping": double}},
            {"decimals": {"match_mapping_type": "double", "mapping": double}},
        ],
        "properties": {},
    }


@pytest.mark.parametrize(
    ("asked", "mapping"),
    [
        ({"type": "double"}, {"type": "double"}),
        ({"type": "long"}, {"type": "long"}),
        ({"type": "keyword"}, {"type": "keyword"}),
        ({"type": "scaled_float", "scaling_factor": 100}, {"type": "scaled_float", "scaling_factor": 100}),
        ({"type": "long", "scaling_factor": None}, {"type": "long"}),
    ],
)
def test_a_number_is_searched_as_asked(asked: Any, mapping: Any) -> None:
    assert mappings({"price": asked})["properties"] == {"price": mapping}


def test_a_path_is_of_objects_in_objects() -> None:
    fields = {name: {"type": "long"} for name in ("lines.quantity", "lines.tax.rate", "total")}
    long = {"type": "long"}
    assert mappings(fields)["properties"] == {
        "lines": {"properties": {"quantity": long, "tax": {"properties": {"rate": long}}}},
        "total": long,
    }


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"type": None},
        {"type": "float"},
        {"type": "string"},
        {"type": "scaled", "scaling_factor": 100},
        {"type": "scaled_float"},
        {"type": "scaled_float", "scaling_factor": None},
        {"type": "double", "scaling_factor": 100},
        {"scaling_factor": 100},
    ],
)
def test_a_number_asked_for_wrongly_is_named(asked: Any) -> None:
    with pytest.raises(
        SetupError, match=r"^numeric_fields\['lines\.price'\]\.type must be one of double, long, scaled_float, k"
    ):
        mappings({"total": {"type": "long"}, "lines.price": asked})


def test_flattening_has_a_field_that_takes_any_name() -> None:
    flattened = {
        "flattened_attributes": {"type": "flat_object"},
        "flattened_unsearchable": {"type": "object", "enabled": False},
    }
    assert mappings(policy=FieldNamePolicy.FLATTEN)["properties"] == flattened
    price = {"price": {"type": "long"}}
    assert mappings(price, policy=FieldNamePolicy.FLATTEN)["properties"] == flattened | price


@pytest.mark.parametrize("policy", [FieldNamePolicy.ESCAPE, FieldNamePolicy.PASS_THROUGH])
def test_other_policies_need_no_field(policy: FieldNamePolicy) -> None:
    assert mappings(policy=policy)["properties"] == {}


def test_the_teams_mappings_go_over_all_others_and_leave_what_they_do_not_name() -> None:
    own = {
        "dynamic": "strict",
        "date_detection": True,
        "properties": {
            "lines": {"type": "nested", "properties": {"price": {"type": "keyword"}, "name": {"type": "text"}}},
            "flattened_attributes": {"type": "object"},
            "flattened_unsearchable": {"type": "object", "enabled": False},
        },
    }
    fields = {name: {"type": "long"} for name in ("lines.price", "lines.quantity", "total")}
    assert mappings(fields, own, FieldNamePolicy.FLATTEN) == {
        "dynamic": "strict",
        "date_detection": True,
        "dynamic_templates": DYNAMIC_DEFAULTS["dynamic_templates"],
        "properties": {
            "lines": {
                "type": "nested",
                "properties": {"price": {"type": "keyword"}, "name": {"type": "text"}, "quantity": {"type": "long"}},
            },
            "flattened_attributes": {"type": "object"},
            "flattened_unsearchable": {"type": "object", "enabled": False},
            "total": {"type": "long"},
        },
    }


def test_the_teams_dynamic_templates_stand_in_the_place_of_ours() -> None:
    templates = [{"texts": {"match_mapping_type": "string", "mapping": {"type": "keyword"}}}]
    assert mappings(own={"dynamic_templates": templates})["dynamic_templates"] == templates


def test_a_field_that_the_team_types_is_of_that_type_alone() -> None:
    """A scaling factor left over from `numeric_fields` would be refused with any other type."""
    fields = {"price": {"type": "scaled_float", "scaling_factor": 100}}
    own = {"properties": {"price": {"type": "keyword"}}}
    assert mappings(fields, own)["properties"] == {"price": {"type": "keyword"}}


def test_what_is_given_stays_as_it_is() -> None:
    """The constants serve the next setup too."""
    own: dict[str, Any] = {"properties": {"a": {"properties": {"b": {"type": "text"}}}}}
    given = copy.deepcopy((DYNAMIC_DEFAULTS, NUMERIC_TYPES, own))
    mappings({"a.c": {"type": "scaled_float", "scaling_factor": 10}}, own, FieldNamePolicy.FLATTEN)
    assert given == (DYNAMIC_DEFAULTS, NUMERIC_TYPES, own)
