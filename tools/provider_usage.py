"""Reads which names of a provider's resources and data sources the Terraform of a folder sets and reads.

A place is a type and the blocks within: `aws_dynamodb_table.replica`, `data.aws_region`. What an expression reads is
found in its text, one attribute deep, and two where a `for` goes over blocks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import hcl2

OF_TERRAFORM: Final = {"count", "depends_on", "for_each", "lifecycle", "provider"}
RESOURCE: Final = re.compile(r"^(?:resource|data) ", re.MULTILINE)
REFERENCE: Final = r"(?P<type>\b(?:data\.)?aws_\w+)\.\w+(?:\[[^\[\]]*\])?"
READ: Final = re.compile(REFERENCE + r"\.(?P<name>\w+)")
LOOP: Final = re.compile(
    r"\bfor (?:\w+, )?(?P<each>\w+) in (?:try\()?"
    + REFERENCE
    + r"(?:\.(?P<block>\w+))?[^:]*? : (?P<value>(?:(?!\bfor ).)*)"
)


@dataclass(frozen=True, slots=True)
class Use:
    """Names of a type or block that one block sets or one expression reads."""

    file: Path
    place: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Setting:
    """An argument that a resource's block sets, and to what; a block that is made in a loop, by its `for_each`."""

    place: str
    expression: str
    is_block: bool = False


def settings(folder: Path) -> Iterator[Setting]:
    """Yield what the resources in the folder's *.tf files set, also in the blocks within them."""
    for file in sorted(folder.glob("*.tf")):
        for place, body in _resources(file):
            if not place.startswith("data."):
                yield from _settings(place, body)


def sets(folder: Path) -> Iterator[Use]:
    """Yield what each block of the folder's *.tf files sets, the blocks within it by themselves."""
    for file in sorted(folder.glob("*.tf")):
        for place, body in _resources(file):
            yield from _in_block(file, place, body, OF_TERRAFORM)


def reads(folder: Path) -> Iterator[Use]:
    """Yield what the expressions in the folder's *.tf files read."""
    for file in sorted(folder.glob("*.tf")):
        text = file.read_text()
        for read in READ.finditer(text):
            yield Use(file, read["type"], frozenset({read["name"]}))
        for loop in LOOP.finditer(text):
            place = ".".join(part for part in (loop["type"], loop["block"]) if part)
            yield Use(file, place, frozenset(re.findall(rf"\b{loop['each']}\.(\w+)", loop["value"])))
        for place, body in _resources(file):
            yield Use(file, place, frozenset(re.findall(r"\bself\.(\w+)", str(body))))


@cache
def _resources(file: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the type and body of each resource and data source in a file."""
    text = file.read_text()
    parsed = hcl2.loads(text) if RESOURCE.search(text) else {}  # files of variables take longest
    return [
        (prefix + name.strip('"'), body)
        for kind, prefix in (("resource", ""), ("data", "data."))
        for labels in parsed.get(kind, [])
        for name, blocks in labels.items()
        if name.strip('"') != "terraform_data"  # Terraform's own, of no provider
        for body in blocks.values()
    ]


def _in_block(file: Path, place: str, body: dict[str, Any], passed: set[str]) -> Iterator[Use]:
    names = set()
    for name, blocks in _blocks(body):
        names.add(name)
        yield from _in_block(file, f"{place}.{name}", blocks, set())
    names |= {name for name in body if name != "dynamic" and not name.startswith("__")}
    yield Use(file, place, frozenset(names - passed))


def _settings(place: str, body: dict[str, Any]) -> Iterator[Setting]:
    for name, block in _blocks(body):
        yield from _settings(f"{place}.{name}", block)
    for loop in body.get("dynamic", []):
        for label, made in loop.items():
            yield Setting(f"{place}.{label.strip(chr(34))}", str(made["for_each"]), is_block=True)
    blocks = {name for name, _ in _blocks(body)} | OF_TERRAFORM | {"dynamic"}
    for name in body.keys() - blocks:
        if not name.startswith("__"):
            yield Setting(f"{place}.{name}", str(body[name]))


def _blocks(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and body of each block in `body`, those that Terraform makes in a loop as well."""
    for name, value in body.items():
        for block in value if isinstance(value, list) else []:
            if isinstance(block, dict) and name == "dynamic":
                yield from ((label.strip('"'), made["content"][0]) for label, made in block.items())
            elif isinstance(block, dict) and "__is_block__" in block and name not in OF_TERRAFORM:
                yield name, block
