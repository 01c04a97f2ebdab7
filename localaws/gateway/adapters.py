"""What the event source mappings need from this gateway: stream, function, destination, metrics.

One class for each protocol of `localaws/event_source_mapping/protocols.py`; each only translates.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from localaws.engines.engine import Engine
from localaws.errors import AwsError
from localaws.event_source_mapping.protocols import Delivery, Invocation, Json
from localaws.gateway.aws_clients import AwsClients
from localaws.gateway.lambda_api import LambdaApi
from localaws.gateway.replay import EventHistory
from localaws.gateway.telemetry import MotoTelemetry
from localaws.http_messages import Request, Response, from_json, to_json

OK: Final = 200


@dataclass(frozen=True, slots=True)
class StreamSourceAdapter:
    """DynamoDB Streams of the engine, called without a network in between."""

    engine: Engine

    def describe_stream(self, stream_arn: str, exclusive_start_shard_id: str | None = None) -> Json:
        """Return what DescribeStream answers."""
        start = {"ExclusiveStartShardId": exclusive_start_shard_id} if exclusive_start_shard_id else {}
        return self._call(stream_arn, "DescribeStream", {"StreamArn": stream_arn, **start})

    def get_shard_iterator(
        self, stream_arn: str, shard_id: str, iterator_type: str, sequence_number: str | None = None
    ) -> str:
        """Return a shard iterator."""
        place = {"ShardIteratorType": iterator_type, **({"SequenceNumber": sequence_number} if sequence_number else {})}
        answer = self._call(stream_arn, "GetShardIterator", {"StreamArn": stream_arn, "ShardId": shard_id, **place})
        return str(answer["ShardIterator"])

    def get_records(self, iterator: str, limit: int = 1000) -> Json:
        """Return what GetRecords answers."""
        return self._call(iterator, "GetRecords", {"ShardIterator": iterator, "Limit": limit})

    def _call(self, arn: str, operation: str, parameters: Mapping[str, Json]) -> Json:
        """Ask in the region of the stream; an iterator begins with its ARN."""
        region = arn.split(":")[3]
        answer = self.engine.streams(_request(operation, parameters, region))
        if answer.status != OK:
            raise _error(answer)
        return from_json(answer.body)


@dataclass(frozen=True, slots=True)
class FunctionInvokerAdapter:
    """The functions of the Lambda API: found by name, invoked by ARN."""

    api: LambdaApi
    history: EventHistory

    def resolve(self, function_name: str, region: str) -> str | None:
        """Return the ARN of a function, with the qualifier if one is given; None if it does not exist."""
        return self.api.arn(function_name, region)

    def invoke(self, function_arn: str, payload: bytes) -> Invocation:
        """Invoke; a refusal of the API (a throttle, no such function) is its status."""
        self.history.record(function_arn, payload)
        try:
            invocation, version = self.api.invocations.run(function_arn, payload, str(uuid.uuid4()))
        except AwsError as error:
            return Invocation(error.status, to_json({"message": error.message}), None, "", "")
        return Invocation(OK, invocation.payload, invocation.error, version, invocation.request_id)


@dataclass(frozen=True, slots=True)
class FailureDestinationAdapter:
    """Buckets, queues and topics, reached as any client of theirs would."""

    clients: AwsClients

    def send(self, delivery: Delivery) -> None:
        """Deliver; what the service answers to a refused call is raised."""
        _, _, service, region, account, name = delivery.destination_arn.split(":", 5)
        client = self.clients.client(service, region)
        match service:
            case "s3":
                client.put_object(Bucket=name, Key=delivery.object_key, Body=delivery.object_body)
            case "sqs":
                queue = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)
                client.send_message(QueueUrl=queue["QueueUrl"], MessageBody=delivery.message)
            case "sns":
                client.publish(TopicArn=delivery.destination_arn, Message=delivery.message)


@dataclass(frozen=True, slots=True)
class MetricsAdapter:
    """CloudWatch's namespace AWS/Lambda."""

    telemetry: MotoTelemetry

    def count(self, region: str, dimensions: Mapping[str, str], name: str, value: float, unit: str) -> None:
        """Keep one datum."""
        shown = [{"Name": key, "Value": text} for key, text in dimensions.items()]
        datum = {"MetricName": name, "Values": [float(value)], "Unit": unit, "Dimensions": shown}
        self.telemetry.metrics(region, "AWS/Lambda", [datum])


def _request(operation: str, parameters: Mapping[str, Json], region: str) -> Request:
    """Return the request that an SDK would send, without the parts that only an HTTP server needs: polls are many."""
    return Request("POST", "/", "/", {}, {}, to_json(parameters), region, "dynamodb", operation, {})


def _error(answer: Response) -> AwsError:
    try:
        document = json.loads(answer.body)
        code, message = str(document["__type"]), str(document.get("message") or document.get("Message") or "")
    except (ValueError, KeyError, TypeError):
        code, message = "ServiceException", answer.body.decode("utf-8", "replace")
    return AwsError(code.rpartition("#")[2], message, answer.status)
