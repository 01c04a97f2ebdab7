"""The filters of one mapping: a record passes if a filter matches, or if there are no filters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from localaws.event_source_mapping.event_pattern import Pattern, compile_pattern
from localaws.event_source_mapping.matching import PatternError
from localaws.event_source_mapping.protocols import Json


@dataclass(frozen=True, slots=True)
class FilterCriteria:
    """Compiled filters."""

    patterns: tuple[Pattern, ...]

    @classmethod
    def compile(cls, texts: Iterable[Json]) -> "FilterCriteria":
        """Compile each filter's text.

        Raises:
            PatternError: one is missing or no pattern.
        """
        patterns = []
        for text in texts:
            if not isinstance(text, str) or not text:
                raise PatternError("A filter has no pattern")
            patterns.append(compile_pattern(text))
        return cls(tuple(patterns))

    def pass_on(self, record: Mapping[str, Json]) -> bool:
        """Say whether the function gets `record`, in the form that it would get."""
        return not self.patterns or any(pattern.matches(record) for pattern in self.patterns)
