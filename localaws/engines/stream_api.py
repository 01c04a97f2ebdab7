"""The DynamoDB Streams API over stream logs, in wire JSON: the same for both sets of engines."""

import base64
from typing import Final

from localaws.engines.stream_log import MAX_SHARDS_LISTED, StreamLog
from localaws.errors import AwsError, constraint_message
from localaws.http_messages import Json, Request, Response, from_json, json_error, json_response

MAX_RECORDS: Final = 1000  # API reference of GetRecords


class StreamLogs:
    """Every stream by its ARN."""

    def __init__(self) -> None:
        """Start without streams."""
        self._logs: dict[str, StreamLog] = {}
        self._operations = {
            "ListStreams": self.list_streams,
            "DescribeStream": self.describe_stream,
            "GetShardIterator": self.get_shard_iterator,
            "GetRecords": self.get_records,
        }

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        operation = self._operations.get(request.target)
        if operation is None:
            message = f"{request.target} is no operation of DynamoDB Streams."
            return json_error(AwsError("UnknownOperationException", message))
        try:
            return json_response(operation(request.json()))
        except AwsError as error:
            return json_error(error)

    def add(self, log: StreamLog) -> None:
        """Make a stream known."""
        self._logs[log.arn] = log

    def get(self, arn: str) -> StreamLog:
        """Return a stream by its ARN.

        Raises:
            AwsError: ResourceNotFoundException.
        """
        try:
            return self._logs[arn]
        except KeyError:
            raise AwsError(
                "ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found"
            ) from None

    def list_streams(self, request: dict[str, Json]) -> Json:
        """Answer ListStreams."""
        table = request.get("TableName")
        found = [_listed(arn) for arn in self._logs]
        return {"Streams": [stream for stream in found if table in {None, stream["TableName"]}]}

    def describe_stream(self, request: dict[str, Json]) -> Json:
        """Answer DescribeStream."""
        log = self.get(_required(request, "StreamArn"))
        return log.describe(request.get("ExclusiveStartShardId"), int(request.get("Limit", MAX_SHARDS_LISTED)))

    def get_shard_iterator(self, request: dict[str, Json]) -> Json:
        """Answer GetShardIterator."""
        log = self.get(_required(request, "StreamArn"))
        shard_id, kind = _required(request, "ShardId"), _required(request, "ShardIteratorType")
        return {"ShardIterator": log.iterator(shard_id, kind, request.get("SequenceNumber"))}

    def get_records(self, request: dict[str, Json]) -> Json:
        """Answer GetRecords."""
        arn, _, token = _required(request, "ShardIterator").partition("|1|")
        limit = int(request.get("Limit", MAX_RECORDS))
        if not 1 <= limit <= MAX_RECORDS:
            problem = constraint_message(limit, "limit", f"Member must have value less than or equal to {MAX_RECORDS}")
            raise AwsError("ValidationException", f"1 validation error detected: {problem}")
        try:
            shard_id, position, issued = from_json(base64.b64decode(token, validate=True))
        except ValueError:
            raise AwsError("ValidationException", "Invalid ShardIterator.") from None
        return self.get(arn).records(shard_id, int(position), issued, limit)


def _listed(arn: str) -> dict[str, str]:
    _, table_name, _, label = arn.split(":", 5)[5].split("/", 3)
    return {"StreamArn": arn, "TableName": table_name, "StreamLabel": label}


def _required(request: dict[str, Json], name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str) or not value:
        problem = constraint_message(None, name[0].lower() + name[1:], "Member must not be null")
        raise AwsError("ValidationException", f"1 validation error detected: {problem}")
    return value
