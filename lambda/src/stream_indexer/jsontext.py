"""JSON with text that is not valid Unicode: an item can have such text, and responses quote documents."""

import json
from typing import Any

import orjson


def loads(content: bytes) -> Any:
    """Parse JSON, and replace text that is not valid Unicode.

    orjson rejects the whole content for such text.

    Raises:
        ValueError: The content is not JSON.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        try:
            return json.loads(content.decode(errors="replace"))
        except RecursionError as error:
            raise ValueError("JSON too deep") from error


def dumps(content: object) -> bytes:
    """Write JSON, and escape text that is not valid Unicode.

    Raises:
        TypeError: JSON cannot represent a value.
    """
    try:
        return orjson.dumps(content)
    except TypeError:
        return json.dumps(content).encode()
