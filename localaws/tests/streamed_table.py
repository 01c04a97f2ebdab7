"""A table with a stream on a running local AWS, written and read by boto3."""

import uuid
from dataclasses import dataclass
from typing import Any

from localaws.stack import LocalAws


@dataclass(frozen=True, slots=True)
class StreamedTable:
    """One of them; its hash key is `id`."""

    aws: LocalAws
    name: str
    arn: str
    stream_arn: str

    @classmethod
    def create(
        cls, aws: LocalAws, view_type: str = "NEW_AND_OLD_IMAGES", key: tuple[str, str] = ("id", "S"), **settings: Any
    ) -> "StreamedTable":
        """Create a table with a new name."""
        description = aws.client("dynamodb").create_table(
            TableName=f"table-{uuid.uuid4().hex[:8]}",
            KeySchema=[{"AttributeName": key[0], "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key[0], "AttributeType": key[1]}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view_type},
            **settings,
        )["TableDescription"]
        return cls(aws, description["TableName"], description["TableArn"], description["LatestStreamArn"])

    @property
    def dynamodb(self) -> Any:
        """A client of DynamoDB."""
        return self.aws.client("dynamodb")

    @property
    def streams(self) -> Any:
        """A client of DynamoDB Streams."""
        return self.aws.client("dynamodbstreams")

    def put(self, key: str, **attributes: Any) -> None:
        """Write an item whose attributes are in wire form."""
        self.dynamodb.put_item(TableName=self.name, Item={"id": {"S": key}, **attributes})

    def delete(self, key: str) -> None:
        """Delete an item."""
        self.dynamodb.delete_item(TableName=self.name, Key={"id": {"S": key}})

    def shard_ids(self) -> list[str]:
        """Return the ids of the stream's shards."""
        shards = self.streams.describe_stream(StreamArn=self.stream_arn)["StreamDescription"]["Shards"]
        return [shard["ShardId"] for shard in shards]

    def iterator(self, kind: str = "TRIM_HORIZON", **position: str) -> str:
        """Return an iterator of the stream's only shard."""
        (shard_id,) = self.shard_ids()
        place = {"StreamArn": self.stream_arn, "ShardId": shard_id, "ShardIteratorType": kind, **position}
        return str(self.streams.get_shard_iterator(**place)["ShardIterator"])

    def page(self, iterator: str, limit: int = 1000) -> dict[str, Any]:
        """Return one answer of GetRecords."""
        answer: dict[str, Any] = self.streams.get_records(ShardIterator=iterator, Limit=limit)
        return answer

    def records(self) -> list[dict[str, Any]]:
        """Return everything recorded so far, in order."""
        found: list[dict[str, Any]] = self.page(self.iterator())["Records"]
        return found
