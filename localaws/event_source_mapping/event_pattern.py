"""EventBridge's pattern language, which filters of mappings share.

Tests of single values live in `matchers.py`, the search through an event in `Pattern.matches` here. No I/O.

A pattern is a list of alternatives (more than one only through `$or`), each a map from a dotted path to the tests of
which one must hold. An event is seen the same way: the leaves below a dotted path, whatever objects and arrays lie
between.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from localaws.event_source_mapping.matchers import OPERATORS, absent, equal_to
from localaws.event_source_mapping.matching import Matcher, PatternError
from localaws.event_source_mapping.protocols import Json

RESERVED_INSIDE_OR: Final = frozenset(  # event-ruler, Constants: names that may become operators
    {"exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr"}
    | {"=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case", "date-after", "date-on-or-after"}
    | {"date-before", "date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range"}
)
MAX_COMBINATIONS: Final = 1000  # ours, see docs/decisions/0407-filters.md
Alternative = dict[str, list[Matcher]]
ArrayPath = tuple[tuple[int, int], ...]  # (which array, which element) for every array around a leaf


class OrderedPairs(list[tuple[str, Json]]):
    """A JSON object as it was written: a name may occur twice."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    alternatives: tuple[Mapping[str, tuple[Matcher, ...]], ...]

    def matches(self, event: Mapping[str, Json]) -> bool:
        """Say whether an event (or record) passes."""
        wanted = {path for alternative in self.alternatives for path in alternative}
        leaves: dict[str, list[tuple[Json, ArrayPath]]] = {}
        arrays = iter(range(1 << 30))
        for path, value, place in _flatten(event, "", (), arrays):
            if path in wanted:
                leaves.setdefault(path, []).append((value, place))
        return any(_holds(list(alternative.items()), leaves, {}) for alternative in self.alternatives)


def compile_pattern(text: str) -> Pattern:
    """Compile a pattern from its JSON text.

    Raises:
        PatternError: it is not valid.
    """
    try:
        document = json.loads(text, object_pairs_hook=OrderedPairs, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise PatternError(f"Invalid JSON: {error}") from error
    if not isinstance(document, OrderedPairs):
        raise PatternError("Filter is not an object")
    combinations = _combinations(document)
    if combinations > MAX_COMBINATIONS:
        raise PatternError(f"$or must give 1 to {MAX_COMBINATIONS} combinations, not {combinations}")
    alternatives = _object(document, "", [], inside_or=False)
    return Pattern(tuple({path: tuple(tests) for path, tests in entry.items()} for entry in alternatives))


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON")


def _combinations(members: OrderedPairs) -> int:
    """Count the alternatives that `_object` would make, making none; what is no pattern counts as one."""
    count = 1
    for name, value in members:
        if isinstance(value, OrderedPairs):
            count *= _combinations(value)
        elif name == "$or" and isinstance(value, list):
            count *= sum(_combinations(branch) if isinstance(branch, OrderedPairs) else 1 for branch in value)
    return count


def _object(
    members: OrderedPairs, prefix: str, alternatives: list[Alternative], *, inside_or: bool
) -> list[Alternative]:
    """Add what an object asks for to each alternative; a path given twice keeps its last tests."""
    if not members:
        raise PatternError("Empty objects are not allowed")
    for name, value in members:
        if name == "$or":
            alternatives = _or(value, prefix, alternatives)
        elif inside_or and name in RESERVED_INSIDE_OR:
            raise PatternError(f"{name} is Ruler reserved fieldName which cannot be used inside $or.")
        elif isinstance(value, OrderedPairs):
            alternatives = _object(value, f"{prefix}{name}.", alternatives, inside_or=inside_or)
        elif isinstance(value, list):
            tests = _tests(value)
            alternatives = [{**alternative, f"{prefix}{name}": tests} for alternative in alternatives or [{}]]
        else:
            raise PatternError(f'"{name}" must be an object or an array')
    return alternatives


def _or(value: Json, prefix: str, alternatives: list[Alternative]) -> list[Alternative]:
    if not isinstance(value, list) or isinstance(value, OrderedPairs):
        raise PatternError("It must be an Array followed with $or.")
    found: list[Alternative] = []
    for branch in value:
        if not isinstance(branch, OrderedPairs):
            raise PatternError("Only JSON object is allowed in array of $or relationship.")
        found += _object(branch, prefix, alternatives or [{}], inside_or=True)
    if len(value) < 2:
        raise PatternError("There must have at least 2 Objects in $or relationship.")
    return found


def _tests(values: list[Json]) -> list[Matcher]:
    if not values:
        raise PatternError("Empty arrays are not allowed")
    return [_test(value) for value in values]


def _test(value: Json) -> Matcher:
    if isinstance(value, OrderedPairs):
        if not value:
            raise PatternError("Match expression name not found")
        name, operand = value[0]
        operator: Callable[[Json], Matcher] | None = OPERATORS.get(name)
        if operator is None:
            raise PatternError(f"Unrecognized match type {name}")
        test = operator(operand)
        if len(value) > 1:
            many = name in {"numeric", "anything-but"}
            raise PatternError(
                "Too many elements in numeric expression" if many else "Only one key allowed in match expression"
            )
        return test
    if isinstance(value, list):
        raise PatternError("Match value must be String, number, true, false, or null")
    return equal_to(value)


def _flatten(value: Json, path: str, place: ArrayPath, arrays: Iterator[int]) -> Iterator[tuple[str, Json, ArrayPath]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _flatten(member, f"{path}.{name}" if path else name, place, arrays)
    elif isinstance(value, list):
        array = next(arrays)
        for index, element in enumerate(value):
            yield from _flatten(element, path, (*place, (array, index)), arrays)
    else:
        yield path, value, place


def _holds(
    asked: list[tuple[str, tuple[Matcher, ...]]],
    leaves: Mapping[str, list[tuple[Json, ArrayPath]]],
    chosen: Mapping[int, int],
) -> bool:
    """Say whether every path has a passing leaf, no two of them from different elements of one array."""
    if not asked:
        return True
    (path, tests), rest = asked[0], asked[1:]
    found = leaves.get(path)
    if not found:
        return any(test is absent for test in tests) and _holds(rest, leaves, chosen)
    for value, place in found:
        fits = all(chosen.get(array, index) == index for array, index in place)
        if fits and any(test(value) for test in tests) and _holds(rest, leaves, {**chosen, **dict(place)}):
            return True
    return False
