"""Is every merge finished?"""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(rb"^(<{7} |>{7} )", re.MULTILINE)


def test_no_file_has_the_marks_of_a_merge() -> None:
    """What git leaves in a file where two changes met is in none."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    assert len(files) > 100
    marked = [name.decode() for name in files if name and MARK.search((ROOT / name.decode()).read_bytes())]
    assert marked == []
