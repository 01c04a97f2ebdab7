"""Reads the inputs and outputs of a Terraform module from its variables.tf and outputs.tf.

By lines, as `terraform fmt` leaves them. A description that is a heredoc has a bullet for each attribute of the object,
`- `path`: text`; without one, the comment behind the attribute is its description, which a parser of HCL would drop.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BLOCK: Final = re.compile(r'^(?:variable|output) "(?P<name>\w+)" \{\n(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL)
ARGUMENT: Final = r"^  {}\s+= (?P<value>.*)$"
OBJECT: Final = re.compile(
    r"^  type\s+= (?P<kind>(?:map|list)\(object|object)\(\{\n(?P<attributes>.*?)^  \}\)", re.MULTILINE | re.DOTALL
)
HEREDOC: Final = re.compile(r"^  description = <<-EOT\n(?P<text>.*?)^  EOT$", re.MULTILINE | re.DOTALL)
BULLET: Final = re.compile(r"^- (?P<paths>`.*?`): (?P<note>.*)$")
COMMENT: Final = re.compile(r"\s+# (.*)$")
NESTED: Final = re.compile(r"(?:map\(|list\()?object\(\{(.*)\}\)+", re.DOTALL)
SOURCE: Final = re.compile(r'^  source = "(\./[\w/-]+)"$', re.MULTILINE)
# A long text, one part on each line: no line of HCL has more than 140 characters.
PARTS: Final = re.compile(r'^( *)(\w+ +=) join\(" ", \[\n(.*?)\n\1\]\)$', re.MULTILINE | re.DOTALL)
BETWEEN_PARTS: Final = re.compile(r'",\n +"')
RULE: Final = re.compile(r'error_message = "(?P<field>[\w.]+) must be (?P<allowed>.*?), got ')


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an object; `default` is HCL, None where the attribute is required.

    Where it is an object itself, or a collection of them, `attributes` are that one's.
    """

    name: str
    type: str
    default: str | None
    note: str
    attributes: tuple["Attribute", ...]


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
        description, notes = _described(body)
        found.append(
            Input(
                name=block["name"],
                type=attributes["kind"] if attributes else _argument("type", body) or "",
                default=_argument("default", body),
                description=description,
                attributes=tuple(_attributes(attributes["attributes"] if attributes else "", notes)),
            )
        )
    return found


def outputs(module: Path) -> list[Output]:
    """Return the outputs of the module in `module`, in the order of their file."""
    text = (module / "outputs.tf").read_text()
    return [Output(block["name"], _described(block["body"])[0]) for block in BLOCK.finditer(text)]


def called(root: Path) -> list[Path]:
    """Return the modules that the configuration in `root` calls: the values it is given are checked there."""
    return sorted(root / source for source in SOURCE.findall((root / "main.tf").read_text()))


def limits(modules: Iterable[Path]) -> dict[str, str]:
    """Return what the modules' validations allow, by field, in the words of their messages."""
    found: dict[str, list[str]] = {}
    for module in modules:
        for rule in RULE.finditer("".join(read_hcl(path) for path in sorted(module.glob("*.tf")))):
            if "${" not in rule["allowed"]:  # a computed part
                found.setdefault(rule["field"], []).append(rule["allowed"].replace('\\"', '"'))
    return {field: "; ".join(dict.fromkeys(allowed)) for field, allowed in found.items()}


def read_hcl(path: Path) -> str:
    """Return a file's text with each text that is joined from parts as one line."""
    return PARTS.sub(lambda found: f"{found[1]}{found[2]} {_whole(found[3])}", path.read_text())


def _whole(parts: str) -> str:
    return " ".join(BETWEEN_PARTS.sub(" ", parts.strip().removesuffix(",")).split())


def _described(body: str) -> tuple[str, dict[str, str]]:
    """Return a variable's description, and what its bullets say of attributes, by path."""
    heredoc = HEREDOC.search(body)
    if heredoc is None:
        return _text(_argument("description", body)), {}
    lines = [line.strip() for line in heredoc["text"].splitlines()]
    bullets = [bullet for line in lines if (bullet := BULLET.match(line))]
    notes = {path.strip("`"): bullet["note"] for bullet in bullets for path in bullet["paths"].split(", ")}
    return " ".join(line for line in lines if line and not BULLET.match(line)), notes


def _attributes(text: str, notes: Mapping[str, str], above: str = "") -> Iterable[Attribute]:
    for member, comment in _members(text):
        name, _, asked = member.partition("=")
        kind, default = _optional(asked.strip())
        inner, path = NESTED.fullmatch(kind), f"{above}{name.strip()}"
        attributes = tuple(_attributes(inner[1] if inner else "", notes, f"{path}."))
        yield Attribute(name.strip(), kind, default, notes.get(path, comment), attributes)


def _members(text: str) -> Iterable[tuple[str, str]]:
    """Yield each attribute of an object's text, and the comment on the line that it begins on."""
    member, note = "", ""
    for line in text.splitlines():
        comment = COMMENT.search(line)
        if not member.strip():
            line, note = COMMENT.sub("", line), comment[1] if comment else ""  # noqa: PLW2901 - an inner comment is an inner attribute's
        elif comment and _depth(member + COMMENT.sub("", line)) == 0:
            line = COMMENT.sub("", line)  # noqa: PLW2901 - as above
        member += line + "\n"
        if _depth(member) == 0:
            yield from ((part.strip(), note) for part in _split(member) if part.strip())
            member = ""


def _depth(text: str) -> int:
    return sum((character in "([{") - (character in ")]}") for character in text)


def _split(text: str) -> Iterable[str]:
    """Yield the parts between the commas outside brackets."""
    start, depth = 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


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
