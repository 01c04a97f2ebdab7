"""Reads items by consistent BatchGetItem: for stream views without a new image, and for doubtful versions."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from stream_indexer.aws import service_errors, told
from stream_indexer.deadline import Deadline, sleep_before_retry
from stream_indexer.documents import document_id
from stream_indexer.errors import TransientError
from stream_indexer.records import AttributeValue, Image

MAX_KEYS: Final = 100  # API reference of BatchGetItem


@dataclass(frozen=True, slots=True)
class DynamoDbTable:
    """One table; `dynamodb` makes boto3's client when one is needed."""

    dynamodb: Callable[[], Any]
    name: str
    key_names: Sequence[str]

    def read(self, keys: Mapping[str, Image], deadline: Deadline) -> dict[str, Image | None]:
        """Return the items as they are now, None for one that is not there.

        Args:
            keys: the primary keys in the form of a stream event, by any names.
            deadline: how long unprocessed keys may be asked for again.

        Raises:
            TransientError: not all could be read in time.
        """
        items: dict[str, Image | None] = dict.fromkeys(keys)
        names = {document_id(key, self.key_names): name for name, key in keys.items()}
        wanted = list(keys.values())
        for start in range(0, len(wanted), MAX_KEYS):
            for image in self._read(wanted[start : start + MAX_KEYS], deadline):
                key = {name: image[name] for name in self.key_names}
                items[names[document_id(key, self.key_names)]] = image
        return items

    def _read(self, keys: list[Image], deadline: Deadline) -> list[Image]:
        found: list[Image] = []
        pending = [_map(key, base64.b64decode) for key in keys]
        tries = 0
        while pending:
            if tries and not sleep_before_retry(deadline, tries):
                raise TransientError(f"DynamoDB left {len(pending)} keys unprocessed")
            request = {self.name: {"Keys": pending, "ConsistentRead": True}}
            try:
                answer = self.dynamodb().batch_get_item(RequestItems=request)
            except service_errors() as error:
                raise TransientError(f"the table cannot be read: {told(error)}") from error
            found += [_map(item, _text) for item in answer["Responses"].get(self.name, [])]
            pending = answer["UnprocessedKeys"].get(self.name, {}).get("Keys", [])
            tries += 1
        return found


def _map(image: Image, binary: Callable[[Any], Any]) -> dict[str, AttributeValue]:
    """Return `image` with each binary value passed through `binary`."""
    return {name: _value(value, binary) for name, value in image.items()}


def _value(value: AttributeValue, binary: Callable[[Any], Any]) -> AttributeValue:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return {kind: binary(content)}
        case "BS":
            return {kind: [binary(element) for element in content]}
        case "L":
            return {kind: [_value(element, binary) for element in content]}
        case "M":
            return {kind: _map(content, binary)}
    return value


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
