"""Writes the tables of inputs and outputs into the READMEs, and docs/limits.md: `make docs`, or --check only looks.

A README asks for them by terraform-docs' two comments.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tools import limits as refusals
from tools.module_interface import Attribute, Input, called, inputs, limits, outputs

ROOT: Final = Path(__file__).resolve().parents[1]
FULL_TABLE: Final = ROOT / "docs" / "inputs.md"
SENTENCE: Final = re.compile(r".*?[.](?=\s|$)|.*")
PLACE: Final = re.compile(r"(?<=<!-- BEGIN_TF_DOCS -->\n).*?(?=<!-- END_TF_DOCS -->)", re.DOTALL)


def main() -> int:
    """Write the tables; return how many files were not as they should be, if only looking."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where something would be written")
    only_look = parser.parse_args().check
    wanted = {**{readme: written(readme) for readme in readmes()}, refusals.PAGE: refusals.written()}
    stale = [path for path, text in wanted.items() if path.read_text() != text]
    for path in stale:
        print(f"{path.relative_to(ROOT)}: {'stale, run `make docs`' if only_look else 'written'}")  # noqa: T201 - a command talks to its terminal
        if not only_look:
            path.write_text(wanted[path])
    return len(stale) if only_look else 0


def readmes() -> list[Path]:
    """Return the pages that ask for tables."""
    pages = [ROOT / "README.md", FULL_TABLE, *sorted(ROOT.glob("modules/*/README.md"))]
    return [path for path in pages if PLACE.search(path.read_text())]


def written(page: Path) -> str:
    """Return the page with its tables: attributes have rows in all of them but the root README."""
    module = ROOT if page == FULL_TABLE else page.parent
    if page == ROOT / "README.md":
        tables = [*short_table(module), "", *output_table(module, is_short=True), ""]
    else:
        # The root's values are checked by the modules that they are passed to.
        checked_in = called(ROOT) if module == ROOT else [module]
        tables = [*input_table(module, limits(checked_in)), "", *output_table(module), ""]
    text = "\n".join(tables)
    return PLACE.sub(lambda _: f"\n{text}\n", page.read_text())


def short_table(module: Path) -> Iterator[str]:
    """Yield the lines of a table with one row for each input: the name of its type, and its first sentence."""
    yield from ("| input | type | default | description |", "|---|---|---|---|")
    for variable in inputs(module):
        kind = variable.type.partition("(")[0]
        default = "required" if variable.default is None else f"`{variable.default}`"
        yield f"| `{variable.name}` | {kind} | {default} | {first_sentence(variable.description)} |"


def first_sentence(description: str) -> str:
    """Return the first sentence of a description, without line breaks."""
    return SENTENCE.match(" ".join(description.split()))[0]  # type: ignore[index] # it matches every text


def input_table(module: Path, allowed: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the table of inputs, an object's attributes below the object."""
    yield from ("| input | type | default | allowed | what it decides |", "|---|---|---|---|---|")
    for variable in inputs(module):
        yield _row(variable.name, variable, allowed, variable.description)
        yield from _attribute_rows(variable.name, variable.attributes, allowed)


def output_table(module: Path, *, is_short: bool = False) -> Iterator[str]:
    """Yield the lines of the table of outputs."""
    yield from ("| output | what it is |", "|---|---|")
    for output in outputs(module):
        description = first_sentence(output.description) if is_short else output.description
        yield f"| `{output.name}` | {description} |"


def _attribute_rows(path: str, attributes: Iterable[Attribute], allowed: Mapping[str, str]) -> Iterator[str]:
    for attribute in attributes:
        # The comment of an object on one line describes all its attributes, so it is in the object's row.
        yield _row(f"{path}.{attribute.name}", attribute, allowed, attribute.note or f"see `{path}`")
        yield from _attribute_rows(f"{path}.{attribute.name}", attribute.attributes, allowed)


def _row(name: str, described: Input | Attribute, allowed: Mapping[str, str], meaning: str) -> str:
    default = "required" if described.default is None else f"`{described.default}`"
    return f"| `{name}` | {described.type.partition('(')[0]} | {default} | {allowed.get(name, '')} | {meaning} |"


if __name__ == "__main__":
    sys.exit(main())
