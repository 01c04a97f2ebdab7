"""The only code that opens a socket to OpenSearch: one signed request over one kept connection.

Knows nothing of documents. A request that got no whole answer raises; any answer, whatever its status, is returned.
"""

import http.client
import ssl
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from stream_indexer.errors import UnreachableError
from stream_indexer.signing import Signer

# A kept connection that the other side has closed meanwhile shows as one of these, before any of the answer.
GONE: Final = (ConnectionError, http.client.BadStatusLine, ssl.SSLEOFError, ssl.SSLZeroReturnError)


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer."""

    status: int
    content: bytes


@dataclass(slots=True)
class OpenSearch:
    """A domain or a serverless collection."""

    endpoint: str  # https://host[:port]
    signer: Signer
    _connection: http.client.HTTPConnection | None = None
    _tls: ssl.SSLContext | None = field(default=None, repr=False)

    def request(
        self, method: str, path: str, body: bytes = b"", *, query: str = "", timeout_seconds: float
    ) -> Response:
        """Send one request and return its answer.

        Args:
            method: in capitals.
            path: percent-encoded.
            body: JSON, for `_bulk` newline-delimited JSON.
            query: percent-encoded, parameters in order of their names.
            timeout_seconds: the longest silence of the other side.

        Raises:
            UnreachableError: no whole answer came.
        """
        kept = self._connection is not None
        try:
            return self._send(method, path, body, query, timeout_seconds)
        except GONE as error:
            self.close()
            if not kept:
                raise UnreachableError(f"OpenSearch closed the connection: {type(error).__name__}") from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise UnreachableError(f"OpenSearch cannot be reached: {type(error).__name__}") from error
        try:
            # Once more on a new connection. Sending twice is harmless: documents carry versions.
            return self._send(method, path, body, query, timeout_seconds)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise UnreachableError(f"OpenSearch cannot be reached: {type(error).__name__}") from error

    def close(self) -> None:
        """Let go of the connection; the next request opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, method: str, path: str, body: bytes, query: str, timeout_seconds: float) -> Response:
        url = urlsplit(self.endpoint)
        connection = self._open(timeout_seconds)
        headers = self.signer.headers(method, url.netloc, path, query, body)
        if body:
            headers["content-type"] = "application/x-ndjson" if path.endswith("/_bulk") else "application/json"
        connection.request(method, f"{path}?{query}" if query else path, body, headers)
        with connection.getresponse() as response:
            content = response.read()
            if response.will_close:
                self.close()
            return Response(response.status, content)

    def _open(self, timeout_seconds: float) -> http.client.HTTPConnection:
        if self._connection is None:
            url = urlsplit(self.endpoint)
            if url.scheme == "https":
                self._tls = self._tls or ssl.create_default_context()
                self._connection = http.client.HTTPSConnection(url.netloc, context=self._tls)
            else:
                self._connection = http.client.HTTPConnection(url.netloc)
        self._connection.timeout = timeout_seconds
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout_seconds)
        return self._connection
