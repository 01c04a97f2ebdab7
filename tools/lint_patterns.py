"""Reports filter patterns that Lambda would refuse at apply, such as a test in no list or an unknown test.

HCL cannot walk a tree of any depth, so the module checks the upper levels only. Read are patterns that are written as
literals, in `jsonencode` or as JSON; a pattern with a computed part is not checked.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from hcl2.rules.containers import ObjectRule, TupleRule
from hcl2.rules.expressions import ExprTermRule
from hcl2.rules.functions import FunctionCallRule

from localaws.event_source_mapping.event_pattern import compile_pattern
from localaws.event_source_mapping.matching import PatternError

PATTERN: Final = "pattern"  # an element's attribute in `filters`


class ComputedError(Exception):
    """A part of the pattern is known only to Terraform."""


def wrong_patterns(filters: Any) -> Iterator[tuple[int, str]]:
    """Yield the line of each wrong pattern in the value of `filters`, with the reason."""
    for place, element in enumerate(_elements(filters)):
        for attribute in element.elements if isinstance(element, ObjectRule) else []:
            if str(attribute.key.serialize()).strip('"') != PATTERN:
                continue
            try:
                compile_pattern(_pattern(attribute.expression))
            except PatternError as error:
                yield attribute.key._meta.line, f"filters[{place}].pattern: {error}"  # noqa: SLF001 - no other way
            except ComputedError:
                pass


def _elements(value: Any) -> list[Any]:
    value = value.expression if isinstance(value, ExprTermRule) else value
    found = list(value.elements) if isinstance(value, TupleRule) else []
    return [each.expression if isinstance(each, ExprTermRule) else each for each in found]


def _pattern(value: Any) -> str:
    call = value.expression if isinstance(value, ExprTermRule) else value
    if isinstance(call, FunctionCallRule):
        if str(call.identifiers[-1].serialize()) != "jsonencode" or call.arguments is None:
            raise ComputedError
        return json.dumps(_literal(call.arguments.arguments[0].serialize()))
    return str(_literal(value.serialize()))


def _literal(value: Any) -> Any:
    """Return the value of what python-hcl2 serialised: texts in quotes, anything computed in ${}."""
    if isinstance(value, dict):
        return {_literal(name) if name.startswith('"') else name: _literal(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_literal(each) for each in value]
    if not isinstance(value, str):
        return value
    if not value.startswith('"') or "${" in value:
        raise ComputedError
    return json.loads(value)
