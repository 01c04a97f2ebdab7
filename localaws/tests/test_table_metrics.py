"""Does the local DynamoDB report what writes consume?"""

from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from localaws.gateway.table_metrics import MeteredTables
from localaws.http_messages import Request, Response, to_json

ORDERS, ARN = "orders", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"


class Seen:
    """An engine that gives one answer, and a telemetry that keeps what it is given."""

    def __init__(self, answer: Response) -> None:
        """Give this answer."""
        self.answer = answer
        self.units: dict[str, float] = {}

    def dynamodb(self, _: Request) -> Response:
        """Response."""
        return self.answer

    def add(self, region: str, namespace: str, name: str, dimensions: dict[str, str], value: float) -> None:
        """Keep one count."""
        assert (region, namespace, name) == ("eu-west-1", "AWS/DynamoDB", "ConsumedWriteCapacityUnits")
        self.units[dimensions["TableName"]] = value


def asked(operation: str, parameters: dict[str, Any]) -> Request:
    headers = [("X-Amz-Target", f"DynamoDB_20120810.{operation}")]
    return Request.read(EnvironBuilder(method="POST", data=to_json(parameters), headers=headers).get_environ())


@pytest.mark.parametrize(
    ("operation", "parameters", "answer", "expected"),
    [
        ("PutItem", {"TableName": ORDERS}, Response(200), {ORDERS: 1}),
        ("UpdateItem", {"TableName": ARN}, Response(200), {ORDERS: 1}),
        ("DeleteItem", {"TableName": ORDERS}, Response(400, b"ConditionalCheckFailedException"), {ORDERS: 1}),
        ("PutItem", {"TableName": ORDERS}, Response(400, b"ValidationException"), {}),
        ("GetItem", {"TableName": ORDERS}, Response(200), {}),
        ("BatchWriteItem", {"RequestItems": {ORDERS: [1, 2], "b": [3]}}, Response(200), {ORDERS: 2, "b": 1}),
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": ARN}}]}, Response(200), {ORDERS: 2}),
    ],
)
def test_what_a_request_writes_is_counted_by_table(
    operation: str, parameters: dict[str, Any], answer: Response, expected: dict[str, float]
) -> None:
    """A failed condition consumes as well; reads and other refusals do not."""
    seen = Seen(answer)
    given = MeteredTables(seen, seen).answer(asked(operation, parameters))  # type: ignore[arg-type]
    assert given is answer
    assert seen.units == expected
