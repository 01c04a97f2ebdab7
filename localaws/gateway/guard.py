"""Decides whether a request may be answered: only clients that have this run's access key, and no web page.

Without it, any program that reaches the port could run code as the stack's owner, because a function is a program.
The access key is random for each run. Signatures are not checked, so the access key id is the secret here. A foreign
`Host` (DNS rebinding) and a request that a browser sends for another site are refused even with the key.
"""

import hmac
import re
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from localaws.errors import CLIENT_ERROR, AwsError
from localaws.foreign import foreign
from localaws.gateway.lambda_errors import lambda_error
from localaws.http_messages import Request, Response, json_error, to_json

KEY_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
KEY_PREFIX: Final = "LOCAL"
KEY_LENGTH: Final = 20  # of AWS's access key ids; the 15 random letters have 75 bits
AUTHORIZATION: Final = re.compile(r"Bearer (\S+)|AWS4\S*\s.*?Credential=([^/,\s]+)/|AWS ([^:\s]+):")
FORBIDDEN: Final = 403
UNKNOWN: Final = "The security token included in the request is invalid."
S3_UNKNOWN: Final = "The AWS Access Key Id you provided does not exist in our records."
MISSING_CODE: Final = "MissingAuthenticationTokenException"
MISSING: Final = "Request is missing Authentication Token"
CBOR: Final = "rpc-v2-cbor"
ONCE_QUERY: Final = ("AmazonSQS.", "GraniteServiceVersion20100801.")  # SQS and CloudWatch kept that protocol's codes


def new_access_key() -> str:
    """Return a random access key ID."""
    return KEY_PREFIX + "".join(secrets.choice(KEY_LETTERS) for _ in range(KEY_LENGTH - len(KEY_PREFIX)))


@dataclass(frozen=True, slots=True)
class Guard:
    """The check in front of every API.

    Attributes:
        access_key: of this run.
        port: of the gateway.
        issued: whether this stack's IAM or STS has handed out an access key id itself, e.g. of an assumed role.
    """

    access_key: str = field(repr=False)
    port: int
    issued: Callable[[str], bool]

    def refusal(self, request: Request) -> Response | None:
        """Return the answer that refuses a request; None where it may be answered."""
        reason = foreign(request.headers, self.port)
        if reason is not None:
            return Response(FORBIDDEN, to_json({"message": reason}), {"Content-Type": "application/json"})
        given = _access_key(request)
        if hmac.compare_digest(given.encode(), self.access_key.encode()) or (given and self.issued(given)):
            return None
        return _refused(request, signed=bool(given))


def _access_key(request: Request) -> str:
    """Return the access key id of a header or of a presigned URL; empty if it is missing."""
    found = AUTHORIZATION.match(request.headers.get("authorization", ""))
    if found:
        return next(group for group in found.groups() if group)
    credential = request.query.get("X-Amz-Credential", [""])[0].partition("/")[0]
    return credential or request.query.get("AWSAccessKeyId", [""])[0]


def _refused(request: Request, *, signed: bool) -> Response:
    """Refuse in the words and the form of the API that was called.

    As AWS does it: DynamoDB and most other JSON protocols with status 400, the rest with 403.
    """
    target, kind = request.headers.get("x-amz-target", ""), request.headers.get("content-type", "")
    query = kind.startswith("application/x-www-form-urlencoded") or target.startswith(ONCE_QUERY)
    code = ("InvalidClientTokenId" if query else "UnrecognizedClientException") if signed else MISSING_CODE
    message = UNKNOWN if signed else MISSING
    if request.headers.get("smithy-protocol") == CBOR:
        texts = ("__type", "InvalidClientTokenId" if signed else MISSING_CODE, "message", message)
        headers = {"Content-Type": "application/cbor", "smithy-protocol": CBOR}
        return Response(FORBIDDEN, b"\xa2" + b"".join(map(_cbor, texts)), headers)
    if target:
        return json_error(AwsError(code, message, FORBIDDEN if query else CLIENT_ERROR))
    if query:
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        return _xml(f"<ErrorResponse>{error}<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>")
    if request.service == "s3" or "AWSAccessKeyId" in request.query or "X-Amz-Credential" in request.query:
        return _xml(f"<Error><Code>InvalidAccessKeyId</Code><Message>{S3_UNKNOWN}</Message></Error>")
    return lambda_error(AwsError(code, message, FORBIDDEN))


def _xml(text: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
    return Response(FORBIDDEN, body.encode(), {"Content-Type": "text/xml"})


def _cbor(text: str) -> bytes:
    """Return a text of less than 256 bytes in CBOR."""
    content = text.encode()
    return bytes((0x78, len(content))) + content
