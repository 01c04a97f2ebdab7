"""Which items have a document, and which of their attributes it has: by rules that are data.

An item that does not meet the rules any more loses its document, so that the index holds what meets them now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from stream_indexer.documents.records import AttributeValue, Image, StreamRecord

TTL_PRINCIPAL: Final = "dynamodb.amazonaws.com"  # userIdentity.principalId of what time to live has deleted


@dataclass(frozen=True, slots=True)
class Condition:
    """What one attribute must be; what is None asks nothing.

    Attributes:
        equals: one of these, as text: an S, an N by its value, a BOOL as true or false.
        exists: there, or not there.
        begins_with: an S that begins so.
    """

    equals: tuple[str, ...] | None = None
    exists: bool | None = None
    begins_with: str | None = None

    def matches(self, value: AttributeValue | None) -> bool:
        """Return whether `value` meets the condition; None is an attribute that is not there."""
        return (
            (self.exists is None or self.exists is (value is not None))
            and (self.equals is None or any(_equals(value, wanted) for wanted in self.equals))
            and (self.begins_with is None or _begins_with(value, self.begins_with))
        )


def matches(image: Image, conditions: Mapping[str, Condition]) -> bool:
    """Return whether all of `conditions`, by attribute, hold."""
    return not conditions or all(condition.matches(image.get(name)) for name, condition in conditions.items())


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """The rules.

    Attributes:
        conditions: all of them must hold, by attribute.
        include: the only attributes that a document has; None for all.
        exclude: attributes that no document has.
        ignores_ttl_deletes: whether a document stays when time to live deletes its item.
    """

    conditions: Mapping[str, Condition] = field(default_factory=dict)
    include: Sequence[str] | None = None
    exclude: Sequence[str] = ()
    ignores_ttl_deletes: bool = False

    def project(self, image: Image | None) -> Image | None:
        """Return what the document of an item has, None where it has no document; `image` None is no item."""
        if image is None or not matches(image, self.conditions):
            return None
        if self.include is not None:
            image = {name: image[name] for name in self.include if name in image}
        if self.exclude:
            image = {name: value for name, value in image.items() if name not in self.exclude}
        return image

    def skips(self, record: StreamRecord) -> bool:
        """Return whether `record` tells of a deletion that documents outlive."""
        return self.ignores_ttl_deletes and record["eventName"] == "REMOVE" and is_ttl_delete(record)


def is_ttl_delete(record: StreamRecord) -> bool:
    """Return whether time to live deleted the item, and not a user."""
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
