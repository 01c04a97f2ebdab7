"""Reads items by consistent BatchGetItem, for stream views without a new image and for version conflicts.

DynamoDB's responses have the format of a stream event, with binary as base64 text, so items need no conversion.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from stream_indexer.aws.api import ATTEMPT_SECONDS, error_code, send_with_retry
from stream_indexer.aws.sigv4 import Signer
from stream_indexer.connection import Connection, Request, Response
from stream_indexer.deadline import Deadline, EarlierDeadline, sleep_before_retry
from stream_indexer.documents.actions import document_id
from stream_indexer.documents.records import Image
from stream_indexer.errors import MalformedRecordError, ResponseTooLargeError, TransientError
from stream_indexer.jsontext import dumps, loads

MAX_KEYS: Final = 100  # API reference of BatchGetItem
INITIAL_KEYS: Final = 10  # in the first request: an item can have 400 KB
# A parsed item with many small numbers takes twenty times the bytes of its JSON. So responses and slices are small.
SLICE_BYTES: Final = 4 * 1024 * 1024
MAX_RESPONSE_BYTES: Final = 2 * SLICE_BYTES
TARGET: Final = "DynamoDB_20120810.BatchGetItem"


@dataclass(slots=True)
class DynamoDbTable:
    """A DynamoDB table.

    Attributes:
        endpoint: URL of DynamoDB.
        signer: Signer for DynamoDB.
        name: Name or ARN of the table.
        key_names: Names of the key attributes, hash key first.
    """

    endpoint: str
    signer: Signer
    name: str
    key_names: Sequence[str]
    _connection: Connection = field(init=False, repr=False)
    _key_count: int = INITIAL_KEYS  # for the next request, from the size of earlier items

    def __post_init__(self) -> None:
        self._connection = Connection(self.endpoint, "DynamoDB", ATTEMPT_SECONDS)

    def read(self, keys: Mapping[str, Image], deadline: Deadline) -> Iterator[dict[str, Image | None]]:
        """Yield the current items in slices of about SLICE_BYTES. None for a missing item.

        Args:
            keys: Primary keys in the format of a stream event, by any names.
            deadline: Deadline of all requests.

        Raises:
            TransientError: The items that were not yielded yet could not be read in time.
        """
        names = {document_id(key, self.key_names): name for name, key in keys.items()}
        waiting = list(keys.values())  # in the order of the changes: when the time ends, the last changes remain
        read: dict[str, Image | None] = {}
        size = attempts = 0
        while waiting:
            asked, waiting = waiting[: self._key_count], waiting[self._key_count :]
            try:
                response = self._send(asked, deadline)
            except ResponseTooLargeError:
                if len(asked) == 1:
                    raise
                self._key_count = len(asked) // 2
                waiting = asked + waiting
                continue
            items, unprocessed = _parse_response(response, asked, self._id, self.name)
            read |= {names[one]: item for one, item in items.items()}
            size += len(response.content)
            waiting = unprocessed + waiting
            if items:
                bytes_each = 1 + len(response.content) // len(items)
                self._key_count = min(MAX_KEYS, max(1, SLICE_BYTES // bytes_each))
            attempts = attempts + 1 if unprocessed else 0
            if attempts and not sleep_before_retry(deadline, attempts):
                raise TransientError(f"DynamoDB left {len(unprocessed)} keys unprocessed")
            if size >= SLICE_BYTES:
                yield read
                read, size = {}, 0
        if read:
            yield read

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _send(self, keys: Sequence[Image], deadline: Deadline) -> Response:
        body = dumps({"RequestItems": {self.name: {"Keys": keys, "ConsistentRead": True}}})
        host = urlsplit(self.endpoint).netloc
        # A table that does not respond must leave time to write the items that were read and to quarantine records.
        ending = EarlierDeadline.within(deadline, deadline.remaining() / 2)

        def send() -> Response:
            headers = self.signer.headers("POST", host, "/", "", body, {"x-amz-target": TARGET})
            request = Request("POST", "/", {**headers, "content-type": "application/x-amz-json-1.0"}, body)
            return self._connection.send(request, ending, MAX_RESPONSE_BYTES)

        response = send_with_retry(send, ending)
        if response.status != 200:
            raise TransientError(f"the table cannot be read: {error_code(response)}")
        return response

    def _id(self, image: Image) -> str:
        return document_id({name: image[name] for name in self.key_names}, self.key_names)


def _parse_response(
    response: Response, asked: Sequence[Image], id_of: Callable[[Image], str], table: str
) -> tuple[dict[str, Image | None], list[Image]]:
    """Return the items by id, and the keys that were not processed.

    An item is missing only if the response has the table's list of items and the item is not in it.

    Raises:
        TransientError: The response does not match the request.
    """
    try:
        answer: dict[str, Any] = loads(response.content)
        unprocessed = [key for table in answer["UnprocessedKeys"].values() for key in table["Keys"]]
        read: dict[str, Image | None] = dict.fromkeys(map(id_of, asked))
        for key in unprocessed:
            del read[id_of(key)]
        if read:
            ((name, items),) = answer["Responses"].items()
            if name not in {table, table.rpartition("/")[2]}:  # a request by ARN can have a response by name
                raise TransientError("the response of the table is about another table")
            found = {id_of(item): item for item in items}
            if not read.keys() >= found.keys():
                raise TransientError("the response of the table has items that were not requested")
            read |= found
    except (LookupError, TypeError, AttributeError, ValueError, MalformedRecordError) as error:
        raise TransientError("the response of the table does not match the request") from error
    return read, unprocessed
