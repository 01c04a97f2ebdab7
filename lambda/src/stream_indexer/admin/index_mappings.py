"""Builds the index mappings: safe dynamic defaults, merged with the mappings you configure."""

from collections.abc import Mapping
from functools import reduce
from typing import Any, Final

from stream_indexer.documents.field_names import FLATTENED_FIELD, UNSEARCHABLE_FIELD, FieldNamePolicy
from stream_indexer.errors import SetupError

Json = dict[str, Any]

# Dynamic mappings must not depend on the first item. A number becomes a double in the index (the document keeps every
# digit), and text that looks like a date stays text. If such a field later has text, OpenSearch indexes the document
# without that value. A float would reject 1E+39.
NUMBER: Final[Json] = {"type": "double", "ignore_malformed": True}
DYNAMIC_DEFAULTS: Final[Json] = {
    "date_detection": False,
    "dynamic_templates": [
        {"whole_numbers": {"match_mapping_type": "long", "mapping": NUMBER}},
        {"decimals": {"match_mapping_type": "double", "mapping": NUMBER}},
    ],
}
FLATTENED_FIELDS: Final[Json] = {
    FLATTENED_FIELD: {"type": "flat_object"},
    UNSEARCHABLE_FIELD: {"type": "object", "enabled": False},
}
NUMERIC_TYPES: Final[Mapping[str, Json]] = {
    "double": {"type": "double"},  # 15 digits in search
    "long": {"type": "long"},  # whole numbers of 64 bits; others are rejected or truncated
    "scaled_float": {"type": "scaled_float"},  # fixed decimals, with a scaling factor
    "keyword": {"type": "keyword"},  # every digit in search, but no ranges
}


def index_mappings(numeric_fields: Mapping[str, Json], overrides: Json, policy: FieldNamePolicy) -> Json:
    """Return the mappings of the index.

    Args:
        numeric_fields: Type of the numbers of a field, by its path (`lines.price`): `type`, one of `NUMERIC_TYPES`,
            and `scaling_factor` for "scaled_float".
        overrides: Your mappings, which override all others.
        policy: Policy for field names. FLATTEN adds the fields for flattened attributes.

    Raises:
        SetupError: A number has an unknown type.
    """
    flattened = FLATTENED_FIELDS if policy is FieldNamePolicy.FLATTEN else {}
    fields = [_nest(path.split("."), _numeric_mapping(path, asked)) for path, asked in numeric_fields.items()]
    return reduce(_deep_merge, [*fields, overrides], {**DYNAMIC_DEFAULTS, "properties": flattened})


def _numeric_mapping(path: str, asked: Json) -> Json:
    kind, factor = str(asked.get("type")), asked.get("scaling_factor")
    if kind not in NUMERIC_TYPES or (kind == "scaled_float") is (factor is None):
        raise SetupError(
            f"numeric_fields[{path!r}].type must be one of {', '.join(NUMERIC_TYPES)}, with a scaling_factor only for "
            f"scaled_float (got {asked})."
        )
    return NUMERIC_TYPES[kind] if factor is None else {**NUMERIC_TYPES[kind], "scaling_factor": factor}


def _nest(path: list[str], mapping: Json) -> Json:
    """Return mappings in which the field at `path` has `mapping`."""
    for name in reversed(path):
        mapping = {"properties": {name: mapping}}
    return mapping


def _deep_merge(base: Json, override: Json) -> Json:
    """Merge two objects recursively. `override` wins."""
    if isinstance(override.get("type"), str):  # parameters of another type would be rejected
        base = {name: fields for name, fields in base.items() if name == "properties"}
    both = {
        name: _deep_merge(base[name], value) if isinstance(value, dict) and isinstance(base.get(name), dict) else value
        for name, value in override.items()
    }
    return {**base, **both}
