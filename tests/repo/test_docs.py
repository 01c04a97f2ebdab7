"""Is what the documents name really there?"""

import json
import re
from pathlib import Path

import pytest

from tools.module_interface import Attribute, inputs

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("*/*/README.md")]
    if not {".venv", "build"} & set(path.relative_to(ROOT).parts)
)
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|tf|md|toml|txt|json|xml))`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
FORM = ("Status", "Context", "Decision", "Alternatives", "Consequences")
STATUS = re.compile(r"^\*\*Status\.\*\* (Accepted|Superseded by \[?\d{4})", re.MULTILINE)
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)\b(?=[^a-z]*(?:`|$|&|\n))", re.MULTILINE)
SETTING = re.compile(r"`([a-z_]+(?:\.[a-z_]+)+)(?: = [^`]*)?`")
OF_OPENSEARCH = {"index.gc_deletes", "index.mapping.depth.limit"}
# A change says what something was called; a decision was written with the names of its day.
OF_TODAY = [path for path in DOCUMENTS if path.parent.name != "decisions" and path.name != "CHANGELOG.md"]


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_path_in_backticks_exists(document: Path) -> None:
    """A path in backticks is in the tree, from its root or the document's folder, or made by make, AWS or Terraform."""
    missing = [
        path
        for path in PATH.findall(document.read_text())
        if not path.startswith(("build/", "aws/", "quarantine/", "registry.terraform.io/"))
        and not (ROOT / path).exists()
        and not (document.parent / path).exists()
        and not list(ROOT.glob(f"lambda/src/stream_indexer/{path}"))
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_link_leads_somewhere(document: Path) -> None:
    """A relative link of a document leads to a file or folder of the tree."""
    assert [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", OF_TODAY, ids=ids)
def test_every_setting_exists(document: Path) -> None:
    """A setting with a dot is one of the root's or of a module's, `alarms.thresholds.errors`, and has no old name."""
    modules = [ROOT, *(path.parent for path in ROOT.glob("modules/*/variables.tf"))]
    existing = {path for module in modules for each in inputs(module) for path in paths(each.name, each.attributes)}
    first = {path.split(".")[0] for path in existing} | {
        old.split(".")[0] for old in json.loads((ROOT / "renamed-inputs.json").read_text())
    }
    named = SETTING.findall(document.read_text())
    others = OF_OPENSEARCH.union(PATH.findall(document.read_text()))
    assert [name for name in named if name.split(".")[0] in first and name not in existing | others] == []


def paths(above: str, attributes: tuple[Attribute, ...]) -> set[str]:
    """Return the path of a setting, and of each attribute in it."""
    return {above}.union(*(paths(f"{above}.{each.name}", each.attributes) for each in attributes))


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_make_target_exists(document: Path) -> None:
    """A `make` target that a document names is one of the Makefile's."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(document.read_text())) <= targets


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert sorted(numbers) == sorted(set(numbers))


@pytest.mark.parametrize("page", DECISIONS, ids=ids)
def test_a_decision_has_the_usual_form(page: Path) -> None:
    """A title with its number, then Status, Context, Decision, Alternatives and Consequences in this order."""
    text = page.read_text()
    assert text.startswith(f"# {page.name[:4]}: ")
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [*FORM]
    assert STATUS.search(text), "The status must be Accepted, or Superseded by a number."


@pytest.mark.parametrize("page", DECISIONS, ids=ids)
def test_the_index_has_every_decision(page: Path) -> None:
    """The index has one line for each decision with its title and status: paste the missing line there."""
    text = page.read_text()
    title = text.partition("\n")[0].removeprefix("# ").replace(":", "", 1)
    status = STATUS.search(text)
    line = f"| [{title}]({page.name}) | {status and status[1].replace('[', '')} |"
    assert line in (ROOT / "docs" / "decisions" / "README.md").read_text().splitlines()


@pytest.mark.parametrize("listed", [*ROOT.glob("requirements/*.in"), ROOT / "lambda" / "requirements.in"], ids=ids)
def test_every_library_is_in_the_table_of_dependencies(listed: Path) -> None:
    """docs/dependencies.md says of each library what the project uses it for."""
    rows = [row.split("|") for row in (ROOT / "docs" / "dependencies.md").read_text().splitlines() if row[:2] == "| "]
    named = {name.strip() for row in rows for name in row[1].split(",")}
    required = re.findall(r"^([a-z][\w-]*)", listed.read_text(), re.MULTILINE)
    assert [name for name in required if name not in named] == []
