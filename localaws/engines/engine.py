"""What every set of engines offers to the gateway. To add a set, write a class of this shape, named in `factory.py`."""

from typing import Protocol

from localaws.engines.stream_log import StreamLog
from localaws.http_messages import Request, Response


class Engine(Protocol):
    """A DynamoDB with its streams, and an OpenSearch."""

    @property
    def opensearch_url(self) -> str:
        """Where OpenSearch answers."""

    def dynamodb(self, request: Request) -> Response:
        """Answer one request of the DynamoDB API."""

    def streams(self, request: Request) -> Response:
        """Answer one request of the DynamoDB Streams API."""

    def restart_opensearch(self) -> None:
        """Stop OpenSearch at once, as a crash does, and start it over what it has written; its URL stays.

        Raises:
            AwsError: these engines cannot.
        """

    def stream(self, arn: str) -> StreamLog:
        """Return the log of a stream, whose shards can be split and rolled over by hand.

        Raises:
            AwsError: no such stream.
        """

    def close(self) -> None:
        """Stop whatever was started; nothing is kept."""
