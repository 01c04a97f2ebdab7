"""DynamoDB Local's HTTP: requests go to it as they are, but for credentials and ARNs."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import urllib3

from localaws.errors import AwsError
from localaws.http_messages import ACCOUNT_ID, JSON_1_0, Json, Request, Response, from_json, to_json

LOCAL_ARN: Final = b"arn:aws:dynamodb:ddblocal:000000000000:"
POOL_SIZE: Final = 64  # connections kept open; more are made and dropped
READ_SECONDS: Final = 60.0
OK: Final = 200
TABLES: Final = "DynamoDB_20120810"
KEPT: Final = ("Content-Type", "x-amzn-RequestId", "x-amz-crc32")
STREAMS: Final = "DynamoDBStreams_20120810"


class DynamoDbLocal:
    """One running DynamoDB Local: a database for each region."""

    def __init__(self, url: str) -> None:
        """Talk to the one at `url`."""
        at = urlsplit(url)
        self._pool = urllib3.HTTPConnectionPool(
            at.hostname or "", at.port, maxsize=POOL_SIZE, retries=False, timeout=urllib3.Timeout(read=READ_SECONDS)
        )

    def forward(self, request: Request, body: bytes | None = None) -> Response:
        """Pass a request on with its body or with `body`, and return the response unchanged."""
        target = request.headers["x-amz-target"]
        return self._send(request.region, target, request.body if body is None else body)

    def call(self, region: str, service: str, operation: str, parameters: Mapping[str, Json]) -> Json:
        """Call an operation in DynamoDB Local's account.

        Raises:
            AwsError: it refuses; the code is without the model's prefix.
        """
        answer = self._send(region, f"{service}.{operation}", to_json(parameters))
        document = from_json(answer.body)
        if answer.status != OK:
            code = document.get("__type", "").rpartition("#")[2]
            raise AwsError(code, document.get("Message", document.get("message", "")), answer.status)
        return document

    def close(self) -> None:
        """Drop the connections."""
        self._pool.close()

    def _send(self, region: str, target: str, body: bytes) -> Response:
        headers = {
            "X-Amz-Target": target,
            "Content-Type": JSON_1_0,
            # It takes the database from region and key, and checks no signature: all clients of a region share one.
            "Authorization": f"AWS4-HMAC-SHA256 Credential=LOCAL/20260101/{region}/dynamodb/aws4_request, "
            "SignedHeaders=host, Signature=0",
        }
        try:
            answer = self._pool.request("POST", "/", body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            message = f"DynamoDB Local does not answer ({type(error).__name__}); its dynamodb.log may say why."
            raise AwsError("InternalServerError", message, 500) from error
        kept = {name: answer.headers[name] for name in KEPT if name in answer.headers}
        return Response(answer.status, answer.data, kept)


def to_local(region: str, body: bytes) -> bytes:
    """Return a body with the account's ARNs of `region` as DynamoDB Local writes them."""
    return body.replace(_arn(region), LOCAL_ARN)


def from_local(region: str, body: bytes) -> bytes:
    """Return a body with DynamoDB Local's ARNs as AWS would write them."""
    return body.replace(LOCAL_ARN, _arn(region))


def _arn(region: str) -> bytes:
    return f"arn:aws:dynamodb:{region}:{ACCOUNT_ID}:".encode()
