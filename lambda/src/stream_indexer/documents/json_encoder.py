"""Encodes a DynamoDB item as JSON with exact values.

Numbers keep their text and are never converted to floats. Sets become arrays in the order of the record. Binary values
stay base64 text. Text that is not valid Unicode is escaped. To support a new DynamoDB type, add a branch to
`_encode_value`.
"""

import json
from typing import Any, Final

from orjson import Fragment, JSONEncodeError, dumps

from stream_indexer.documents.field_names import FieldNamePolicy, FieldNames, UnsupportedFieldNameError
from stream_indexer.documents.records import AttributeValue, Image
from stream_indexer.errors import MalformedRecordError

ACCEPT_ANY_NAME: Final = FieldNames(FieldNamePolicy.PASS_THROUGH)
LONE_SURROGATE: Final = "surrogates not allowed"  # in orjson's error: JSON can escape a lone surrogate, orjson does not


def encode_document(image: Image, names: FieldNames) -> bytes:
    """Return `image` as one line of JSON.

    Args:
        image: Attributes of the item.
        names: Rules for names that OpenSearch rejects.

    Raises:
        MalformedRecordError: A value has an unknown type or is nested too deeply.
    """
    try:
        text = _dumps(_encode_image(image, names))
    except (JSONEncodeError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedRecordError("an attribute cannot be written as JSON") from error
    if b"\n" in text:  # can only come from a number's text, and would break the lines of the bulk request
        raise MalformedRecordError("a number contains a line break")
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
    # The hottest loop. Most attributes are text or numbers, so those cost no function call.
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
    """Return a value that is neither text nor a number. The caller encodes those."""
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
    raise MalformedRecordError("an attribute has an unknown type")
