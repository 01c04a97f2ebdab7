"""Reads what a Terraform module asks for and gives back, off its variables.tf and outputs.tf.

By lines, as `terraform fmt` leaves them: the comment behind an object's attribute is its description, and a parser of
HCL would drop it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BLOCK: Final = re.compile(r'^(?:variable|output) "(?P<name>\w+)" \{\n(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL)
ARGUMENT: Final = r"^  {}\s+= (?P<value>.*)$"
OBJECT: Final = re.compile(
    r"^  type\s+= (?P<kind>(?:map|list)\(object|object)\(\{\n(?P<attributes>.*?)^  \}\)", re.MULTILINE | re.DOTALL
)
ATTRIBUTE: Final = re.compile(r"^    (?P<name>\w+)\s+= (?P<type>.*?)(?:\s+# (?P<note>.*))?$", re.MULTILINE)
SOURCE: Final = re.compile(r'^  source = "(\./[\w/-]+)"$', re.MULTILINE)
RULE: Final = re.compile(r'error_message = "(?P<field>[\w.]+) must be (?P<allowed>.*?), got ')


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an object; `default` is HCL, None where the attribute is required."""

    name: str
    type: str
    default: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Input:
    """One variable; `default` is HCL, None where the variable is required."""

    name: str
    type: str
    default: str | None
    description: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """One output."""

    name: str
    description: str


def inputs(module: Path, file: str = "variables.tf") -> list[Input]:
    """Return the variables of the module in `module`, in the order of their file."""
    found = []
    for block in BLOCK.finditer((module / file).read_text()):
        body = block["body"]
        attributes = OBJECT.search(body)
        found.append(
            Input(
                name=block["name"],
                type=attributes["kind"] if attributes else _argument("type", body) or "",
                default=_argument("default", body),
                description=_text(_argument("description", body)),
                attributes=tuple(_attributes(attributes["attributes"] if attributes else "")),
            )
        )
    return found


def outputs(module: Path) -> list[Output]:
    """Return the outputs of the module in `module`, in the order of their file."""
    text = (module / "outputs.tf").read_text()
    return [Output(block["name"], _text(_argument("description", block["body"]))) for block in BLOCK.finditer(text)]


def called(root: Path) -> list[Path]:
    """Return the modules that the configuration in `root` calls: the values it is given are checked there."""
    return sorted(root / source for source in SOURCE.findall((root / "main.tf").read_text()))


def limits(modules: Iterable[Path]) -> dict[str, str]:
    """Return what the modules' validations allow, by field, in the words of their messages."""
    found: dict[str, list[str]] = {}
    for module in modules:
        for rule in RULE.finditer((module / "variables.tf").read_text()):
            found.setdefault(rule["field"], []).append(rule["allowed"].replace('\\"', '"'))
    return {field: "; ".join(dict.fromkeys(allowed)) for field, allowed in found.items()}


def _attributes(text: str) -> Iterable[Attribute]:
    for line in ATTRIBUTE.finditer(text):
        kind, default = _optional(line["type"])
        yield Attribute(name=line["name"], type=kind, default=default, note=line["note"] or "")


def _optional(text: str) -> tuple[str, str | None]:
    """Return the type and the default of an attribute; None where it is required."""
    if not text.startswith("optional("):
        return text, None
    inner, depth = text.removeprefix("optional(").removesuffix(")"), 0
    for place, character in enumerate(inner):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            return inner[:place], inner[place + 1 :].strip()
    return inner, "null"


def _argument(name: str, body: str) -> str | None:
    match = re.search(ARGUMENT.format(name), body, re.MULTILINE)
    return match["value"] if match else None


def _text(value: str | None) -> str:
    return (value or "").strip('"').replace('\\"', '"')
