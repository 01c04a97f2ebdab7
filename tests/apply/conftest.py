"""A local AWS for each file of tests."""

from collections.abc import Iterator

import pytest

from local.stack import LocalAws


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS on its embedded engines, with nothing in it."""
    with LocalAws.start(engines="embedded", home=tmp_path_factory.mktemp("aws")) as stack:
        yield stack
