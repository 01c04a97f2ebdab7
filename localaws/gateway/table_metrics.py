"""Counts write capacity by table, as DynamoDB reports it to CloudWatch: one unit for each item, whatever its size."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from localaws.engines.engine import Engine
from localaws.gateway.telemetry import MotoTelemetry
from localaws.http_messages import Json, Request, Response

SINGLE: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
OK: Final = 200
CONDITION_FAILED: Final = b"ConditionalCheckFailedException"  # the failed write consumes capacity too
TRANSACTION_UNITS: Final = 2


@dataclass(frozen=True, slots=True)
class MeteredTables:
    """The DynamoDB API of the engines, with the metric `ConsumedWriteCapacityUnits`."""

    engine: Engine
    telemetry: MotoTelemetry

    def answer(self, request: Request) -> Response:
        """Answer one request, and count what it wrote."""
        answer = self.engine.dynamodb(request)
        if answer.status == OK or CONDITION_FAILED in answer.body:
            for table, units in consumed(request).items():
                dimensions = {"TableName": table}
                self.telemetry.add(request.region, "AWS/DynamoDB", "ConsumedWriteCapacityUnits", dimensions, units)
        return answer


def consumed(request: Request) -> Counter[str]:
    """Return the write units of a request by table name; PartiQL statements are not counted."""
    units: Counter[str] = Counter()
    if request.target in SINGLE:
        units[_name(request.json()["TableName"])] += 1
    elif request.target == "BatchWriteItem":
        for table, writes in request.json()["RequestItems"].items():
            units[_name(table)] += len(writes)
    elif request.target == "TransactWriteItems":
        for write in request.json()["TransactItems"]:
            units[_name(_only(write)["TableName"])] += TRANSACTION_UNITS
    return units


def _only(write: dict[str, Json]) -> Json:
    (operation,) = write.values()
    return operation


def _name(table: str) -> str:
    return table.rpartition("/")[2]  # of a name or an ARN
