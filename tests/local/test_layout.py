"""Could somebody lift the local AWS out for another project, and can it be measured there?"""

import ast
from pathlib import Path

import pytest

from local.bench import rounds

ROOT = Path(__file__).resolve().parents[2]
OURS = {path.name for path in ROOT.iterdir() if path.is_dir()} | {"stream_indexer"}


def imported(path: Path) -> set[str]:
    """Return the first word of everything that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("path", sorted((ROOT / "local").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_local_aws_imports_nothing_of_this_project(path: Path) -> None:
    """Nothing but itself and packages."""
    assert imported(path) & OURS <= {"local"}


def test_what_ships_imports_nothing_of_the_local_aws() -> None:
    """It runs on AWS, where there is none."""
    assert [path for path in (ROOT / "lambda").rglob("*.py") if "local" in imported(path)] == []


def test_every_record_of_a_measured_round_was_delivered(tmp_path: Path) -> None:
    """A round that lost some is an error, not a figure."""
    settings = {"ParallelizationFactor": 2, "BatchSize": 100}
    (figures,) = rounds("embedded", tmp_path / "aws", records=260, count=1, settings=settings)
    assert (figures.records, figures.seconds > 0) == (260, True)
