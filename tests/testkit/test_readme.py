"""Does the example of testkit/README.md run unchanged in another repository?"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TESTKIT = Path(__file__).resolve().parents[2] / "testkit"


def test_the_readme_s_test_passes_with_the_two_files_alone(tmp_path: Path) -> None:
    """Nothing else of this project is there."""
    readme = (TESTKIT / "README.md").read_text()
    blocks = dict(re.findall(r"^```(hcl|python)\n(.*?)^```", readme, re.MULTILINE | re.DOTALL))
    for folder in ("testkit", "stack"):
        (tmp_path / folder).mkdir()
    for name in ("terraform.py", "providers.py"):
        shutil.copy(TESTKIT / name, tmp_path / "testkit")
    (tmp_path / "stack" / "main.tf").write_text(blocks["hcl"])
    (tmp_path / "test_stack.py").write_text(blocks["python"])
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_stack.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout
