"""Writes new objects to an S3 bucket, several at once. Knows nothing of what is in them."""

from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from queue import Empty, SimpleQueue
from typing import Final
from urllib.parse import quote, urlsplit

from stream_indexer.aws.api import ATTEMPT_SECONDS, endpoint, error_code, send_with_retry
from stream_indexer.aws.sigv4 import Signer
from stream_indexer.connection import Connection, Request, Response
from stream_indexer.deadline import Deadline
from stream_indexer.errors import TransientError

CONNECTIONS: Final = 32  # at once: S3 takes 20 to 60 ms for an object
MAX_RESPONSE_BYTES: Final = 64 * 1024
OK: Final = 200
MOVED: Final = 301
ALREADY_THERE: Final = 412
REGION: Final = "x-amz-bucket-region"  # header of the answer to a request that went to another region


@dataclass(slots=True)
class Bucket:
    """An S3 bucket.

    Attributes:
        name: of the bucket.
        signer: for S3 in the function's region; S3 says where the bucket is in another one.
        endpoint: URL of S3 in place of AWS's own; empty for AWS's own.
    """

    name: str
    signer: Signer
    endpoint: str = ""
    _idle: SimpleQueue[Connection] = field(default_factory=SimpleQueue, init=False, repr=False)

    def put(self, key: str, content: bytes, deadline: Deadline) -> None:
        """Write an object of JSON unless there is one.

        Raises:
            TransientError: S3 did not take it.
        """
        signer = self.signer
        response = send_with_retry(lambda: self._send(key, content, deadline), deadline)
        if response.status == MOVED and (region := response.headers.get(REGION)):
            self.signer = Signer(signer.service, region, signer.credentials, signer.now)
            response = send_with_retry(lambda: self._send(key, content, deadline), deadline)
        if response.status not in {OK, ALREADY_THERE}:
            raise TransientError(f"S3 did not take a record for the quarantine: {error_code(response)}")

    def close(self) -> None:
        """Let go of all connections."""
        while not self._idle.empty():
            self._idle.get().close()

    def _send(self, key: str, content: bytes, deadline: Deadline) -> Response:
        signer = self.signer
        url, path = self._place(signer.region, key)
        checksum = b64encode(sha256(content).digest()).decode("ascii")  # a bucket with Object Lock asks for one
        signed = {"x-amz-checksum-sha256": checksum}
        headers = signer.headers("PUT", urlsplit(url).netloc, path, "", content, signed)
        headers |= {"content-type": "application/json", "if-none-match": "*"}
        connection = self._connection(url)
        response = connection.send(Request("PUT", path, headers, content), deadline, MAX_RESPONSE_BYTES)
        self._idle.put(connection)
        return response

    def _place(self, region: str, key: str) -> tuple[str, str]:
        """Return the URL of the bucket's host, and the object's path there."""
        path = f"/{quote(key)}"
        if self.endpoint or "." in self.name:  # a certificate for *.s3... does not fit a name with dots
            return self.endpoint or endpoint("s3", region), f"/{self.name}{path}"
        return endpoint(f"{self.name}.s3", region), path

    def _connection(self, url: str) -> Connection:
        try:
            while (idle := self._idle.get_nowait()).endpoint != url:
                idle.close()
        except Empty:
            return Connection(url, "S3", ATTEMPT_SECONDS)
        return idle
