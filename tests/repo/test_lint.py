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


def test_no_line_of_hcl_is_longer_than_140_characters() -> None:
    """Long messages are joined from parts."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.tf", "*.hcl"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = [
        f"{name}:{number}"
        for name in filter(None, listed.split("\0"))
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if len(line) > 140
    ]
    assert lines == []
