"""What every test may need: nobody's account within reach, and the zip that ships, built once."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.settings import forget_the_users_account

ROOT = Path(__file__).resolve().parents[1]

forget_the_users_account()


@pytest.fixture(scope="session")
def package_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that stands for the tree's `build/`, with the zip in it that `make package` would put there."""
    folder = tmp_path_factory.mktemp("package")
    command = [sys.executable, str(ROOT / "lambda" / "package.py"), "--output", str(folder / "stream-indexer.zip")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder
