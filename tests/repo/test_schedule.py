"""Are tests that share a stack run by one process, and every other file by itself?"""

from pathlib import Path

import pytest

from tests.schedule import ALONE, SHARED, SLOWEST_FIRST, rank, unit

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [*ROOT.glob("tests/*/"), *ROOT.glob("*/")]


@pytest.mark.parametrize(
    ("nodeid", "expected"),
    [
        ("tests/unit/opensearch/test_bulk.py::test_a[x::y]", "tests/unit/opensearch/test_bulk.py"),
        ("tests/apply/test_complete.py::test_a", "tests/apply/test_complete.py"),
        ("tests/apply/minimal/test_access.py::test_a", "tests/apply/minimal"),
        ("tests/flow/test_routes.py::test_a", "tests/flow"),
        ("localaws/tests/engines/test_tags.py::test_a", "localaws/tests/engines"),
        ("tests/flow/test_security_role.py::test_a", "tests/flow/test_security_role.py"),
    ],
)
def test_a_process_takes_a_file_or_all_that_shares_a_stack(nodeid: str, expected: str) -> None:
    assert unit(nodeid) == expected


def test_the_slowest_folders_begin() -> None:
    assert (
        rank("tests/flow/test_routes.py::test_a") < rank("localaws/tests/test_stack.py::test_a") < rank("tests/unit/a")
    )


def test_what_the_schedule_names_exists() -> None:
    assert [name for name in SHARED if not (ROOT / name).is_dir()] == []
    assert [
        name for name in SLOWEST_FIRST if not any((ROOT / parent / name).is_dir() for parent in ("tests", "."))
    ] == []
    assert [name for name in ALONE if not (ROOT / name).is_file()] == []
