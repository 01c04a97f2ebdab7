"""The configurations that all plan tests share."""

import pytest

from tests.plan.configurations import Configurations


@pytest.fixture(scope="session")
def configurations(tmp_path_factory: pytest.TempPathFactory) -> Configurations:
    """Each initialised once, for the provider takes its time."""
    return Configurations(tmp_path_factory.mktemp("plan"))
