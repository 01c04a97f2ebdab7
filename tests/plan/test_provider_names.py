"""Has provider 6 every name that the modules and examples use? The tests run provider 5, so this uses the schema of 6.

tests/plan/data/provider-6.json holds its names: `make provider-schema` writes it again, from the newest version.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tools.provider_snapshot import FOLDERS, NAMES, types
from tools.provider_usage import Use, reads, sets

PLACES: Final[dict[str, dict[str, Any]]] = json.loads(NAMES.read_text())["places"]
# Deprecated names that are still used, and why.
KEPT: Final = {
    "aws_dynamodb_table.global_secondary_index.hash_key": "`key_schema`, which replaces it, is not in provider 5.100",
    "aws_dynamodb_table.global_secondary_index.range_key": "the same",
    "data.aws_region.id": "`region`, which replaces it, is not in provider 5.100 either",
}


@pytest.fixture(scope="module")
def are_set() -> list[Use]:
    """What the tree sets."""
    return [use for folder in FOLDERS for use in sets(folder)]


@pytest.fixture(scope="module")
def are_read() -> list[Use]:
    """What the tree reads."""
    return [use for folder in FOLDERS for use in reads(folder)]


def names(place: str, *kinds: str) -> set[str]:
    return {name for kind in kinds for name in PLACES[place].get(kind, ())}


def lines(uses: list[Use], *kinds: str) -> Iterator[str]:
    """Yield each name that is used and does not exist at its position."""
    for use in uses:
        within = names(use.place, *kinds) if use.place in PLACES else set()
        yield from (f"{use.file}: {use.place}.{name}" for name in use.names - within)


def test_the_names_are_of_all_types_that_are_used() -> None:
    """A type that is new in the tree is in the file after `make provider-schema`."""
    assert set(types()) <= set(PLACES)


def test_every_argument_and_block_that_is_set_is_there(are_set: list[Use]) -> None:
    """Also in the blocks within blocks, those made in a loop among them."""
    assert sum(len(use.names) for use in are_set) > 500
    assert list(lines(are_set, "required", "optional")) == []


def test_every_attribute_that_is_read_is_there(are_read: list[Use]) -> None:
    """Whether AWS or the tree gives its value."""
    assert {"arn", "stream_arn", "collection_endpoint"} <= {name for use in are_read for name in use.names}
    assert list(lines(are_read, "required", "optional", "read")) == []


def test_nothing_that_must_be_set_is_missing(are_set: list[Use]) -> None:
    """An argument that a newer provider asks for."""
    missing = [
        f"{use.file}: {use.place}.{name}" for use in are_set for name in names(use.place, "required") - use.names
    ]
    assert missing == []


def test_what_is_deprecated_is_used_for_a_reason_alone(are_set: list[Use], are_read: list[Use]) -> None:
    """The next major version of the provider may drop it."""
    used = {f"{use.place}.{name}" for use in are_set + are_read for name in use.names & names(use.place, "deprecated")}
    assert used == set(KEPT)


@pytest.mark.parametrize(
    "use", [Use(FOLDERS[0], "aws_sqs_queue", frozenset({"arm"})), Use(FOLDERS[0], "aws_no", frozenset({"arn"}))]
)
def test_a_name_that_is_not_there_is_noticed(use: Use) -> None:
    """Misspelt, or of a type that has gone."""
    assert len(list(lines([use], "required", "optional", "read"))) == 1
