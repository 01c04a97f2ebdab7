"""Derives from a change what OpenSearch gets: the document's id, and its lines of a bulk request.

Both are pure functions of the record, so that a replay gives the same bytes and the stream, a re-read and
a repair agree on the id.
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

MAX_ID_BYTES: Final = 512  # OpenSearch refuses a longer _id
HASHED_PREFIX_BYTES: Final = 128  # readable beginning of an id that is hashed
DECIMAL_CONTEXT: Final = Context(prec=40)  # DynamoDB's numbers have 38 digits
MAX_PLAIN_DIGITS: Final = 38  # numbers up to this size are written out, beyond it with an exponent

# `|` parts the key's values, a leading `#` marks a number (or a prefix, which begins with a letter) and `~` binary, `%`
# escapes: text that has them is escaped.
ID_MARKERS: Final = ("#", "~")
ID_ESCAPES: Final = re.compile(r"^[#~]|[%|\ud800-\udfff]")
ID_PREFIX: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?", re.ASCII)
BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

# What OpenSearch compares a version with the index's by: it must be greater, or at least the same.
EXTERNAL: Final = b"external"
EXTERNAL_GTE: Final = b"external_gte"

Action = Literal["index", "delete"]


class Document(NamedTuple):
    """One action of a bulk request.

    Attributes:
        payload: the action line, and for an index the source, each ending in a line break.
        change: what it was made of.
    """

    document_id: str
    version: int
    action: Action
    payload: bytes
    change: Change


def document_id(keys: Image, key_names: Sequence[str], prefix: str = "") -> str:
    """Return the id of the item whose primary key is `keys`.

    Different keys have different ids, whatever their types; the same key has one id, however its number is spelt.
    Text that needs no escaping stays as it is: {"S": "a"}, {"N": "1.0"} is `a|#1`, with the prefix t `#t|a|#1`.

    Args:
        keys: the primary key in the form of a stream event (binary as base64 text).
        key_names: the names of the key's attributes, hash key first.
        prefix: of every id of this table, where another's documents are in the index too: `ID_PREFIX`, or none.

    Raises:
        MalformedRecordError: `keys` is not the primary key that `key_names` says.
    """
    try:
        if len(keys) != len(key_names):
            raise MalformedRecordError("Keys has other attributes than the table's primary key")
        parts = [_encode_key_part(keys[name]) for name in key_names]
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise MalformedRecordError("Keys is not the table's primary key") from error
    whole = "|".join([f"#{prefix}", *parts] if prefix else parts)
    if len(whole) * 4 <= MAX_ID_BYTES or len(whole.encode()) <= MAX_ID_BYTES:
        return whole
    encoded = whole.encode()
    readable = encoded[:HASHED_PREFIX_BYTES].decode(errors="ignore")
    return f"{readable}%*{sha256(encoded).hexdigest()}"


def index_document(document_id: str, change: Change, version: int, image: Image, names: FieldNames) -> Document:
    """Return the action that makes `image` the whole document: an attribute removed from the item is gone from it.

    Raises:
        MalformedRecordError: `image` cannot be written as JSON.
    """
    return _document(document_id, change, version, encode_document(image, names))


def delete_document(document_id: str, change: Change, version: int, *, allow_equal_version: bool = False) -> Document:
    """Return the action that deletes the document, and keeps an older index action from bringing it back.

    With `allow_equal_version` it deletes a document of the same version too.
    """
    return _document(document_id, change, version, None, EXTERNAL_GTE if allow_equal_version else EXTERNAL)


def resolve_document(
    document_id: str, change: Change, current: int, image: Image | None, names: FieldNames
) -> Document:
    """Return the action that makes the document what the item is now, at the version that the index has.

    `external_gte` allows the same version once more. It is right here because `image` was read after both changes.

    Args:
        document_id: of the item.
        change: the one that was refused.
        current: the version that the index has.
        image: the item, None where there is none any more.
        names: as for `index_document`.

    Raises:
        MalformedRecordError: `image` cannot be written as JSON.
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
        raise MalformedRecordError("a key attribute has not exactly one type")
    if "S" in value:
        text: str = value["S"]
        if text.isascii() and "%" not in text and "|" not in text and text[:1] not in ID_MARKERS:
            return text  # as most are; asking so takes a quarter of the search's time
        return ID_ESCAPES.sub(_escape, text)
    if "N" in value:
        return f"#{_canonical(value['N'])}"
    if "B" in value:
        if not BASE64.fullmatch(value["B"]):
            raise MalformedRecordError("a binary key attribute is not base64")
        return f"~{value['B']}"
    raise MalformedRecordError("a key attribute is none of S, N, B")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"%{code:02X}" if code < 0x80 else f"%u{code:04X}"


def _canonical(number: str) -> str:
    if not NUMBER.fullmatch(number):  # Decimal takes more than DynamoDB does, such as NaN
        raise MalformedRecordError("a number key attribute is no number")
    exact = Decimal(number).normalize(DECIMAL_CONTEXT)
    if not exact:
        return "0"  # -0 is 0 to DynamoDB
    return f"{exact:f}" if -MAX_PLAIN_DIGITS < exact.adjusted() < MAX_PLAIN_DIGITS else f"{exact:E}"
