"""Responses that replace real ones, in the form of the service: OpenSearch, DynamoDB or S3.

Pure functions of request and response; no sockets.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from xml.sax.saxutils import escape

from localaws.faults.fault import FaultKind


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Error:
    """How each side says it.

    Attributes:
        status: of OpenSearch and S3.
        fault: OpenSearch's error type.
        s3: its error code, likewise DynamoDB's.
        dynamodb_status: DynamoDB says most things with 400.
    """

    status: int
    fault: str
    reason: str
    s3: str
    dynamodb: str
    dynamodb_status: int = 400


FORBIDDEN: Final = ("AccessDenied", "AccessDeniedException")  # S3's code and DynamoDB's

ERRORS: Final[Mapping[FaultKind, _Error]] = MappingProxyType(
    {
        FaultKind.THROTTLE: _Error(
            429, "es_rejected_execution_exception", "queue is full", "SlowDown", "ThrottlingException"
        ),
        FaultKind.TOO_LARGE: _Error(413, "", "Request Entity Too Large", "EntityTooLarge", "ValidationException"),
        FaultKind.BLOCK: _Error(
            403, "cluster_block_exception", "index blocked by: [FORBIDDEN/8/index write (api)];", *FORBIDDEN
        ),
        FaultKind.FORBID: _Error(403, "security_exception", "no permissions for [indices:data/write/bulk]", *FORBIDDEN),
        FaultKind.UNAVAILABLE: _Error(
            503, "unavailable_shards_exception", "primary shard is not active", "SlowDown", "InternalServerError", 500
        ),
    }
)


def error_response(kind: FaultKind, headers: Mapping[str, str]) -> HttpResponse:
    """Return the answer that refuses a request with these `headers` (names in lower case)."""
    said = ERRORS[kind]
    if "x-amz-target" in headers:
        document = {"__type": f"com.amazonaws.dynamodb.v20120810#{said.dynamodb}", "message": said.reason}
        return _json(said.dynamodb_status, document, "application/x-amz-json-1.0")
    if "/s3/aws4_request" in headers.get("authorization", ""):
        text = f"<Error><Code>{said.s3}</Code><Message>{escape(said.reason)}</Message></Error>"
        return HttpResponse(said.status, {"Content-Type": "application/xml"}, text.encode())
    if not said.fault:  # said before OpenSearch reads a word of it
        return HttpResponse(said.status, {"Content-Type": "text/plain"}, said.reason.encode())
    error = {"type": said.fault, "reason": said.reason}
    return _json(said.status, {"error": {"root_cause": [error], **error}, "status": said.status}, "application/json")


def corrupt(kind: FaultKind, answer: HttpResponse) -> HttpResponse:
    """Return a real answer with its body cut or with a bulk item too few or too many."""
    if kind is FaultKind.TRUNCATE:
        return HttpResponse(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
    try:
        document: dict[str, Any] = json.loads(answer.body)
        items: list[Any] = document["items"]
    except (ValueError, KeyError, TypeError):
        return answer  # no bulk answer: there is nothing to lie about
    document["items"] = items[:-1] if kind is FaultKind.DROP_ITEM else items + items[-1:]
    return HttpResponse(answer.status, answer.headers, json.dumps(document).encode())


def _json(status: int, document: object, content_type: str) -> HttpResponse:
    return HttpResponse(status, {"Content-Type": content_type}, json.dumps(document).encode())
