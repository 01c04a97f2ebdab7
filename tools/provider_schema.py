"""Reads the schema of the provider aws from two wheels that are generated from it, where the provider is not available.

cdktn-provider-aws has the names, and pulumi-aws says which of them are deprecated. A place is a type and the blocks
within: `aws_dynamodb_table.replica`, `data.aws_region`.
"""

import io
import re
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# JavaScript of cdktn-provider-aws: a class for each place, and a comment for each name in it.
CLASS: Final = re.compile(
    r"^class (?P<name>\w+) extends cdktn\.(?P<base>\w+) \{\n(?P<body>.*?)^\}", re.MULTILINE | re.DOTALL
)
NAME: Final = re.compile(
    r"^    // (?P<name>\w+) - computed: \w+, optional: (?P<optional>\w+), required: (?P<required>\w+)\n"
    r"(?:^    _\w+ = new (?P<block>[A-Z]\w*?)(?:List|OutputReference)\(this)?",
    re.MULTILINE,
)
VERSION: Final = re.compile(r"hashicorp/aws provider version ([\d.]+)")
# Python of pulumi-aws: a class for each place, and a decorator for each deprecated name in it.
TOKEN: Final = re.compile(r"'aws:(\w+/\w+):\w+'")
PYTHON_CLASS: Final = re.compile(r"^class (?P<name>\w+)\b.*\n(?P<body>(?:(?: .*)?\n)*)", re.MULTILINE)
DEPRECATED: Final = re.compile(r'deprecated\("""(?P<reason>.*?)"""\)\n    def (?P<name>\w+)\(')
# Types that pulumi-aws has elsewhere than their names say.
ELSEWHERE: Final = {"aws_security_group": "ec2/securityGroup"}


class UnreadableError(Exception):
    """A wheel does not hold what is looked for; the message says which and what."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of a type or block: required, optional and read-only."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    read: tuple[str, ...]


class Schema:
    """The wheel of cdktn-provider-aws; `version` is the provider's that it was generated from."""

    def __init__(self, wheel: Path) -> None:
        """Open the wheel at `wheel`, and the package of JavaScript within."""
        self._wheel = wheel.name
        with zipfile.ZipFile(wheel) as archive:
            package = next(name for name in archive.namelist() if name.endswith(".jsii.tgz"))
            self._package = tarfile.open(fileobj=io.BytesIO(archive.read(package)))  # noqa: SIM115 - open as long as this
            about = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            self.version = VERSION.findall(archive.read(about).decode())[0]

    def code(self, kind: str) -> str:
        """Return the JavaScript of the type `kind`, e.g. `aws_sqs_queue` or `data.aws_region`.

        Raises:
            UnreadableError: the provider has no such type.
        """
        folder = kind.replace("data.", "data-").replace("_", "-").removeprefix("aws-")
        try:
            file = self._package.extractfile(f"package/lib/{folder}/index.js")
        except KeyError as error:
            raise UnreadableError(f"{self._wheel} has no {kind}.") from error
        return file.read().decode() if file else ""


def places(kind: str, code: str) -> Iterator[tuple[str, Names]]:
    """Yield each place within the type `kind`, the type itself first, and its names, from the type's JavaScript.

    Raises:
        UnreadableError: the code has another form.
    """
    classes = {found["name"]: found for found in CLASS.finditer(code)}
    waiting = [
        (kind, name) for name, found in classes.items() if found["base"] in {"TerraformResource", "TerraformDataSource"}
    ]
    if not waiting:
        raise UnreadableError(f"cdktn-provider-aws describes {kind} in an unknown form.")
    for place, name in waiting:  # which grows
        names = list(NAME.finditer(classes[name]["body"]))
        yield (
            place,
            Names(
                required=tuple(each["name"] for each in names if each["required"] == "true"),
                optional=tuple(each["name"] for each in names if each["optional"] == "true"),
                read=tuple(each["name"] for each in names if each["required"] == each["optional"] == "false"),
            ),
        )
        within = [(f"{place}.{each['name']}", f"{each['block']}OutputReference") for each in names]
        waiting += [(below, block) for below, block in within if block in classes]


class Deprecations:
    """The wheel of pulumi-aws."""

    def __init__(self, wheel: Path) -> None:
        """Read the Python in the wheel at `wheel`."""
        self._wheel = wheel.name
        with zipfile.ZipFile(wheel) as archive:
            self._code = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".py")}
        self._places = {
            ("/get" in token, _squeezed(token.replace("/get", "/"))): (file, token.partition("/")[2])
            for file, code in self._code.items()
            for token in TOKEN.findall(code)
        }

    def at(self, place: str) -> dict[str, str]:
        """Return the deprecated names of a type or block, names of lists in the plural, with the provider's reasons.

        Raises:
            UnreadableError: the wheel has the type under another name.
        """
        is_data = place.startswith("data.")
        kind, *blocks = place.removeprefix("data.").split(".")
        found = self._places.get((is_data, _squeezed(ELSEWHERE.get(kind, kind.removeprefix("aws_")))))
        if found is None:
            raise UnreadableError(f"{self._wheel} has {kind} under another name: say in ELSEWHERE which.")
        file, name = found
        outputs = f"{file.rpartition('/')[0]}/outputs.py"  # where blocks are
        told = {
            _squeezed(within): names
            for text in (self._code[file], self._code.get(outputs, ""))
            for within, names in reasons(text).items()
        }
        end = "Result" if is_data else ""
        singular = [block.removesuffix("s") for block in blocks]
        classes = [_squeezed("".join((name, *parts, end))) for parts in (blocks, singular)]
        return next((told[within] for within in classes if within in told), {})


def reasons(code: str) -> dict[str, dict[str, str]]:
    """Return by class the deprecated names in pulumi-aws's Python, with the reasons."""
    return {
        found["name"]: {each["name"]: each["reason"] for each in DEPRECATED.finditer(found["body"])}
        for found in PYTHON_CLASS.finditer(code)
    }


def _squeezed(name: str) -> str:
    """Return a name as it reads in every convention: in small letters, without what parts its words."""
    return re.sub("index/|[/_]", "", name).lower()
