"""Unit: is a request retried until the response is final, while time lasts, and are refusals explained?"""

from collections.abc import Sequence

import pytest
from stream_indexer.admin.requests import (
    MAX_RETRY_SECONDS,
    MIN_REQUEST_SECONDS,
    RETRY_INTERVAL_SECONDS,
    error_from,
    request_with_retry,
)
from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline
from stream_indexer.errors import ConnectionFailedError, SetupError

from tests.unit.fakes import ManualDeadline


class Client:
    """Answers with these statuses in turn, the last one again and again; 0 is no answer."""

    def __init__(self, statuses: Sequence[int]) -> None:
        """Begin."""
        self.statuses = list(statuses)
        self.asked = 0

    def request(self, method: str, path: str, body: bytes = b"", *, deadline: Deadline) -> Response:
        """Answer."""
        assert (method, path, body) == ("PUT", "/orders-v1", b"{}")
        assert deadline.remaining() >= MIN_REQUEST_SECONDS
        status = self.statuses[min(self.asked, len(self.statuses) - 1)]
        self.asked += 1
        if not status:
            raise ConnectionFailedError("refused")
        return Response(status, b"")


def answered(client: Client, deadline: ManualDeadline) -> int:
    return request_with_retry(client, "PUT", "/orders-v1", b"{}", deadline).status


@pytest.mark.parametrize("status", [200, 400, 404, 409])
def test_an_answer_for_good_is_taken_at_once(status: int) -> None:
    client, deadline = Client([status]), ManualDeadline()
    assert answered(client, deadline) == status
    assert (client.asked, deadline.sleeps) == (1, [])


@pytest.mark.parametrize("passing", [0, 403, 429, 500, 503])
def test_what_may_pass_is_waited_for(passing: int) -> None:
    """403 too: what a new role may do is not known everywhere at once."""
    client, deadline = Client([passing, passing, 200]), ManualDeadline()
    assert answered(client, deadline) == 200
    assert client.asked == 3


def test_new_rights_have_two_minutes_and_more_to_be_known() -> None:
    """The data access policy of a collection takes a minute or more; patience ends with the last answer's reason."""
    deadline = ManualDeadline(900)
    with pytest.raises(SetupError, match="What OpenSearch must grant") as caught:
        answered(Client([403]), deadline)
    assert sum(deadline.sleeps) == pytest.approx(MAX_RETRY_SECONDS, abs=RETRY_INTERVAL_SECONDS)
    assert MAX_RETRY_SECONDS >= 120
    assert "function.timeout" not in str(caught.value)


@pytest.mark.parametrize("seconds", [8.0, 28.0, 118.0])
@pytest.mark.parametrize("status", [0, 403, 503])
def test_a_timeout_that_cuts_patience_short_is_named(seconds: float, status: int) -> None:
    """At the least timeout too there is a second attempt, and the last reason is kept."""
    client, deadline = Client([status]), ManualDeadline(seconds)
    with pytest.raises(SetupError, match=r"function\.timeout to 150 or more") as caught:
        answered(client, deadline)
    assert "refused" in str(caught.value) if not status else f"answered {status}" in str(caught.value)
    assert client.asked >= 2
    assert deadline.remaining() > MIN_REQUEST_SECONDS - RETRY_INTERVAL_SECONDS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"error":{"type":"illegal","reason":"no such setting"},"status":400}', "illegal: no such setting"),
        (b'{"status":"FORBIDDEN","message":"No permission"}', "No permission"),
        (b"<html>", "no reason given"),
        (b"[]", "no reason given"),
    ],
)
def test_a_refusal_is_told_with_its_reason(content: bytes, said: str) -> None:
    assert str(error_from("PUT", "/orders-v1", Response(400, content))) == (
        f"PUT /orders-v1: OpenSearch answered 400, {said}."
    )


def test_a_role_that_is_not_admitted_is_told_where_to_read() -> None:
    assert "What OpenSearch must grant" in str(error_from("PUT", "/orders-v1", Response(403, b"")))
