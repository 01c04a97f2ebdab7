"""One local AWS for each set of engines, shared by all tests of what the engines must do."""

from collections.abc import Iterator

import pytest

from localaws.settings import ENGINES
from localaws.stack import LocalAws


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running local AWS on Python packages only."""
    with LocalAws.start(engines="embedded", home=tmp_path_factory.mktemp("embedded")) as started:
        yield started


@pytest.fixture(scope="session")
def jvm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running local AWS on DynamoDB Local and OpenSearch."""
    with LocalAws.start(engines="jvm", home=tmp_path_factory.mktemp("jvm")) as started:
        yield started


@pytest.fixture(scope="session", params=ENGINES)
def aws(request: pytest.FixtureRequest) -> LocalAws:
    """Each of them in turn."""
    started: LocalAws = request.getfixturevalue(request.param)
    return started
