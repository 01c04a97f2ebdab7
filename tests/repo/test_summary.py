"""Do the last lines of a test run say how long each part took, what was slow, and how to run only a failed test?"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFTEST = """
from tests.summary import Summary

def pytest_configure(config):
    config.pluginmanager.register(Summary())
"""
TESTS = """
import pytest

@pytest.mark.parametrize("name", ["it's $LATEST", "well"])
def test_one(name, record_property):
    record_property("seeds", "7 to 9")
    assert name == "well", "\\ud83d"
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What pytest prints of a test that fails, one that passes and a file that it cannot import."""
    folder = tmp_path_factory.mktemp("summary")
    (folder / "conftest.py").write_text(CONFTEST)
    for part, content in {"unit": TESTS, "flow": "import nowhere\n"}.items():
        (folder / "tests" / part).mkdir(parents=True)
        (folder / "tests" / part / "test_it.py").write_text(content)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rN", "--rootdir", str(folder), "-n1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    done = subprocess.run(
        [*command, "--continue-on-collection-errors"],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()


def test_every_failure_is_a_line_with_the_command_that_runs_it_alone(said: list[str]) -> None:
    """A name that shell and make would change is quoted for both; a lone surrogate does not end the run."""
    one, other = sorted(line for line in said if line.startswith("FAILED "))
    assert one.startswith("FAILED tests/flow/test_it.py - E   ModuleNotFoundError: No module named 'nowhere' | make")
    assert other.startswith(r"FAILED tests/unit/test_it.py::test_one[it's $LATEST] - AssertionError: \ud83d")
    shell = ["sh", "-c", "printf %s " + other.rpartition(" | make test ONLY=")[2]]
    given = subprocess.run(shell, capture_output=True, text=True, check=True).stdout
    assert given == "tests/unit/test_it.py::test_one[it's $$LATEST]"


def test_a_run_says_how_long_its_parts_and_its_slowest_tests_took(said: list[str]) -> None:
    """The closing line is pytest's own."""
    assert [line.split()[1:] for line in said if line.endswith(" tests)")] == [["unit", "(2", "tests)"]]
    assert len([line for line in said if re.fullmatch(r" +[\d.]+  tests/unit/test_it\.py::test_one\[.+\]", line)]) == 2
    assert re.fullmatch(r"=+ 1 failed, 1 passed, 1 error in [\d.]+s(?: \([\d:]+\))? =+", said[-1])


def test_a_run_says_what_its_tests_recorded(said: list[str]) -> None:
    """Such as seeds, also of tests that passed."""
    assert said.count("seeds: 7 to 9") == 2
