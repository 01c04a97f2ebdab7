"""Sends administrative requests to OpenSearch with retries: rights that were just granted take a while to be known.

Knows nothing of what is asked. What an answer says of a refusal is put into words here too.
"""

from typing import Final, Protocol

from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline
from stream_indexer.errors import ConnectionFailedError, NoResponseError, SetupError
from stream_indexer.jsontext import loads
from stream_indexer.opensearch.bulk import parse_error_response

# A role's rights take some seconds to be known everywhere, the data access policy of a collection a minute or more.
MAX_RETRY_SECONDS: Final = 120.0
RETRY_INTERVAL_SECONDS: Final = 2.0
MIN_REQUEST_SECONDS: Final = 5.0  # an attempt with less time than this is not begun


class AdminClient(Protocol):
    """OpenSearch, as far as one request goes."""

    def request(self, method: str, path: str, body: bytes = b"", *, deadline: Deadline) -> Response:
        """Send one request.

        Raises:
            ConnectionFailedError: no whole answer came in time.
        """


def request_with_retry(client: AdminClient, method: str, path: str, body: bytes, deadline: Deadline) -> Response:
    """Send a request until it is answered for good, and return that answer.

    Answers that may change by themselves are 403, 429 and 5xx.

    Raises:
        NoResponseError: patience or time ended, and the last attempt got no answer.
        SetupError: patience or time ended before, with the last answer's reason.
    """
    begun = deadline.remaining()
    while True:
        try:
            response = client.request(method, path, body, deadline=deadline)
            if response.status < 500 and response.status not in {403, 429}:
                return response
            failure = error_from(method, path, response)
        except ConnectionFailedError as error:
            failure = NoResponseError(f"{method} {path}: {error}.")
        waited = begun - deadline.remaining()
        if waited >= MAX_RETRY_SECONDS:
            raise failure
        if deadline.remaining() < RETRY_INTERVAL_SECONDS + MIN_REQUEST_SECONDS:
            raise type(failure)(
                f"{failure} function.timeout ended the wait after {waited:.0f} s, and new rights can take longer to be"
                f" known: apply again, or set function.timeout to {MAX_RETRY_SECONDS + 30:.0f} or more."
            )
        deadline.sleep(RETRY_INTERVAL_SECONDS)


def error_from(method: str, path: str, response: Response) -> SetupError:
    """Return the error that tells of a refusal, with OpenSearch's reason."""
    answer = parse_error_response(response.status, response.content)
    reason = f"{answer.error_type}: {answer.reason}" if answer.error_type else _message(response.content)
    said = f"{method} {path}: OpenSearch answered {response.status}, {reason}."
    if response.status == 403:
        said += ' OpenSearch must admit the function\'s role first: see the README, "What OpenSearch must grant".'
    return SetupError(said)


def _message(content: bytes) -> str:
    """Return what the security plugin's own API says, whose answers have another form."""
    try:
        return str(loads(content)["message"])
    except (LookupError, TypeError, ValueError):
        return "no reason given"
