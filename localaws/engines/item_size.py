"""How many bytes DynamoDB counts for an item: what SizeBytes of a stream record says.

The rule is the developer guide's "DynamoDB item sizes"; 17 recorded stream records agree with it.
"""

import base64
from typing import Final

from localaws.http_messages import Json

CONTAINER_BYTES: Final = 3  # a list or map, whatever it holds
ELEMENT_BYTES: Final = 1  # each element of one


def image_bytes(image: dict[str, Json]) -> int:
    """Return the size of an item: of its attributes' names and values."""
    return sum(len(name.encode("utf-8", "surrogatepass")) + value_bytes(value) for name, value in image.items())


def value_bytes(value: dict[str, Json]) -> int:  # noqa: PLR0911 - a table of kinds
    """Return the size of one attribute value in wire form."""
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode("utf-8", "surrogatepass"))
        case "N":
            return _number_bytes(content)
        case "B":
            return len(base64.b64decode(content))
        case "SS":
            return sum(len(text.encode("utf-8", "surrogatepass")) for text in content)
        case "NS":
            return sum(map(_number_bytes, content))
        case "BS":
            return sum(len(base64.b64decode(element)) for element in content)
        case "M":
            return CONTAINER_BYTES + image_bytes(content) + ELEMENT_BYTES * len(content)
        case "L":
            return CONTAINER_BYTES + sum(value_bytes(element) + ELEMENT_BYTES for element in content)
    return 1  # BOOL, NULL


def _number_bytes(text: str) -> int:
    """About one byte for two significant digits, and one more."""
    digits = text.lower().partition("e")[0].replace(".", "").lstrip("+-").strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")
