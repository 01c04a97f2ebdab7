"""Can the local AWS be installed without the rest of this repository, and can it be measured?"""

import ast
import re
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from localaws.bench import rounds

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "localaws"
TESTS = PACKAGE / "tests"
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.is_relative_to(TESTS)
}
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text())
OURS = {path.name for path in ROOT.iterdir() if path.is_dir()} | {"stream_indexer"}


def modules(path: Path) -> set[str]:
    """Return every module that a file imports, and every name that it imports from one."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def imported(path: Path) -> set[str]:
    """Return the first word of everything that a file imports."""
    return {name.partition(".")[0] for name in modules(path)}


@pytest.mark.parametrize("path", FILES.values(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_local_aws_imports_only_itself_and_what_it_declares(path: Path) -> None:
    """The standard library, and the dependencies in its pyproject.toml."""
    declared = {re.split(r"[^\w-]", name)[0].replace("-", "_") for name in PROJECT["project"]["dependencies"]}
    assert imported(path) & OURS <= {"localaws"}
    assert imported(path) - set(sys.stdlib_module_names) <= {"localaws", "_typeshed"} | declared


def test_no_module_of_the_local_aws_imports_itself_in_a_circle() -> None:
    """Also not through an import for the type checker only."""
    TopologicalSorter({name: modules(path) & FILES.keys() - {name} for name, path in FILES.items()}).prepare()


def test_its_pyproject_names_every_package() -> None:
    """A folder that is missing there would be missing in the wheel."""
    packages = {name for name, path in FILES.items() if path.name == "__init__.py"}
    assert packages == set(PROJECT["tool"]["setuptools"]["packages"])


def test_what_ships_imports_nothing_of_the_local_aws() -> None:
    """The function runs on AWS, without a local AWS."""
    assert [path for path in (ROOT / "lambda").rglob("*.py") if "localaws" in imported(path)] == []


def test_every_record_of_a_measured_round_was_delivered(tmp_path: Path) -> None:
    """A round that lost some is an error, not a figure."""
    settings = {"ParallelizationFactor": 2, "BatchSize": 100}
    (figures,) = rounds("embedded", tmp_path / "aws", records=260, count=1, settings=settings)
    assert (figures.records, figures.seconds > 0) == (260, True)
