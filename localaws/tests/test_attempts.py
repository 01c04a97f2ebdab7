"""Does a repeated attempt of an SDK get the answer of the first one?"""

from typing import Any

import pytest
from werkzeug.test import create_environ

from localaws.gateway.attempts import Attempts
from localaws.http_messages import Request, Response


def attempt(number: int, call: str = "call-1", service: str = "lambda", method: str = "POST") -> Request:
    """Return one attempt of a call, as an SDK marks it."""
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential=key/20261201/eu-west-1/{service}/aws4_request",
        "amz-sdk-invocation-id": call,
        "amz-sdk-request": f"attempt={number}; max=25",
    }
    environ: dict[str, Any] = create_environ("/2015-03-31/functions", method=method, headers=headers)
    return Request.read(environ)


class Service:
    """Creates a thing at the first request and refuses to do it again, as AWS does."""

    def __init__(self, *statuses: int) -> None:
        """Answer with these statuses, one after another."""
        self.statuses = list(statuses or (201, 409))

    def __call__(self, _: Request) -> Response:
        """Answer one request."""
        return Response(self.statuses.pop(0), b"{}")


def test_what_was_done_is_not_refused_to_the_attempt_that_repeats_it() -> None:
    attempts, service = Attempts(), Service()
    assert [attempts.answer(attempt(number), service).status for number in (1, 2, 3)] == [201, 201, 201]


@pytest.mark.parametrize(
    "second",
    [attempt(1, call="call-2"), attempt(1), attempt(2, service="dynamodb"), attempt(2, method="GET")],
    ids=["another-call", "a-first-attempt", "an-item", "a-read"],
)
def test_every_other_request_is_answered_anew(second: Request) -> None:
    attempts, service = Attempts(), Service()
    attempts.answer(attempt(1), service)
    assert attempts.answer(second, service).status == 409


def test_an_attempt_after_a_failure_is_answered_anew() -> None:
    attempts, service = Attempts(), Service(500, 201)
    assert [attempts.answer(attempt(number), service).status for number in (1, 2)] == [500, 201]
