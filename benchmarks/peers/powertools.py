"""Powertools' way: its BatchProcessor calls a function for each record, here opensearch-py's `index` and `delete`."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from benchmarks.lambda_context import Context
from benchmarks.peers.signed import INDEX, client


def handler(endpoint: str) -> Any:
    """Return the handler."""
    opensearch, context = client(endpoint), Context()
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams)

    def index(record: DynamoDBRecord) -> None:
        change = record.dynamodb
        named = "|".join(map(str, change.keys.values()))
        if record.event_name.name == "REMOVE":
            opensearch.delete(index=INDEX, id=named)
        else:
            opensearch.index(index=INDEX, id=named, body=change.new_image)

    def handle(event: dict[str, Any]) -> None:
        if process_partial_response(event, index, processor, context)["batchItemFailures"]:
            raise RuntimeError("a record failed")

    return handle
