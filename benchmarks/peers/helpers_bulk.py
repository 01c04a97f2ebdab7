"""The way of opensearch-py's documentation: `helpers.bulk` over documents that boto3 reads."""

from collections.abc import Iterator
from typing import Any

from opensearchpy import helpers

from benchmarks.peers.patched_serializers import StreamDeserializer
from benchmarks.peers.signed import INDEX, client, document_id


def handler(endpoint: str) -> Any:
    """Return the handler."""
    opensearch, deserializer = client(endpoint), StreamDeserializer()

    def actions(records: list[Any]) -> Iterator[dict[str, Any]]:
        for record in records:
            change = record["dynamodb"]
            if record["eventName"] == "REMOVE":
                yield {"_op_type": "delete", "_index": INDEX, "_id": document_id(change)}
            else:
                image = change["NewImage"]
                source = {name: deserializer.deserialize(value) for name, value in image.items()}
                yield {"_op_type": "index", "_index": INDEX, "_id": document_id(change), "_source": source}

    def handle(event: dict[str, Any]) -> object:
        return helpers.bulk(opensearch, actions(event["Records"]))

    return handle
