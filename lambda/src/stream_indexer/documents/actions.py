"""Derives a document's id and its lines of a bulk request from a change.

Both are pure functions of the record, so that a replay gives the same bytes, and the stream, a read of the item and a
repair give the same id.
"""

import re
from collections.abc import Sequence
from decimal import Context, Decimal
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from orjson import dumps

from stream_indexer.documents.field_names import FieldNames
from stream_indexer.documents.json_encoder import encode_document
from stream_indexer.documents.records import AttributeValue, Change, Image
from stream_indexer.errors import MalformedRecordError

MAX_ID_BYTES: Final = 512  # OpenSearch rejects a longer _id
HASHED_PREFIX_BYTES: Final = 128  # readable part of a hashed id
DECIMAL_CONTEXT: Final = Context(prec=40)  # DynamoDB's numbers have 38 digits
MAX_PLAIN_DIGITS: Final = 38  # larger numbers are written with an exponent

# `|` separates the key's values. A leading `#` marks a number (or a prefix, which begins with a letter) and `~` marks
# binary. `%` escapes these characters in text.
ID_MARKERS: Final = ("#", "~")
ID_ESCAPES: Final = re.compile(r"^[#~]|[%|\ud800-\udfff]")
ID_PREFIX: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?", re.ASCII)
BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

# OpenSearch's version types: the new version must be greater, or greater or equal.
EXTERNAL: Final = b"external"
EXTERNAL_GTE: Final = b"external_gte"

Action = Literal["index", "delete"]


class Document(NamedTuple):
    """One action of a bulk request.

    Attributes:
        payload: The action line and, for an index action, the source. Each ends with a line break.
        change: The change that the action applies.
    """

    document_id: str
    version: int
    action: Action
    payload: bytes
    change: Change


def document_id(keys: Image, key_names: Sequence[str], prefix: str = "") -> str:
    """Return the id of the item whose primary key is `keys`.

    Different keys have different ids, even if only their types differ. Equal keys have the same id: 1 equals 1.0.
    For example {"S": "a"}, {"N": "1.0"} becomes `a|#1`, or `#t|a|#1` with the prefix t.

    Args:
        keys: Primary key in the format of a stream event (binary as base64 text).
        key_names: Names of the key attributes, hash key first.
        prefix: Prefix of every id of this table, for an index with documents of several tables. Empty for no prefix.

    Raises:
        MalformedRecordError: `keys` does not have the attributes `key_names`.
    """
    try:
        if len(keys) != len(key_names):
            raise MalformedRecordError("Keys must have the attributes of the table's primary key")
        parts = [_encode_key_part(keys[name]) for name in key_names]
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise MalformedRecordError("Keys must be the table's primary key") from error
    whole = "|".join([f"#{prefix}", *parts] if prefix else parts)
    if len(whole) * 4 <= MAX_ID_BYTES or len(whole.encode()) <= MAX_ID_BYTES:
        return whole
    encoded = whole.encode()
    readable = encoded[:HASHED_PREFIX_BYTES].decode(errors="ignore")
    return f"{readable}%*{sha256(encoded).hexdigest()}"


def index_document(document_id: str, change: Change, version: int, image: Image, names: FieldNames) -> Document:
    """Return the action that replaces the whole document with `image`.

    Raises:
        MalformedRecordError: `image` cannot be encoded as JSON.
    """
    return _document(document_id, change, version, encode_document(image, names))


def delete_document(document_id: str, change: Change, version: int, *, allow_equal_version: bool = False) -> Document:
    """Return the action that deletes the document and prevents an older index action from creating it again.

    With `allow_equal_version` the action also deletes a document with the same version.
    """
    return _document(document_id, change, version, None, EXTERNAL_GTE if allow_equal_version else EXTERNAL)


def resolve_document(
    document_id: str, change: Change, current: int, image: Image | None, names: FieldNames
) -> Document:
    """Return the action that replaces the document with the current item, at the version in the index.

    `external_gte` allows an equal version. That is correct here because `image` was read after both changes.

    Args:
        document_id: Id of the document.
        change: The change that was rejected with a version conflict.
        current: Version in the index.
        image: The current item. None if the item no longer exists.
        names: Rules for names that OpenSearch rejects.

    Raises:
        MalformedRecordError: `image` cannot be encoded as JSON.
    """
    source = None if image is None else encode_document(image, names)
    return _document(document_id, change, current, source, EXTERNAL_GTE)


def _document(
    document_id: str, change: Change, version: int, source: bytes | None, version_type: bytes = EXTERNAL
) -> Document:
    named = dumps(document_id)
    if source is None:
        lines = b'{"delete":{"_id":%b,"version":%d,"version_type":"%b"}}\n' % (named, version, version_type)
        return Document(document_id, version, "delete", lines, change)
    lines = b'{"index":{"_id":%b,"version":%d,"version_type":"%b"}}\n%b\n' % (named, version, version_type, source)
    return Document(document_id, version, "index", lines, change)


def _encode_key_part(value: AttributeValue) -> str:
    if len(value) != 1:
        raise MalformedRecordError("a key attribute must have exactly one type")
    if "S" in value:
        text: str = value["S"]
        if text.isascii() and "%" not in text and "|" not in text and text[:1] not in ID_MARKERS:
            return text  # the usual case: this check takes a quarter of the time of the regular expression
        return ID_ESCAPES.sub(_escape, text)
    if "N" in value:
        return f"#{_canonical(value['N'])}"
    if "B" in value:
        if not BASE64.fullmatch(value["B"]):
            raise MalformedRecordError("a binary key attribute must be base64")
        return f"~{value['B']}"
    raise MalformedRecordError("a key attribute must be S, N or B")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"%{code:02X}" if code < 0x80 else f"%u{code:04X}"


def _canonical(number: str) -> str:
    if not NUMBER.fullmatch(number):  # Decimal accepts more than DynamoDB does, such as NaN
        raise MalformedRecordError("a number key attribute must be a number")
    exact = Decimal(number).normalize(DECIMAL_CONTEXT)
    if not exact:
        return "0"  # DynamoDB treats -0 as 0
    return f"{exact:f}" if -MAX_PLAIN_DIGITS < exact.adjusted() < MAX_PLAIN_DIGITS else f"{exact:E}"
