"""Administrative requests to OpenSearch with retries: new IAM permissions take some time to propagate."""

from typing import Final, Protocol

from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline
from stream_indexer.errors import ConnectionFailedError, NoResponseError, SetupError
from stream_indexer.jsontext import loads
from stream_indexer.opensearch.bulk import parse_error_response

# IAM permissions take some seconds to propagate, the data access policy of a collection a minute or more.
MAX_RETRY_SECONDS: Final = 120.0
RETRY_INTERVAL_SECONDS: Final = 2.0
MIN_REQUEST_SECONDS: Final = 5.0  # no attempt starts with less time


class AdminClient(Protocol):
    """Client for single requests."""

    def request(self, method: str, path: str, body: bytes = b"", *, deadline: Deadline) -> Response:
        """Send one request.

        Raises:
            ConnectionFailedError: No complete response arrived in time.
        """


def request_with_retry(client: AdminClient, method: str, path: str, body: bytes, deadline: Deadline) -> Response:
    """Send a request until the response is final, and return it.

    The statuses 403, 429 and 5xx are retried.

    Raises:
        NoResponseError: The retries or the time ended, and the last attempt had no response.
        SetupError: The retries or the time ended. The message has the reason of the last response.
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
                f"{failure} function.timeout ended the retries after {waited:.0f} s. New permissions can take longer to"
                f" propagate. Apply again, or set function.timeout to {MAX_RETRY_SECONDS + 30:.0f} or more."
            )
        deadline.sleep(RETRY_INTERVAL_SECONDS)


def error_from(method: str, path: str, response: Response) -> SetupError:
    """Return an error with OpenSearch's reason."""
    answer = parse_error_response(response.status, response.content)
    reason = f"{answer.error_type}: {answer.reason}" if answer.error_type else _message(response.content)
    said = f"{method} {path}: OpenSearch answered {response.status}, {reason}."
    if response.status == 403:
        said += ' The function\'s role has no access: see the README, "What OpenSearch must grant".'
    return SetupError(said)


def _message(content: bytes) -> str:
    """Return the message of the security plugin's API, whose responses have another format."""
    try:
        return str(loads(content)["message"])
    except (LookupError, TypeError, ValueError):
        return "no reason given"
