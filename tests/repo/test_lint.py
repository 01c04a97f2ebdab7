"""Does `make lint` pass?"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-m", "ruff", "check", "."],
        [sys.executable, "-m", "ruff", "format", "--check", "."],
        [sys.executable, "-m", "mypy"],
        ["terraform", "fmt", "-check", "-recursive", "."],
    ],
    ids=["ruff-check", "ruff-format", "mypy", "terraform-fmt"],
)
def test_the_linters_are_content(command: list[str]) -> None:
    """Formatting, style and types are as `make lint` wants them."""
    assert shutil.which(command[0]), f"{command[0]} is not installed"
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
