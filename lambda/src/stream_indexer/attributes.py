"""Writes a DynamoDB item as JSON, every value exact.

Numbers keep their own text and never pass through a float; sets become arrays in the order delivered;
binary stays the base64 text it arrives as. A new DynamoDB type is a branch in `_value`.
"""

from typing import Any, Final

from orjson import Fragment, JSONEncodeError, dumps

from stream_indexer.errors import MalformedRecordError
from stream_indexer.records import AttributeValue, Image

# Global tables of 2017.11.29 keep these in the item itself; they are replication's, not the team's.
REPLICATION_ATTRIBUTES: Final = frozenset({"aws:rep:deleting", "aws:rep:updateregion", "aws:rep:updatetime"})


def to_json(image: Image) -> bytes:
    """Return `image` as one line of JSON.

    Raises:
        MalformedRecordError: a value is of no DynamoDB type, is nested too deep, or is no Unicode text.
    """
    try:
        if not REPLICATION_ATTRIBUTES.isdisjoint(image):
            image = {name: value for name, value in image.items() if name not in REPLICATION_ATTRIBUTES}
        text = dumps(_object(image))
    except (JSONEncodeError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedRecordError("an attribute cannot be written as JSON") from error
    if b"\n" in text:  # only a number's own text could bring one; it would break the bulk request's lines
        raise MalformedRecordError("a number has a line break")
    return text


def _object(attributes: Image) -> dict[str, Any]:
    # Text and numbers are most of any item: they cost no call.
    return {
        name: value["S"] if "S" in value else Fragment(value["N"]) if "N" in value else _value(value)
        for name, value in attributes.items()
    }


def _value(value: AttributeValue) -> Any:  # noqa: PLR0911 - one branch a DynamoDB type
    if "S" in value:
        return value["S"]
    if "N" in value:
        return Fragment(value["N"])
    if "M" in value:
        return _object(value["M"])
    if "L" in value:
        return [_value(element) for element in value["L"]]
    if "BOOL" in value:
        return value["BOOL"]
    if "NULL" in value:
        return None
    if "NS" in value:
        return [Fragment(number) for number in value["NS"]]
    for kind in ("SS", "B", "BS"):
        if kind in value:
            return value[kind]
    raise MalformedRecordError("an attribute has a type that DynamoDB does not have")
