"""What every test may need: no account within reach, and the zip that ships, built once."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from localaws.settings import clear_aws_environment
from tests.schedule import Schedule, rank
from tests.summary import Summary

ROOT = Path(__file__).resolve().parent

clear_aws_environment()
# Terraform and its provider live for seconds: looking for garbage is a quarter of their CPU time.
os.environ |= {"GOGC": "off", "GOMEMLIMIT": "1GiB"}
# Two processes must not write one cache of providers: Terraform does not lock it.
PLUGINS = ROOT / "build" / "terraform-plugins" / os.environ.get("PYTEST_XDIST_WORKER", "alone")
PLUGINS.mkdir(parents=True, exist_ok=True)
os.environ["TF_PLUGIN_CACHE_DIR"] = str(PLUGINS)


def pytest_configure(config: pytest.Config) -> None:
    """Let the process that reports sum up the run; each process hands on reports that can be sent."""
    config.pluginmanager.register(Summary())


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Schedule:
    """Keep tests that share a stack in one process, and keep their order."""
    config.option.loadscopereorder = False
    return Schedule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that take longest."""
    items.sort(key=lambda item: rank(item.nodeid))


@pytest.fixture(scope="session")
def package_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that stands for the tree's `build/`, with the zip in it that `make package` would put there."""
    folder = tmp_path_factory.mktemp("package")
    command = [sys.executable, str(ROOT / "lambda" / "package.py"), "--output", str(folder / "stream-indexer.zip")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder
