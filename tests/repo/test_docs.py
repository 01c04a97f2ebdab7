"""Is what the documents name really there?"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("*/*/README.md")]
    if not {".venv", "build"} & set(path.relative_to(ROOT).parts)
)
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|tf|md|toml|txt|json|xml))`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)\b(?=[^a-z]*(?:`|$|&|\n))", re.MULTILINE)


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


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_every_make_target_exists(document: Path) -> None:
    """A `make` target that a document names is one of the Makefile's."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(document.read_text())) <= targets


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("0*.md")]
    assert sorted(numbers) == sorted(set(numbers))
