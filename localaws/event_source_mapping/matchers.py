"""The tests a pattern can ask of one leaf: each operator builds its test, or says what is wrong with its operand.

Messages are EventBridge's. A new operator is a function and a row in `OPERATORS`. It does not use paths or events.
"""

from collections.abc import Callable, Mapping
from typing import Final

from localaws.event_source_mapping.cidr import address, cidr
from localaws.event_source_mapping.matching import Matcher, PatternError
from localaws.event_source_mapping.protocols import Json

MAX_WILDCARDS_AT_ONCE: Final = 5  # not published; the recorded refusal has six, see docs/decisions/0407-filters.md


def absent(value: Json) -> bool:  # noqa: ARG001 - a marker: a leaf that is there never passes
    """Hold only where nothing is."""
    return False


def equal_to(wanted: Json) -> Matcher:
    """Build the test for a plain value: strings exactly, numbers by value, addresses by what they mean."""
    if isinstance(wanted, str):
        meant = address(wanted)
        if meant is not None:
            return lambda value: isinstance(value, str) and (value == wanted or address(value) == meant)
        return lambda value: isinstance(value, str) and value == wanted
    if wanted is None or isinstance(wanted, bool):
        return lambda value: value is wanted
    return lambda value: _number(value) and value == wanted


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(operand: Json, operator: str) -> str:
    if not isinstance(operand, str):
        raise PatternError(f"{operator} match pattern must be a string")
    return operand


def _exactly(operand: Json) -> Matcher:
    wanted = _text(operand, "exact")
    return lambda value: isinstance(value, str) and value == wanted


def _prefix(operand: Json) -> Matcher:
    if _is_object(operand):
        start = _fold(_ignoring_case(operand, "prefix"))
        return lambda value: isinstance(value, str) and _fold(value).startswith(start)
    wanted = _text(operand, "prefix")
    return lambda value: isinstance(value, str) and value.startswith(wanted)


def _suffix(operand: Json) -> Matcher:
    if _is_object(operand):
        end = _fold(_ignoring_case(operand, "suffix"))
        return lambda value: isinstance(value, str) and _fold(value).endswith(end)
    wanted = _text(operand, "suffix")
    return lambda value: isinstance(value, str) and value.endswith(wanted)


def _ignoring_case(operand: Json, operator: str) -> str:
    """Return the text of {"equals-ignore-case": text}, the one object that prefix and suffix take."""
    members = _members(operand)
    if not members:
        raise PatternError(f"{operator.capitalize()} expression name not found")
    name, text = members[0]
    if name != "equals-ignore-case":
        raise PatternError(f"Unsupported {operator} pattern: {name}")
    wanted = _text(text, "equals-ignore-case")
    if len(members) > 1:
        raise PatternError("Only one key allowed in match expression")
    return wanted


def _equals_ignore_case(operand: Json) -> Matcher:
    wanted = _fold(_text(operand, "equals-ignore-case"))
    return lambda value: isinstance(value, str) and _fold(value) == wanted


def _fold(text: str) -> str:
    return text.upper().lower()  # as Java compares: by both cases of each character


def _wildcard(operand: Json) -> Matcher:
    pieces = _pieces(_text(operand, "wildcard"))
    return lambda value: isinstance(value, str) and _in_turn(pieces, value)


def _pieces(text: str) -> list[str]:
    """Return the texts between the wildcards, without their escapes."""
    pieces = [""]
    position = 1  # of the byte, after the opening quote: how EventBridge counts
    index = 0
    while index < len(text):
        character = text[index]
        following = text[index + 1 : index + 2]
        if character == "*":
            if following == "*":
                raise PatternError(f"Consecutive wildcard characters at pos {position}")
            pieces.append("")
        elif character == "\\":
            if following not in {"*", "\\"}:
                raise PatternError(f"Invalid escape character at pos {position}")
            pieces[-1] += following
            index += 1
            position += 1
        else:
            pieces[-1] += character
        position += len(character.encode("utf-8", "surrogatepass"))
        index += 1
    if len(pieces) - 1 > MAX_WILDCARDS_AT_ONCE:
        raise PatternError(
            "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
            "wildcard character"
        )
    return pieces


def _in_turn(pieces: list[str], text: str) -> bool:
    """Say whether `text` is the pieces with anything between them; each is taken where it first occurs."""
    first, *between = pieces
    if not between:
        return text == first
    last = between.pop()
    place, end = len(first), len(text) - len(last)
    if place > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in between:
        found = text.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def _exists(operand: Json) -> Matcher:
    if operand is True:
        return lambda value: True  # noqa: ARG005 - any leaf will do
    if operand is False:
        return absent
    raise PatternError("exists match pattern must be either true or false.")


COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "=": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


def _numeric(operand: Json) -> Matcher:
    if not isinstance(operand, list) or _is_object(operand):
        raise PatternError("Value of numeric must be an array.")
    if not operand or not isinstance(operand[0], str):
        shown = _shown(operand[0]) if operand else "]"
        raise PatternError(f"Invalid member in numeric match: {shown}")
    operator = operand[0]
    if operator not in COMPARISONS:
        raise PatternError(f"Unrecognized numeric range operator: {operator}")
    first = _bound("equals" if operator == "=" else operator, operand[1:2])
    if len(operand) == 2:
        compare = COMPARISONS[operator]
        return lambda value: _number(value) and compare(value, first)
    if operator not in {">", ">="}:
        raise PatternError("Too many elements in numeric expression")
    return _range(operand, first)


def _range(operand: list[Json], bottom: float) -> Matcher:
    """Build the test of [">", bottom, "<", top]."""
    if not isinstance(operand[2], str):
        raise PatternError(f"Bad value in numeric range: {_shown(operand[2])}")
    if operand[2] not in {"<", "<="}:
        raise PatternError(f"Bad numeric range operator: {operand[2]}")
    top = _bound(operand[2], operand[3:4])
    if len(operand) > 4:
        raise PatternError("Too many terms in numeric range expression")
    if bottom >= top:
        raise PatternError("Bottom must be less than top")
    above, below = COMPARISONS[operand[0]], COMPARISONS[operand[2]]
    return lambda value: _number(value) and above(value, bottom) and below(value, top)


def _bound(name: str, given: list[Json]) -> float:
    if not given or not _number(given[0]):
        raise PatternError(f"Value of {name} must be numeric")
    return float(given[0]) if isinstance(given[0], float) else given[0]


def _shown(value: Json) -> str:
    if _is_object(value):
        return "{"
    if isinstance(value, list):
        return "["
    return {True: "true", False: "false", None: "null"}.get(value, str(value)) if not _number(value) else str(value)


def _anything_but(operand: Json) -> Matcher:
    if _is_object(operand):
        return _anything_but_text(operand)
    if isinstance(operand, list):
        texts = sum(isinstance(value, str) for value in operand)
        if not all(isinstance(value, str) or _number(value) for value in operand):
            raise PatternError("Inside anything but list, start|null|boolean is not supported.")
        if not operand or 0 < texts < len(operand):
            raise PatternError(
                "Inside anything but list, either all values are number or string, mixed type is not supported"
            )
        unwanted = [_plainly(value) for value in operand]
    elif isinstance(operand, str) or _number(operand):
        unwanted = [_plainly(operand)]
    else:
        raise _not_a_value()
    return lambda value: not any(test(value) for test in unwanted)


def _plainly(unwanted: Json) -> Matcher:
    if isinstance(unwanted, str):
        return lambda value: isinstance(value, str) and value == unwanted
    return lambda value: _number(value) and value == unwanted


def _anything_but_text(operand: Json) -> Matcher:
    members = _members(operand)
    if not members:
        raise PatternError("Anything-But expression name not found")
    name, given = members[0]
    build = ANYTHING_BUT.get(name)
    if build is None:
        raise PatternError(f"Unsupported anything-but pattern: {name}")
    single = isinstance(given, str) or _number(given)
    if _is_object(given) or not (single or isinstance(given, list)):
        raise _not_a_value()
    values: list[Json] = [given] if single else given
    for value in values:
        if not isinstance(value, str):
            raise PatternError(NOT_A_TEXT[name])
        if not value and name in {"prefix", "suffix"}:
            raise PatternError("Null prefix/suffix not allowed")
    unwanted = [build(value) for value in values]
    if len(members) > 1:
        raise PatternError("Too many elements in numeric expression")
    return lambda value: not any(test(value) for test in unwanted)


def _not_a_value() -> PatternError:
    return PatternError("Value of anything-but must be an array or single string/number value.")


def _is_object(value: Json) -> bool:
    """Say whether `value` is a JSON object: a list of pairs, as `patterns.Members` keeps it."""
    return isinstance(value, list) and type(value) is not list


def _members(value: Json) -> list[tuple[str, Json]]:
    return list(value)


ANYTHING_BUT: Final[Mapping[str, Callable[[Json], Matcher]]] = {
    "equals-ignore-case": _equals_ignore_case,
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
}
NOT_A_TEXT: Final[Mapping[str, str]] = {
    "equals-ignore-case": "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
    "prefix": "prefix/suffix match pattern must be a string",
    "suffix": "prefix/suffix match pattern must be a string",
    "wildcard": "wildcard match pattern must be a string",
}
OPERATORS: Final[Mapping[str, Callable[[Json], Matcher]]] = {
    "exactly": _exactly,
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "wildcard": _wildcard,
    "numeric": _numeric,
    "anything-but": _anything_but,
    "exists": _exists,
    "cidr": cidr,
}
