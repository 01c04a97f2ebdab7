"""A local AWS for each process of the tests, with a Terraform provider that runs for it."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from localaws.stack import LocalAws
from tests.apply.deployment import ROOT, Stack, Stacks


@pytest.fixture(scope="session")
def package_folder(package_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that stands for the tree's `build/`, with the zip of every example in it."""
    folder = tmp_path_factory.mktemp("packages")
    for built in package_folder.iterdir():
        (folder / built.name).hardlink_to(built)
    with zipfile.ZipFile(folder / "notify.zip", "w") as archive:
        archive.write(ROOT / "examples/custom-function/function/handler.py", "handler.py")
    return folder


@pytest.fixture(scope="session")
def stacks(package_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """What keeps the stack of this process."""
    with Stacks(package_folder, tmp_path_factory.mktemp("stacks")) as kept:
        yield kept


@pytest.fixture
def stack(stacks: Stacks) -> Stack:
    """A stack with nothing in it."""
    return stacks.clean()


@pytest.fixture
def aws(stack: Stack) -> LocalAws:
    """The stack's local AWS."""
    return stack.aws
