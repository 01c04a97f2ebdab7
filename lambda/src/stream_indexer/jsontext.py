"""Reads and writes JSON with any text in it: answers quote documents, and an item may have text that is not Unicode."""

import json
from typing import Any

import orjson


def loads(content: bytes) -> Any:
    """Return what `content` says in JSON; text in it that is not Unicode is replaced.

    orjson refuses such text with all the rest.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        try:
            return json.loads(content.decode(errors="replace"))
        except RecursionError as error:
            raise ValueError("JSON too deep") from error


def dumps(content: object) -> bytes:
    """Return `content` as JSON; text in it that is not Unicode is escaped.

    Raises:
        TypeError: it has a value that JSON has no form for.
    """
    try:
        return orjson.dumps(content)
    except TypeError:
        return json.dumps(content).encode()
