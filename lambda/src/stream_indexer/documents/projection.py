"""Rules for which items have a document, and which attributes the document has.

When an item no longer matches the rules, its document is deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from stream_indexer.documents.records import AttributeValue, Image, StreamRecord

TTL_PRINCIPAL: Final = "dynamodb.amazonaws.com"  # userIdentity.principalId of a deletion by TTL


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one attribute. Members without a value are ignored.

    Attributes:
        equals: Allowed values as text. An S is compared as text, an N by value, a BOOL as true or false.
        exists: Whether the attribute must exist.
        begins_with: Prefix of an S.
    """

    equals: tuple[str, ...] | None = None
    exists: bool | None = None
    begins_with: str | None = None

    def matches(self, value: AttributeValue | None) -> bool:
        """Return whether `value` matches the condition. None is a missing attribute."""
        return (
            (self.exists is None or self.exists is (value is not None))
            and (self.equals is None or any(_equals(value, wanted) for wanted in self.equals))
            and (self.begins_with is None or _begins_with(value, self.begins_with))
        )


def matches(image: Image, conditions: Mapping[str, Condition]) -> bool:
    """Return whether an item matches all conditions, given by attribute."""
    return not conditions or all(condition.matches(image.get(name)) for name, condition in conditions.items())


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """Rules for documents.

    Attributes:
        conditions: Conditions by attribute. An item must match all of them.
        include: Attributes that a document can have. None for all.
        exclude: Attributes that no document has.
        ignores_ttl_deletes: Whether a document stays when TTL deletes its item.
    """

    conditions: Mapping[str, Condition] = field(default_factory=dict)
    include: Sequence[str] | None = None
    exclude: Sequence[str] = ()
    ignores_ttl_deletes: bool = False

    def project(self, image: Image | None) -> Image | None:
        """Return the attributes of an item's document. None if the item has no document or does not exist."""
        if image is None or not matches(image, self.conditions):
            return None
        if self.include is not None:
            image = {name: image[name] for name in self.include if name in image}
        if self.exclude:
            image = {name: value for name, value in image.items() if name not in self.exclude}
        return image

    def skips(self, record: StreamRecord) -> bool:
        """Return whether `record` is a deletion by TTL that leaves the document in the index."""
        return self.ignores_ttl_deletes and record["eventName"] == "REMOVE" and is_ttl_delete(record)


def is_ttl_delete(record: StreamRecord) -> bool:
    """Return whether TTL deleted the item, not a user."""
    identity = record.get("userIdentity")
    return isinstance(identity, Mapping) and (identity.get("type"), identity.get("principalId")) == (
        "Service",
        TTL_PRINCIPAL,
    )


def _begins_with(value: AttributeValue | None, prefix: str) -> bool:
    match value:
        case {"S": str(text)}:
            return text.startswith(prefix)
    return False


def _equals(value: AttributeValue | None, wanted: str) -> bool:
    match value:
        case {"S": str(text)}:
            return text == wanted
        case {"BOOL": bool(truth)}:
            return wanted == ("true" if truth else "false")
        case {"N": str(number)}:
            try:
                return Decimal(number) == Decimal(wanted)
            except InvalidOperation:
                return False
    return False
