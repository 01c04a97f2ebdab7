"""One environment on the embedded engines for all drills: each leaves it calm for the next."""

from collections.abc import Iterator

import pytest

from demo.steps import StepRunner
from drills.environment import DrillEnvironment, environment


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DrillEnvironment]:
    """The environment, calm."""
    with environment(StepRunner(tmp_path_factory.mktemp("drills") / "home"), "embedded") as started:
        yield started
