"""Does the endpoint of a collection refuse what OpenSearch Serverless refuses?"""

import json

import pytest
from werkzeug.test import EnvironBuilder

from localaws.gateway.collections import refusal
from localaws.http_messages import Request


def request(line: str) -> Request:
    """Return the request of a line such as "GET /orders/_search?size=1"."""
    method, _, path = line.partition(" ")
    return Request.read(EnvironBuilder(path, method=method).get_environ())


@pytest.mark.parametrize(
    "line",
    [
        "POST /orders/_bulk",
        "POST /_bulk?filter_path=items.*.status",
        "POST /orders/_bulk?refresh=false",
        "PUT /_index_template/orders",
        "PUT /orders-v1",
        "HEAD /orders-v1",
        "GET /orders/_alias/orders",
        "PUT /orders/_mapping",
        "POST /_aliases",
        "GET /orders/_doc/a%2Fb",
        "POST /orders/_search",
        "GET /_cat/indices?format=json&v",
    ],
)
def test_what_the_developer_guide_lists_is_passed_on(line: str) -> None:
    assert refusal(request(line)) is None


@pytest.mark.parametrize(
    "line",
    [
        "GET /",
        "POST /orders/_refresh",
        "PUT /orders/_bulk",
        "GET /_cluster/health",
        "POST /orders/_delete_by_query",
        "POST /_reindex",
        "PUT /_ingest/pipeline/a",
        "POST /orders/_close",
        "PUT /_plugins/_security/api/roles/a",
    ],
)
def test_an_operation_that_it_does_not_list_is_not_found(line: str) -> None:
    answer = refusal(request(line))
    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize(
    ("line", "kind", "reason"),
    [
        (
            "GET /_cat/indices/*?format=json&expand_wildcards=open",
            "illegal_argument_exception",
            "request [/_cat/indices/*] contains unrecognized parameter: [expand_wildcards]",
        ),
        (
            "POST /orders/_bulk?wait_for_active_shards=1&pipeline=a",
            "illegal_argument_exception",
            "request [/orders/_bulk] contains unrecognized parameters: [pipeline], [wait_for_active_shards]",
        ),
        (
            "POST /orders/_bulk?require_alias=true",
            "illegal_argument_exception",
            "request [/orders/_bulk] contains unrecognized parameter: [require_alias]",
        ),
        ("PUT /orders/_doc/1?refresh=true", "status_exception", "true refresh policy is not supported."),
        ("PUT /orders/_doc/1?refresh=wait_for", "status_exception", "wait_for refresh policy is not supported."),
    ],
)
def test_a_parameter_that_it_does_not_know_is_refused(line: str, kind: str, reason: str) -> None:
    """The first and the third in the words that users of AWS recorded."""
    answer = refusal(request(line))
    assert answer is not None
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["type"] == kind
    assert json.loads(answer.body)["error"]["reason"] == reason
