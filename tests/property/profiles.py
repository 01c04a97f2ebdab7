"""How many inputs each property is tried with: a few in `make test`, all of them in `make test-long`.

The environment variable HYPOTHESIS_PROFILE chooses: `small` (the default) or `long`.
"""

import os
from math import ceil
from typing import Final

from hypothesis import settings

IS_LONG: Final = os.environ.get("HYPOTHESIS_PROFILE", "small") == "long"
SMALL_SHARE: Final = 10  # of the long profile's inputs the small one tries one in so many


def tried(inputs: int) -> int:
    """Return how many of `inputs` the chosen profile tries."""
    return inputs if IS_LONG else ceil(inputs / SMALL_SHARE)


def examples(inputs: int) -> settings:
    """Return the settings of a property that the long profile tries with `inputs` inputs."""
    return settings(max_examples=tried(inputs))
