"""Writes a DynamoDB item as JSON, every value exact.

Numbers keep their own text and never pass through a float; sets become arrays in the order delivered;
binary stays the base64 text it arrives as, text that is no Unicode is escaped. A new DynamoDB type is a branch in
`_encode_value`.
"""

import json
from typing import Any, Final

from orjson import Fragment, JSONEncodeError, dumps

from stream_indexer.documents.field_names import FieldNamePolicy, FieldNames, UnsupportedFieldNameError
from stream_indexer.documents.records import AttributeValue, Image
from stream_indexer.errors import MalformedRecordError

ACCEPT_ANY_NAME: Final = FieldNames(FieldNamePolicy.QUARANTINE)
LONE_SURROGATE: Final = "surrogates not allowed"  # what orjson says of one; JSON can escape it, orjson does not


def encode_document(image: Image, names: FieldNames) -> bytes:
    """Return `image` as one line of JSON; `names` says what becomes of names that OpenSearch would not take.

    Raises:
        MalformedRecordError: a value is of no DynamoDB type, or is nested too deep.
    """
    try:
        text = _dumps(_encode_image(image, names))
    except (JSONEncodeError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedRecordError("an attribute cannot be written as JSON") from error
    if b"\n" in text:  # only a number's own text could bring one; it would break the bulk request's lines
        raise MalformedRecordError("a number has a line break")
    return text


def _dumps(document: dict[str, Any]) -> bytes:
    try:
        return dumps(document)
    except JSONEncodeError as error:
        if LONE_SURROGATE not in str(error):
            raise
        return _encode_with_escapes(document)


def _encode_with_escapes(value: Any) -> bytes:
    match value:
        case dict():
            return b"{%b}" % b",".join(
                b"%b:%b" % (_encode_with_escapes(name), _encode_with_escapes(inner)) for name, inner in value.items()
            )
        case list():
            return b"[%b]" % b",".join(map(_encode_with_escapes, value))
        case str():
            return json.dumps(value).encode()
    return dumps(value)


def _encode_image(image: Image, names: FieldNames) -> dict[str, Any]:
    try:
        if not names.top_level.issuperset(image):
            names.check_top_level(image)
        return _encode_attributes(image, names)
    except UnsupportedFieldNameError:
        return _encode_attributes(names.sanitize(image), ACCEPT_ANY_NAME)


def _encode_attributes(attributes: Image, names: FieldNames) -> dict[str, Any]:
    # The hottest loop. Text and numbers are most of any item: they cost no call.
    found: dict[str, Any] = {}
    for name, value in attributes.items():
        if "S" in value:
            found[name] = value["S"]
        elif "N" in value:
            found[name] = Fragment(value["N"])
        else:
            found[name] = _encode_value(value, names)
    return found


def _encode_nested(attributes: Image, names: FieldNames) -> dict[str, Any]:
    if not names.nested.issuperset(attributes):
        names.check_nested(attributes)
    return _encode_attributes(attributes, names)


def _encode_value(value: AttributeValue, names: FieldNames) -> Any:
    """Return a value that is neither text nor a number: those its caller has written."""
    if "M" in value:
        return _encode_nested(value["M"], names)
    if "L" in value:
        return [
            element["S"]
            if "S" in element
            else Fragment(element["N"])
            if "N" in element
            else _encode_value(element, names)
            for element in value["L"]
        ]
    if "BOOL" in value:
        return value["BOOL"]
    if value.get("NULL"):
        return None
    if "NS" in value:
        return [Fragment(number) for number in value["NS"]]
    for kind in ("SS", "B", "BS"):
        if kind in value:
            return value[kind]
    raise MalformedRecordError("an attribute has a type that DynamoDB does not have")
