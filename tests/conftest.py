"""What every test may need: nobody's account within reach, and the zip that ships, built once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.settings import forget_the_users_account

ROOT = Path(__file__).resolve().parents[1]
TESTS = Path(__file__).parent
SLOWEST_FIRST = ("flow", "apply", "plan", "drills", "demo", "local")

forget_the_users_account()
# Terraform and its provider live for seconds: looking for garbage is a quarter of their CPU time.
os.environ |= {"GOGC": "off", "GOMEMLIMIT": "1GiB"}
# Two processes must not write one cache of providers: Terraform does not lock it.
PLUGINS = ROOT / "build" / "terraform-plugins" / os.environ.get("PYTEST_XDIST_WORKER", "alone")
PLUGINS.mkdir(parents=True, exist_ok=True)
os.environ["TF_PLUGIN_CACHE_DIR"] = str(PLUGINS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that take longest, so that neither process of `make test` is left with one at the end."""

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(TESTS).parts[0]
        return SLOWEST_FIRST.index(folder) if folder in SLOWEST_FIRST else len(SLOWEST_FIRST)

    items.sort(key=place)


@pytest.fixture(scope="session")
def package_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that stands for the tree's `build/`, with the zip in it that `make package` would put there."""
    folder = tmp_path_factory.mktemp("package")
    command = [sys.executable, str(ROOT / "lambda" / "package.py"), "--output", str(folder / "stream-indexer.zip")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder
