"""Do the parts that must say the same say the same: root and modules, module and function, alarms and runbook?"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.plan.configurations import ROOT
from tools.docs import readmes, written
from tools.limits import PAGE
from tools.limits import written as limits_written
from tools.module_interface import Attribute, Input, inputs

CALL = re.compile(r'^module "(?P<module>\w+)" \{\n(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL)
PASSED_ON = [
    (call["module"].replace("_", "-"), name)
    for call in CALL.finditer((ROOT / "main.tf").read_text())
    for name in re.findall(r"^  (\w+)\s+= var\.\1$", call["body"], re.MULTILINE)
]


@pytest.mark.parametrize(("module", "name"), PASSED_ON)
def test_what_the_root_passes_on_has_the_module_s_type_and_defaults(module: str, name: str) -> None:
    """A default that differs would depend on how the module is used. A module may ask for some attributes only."""
    at_root, in_module = (
        next(variable for variable in inputs(folder) if variable.name == name)
        for folder in (ROOT, ROOT / "modules" / module)
    )
    assert (at_root.type, at_root.default) == (in_module.type, in_module.default)
    shapes = {each.name: (each.type, each.default) for each in at_root.attributes}
    assert {each.name: (each.type, each.default) for each in in_module.attributes}.items() <= shapes.items()


@pytest.mark.parametrize("variable", [each for each in inputs(ROOT) if each.attributes], ids=lambda each: each.name)
def test_every_attribute_that_the_root_asks_for_reaches_a_module(variable: Input) -> None:
    """Terraform drops an attribute that a module does not ask for."""
    asked = {
        attribute.name
        for module, name in PASSED_ON
        if name == variable.name
        for each in inputs(ROOT / "modules" / module)
        if each.name == name
        for attribute in each.attributes
    }
    assert {attribute.name for attribute in variable.attributes} <= asked


DESCRIBED: Final = [
    pytest.param(variable, id=f"{module.name}: {variable.name}")
    for module in (ROOT, *sorted((ROOT / "modules").iterdir()))
    for variable in inputs(module)
    if variable.attributes
]


@pytest.mark.parametrize("variable", DESCRIBED)
def test_every_attribute_of_an_input_is_described(variable: Input) -> None:
    """In the description: a registry shows nothing else. A name and its type need no words."""
    assert [
        path for path, note in described(variable) if not note and path.split(".")[-1] not in {"name", "type"}
    ] == []


def described(variable: Input | Attribute, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path of each attribute, with its description."""
    for attribute in variable.attributes:
        path = f"{above}{attribute.name}"
        yield path, attribute.note
        yield from described(attribute, f"{path}.")


def test_the_root_has_few_inputs() -> None:
    """Each is one that a reader expects; what belongs together is one object."""
    assert len(inputs(ROOT)) <= 18


def test_every_input_of_the_root_reaches_a_module() -> None:
    """An input that is not passed on does nothing."""
    assert {variable.name for variable in inputs(ROOT)} == {name for _, name in PASSED_ON}


def test_the_root_has_nothing_but_module_calls() -> None:
    """The root wires; what it wires is the modules'."""
    assert set(re.findall(r"^(\w+)", (ROOT / "main.tf").read_text(), re.MULTILINE)) == {"module"}


@pytest.mark.parametrize("module", sorted((ROOT / "modules").iterdir()), ids=lambda path: path.name)
def test_a_module_calls_no_module(module: Path) -> None:
    """Modules call no modules: the root's main.tf has the whole wiring."""
    assert not [path.name for path in module.glob("*.tf") if re.search(r'^module "', path.read_text(), re.MULTILINE)]


def test_the_function_is_given_the_settings_that_it_reads() -> None:
    """The names are written twice, in Terraform and in Python."""
    blocks = {
        "indexer/main": r"environment = \{\n(.*?)\n  \}",
        "opensearch-access/fine_grained": r"variables = \{\n(.*?)\n +\}",
    }
    given: set[str] = set()
    for file, block in blocks.items():
        found = re.search(block, (ROOT / f"modules/{file}.tf").read_text(), re.DOTALL)
        assert found is not None
        given |= set(re.findall(r"^ +([A-Z_]+) +=", found[1], re.MULTILINE))
    read = re.findall(r'"([A-Z][A-Z_]+)"', (ROOT / "lambda/src/stream_indexer/config.py").read_text())
    endpoints = {"DYNAMODB"}  # the end of a variable's name, AWS_ENDPOINT_URL_DYNAMODB
    assert given == {name for name in read if not name.startswith("AWS_")} - endpoints


def test_each_alarm_has_its_heading_in_the_runbook() -> None:
    """The runbook has a heading for each alarm's key."""
    rows = re.search(r"  alarms = \{\n(.*?)\n  \}", (ROOT / "modules/monitoring/alarms.tf").read_text(), re.DOTALL)
    assert rows is not None
    headings = re.findall(r"^## ([a-z-]+)$", (ROOT / "docs/runbook.md").read_text(), re.MULTILINE)
    assert sorted([*re.findall(r"^    ([a-z-]+) = \{$", rows[1], re.MULTILINE), "index-behind"]) == sorted(headings)


@pytest.mark.parametrize(
    "section", (ROOT / "docs/runbook.md").read_text().split("\n## ")[1:], ids=lambda text: text.split()[0]
)
def test_each_section_of_the_runbook_has_the_usual_parts(section: str) -> None:
    """What the alarm means, whether data is lost, what to check, what to do, and when it clears."""
    assert re.findall(r"^\*\*(\w+)\b", section, re.MULTILINE) == ["Meaning", "Impact", "Check", "Fix", "Clears"]


def test_the_runbook_asks_saved_queries_that_there_are() -> None:
    """And no saved query is left without a reader."""
    queries = re.findall(
        r"^    ([a-z-]+) = <<-EOT$", (ROOT / "modules/monitoring/queries.tf").read_text(), re.MULTILINE
    )
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", (ROOT / "docs/runbook.md").read_text()))
    asked = set(re.findall(r"[Qq]uer(?:y|ies) `([a-z-]+)`", (ROOT / "docs/runbook.md").read_text()))
    assert asked <= set(queries)
    assert set(queries) <= named


@pytest.mark.parametrize("readme", readmes(), ids=lambda path: path.parent.name)
def test_the_tables_of_the_readme_are_fresh(readme: Path) -> None:
    """`make docs` has been run since an input or output changed."""
    assert readme.read_text() == written(readme), "run `make docs`"


def test_the_page_of_limits_is_fresh() -> None:
    """`make docs` has been run since a validation changed."""
    assert PAGE.read_text() == limits_written(), "run `make docs`"


def test_every_module_has_its_tables() -> None:
    """Without them a reader would need the module's code."""
    assert {path.parent.name for path in readmes()} == {path.name for path in (ROOT / "modules").iterdir()} | {
        ROOT.name,
        "docs",
    }


@pytest.mark.parametrize("readme", readmes(), ids=lambda path: path.parent.name)
def test_what_is_allowed_is_said_in_values_and_in_no_expression(readme: Path) -> None:
    """What a message fills in belongs behind "got", which the tables leave out."""
    assert [line for line in readme.read_text().splitlines() if line.startswith("| `") and "${" in line] == []
