"""What hypothesis draws: keys that could be taken for one another, numbers at DynamoDB's edges, items of every type."""

import base64
from decimal import Decimal
from operator import add
from typing import Any, Final

from hypothesis import strategies as st
from stream_indexer.documents.field_names import FLATTENED_FIELD, METADATA_FIELDS, REPLICATION_ATTRIBUTES
from stream_indexer.documents.projection import Condition, DocumentRules

Value = dict[str, Any]
NASTY: Final = "|%#~*u7C25E+-0.1aéß€\U0001f30d\x00\n\ud800 "  # separators, marks, escapes and their parts

digits: Final = st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1)


@st.composite
def decimals(draw: st.DrawFn) -> Decimal:
    """Draw a number that DynamoDB holds: up to 38 digits, 1E-130 to 9.99…E+125, or zero."""
    number = Decimal(draw(st.one_of(st.integers(-20, 20), digits)))
    if not number:
        return number
    return number.scaleb(draw(st.integers(-130, 125)) - number.adjusted())


@st.composite
def spellings(draw: st.DrawFn, number: Decimal) -> str:
    """Draw a way to write `number`: plain or with an exponent, with zeros at its ends, with a sign."""
    written = f"{number:f}" if draw(st.booleans()) else f"{number:E}"
    mantissa, mark, exponent = written.partition("E")
    zeros = "0" * draw(st.integers(0, 3))
    mantissa += zeros if "." in mantissa else f".{zeros}" if zeros else ""
    mark = draw(st.sampled_from([mark, mark.lower()]))
    return mantissa + mark + exponent


numbers: Final = decimals().flatmap(spellings)
texts: Final = st.one_of(st.text(NASTY, max_size=12), st.text(max_size=30))
binaries: Final = st.binary(max_size=12).map(lambda content: base64.b64encode(content).decode())
long_texts: Final = st.builds(
    lambda unit, count, end: unit * count + end,
    st.text(NASTY, min_size=1, max_size=3),
    st.integers(100, 400),
    st.text(NASTY, max_size=2),
)


def key_values(text: st.SearchStrategy[str]) -> st.SearchStrategy[Value]:
    """Draw a value that a key may have."""
    return st.one_of(
        text.map(lambda content: {"S": content}),
        numbers.map(lambda content: {"N": content}),
        binaries.map(lambda content: {"B": content}),
        # The same digits and base64 as text: what a careless id would take for a number or for binary.
        numbers.map(lambda content: {"S": f"#{content}"}),
        binaries.map(lambda content: {"S": f"~{content}"}),
    )


def meaning(value: Value) -> tuple[str, Any]:
    """Return what a key's value is to DynamoDB: equal only for equal keys."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return kind, Decimal(content)
        case "B":
            return kind, base64.b64decode(content)
    return kind, content


def plain(value: Value) -> Any:
    """Convert a value slowly, in the simplest way."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return Decimal(content)
        case "NS":
            return [Decimal(number) for number in content]
        case "L":
            return [plain(element) for element in content]
        case "M":
            return {name: plain(inner) for name, inner in content.items()}
        case "NULL":
            return None
    return content


any_texts: Final = st.text(max_size=20)  # lone surrogates among them
names: Final = st.one_of(any_texts, st.sampled_from(["S", "N", "M", "_id", "", "a.b", "."]))
leaves: Final[st.SearchStrategy[Value]] = st.one_of(
    any_texts.map(lambda content: {"S": content}),
    numbers.map(lambda content: {"N": content}),
    binaries.map(lambda content: {"B": content}),
    st.booleans().map(lambda content: {"BOOL": content}),
    st.just({"NULL": True}),
    st.lists(any_texts, min_size=1, max_size=4).map(lambda content: {"SS": content}),
    st.lists(numbers, min_size=1, max_size=4).map(lambda content: {"NS": content}),
    st.lists(binaries, min_size=1, max_size=4).map(lambda content: {"BS": content}),
)


def values_with(
    names: st.SearchStrategy[str], leaves: st.SearchStrategy[Value], max_leaves: int
) -> st.SearchStrategy[Value]:
    """Draw a value whose maps have such names."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4).map(lambda content: {"L": content}),
            st.dictionaries(names, inner, max_size=4).map(lambda content: {"M": content}),
        ),
        max_leaves=max_leaves,
    )


images: Final = st.dictionaries(names, values_with(names, leaves, max_leaves=12), max_size=6)

# Names that OpenSearch would not take, what they are renamed to, and what looks like it.
awkward_names: Final = st.one_of(
    st.text(".%a2E5 ", max_size=4),
    st.sampled_from([*sorted(METADATA_FIELDS), *sorted(REPLICATION_ATTRIBUTES), FLATTENED_FIELD]),
    st.builds(
        add, st.sampled_from(["%", "%%", "_", "."]), st.sampled_from(["_id", "", "a.b", "a%2Eb", FLATTENED_FIELD])
    ),
    any_texts,
)
awkward_values: Final = values_with(
    awkward_names, st.sampled_from([{"S": "x"}, {"N": "1"}, {"SS": ["y"]}]), max_leaves=4
)
awkward_images: Final = st.dictionaries(awkward_names, awkward_values, max_size=4)

# Wrong values, favouring what a careless look takes for one: "S" is in the text "S" too.
types: Final = st.sampled_from(["S", "N", "M", "L", "BOOL", "NULL", "NS", "SS", "B", "BS"])
no_values: Final[st.SearchStrategy[Any]] = st.one_of(
    st.none(), st.booleans(), st.integers(), types, st.text(max_size=3), st.lists(types, max_size=2), st.just({})
)


@st.composite
def malformed_images(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an image that has, at some depth, something that is no value."""
    wrong = draw(no_values)
    for kind in draw(st.lists(st.sampled_from("LM"), max_size=3)):
        beside = draw(awkward_values)
        wrong = {"L": [beside, wrong]} if kind == "L" else {"M": {"beside": beside, draw(awkward_names): wrong}}
    image = {**draw(awkward_images), draw(awkward_names.filter(lambda name: name not in REPLICATION_ATTRIBUTES)): wrong}
    return dict(draw(st.permutations(list(image.items()))))


conditions: Final = st.builds(
    Condition,
    equals=st.none() | st.lists(st.one_of(any_texts, numbers, st.just("true")), max_size=2).map(tuple),
    exists=st.none() | st.booleans(),
    begins_with=st.none() | st.text(max_size=1),
)
choices: Final = st.builds(
    DocumentRules,
    conditions=st.dictionaries(awkward_names, conditions, max_size=1),
    include=st.none() | st.lists(awkward_names, max_size=4),
    exclude=st.lists(awkward_names, max_size=2),
)

json_values: Final[st.SearchStrategy[Any]] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["S", "N", "index"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.text(max_size=3), st.sampled_from(["S", "N", "B", "M", "status", "error", "type", "reason"])),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=5,
)


@st.composite
def spoilt(draw: st.DrawFn, good: Any) -> Any:
    """Draw `good` with something at some depth of it replaced by, or left out for, anything."""
    if isinstance(good, dict) and good and draw(st.integers(0, 4)):
        name = draw(st.sampled_from(sorted(good)))
        if draw(st.integers(0, 5)) == 0:
            return {other: value for other, value in good.items() if other != name}
        return {**good, name: draw(spoilt(good[name]))}
    if isinstance(good, list) and good and draw(st.booleans()):
        position = draw(st.integers(0, len(good) - 1))
        return [*good[:position], draw(spoilt(good[position])), *good[position + 1 :]]
    return draw(json_values)
