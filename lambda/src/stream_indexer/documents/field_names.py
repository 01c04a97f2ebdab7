"""Replaces attribute names that OpenSearch rejects, reserves or reads as a path.

DynamoDB accepts any name. OpenSearch rejects blank names and some names with dots, reads other dots as a path (so that
`a.b` conflicts with an attribute `a`), and reserves some names at the top level of a document.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from stream_indexer.documents.records import AttributeValue, Image

# Tested with OpenSearch 2.19, which rejects each name inside a document or gives it a meaning.
METADATA_FIELDS: Final = frozenset(
    {
        "_data_stream_timestamp",
        "_doc_count",
        "_feature",
        "_field_names",
        "_id",
        "_ignored",
        "_index",
        "_nested_path",
        "_primary_term",
        "_routing",
        "_seq_no",
        "_source",
        "_version",
    }
)
# Global tables of version 2017.11.29 write these attributes into the item. They are not your data.
REPLICATION_ATTRIBUTES: Final = frozenset({"aws:rep:deleting", "aws:rep:updateregion", "aws:rep:updatetime"})
FLATTENED_FIELD: Final = "flattened_attributes"  # mapped as flat_object, which accepts any name
UNSEARCHABLE_FIELD: Final = "flattened_unsearchable"  # mapped as an object that is not indexed, which accepts any value
# A flat_object indexes each value as one term after its path. It rejects some terms below Lucene's limit, 32,766 bytes.
MAX_TERM_BYTES: Final = 32_000
MAX_CACHED_NAMES: Final = 10_000  # further names are checked each time


class FieldNamePolicy(StrEnum):
    """What to do with an attribute whose name OpenSearch rejects."""

    ESCAPE = "escape"  # escape the name, after a leading %
    FLATTEN = "flatten"  # move it to `flattened_attributes`, or to `flattened_unsearchable` if it is too long
    PASS_THROUGH = "pass_through"  # noqa: S105 - send it unchanged: OpenSearch rejects the document


class UnsupportedFieldNameError(Exception):
    """OpenSearch does not support an attribute's name. The message does not contain the name."""


@dataclass(slots=True)
class FieldNames:
    """Checks attribute names and caches the supported names: most items have the same names.

    Attributes:
        top_level: Names that are supported at the top level of a document.
        nested: Names that are supported below the top level.
    """

    policy: FieldNamePolicy
    top_level: set[str] = field(default_factory=set)
    nested: set[str] = field(default_factory=set)

    def check_top_level(self, names: Iterable[str]) -> None:
        """Check names at the top level of a document that are not all in the cache.

        Raises:
            UnsupportedFieldNameError: A name is not supported.
        """
        _check(names, self._is_supported_top_level, self.top_level)

    def check_nested(self, names: Iterable[str]) -> None:
        """Check names below the top level that are not all in the cache.

        Raises:
            UnsupportedFieldNameError: A name is not supported.
        """
        _check(names, self._is_supported, self.nested)

    def sanitize(self, image: Image) -> Image:
        """Return `image` with unique, supported names and without the attributes of replication."""
        own = {name: value for name, value in image.items() if name not in REPLICATION_ATTRIBUTES}
        match self.policy:
            case FieldNamePolicy.ESCAPE:
                return {
                    name if self._is_supported_top_level(name) else _escape(name): self._escape_nested(value)
                    for name, value in own.items()
                }
            case FieldNamePolicy.FLATTEN:
                return self._flatten(own)
        return own

    def _is_supported(self, name: str) -> bool:
        if self.policy is FieldNamePolicy.PASS_THROUGH:
            return True
        # A leading % marks an escaped name.
        return bool(name.strip()) and "." not in name and not (self.policy is FieldNamePolicy.ESCAPE and name[0] == "%")

    def _is_supported_top_level(self, name: str) -> bool:
        if name in REPLICATION_ATTRIBUTES:
            return False
        if self.policy is FieldNamePolicy.PASS_THROUGH:
            return True
        # The names of the fields for flattened attributes are reserved.
        taken = self.policy is FieldNamePolicy.FLATTEN and name in {FLATTENED_FIELD, UNSEARCHABLE_FIELD}
        return self._is_supported(name) and name not in METADATA_FIELDS and not taken

    def _escape_nested(self, value: AttributeValue) -> AttributeValue:
        if "M" in value:
            fields = value["M"].items()
            return {"M": {n if self._is_supported(n) else _escape(n): self._escape_nested(v) for n, v in fields}}
        if "L" in value:
            return {"L": [self._escape_nested(element) for element in value["L"]]}
        return value

    def _flatten(self, image: Image) -> Image:
        fit = {
            name: value
            for name, value in image.items()
            if self._is_supported_top_level(name) and all(map(self._is_supported, _names_within(value)))
        }
        unfit = {name: value for name, value in image.items() if name not in fit}
        long = {name: value for name, value in unfit.items() if _longest_term(value, _bytes(name)) > MAX_TERM_BYTES}
        short = {name: value for name, value in unfit.items() if name not in long}
        parts = {FLATTENED_FIELD: short, UNSEARCHABLE_FIELD: long}
        return fit | {name: {"M": part} for name, part in parts.items() if part}


def _check(names: Iterable[str], fits: Callable[[str], bool], known: set[str]) -> None:
    for name in names:
        if not fits(name):
            raise UnsupportedFieldNameError
        if len(known) < MAX_CACHED_NAMES:
            known.add(name)


def _escape(name: str) -> str:
    return "%" + name.replace("%", "%25").replace(".", "%2E")


def _names_within(value: AttributeValue) -> Iterator[str]:
    if "M" in value:
        for name, inner in value["M"].items():
            yield name
            yield from _names_within(inner)
    elif "L" in value:
        for element in value["L"]:
            yield from _names_within(element)


def _longest_term(value: AttributeValue, path_bytes: int) -> int:
    """Return the length of the longest value within `value`, in bytes, including its path."""
    if "M" in value:
        fields = value["M"].items()
        return max((_longest_term(inner, path_bytes + 1 + _bytes(name)) for name, inner in fields), default=path_bytes)
    if "L" in value:
        return max((_longest_term(element, path_bytes) for element in value["L"]), default=path_bytes)
    texts = [text for inner in value.values() for text in (inner if isinstance(inner, list) else [inner])]
    return path_bytes + max(map(_bytes, texts), default=0)


def _bytes(text: object) -> int:
    return len(str(text).encode(errors="surrogatepass"))
