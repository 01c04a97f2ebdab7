"""The minimal example, applied once for all tests of this folder; test_stream.py destroys it."""

import pytest

from tests.apply.deployment import Deployment, Stacks


@pytest.fixture(scope="session")
def minimal(stacks: Stacks) -> Deployment:
    """The example, unchanged and applied."""
    deployment = stacks.clean().initialise("minimal")
    deployment.apply()
    return deployment
