"""One scene on the embedded engines for all drills: each leaves it calm for the next."""

from collections.abc import Iterator

import pytest

from demo.stage import Stage
from drills.scene import Scene, scene


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The scene, calm."""
    with scene(Stage(tmp_path_factory.mktemp("drills") / "home"), "embedded") as started:
        yield started
