"""Reads JSON whatever text is in it: an answer of OpenSearch quotes documents."""

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
