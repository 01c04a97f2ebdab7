"""Do wildcards in filters match what their definition says, at a cost that grows only with the text?"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localaws.event_source_mapping.event_pattern import compile_pattern

LETTERS = "ab*\\\n"
PIECES = st.tuples(
    st.text(LETTERS, max_size=2),
    st.lists(st.text(LETTERS, min_size=1, max_size=2), max_size=4),
    st.text(LETTERS, max_size=2),
).map(lambda parts: [parts[0], *parts[1], parts[2]])


def matches(pieces: list[str], text: str) -> bool:
    """Ask a filter with wildcards between `pieces`."""
    wildcard = "*".join(piece.replace("\\", "\\\\").replace("*", "\\*") for piece in pieces)
    return compile_pattern(json.dumps({"a": [{"wildcard": wildcard}]})).matches({"a": text})


def by_definition(pieces: list[str], text: str) -> bool:
    """Try every length of what a wildcard can stand for."""
    first, rest = pieces[0], pieces[1:]
    if not rest:
        return text == first
    return text.startswith(first) and any(by_definition(rest, text[end:]) for end in range(len(first), len(text) + 1))


@given(PIECES, st.text(LETTERS, max_size=8))
def test_a_wildcard_stands_for_any_text_or_none(pieces: list[str], text: str) -> None:
    """As many of them as a pattern may have, with escaped stars and backslashes between them."""
    assert matches(pieces, text) is by_definition(pieces, text)


@given(PIECES, st.lists(st.text(LETTERS, max_size=2), min_size=5, max_size=5))
def test_what_is_made_of_the_pieces_matches(pieces: list[str], fillings: list[str]) -> None:
    """With any text between them."""
    text = pieces[0] + "".join(filling + piece for filling, piece in zip(fillings, pieces[1:], strict=False))
    assert matches(pieces, text)


@pytest.mark.parametrize(("end", "passes"), [("b", True), ("a", False)])
def test_a_long_text_that_nearly_matches_is_read_once(end: str, passes: bool) -> None:  # noqa: FBT001
    """100 kB, in which every wildcard could begin anywhere; by trying them all this test would not end."""
    assert matches(["", "a", "a", "a", "a", "b"], "a" * 100_000 + end) is passes
