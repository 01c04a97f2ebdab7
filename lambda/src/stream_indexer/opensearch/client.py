"""Signed requests to OpenSearch over one persistent connection."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from stream_indexer.aws.sigv4 import Signer
from stream_indexer.connection import Connection, Request, Response
from stream_indexer.deadline import Deadline
from stream_indexer.opensearch.bulk import FILTER_PATH

# A response has a status for each document, and a message for each rejected document, which can quote the document. The
# response of a collection has some 300 bytes more for each of up to 10,000 documents.
MIN_RESPONSE_BYTES: Final = 8 * 1024 * 1024
RESPONSE_BYTES_PER_BYTE: Final = 2
# A collection rejects unknown parameters. Whether it knows these was not tested on AWS.
BULK_QUERIES: Final = {"es": f"filter_path={quote(FILTER_PATH, safe='')}&require_alias=true", "aoss": ""}


@dataclass(slots=True)
class OpenSearchClient:
    """A domain or a serverless collection."""

    endpoint: str  # https://host[:port]
    signer: Signer
    connection: Connection = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.connection = Connection(self.endpoint, "OpenSearch")

    def request(self, method: str, path: str, body: bytes = b"", *, query: str = "", deadline: Deadline) -> Response:
        """Send one request and return the response.

        Args:
            method: HTTP method in capitals.
            path: Percent-encoded path.
            body: JSON, or newline-delimited JSON for `_bulk`.
            query: Percent-encoded query with parameters in order of their names.
            deadline: Deadline of the request.

        Raises:
            ConnectionFailedError: No complete response arrived.
            ResponseTooLargeError: The response is much larger than the request.
        """
        headers = self.signer.headers(method, urlsplit(self.endpoint).netloc, path, query, body)
        if body:
            headers["content-type"] = "application/x-ndjson" if path.endswith("/_bulk") else "application/json"
        target = f"{path}?{query}" if query else path
        max_bytes = max(MIN_RESPONSE_BYTES, RESPONSE_BYTES_PER_BYTE * len(body))
        return self.connection.send(Request(method, target, headers, body), deadline, max_bytes)

    def close(self) -> None:
        """Close the connection. The next request opens a new one."""
        self.connection.close()


@dataclass(frozen=True, slots=True)
class BulkIndex:
    """Bulk requests to one alias."""

    opensearch: OpenSearchClient
    path: str
    query: str

    def bulk(self, content: bytes, deadline: Deadline) -> Response:
        """Send one bulk request."""
        return self.opensearch.request("POST", self.path, content, query=self.query, deadline=deadline)
