"""Unit: is OpenSearch asked until it answers for good, no longer than patience and time allow, and refusals told?"""

from collections.abc import Sequence

import pytest
from stream_indexer.asking import PATIENCE_SECONDS, REQUEST_SECONDS, ask, refused
from stream_indexer.errors import SetupError, UnreachableError
from stream_indexer.opensearch import Response

from tests.unit.fakes import ManualBudget


class Client:
    """Answers with these statuses in turn, the last one again and again; 0 is no answer."""

    def __init__(self, statuses: Sequence[int]) -> None:
        """Begin."""
        self.statuses = list(statuses)
        self.asked = 0

    def request(self, method: str, path: str, body: bytes = b"", *, timeout_seconds: float) -> Response:
        """Answer."""
        assert (method, path, body, timeout_seconds) == ("PUT", "/orders-v1", b"{}", REQUEST_SECONDS)
        status = self.statuses[min(self.asked, len(self.statuses) - 1)]
        self.asked += 1
        if not status:
            raise UnreachableError("refused")
        return Response(status, b"")


def answered(client: Client, budget: ManualBudget) -> int:
    return ask(client, "PUT", "/orders-v1", b"{}", budget).status


@pytest.mark.parametrize("status", [200, 400, 404, 409])
def test_an_answer_for_good_is_taken_at_once(status: int) -> None:
    client, budget = Client([status]), ManualBudget()
    assert answered(client, budget) == status
    assert (client.asked, budget.sleeps) == (1, [])


@pytest.mark.parametrize("passing", [0, 403, 429, 500, 503])
def test_what_may_pass_is_waited_for(passing: int) -> None:
    """403 too: what a new role may do is not known everywhere at once."""
    client, budget = Client([passing, passing, 200]), ManualBudget()
    assert answered(client, budget) == 200
    assert client.asked == 3


def test_patience_ends_with_the_last_answer() -> None:
    budget = ManualBudget()
    assert answered(Client([403]), budget) == 403
    assert sum(budget.sleeps) == pytest.approx(PATIENCE_SECONDS, abs=2)


def test_patience_ends_with_the_invocation_s_time() -> None:
    budget = ManualBudget(REQUEST_SECONDS + 4)
    assert answered(Client([503]), budget) == 503
    assert budget.left() >= REQUEST_SECONDS - 2


def test_an_index_that_never_answers_is_an_error_with_the_request() -> None:
    with pytest.raises(SetupError, match=r"PUT /orders-v1: refused"):
        answered(Client([0]), ManualBudget())


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
    assert str(refused("PUT", "/orders-v1", Response(400, content))) == (
        f"PUT /orders-v1: OpenSearch answered 400, {said}."
    )


def test_a_role_that_is_not_admitted_is_told_where_to_read() -> None:
    assert "What OpenSearch must grant" in str(refused("PUT", "/orders-v1", Response(403, b"")))
