"""What a test of one leaf of an event is, and the error of a pattern that asks for none there is."""

from collections.abc import Callable

from localaws.event_source_mapping.protocols import Json

Matcher = Callable[[Json], bool]


class PatternError(ValueError):
    """A pattern is not valid; the text is EventBridge's reason."""
