"""What a test of one leaf of an event is, and the error of a pattern that asks for none there is."""

from collections.abc import Callable

from local.mapping.seams import Json

Test = Callable[[Json], bool]


class PatternError(ValueError):
    """A pattern is not valid; the text is EventBridge's reason."""
