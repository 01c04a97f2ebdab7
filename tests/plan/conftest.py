"""The configurations that all plan tests share."""

from collections.abc import Iterator

import pytest

from testkit.shared_provider import running_provider
from tests.plan.configurations import Configurations


@pytest.fixture(scope="session")
def configurations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Configurations]:
    """Each initialised once, and all attached to one provider, for it takes its time: that which the examples pin."""
    first = Configurations(tmp_path_factory.mktemp("provider"), {}).of("examples/minimal")
    with running_provider(first) as environment:
        yield Configurations(tmp_path_factory.mktemp("plan"), environment)
