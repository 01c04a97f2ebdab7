"""Asks OpenSearch until it answers for good: at apply there is time, and rights may not be known everywhere yet.

Knows nothing of what is asked. Any answer is returned; what it says of a refusal is put into words here too.
"""

from typing import Final, Protocol

from orjson import JSONDecodeError, loads

from stream_indexer.budget import Budget
from stream_indexer.bulk import request_answer
from stream_indexer.errors import SetupError, UnreachableError
from stream_indexer.opensearch import Response

PATIENCE_SECONDS: Final = 30.0  # IAM: what a new role may do takes some seconds to be known everywhere
WAIT_SECONDS: Final = 2.0
REQUEST_SECONDS: Final = 20.0


class Client(Protocol):
    """OpenSearch, as far as one request goes."""

    def request(self, method: str, path: str, body: bytes = b"", *, timeout_seconds: float) -> Response:
        """Send one request.

        Raises:
            UnreachableError: no whole answer came.
        """


def ask(client: Client, method: str, path: str, body: bytes, budget: Budget) -> Response:
    """Send a request until it is answered for good; return that answer, or the last one when patience or time ends.

    Raises:
        SetupError: OpenSearch cannot be reached.
    """
    deadline = min(PATIENCE_SECONDS, budget.left() - REQUEST_SECONDS)
    begun = budget.now()
    while True:
        try:
            response = client.request(method, path, body, timeout_seconds=REQUEST_SECONDS)
        except UnreachableError as error:
            if budget.now() - begun >= deadline:
                raise SetupError(f"{method} {path}: {error}") from error
        else:
            for_good = response.status < 500 and response.status not in {403, 429}
            if for_good or budget.now() - begun >= deadline:
                return response
        budget.sleep(WAIT_SECONDS)


def refused(method: str, path: str, response: Response) -> SetupError:
    """Return the error that tells of a refusal, with OpenSearch's reason."""
    answer = request_answer(response.status, response.content)
    reason = f"{answer.fault}: {answer.reason}" if answer.fault else _message(response.content)
    said = f"{method} {path}: OpenSearch answered {response.status}, {reason}."
    if response.status == 403:
        said += ' OpenSearch must admit the function\'s role first: see the README, "What OpenSearch must grant".'
    return SetupError(said)


def _message(content: bytes) -> str:
    """Return what the security plugin's own API says, whose answers have another form."""
    try:
        return str(loads(content)["message"])
    except (JSONDecodeError, LookupError, TypeError):
        return "no reason given"
