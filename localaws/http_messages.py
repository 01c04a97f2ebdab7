"""Requests and answers of AWS APIs between the gateway's parts, and the JSON protocol of DynamoDB, Streams and Logs."""

import io
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qsl

import orjson
from werkzeug.test import run_wsgi_app

from localaws.errors import AwsError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACCOUNT_ID: Final = "123456789012"  # moto's default account
DEFAULT_REGION: Final = "eu-west-1"
SCOPE: Final = re.compile(r"Credential=[^/,]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
WITHOUT_BODY: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
JSON_1_0: Final = "application/x-amz-json-1.0"

Json = Any  # a JSON value whose shape the caller knows from the API's model


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to an AWS API.

    Attributes:
        region: of the credential scope that signed it.
        service: of the same scope, e.g. "lambda"; empty where nothing was signed.
        target: X-Amz-Target's operation, e.g. "PutItem"; empty for APIs that route by path.
        path: decoded; `raw_path` is as sent.
        environ: what WSGI gave, its input replaced by `body`.
    """

    method: str
    path: str
    raw_path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    region: str
    service: str
    target: str
    environ: "WSGIEnvironment"

    @classmethod
    def read(cls, environ: "WSGIEnvironment") -> "Request":
        """Read one request off WSGI, its body included."""
        body = _read_body(environ)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True):
            query.setdefault(name, []).append(value)
        raw_path = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/")
        return cls(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace"),
            raw_path=raw_path.split("?", 1)[0],
            query=query,
            headers=_Headers(environ),
            body=body,
            region=scope["region"] if scope else DEFAULT_REGION,
            service=scope["service"].lower() if scope else "",
            target=environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2],
            environ=environ,
        )

    def json(self) -> dict[str, Json]:
        """Return the body as a JSON object.

        Raises:
            AwsError: SerializationException, the body is not a JSON object.
        """
        try:
            parsed = json.loads(self.body or b"{}")
        except ValueError as error:
            raise AwsError("SerializationException", f"Could not parse request body into json: {error}") from error
        if not isinstance(parsed, dict):
            raise AwsError("SerializationException", "Start of structure or map found where not expected.")
        return cast("dict[str, Json]", parsed)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer of an AWS API."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class _Headers(dict[str, str]):
    """The request's headers by lower-case name."""

    def __init__(self, environ: "WSGIEnvironment") -> None:
        super().__init__(
            {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
        )
        self["content-type"] = environ.get("CONTENT_TYPE", "")


def json_response(document: Json, status: int = 200, content_type: str = JSON_1_0) -> Response:
    """Return `document` as an answer of a JSON protocol, with the checksum that SDKs verify."""
    body = to_json(document)
    return Response(status, body, {"Content-Type": content_type, "x-amz-crc32": str(zlib.crc32(body))})


def json_error(error: AwsError, content_type: str = JSON_1_0) -> Response:
    """Return `error` in the form of the JSON protocols."""
    return json_response({"__type": error.code, "message": error.message}, error.status, content_type)


def to_json(document: Json) -> bytes:
    """Serialise; by orjson where it can, for it is on the path of every record."""
    try:
        return orjson.dumps(document)
    except TypeError:  # lone surrogates, integers beyond 64 bits
        return json.dumps(document, separators=(",", ":")).encode("utf-8", "surrogatepass")


def from_json(body: bytes | str) -> Json:
    """Parse; by orjson where it can, for it is on the path of every record."""
    try:
        return orjson.loads(body)
    except ValueError:  # escaped lone surrogates, which JSON allows and orjson does not; or no JSON at all
        return json.loads(body)


def respond(answer: Response, method: str, start_response: "StartResponse") -> list[bytes]:
    """Send an answer to a request of this method, always with its length, so that the connection stays open."""
    status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
    if method == "HEAD":  # the length is that of what GET would have brought
        headers["Content-Length"] = answer.headers.get("Content-Length", "0")
    elif answer.status not in WITHOUT_BODY:
        headers["Content-Length"] = str(len(answer.body))
    start_response(status, list(headers.items()))
    return [] if method == "HEAD" or answer.status in WITHOUT_BODY else [answer.body]


def call_wsgi(application: "WSGIApplication", request: Request) -> Response:
    """Let a WSGI application answer `request`."""
    request.environ["wsgi.input"] = io.BytesIO(request.body)
    request.environ["CONTENT_LENGTH"] = str(len(request.body))
    chunks, status, headers = run_wsgi_app(application, request.environ, buffered=True)
    return Response(int(status.split(" ", 1)[0]), b"".join(chunks), dict(headers.items()))


def _read_body(environ: "WSGIEnvironment") -> bytes:
    stream = environ["wsgi.input"]
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        return cast("bytes", stream.read())
    return cast("bytes", stream.read(int(environ.get("CONTENT_LENGTH") or 0)))
