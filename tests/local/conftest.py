"""One local AWS for each set of engines, for all tests of what engines must have in common."""

from collections.abc import Iterator

import pytest

from local.settings import ENGINES
from local.stack import LocalAws


@pytest.fixture(scope="session", params=ENGINES)
def aws(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running local AWS, on each set of engines in turn."""
    with LocalAws.start(engines=request.param, home=tmp_path_factory.mktemp(request.param)) as started:
        yield started


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running local AWS on DynamoDB Local and OpenSearch."""
    with LocalAws.start(engines="real", home=tmp_path_factory.mktemp("real")) as started:
        yield started
