"""The proof that an index equals its table: every item compared with its document, both ways.

The ids are the product's own. What a document should hold is worked out here a second time, plainly
and slowly, so that a mistake in the product's fast path shows as a difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stream_indexer.documents.actions import document_id

from testkit.items import AttributeValue, Item, event_form


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an index compares with its table; the three lists hold document ids.

    Attributes:
        equal: documents that equal their item.
        missing: items without a document.
        stale: documents that differ from their item.
        orphans: documents without an item.
    """

    equal: int
    missing: list[str]
    stale: list[str]
    orphans: list[str]

    def __bool__(self) -> bool:
        """Whether index and table are equal."""
        return not (self.missing or self.stale or self.orphans)

    def __str__(self) -> str:
        """Say the four counts, and of each difference the first ids."""
        named = {"missing": self.missing, "stale": self.stale, "orphans": self.orphans}
        differences = (f"{len(ids)} {name} {ids[:3] if ids else ''}".strip() for name, ids in named.items())
        return f"{self.equal} equal, {', '.join(differences)}"


def compare(
    items: Iterable[Item],
    documents: Iterable[tuple[str, Mapping[str, Any]]],
    key_names: Sequence[str],
    id_prefix: str = "",
) -> Comparison:
    """Compare a table's `items` (boto3's form) with an index's `documents` ((id, source), numbers as Decimal).

    Where the index has several tables' documents, `documents` are those whose id has `id_prefix`.
    """
    expected = {}
    for item in items:
        image = event_form(item)
        expected[document_id({name: image[name] for name in key_names}, key_names, id_prefix)] = _document(image)
    found = dict(documents)
    both = expected.keys() & found.keys()
    stale = sorted(key for key in both if expected[key] != found[key])
    return Comparison(
        equal=len(both) - len(stale),
        missing=sorted(expected.keys() - both),
        stale=stale,
        orphans=sorted(found.keys() - both),
    )


def _document(image: Item) -> dict[str, Any]:
    return {name: _plain(value) for name, value in image.items()}


def _plain(value: AttributeValue) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return Decimal(content)
        case "NS":
            return [Decimal(number) for number in content]
        case "M":
            return _document(content)
        case "L":
            return [_plain(element) for element in content]
        case "NULL":
            return None
    return content
