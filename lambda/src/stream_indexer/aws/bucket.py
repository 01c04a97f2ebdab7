"""Writes new objects to an S3 bucket, several at the same time."""

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

CONNECTIONS: Final = 32  # at the same time: S3 takes 20 to 60 ms for an object
MAX_RESPONSE_BYTES: Final = 64 * 1024
OK: Final = 200
MOVED: Final = 301
ALREADY_THERE: Final = 412
REGION: Final = "x-amz-bucket-region"  # header of the response to a request that went to the wrong region


@dataclass(slots=True)
class Bucket:
    """An S3 bucket.

    Attributes:
        name: Name of the bucket.
        signer: Signer for S3 in the function's region. If the bucket is in another region, S3 returns that region.
        endpoint: URL that replaces AWS's endpoint of S3. Empty for AWS's endpoint.
    """

    name: str
    signer: Signer
    endpoint: str = ""
    _idle: SimpleQueue[Connection] = field(default_factory=SimpleQueue, init=False, repr=False)

    def put(self, key: str, content: bytes, deadline: Deadline) -> None:
        """Write a JSON object unless the key exists.

        Raises:
            TransientError: S3 rejected the object.
        """
        signer = self.signer
        response = send_with_retry(lambda: self._send(key, content, deadline), deadline)
        if response.status == MOVED and (region := response.headers.get(REGION)):
            self.signer = Signer(signer.service, region, signer.credentials, signer.now)
            response = send_with_retry(lambda: self._send(key, content, deadline), deadline)
        if response.status not in {OK, ALREADY_THERE}:
            raise TransientError(f"S3 rejected a record for the quarantine: {error_code(response)}")

    def close(self) -> None:
        """Close all connections."""
        while not self._idle.empty():
            self._idle.get().close()

    def _send(self, key: str, content: bytes, deadline: Deadline) -> Response:
        signer = self.signer
        url, path = self._place(signer.region, key)
        checksum = b64encode(sha256(content).digest()).decode("ascii")  # required for a bucket with Object Lock
        signed = {"x-amz-checksum-sha256": checksum}
        headers = signer.headers("PUT", urlsplit(url).netloc, path, "", content, signed)
        headers |= {"content-type": "application/json", "if-none-match": "*"}
        connection = self._connection(url)
        response = connection.send(Request("PUT", path, headers, content), deadline, MAX_RESPONSE_BYTES)
        self._idle.put(connection)
        return response

    def _place(self, region: str, key: str) -> tuple[str, str]:
        """Return the URL of the bucket's host, and the path of the object."""
        path = f"/{quote(key)}"
        if self.endpoint or "." in self.name:  # a certificate for *.s3... is not valid for a name with dots
            return self.endpoint or endpoint("s3", region), f"/{self.name}{path}"
        return endpoint(f"{self.name}.s3", region), path

    def _connection(self, url: str) -> Connection:
        try:
            while (idle := self._idle.get_nowait()).endpoint != url:
                idle.close()
        except Empty:
            return Connection(url, "S3", ATTEMPT_SECONDS)
        return idle
