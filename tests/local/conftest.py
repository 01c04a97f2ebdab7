"""One local AWS for each set of engines, shared by all tests of what the engines must do."""

from collections.abc import Iterator

import pytest

from local.settings import ENGINES
from local.stack import LocalAws


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running local AWS on Python packages alone."""
    with LocalAws.start(engines="embedded", home=tmp_path_factory.mktemp("embedded")) as started:
        yield started


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running local AWS on DynamoDB Local and OpenSearch."""
    with LocalAws.start(engines="real", home=tmp_path_factory.mktemp("real")) as started:
        yield started


@pytest.fixture(scope="session", params=ENGINES)
def aws(request: pytest.FixtureRequest) -> LocalAws:
    """Each of them in turn."""
    started: LocalAws = request.getfixturevalue(request.param)
    return started
