"""The zip that ships, built once, and a local AWS for each file of tests."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from local.stack import LocalAws
from tests.apply.deployment import ROOT


@pytest.fixture(scope="session", autouse=True)
def _package() -> None:
    """The examples take it from where `make package` puts it."""
    subprocess.run([sys.executable, ROOT / "lambda" / "package.py"], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS on its embedded engines, with nothing in it."""
    with LocalAws.start(engines="embedded", home=tmp_path_factory.mktemp("aws")) as stack:
        yield stack
