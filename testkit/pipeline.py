"""A table, its function and its index as the module made them, and what tests and drills ask of them."""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch
from stream_indexer.metrics import DEFINITIONS

from localaws.stack import LocalAws
from localaws.waiting import wait_until
from testkit.consistency import Comparison, compare
from testkit.items import Item, scan
from testkit.search import Index, connect

KEY_NAMES = ("customer_id", "order_id")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline as the module made it; `outputs` are the module's."""

    aws: LocalAws
    outputs: Mapping[str, Any]

    @property
    def table_name(self) -> str:
        """The table's name."""
        return str(self.outputs["table_name"])

    @property
    def index(self) -> Index:
        """The one index that is kept equal to the table."""
        return self.index_of(self.outputs["alias"])

    def index_of(self, alias: str) -> Index:
        """Return one of several indexes."""
        return Index(connect(self.aws), alias)

    @property
    def opensearch(self) -> OpenSearch:
        """Client of OpenSearch."""
        return connect(self.aws)

    def put(self, *items: Item) -> None:
        """Write items."""
        dynamodb = self.aws.client("dynamodb")
        for item in items:
            dynamodb.put_item(TableName=self.table_name, Item=item)

    def delete(self, *items: Item) -> None:
        """Delete items."""
        dynamodb = self.aws.client("dynamodb")
        for item in items:
            dynamodb.delete_item(TableName=self.table_name, Key={name: item[name] for name in KEY_NAMES})

    def invoke(self, event: object) -> Any:
        """Invoke the function with `event` and return its answer."""
        answer = self.aws.client("lambda").invoke(
            FunctionName=self.outputs["function_name"], Payload=json.dumps(event).encode()
        )
        content = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(f"{self.outputs['function_name']} raised: {content}")
        return content

    def agreement(self) -> Comparison:
        """Wait until the stream is drained, then compare index and table item by item."""
        return self.agreements({self.outputs["alias"]: lambda _: True})[self.outputs["alias"]]

    def agreements(self, takes: Mapping[str, Callable[[Item], bool]]) -> dict[str, Comparison]:
        """Wait until the stream is drained, then compare each index with the items that it takes; by alias."""
        self.aws.wait_until_drained(120)
        items = list(scan(self.aws.client("dynamodb"), self.table_name))
        return {
            alias: compare(filter(takes_it, items), self.index_of(alias).documents(), KEY_NAMES)
            for alias, takes_it in takes.items()
        }

    def quarantined(self) -> list[dict[str, Any]]:
        """Return the quarantined records with their reason."""
        return self._kept("quarantine/")

    def discarded_batches(self) -> list[dict[str, Any]]:
        """Return the documents of the on-failure destination: batches that Lambda discarded."""
        return self._kept("aws/lambda/")

    def _kept(self, prefix: str) -> list[dict[str, Any]]:
        s3, bucket = self.aws.client("s3"), self.outputs["quarantine_bucket"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return [json.loads(s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()) for entry in listed]

    def empty_quarantine(self) -> None:
        """Delete what the bucket holds, without which Terraform refuses to destroy it."""
        s3, bucket = self.aws.client("s3"), self.outputs["quarantine_bucket"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                s3.delete_object(Bucket=bucket, Key=entry["Key"])

    def shards(self) -> set[str]:
        """Return the shards of the stream that are being read."""
        (mapping,) = [
            one for one in self.aws.status()["mappings"] if one["uuid"] == self.outputs["event_source_mapping_uuid"]
        ]
        return {shard["shard_id"] for shard in mapping["shards"]}

    @contextmanager
    def parallelization_factor(self, factor: int) -> Iterator[None]:
        """Let so many batches of a shard be in flight for the length of a block, then one."""
        client, place = self.aws.client("lambda"), {"UUID": self.outputs["event_source_mapping_uuid"]}

        def change(wanted: int) -> None:
            client.update_event_source_mapping(**place, ParallelizationFactor=wanted)
            wait_until(lambda: client.get_event_source_mapping(**place)["State"] == "Enabled", "it is enabled")

        change(factor)
        try:
            yield
        finally:
            change(1)

    @contextmanager
    def timeout(self, seconds: int) -> Iterator[None]:
        """Give the function so many seconds for an invocation, for the length of a block."""
        client, name = self.aws.client("lambda"), self.outputs["function_name"]
        before = client.get_function_configuration(FunctionName=name)["Timeout"]
        client.update_function_configuration(FunctionName=name, Timeout=seconds)
        try:
            yield
        finally:
            client.update_function_configuration(FunctionName=name, Timeout=before)

    def indices(self) -> set[str]:
        """Return the names of all indices, aliases left out."""
        return {index["index"] for index in self.opensearch.cat.indices(format="json")}

    @contextmanager
    def without_alias(self) -> Iterator[None]:
        """Take the index's alias away for the length of a block."""
        place = {"index": f"{self.index.name}-v1", "alias": self.index.name}
        self.opensearch.indices.update_aliases(body={"actions": [{"remove": place}]})
        try:
            yield
        finally:
            self.opensearch.indices.update_aliases(body={"actions": [{"add": {**place, "is_write_index": True}}]})

    @contextmanager
    def field_limit_reached(self) -> Iterator[None]:
        """Let the index refuse every field that it does not know, for the length of a block."""
        limit = "index.mapping.total_fields.limit"
        indices = self.opensearch.indices
        ((_, before),) = indices.get_settings(index=self.index.name, name=limit, flat_settings=True).items()
        indices.put_settings(index=self.index.name, body={limit: 1})
        try:
            yield
        finally:
            indices.put_settings(index=self.index.name, body=before["settings"])

    def add_fields(self, properties: Any) -> None:
        """Add fields to the index's mapping."""
        self.opensearch.indices.put_mapping(index=self.index.name, body={"properties": properties})

    def metric(self, name: str) -> float:
        """Return the sum of a metric of the function.

        Raises:
            ValueError: The function has no such metric. CloudWatch would return no data, which looks like zero.
        """
        if name not in DEFINITIONS["metrics"]:
            raise ValueError(f"The metric must be one of {', '.join(DEFINITIONS['metrics'])} (got {name}).")
        now = datetime.now(UTC)
        statistics = self.aws.client("cloudwatch").get_metric_statistics(
            Namespace=DEFINITIONS["namespace"],
            MetricName=name,
            Dimensions=[{"Name": "FunctionName", "Value": self.outputs["function_name"]}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=1),
            Period=3600,
            Statistics=["Sum"],
        )
        return float(sum(point["Sum"] for point in statistics["Datapoints"]))


def write_concurrently(pipeline: Pipeline, writers: int, partitions: int = 40, items: int = 160) -> None:
    """Write each of some items four times, by two of several writers at the same time."""

    def write(writer: int) -> None:
        for turn in range(2):
            for number in range(writer % (writers // 2), items, writers // 2):
                keys = {"customer_id": {"S": f"at-once-{number % partitions}"}, "order_id": {"S": f"{number:06}"}}
                pipeline.put({**keys, "writer": {"N": str(writer)}, "turn": {"N": str(turn)}})

    with ThreadPoolExecutor(writers) as threads:
        list(threads.map(write, range(writers)))


def record(number: int, **changes: Any) -> dict[str, Any]:
    """Return a stream record of an insert as Lambda delivers it, its `dynamodb` member changed; None takes one out."""
    keys = {"customer_id": {"S": "by-hand"}, "order_id": {"S": f"{number:06}"}}
    change = {
        "ApproximateCreationDateTime": 1_790_000_000.0,
        "Keys": keys,
        "NewImage": {**keys, "note": {"S": "put by hand"}},
        "SequenceNumber": f"{1000 + number}{17_454_423_009 + number:020}",
        "SizeBytes": 100,
        "StreamViewType": "NEW_IMAGE",
        **changes,
    }
    return {
        "eventID": f"{number:032}",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {name: value for name, value in change.items() if value is not None},
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
    }
