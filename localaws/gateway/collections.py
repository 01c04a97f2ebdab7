"""The endpoint of collections: OpenSearch with the operations and parameters that OpenSearch Serverless has.

What a collection lacks is refused here as recorded by users of AWS, so that it is seen before AWS sees it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import urllib3

from localaws.http_messages import Request, Response, respond, to_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Developer guide of OpenSearch Service, "Supported operations and plugins in Amazon OpenSearch Serverless".
SUPPORTED: Final = """
PUT|DELETE|GET|HEAD I
GET (I/)?_mappings?|(I/)?_settings?(/N)?|_cat/indices(/N)?|_resolve/index/N
POST|PUT (I/)?_mappings?|(I/)?_settings?
POST (I/)?_bulk|I/_doc|I/_update/N|_aliases
POST|PUT I/_create/N|I/_doc/N
DELETE I/_doc/N
GET|HEAD I/_doc/N|I/_source/N
GET (I/)?_mget|(I/)?_msearch
GET|POST I/_explain/N|I/_count|I/_rank_eval|I/_validate/N|(I/)?_analyze|(I/)?_field_caps|(I/)?_search
GET _alias|_cat/aliases|_cat/templates(/N)?|_component_template|_index_template
GET|HEAD (I/)?_alias/N|_component_template/N|_index_template/N
POST|PUT I/_alias(es)?/N|_component_template/N|_index_template/N
DELETE I/_alias(es)?/N|_component_template/N|_index_template/N
"""
OPERATIONS: Final = [
    (frozenset(methods.split("|")), re.compile(paths.replace("I", "[^_/][^/]*").replace("N", "[^/]+")))
    for methods, paths in (line.split(" ") for line in SUPPORTED.split("\n") if line)
]
# Of every operation of OpenSearch. The guide lists no parameters; others that OpenSearch itself takes were refused.
COMMON: Final = frozenset({"filter_path", "pretty", "human", "error_trace"})
OF_CAT: Final = frozenset({"format", "h", "help", "s", "v"})
PASSED: Final = ("content-type", "accept")


@dataclass(slots=True)
class CollectionEndpoint:
    """A WSGI application in front of OpenSearch."""

    opensearch_url: str
    _pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=16, retries=False))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        request = Request.read(environ)
        return respond(refusal(request) or self._forward(request), request.method, start_response)

    def _forward(self, request: Request) -> Response:
        query = request.environ.get("QUERY_STRING", "")
        url = f"{self.opensearch_url}{request.raw_path}{query and f'?{query}'}"
        headers = {name: request.headers[name] for name in PASSED if request.headers.get(name)}
        answer = self._pool.request(request.method, url, body=request.body or None, headers=headers)
        return Response(answer.status, answer.data, {"Content-Type": answer.headers.get("Content-Type", "text/plain")})


def refusal(request: Request) -> Response | None:
    """Return how a collection refuses a request; None where it takes it."""
    path = request.raw_path.strip("/")
    if not any(request.method in methods and paths.fullmatch(path) for methods, paths in OPERATIONS):
        return Response(404)
    refresh = request.query.get("refresh", ["false"])[-1]
    if refresh != "false":
        return _error("status_exception", f"{refresh or 'true'} refresh policy is not supported.")
    known = {*COMMON, "refresh", *(OF_CAT if path.startswith("_cat/") else ())}
    unknown = sorted(set(request.query) - known)
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        named = ", ".join(f"[{name}]" for name in unknown)
        return _error(
            "illegal_argument_exception", f"request [{request.path}] contains unrecognized parameter{plural}: {named}"
        )
    return None


def _error(kind: str, reason: str) -> Response:
    cause = {"type": kind, "reason": reason}
    body = to_json({"error": {"root_cause": [cause], **cause}, "status": 400})
    return Response(400, body, {"Content-Type": "application/json"})
