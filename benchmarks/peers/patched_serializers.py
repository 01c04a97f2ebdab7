"""The least that boto3 and opensearch-py lack together: a stream's binary values are text already, sets no JSON."""

from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from opensearchpy import JSONSerializer


class StreamDeserializer(TypeDeserializer):  # type: ignore[misc] # boto3 ships no types
    """boto3's, for a stream event."""

    def _deserialize_b(self, value: str) -> str:
        return value


class SetSerializer(JSONSerializer):
    """opensearch-py's, for sets too."""

    def default(self, data: Any) -> Any:
        """Return a set as an array."""
        return list(data) if isinstance(data, set) else super().default(data)
