"""Builds the index's mappings: safe ones for what nobody names, the team's for what it does.

Knows nothing of how they are put in place (`admin/index_setup.py`).
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any, Final

from stream_indexer.documents.field_names import FLATTENED, UNSEARCHABLE, NamePolicy
from stream_indexer.errors import SetupError

Json = dict[str, Any]

# Guessed mappings must not depend on which item came first: a number is a double in search (the document itself
# keeps every digit), and text that looks like a date stays text. A later text in such a field is not searchable by it,
# and its document is indexed. A float would refuse 1E+39.
NUMBER: Final[Json] = {"type": "double", "ignore_malformed": True}
GUESSED: Final[Json] = {
    "date_detection": False,
    "dynamic_templates": [
        {"whole_numbers": {"match_mapping_type": "long", "mapping": NUMBER}},
        {"decimals": {"match_mapping_type": "double", "mapping": NUMBER}},
    ],
}
FLATTENED_FIELDS: Final[Json] = {
    FLATTENED: {"type": "flat_object"},
    UNSEARCHABLE: {"type": "object", "enabled": False},
}
NUMBERS: Final[Mapping[str, Json]] = {
    "double": {"type": "double"},  # 15 digits in search
    "long": {"type": "long"},  # whole numbers within 64 bits; others are refused or cut
    "scaled": {"type": "scaled_float"},  # fixed decimals, with a scaling factor
    "string": {"type": "keyword"},  # every digit in search, but no ranges
}


def index_mappings(number_fields: Mapping[str, Json], own: Json, policy: NamePolicy) -> Json:
    """Return the mappings of the index.

    Args:
        number_fields: how numbers are searched, by the path of the field (`lines.price`): `type`, one of `NUMBERS`, and
            `scaling_factor` for "scaled".
        own: the team's mappings, which go over all others.
        policy: of names; flattening needs a field for them.

    Raises:
        SetupError: a type of number that there is not.
    """
    flattened = FLATTENED_FIELDS if policy is NamePolicy.FLATTEN else {}
    fields = [_field(path.split("."), _number(path, asked)) for path, asked in number_fields.items()]
    return reduce(_merged, [*fields, own], {**GUESSED, "properties": flattened})


def _number(path: str, asked: Json) -> Json:
    kind, factor = str(asked.get("type")), asked.get("scaling_factor")
    if kind not in NUMBERS or (kind == "scaled") is (factor is None):
        raise SetupError(
            f"number_fields[{path!r}] must have a type of {', '.join(NUMBERS)}, and a scaling_factor where that is "
            f"scaled and nowhere else, got {asked}."
        )
    return NUMBERS[kind] if factor is None else {**NUMBERS[kind], "scaling_factor": factor}


def _field(path: list[str], mapping: Json) -> Json:
    """Return the mappings in which the field at `path` has `mapping`."""
    for name in reversed(path):
        mapping = {"properties": {name: mapping}}
    return mapping


def _merged(under: Json, over: Json) -> Json:
    """Return both as one, objects within objects; `over` wins."""
    if isinstance(over.get("type"), str):  # parameters of another type would be refused
        under = {name: fields for name, fields in under.items() if name == "properties"}
    both = {
        name: _merged(under[name], value) if isinstance(value, dict) and isinstance(under.get(name), dict) else value
        for name, value in over.items()
    }
    return {**under, **both}
