"""A table, a function that writes down what it gets, and the mapping between them, on a running local AWS."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localaws.stack import LocalAws

RECORDER = Path(__file__).with_name("recorder.py")
ROLE = "arn:aws:iam::123456789012:role/test"
REPORTING = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


@dataclass
class Pipeline:
    """One of them; `name` is the table's and the function's."""

    aws: LocalAws
    name: str
    stream_arn: str
    batches_folder: Path

    @classmethod
    def create(cls, aws: LocalAws, folder: Path, name: str) -> "Pipeline":
        """Create table and function; records gather until `connect`."""
        table = aws.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )["TableDescription"]
        batches = folder / f"{name}-batches"
        batches.mkdir()
        package = write_package(folder / f"{name}.zip")
        aws.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="recorder.handle",
            Role=ROLE,
            Timeout=30,
            Code={"ZipFile": package.read_bytes()},
            Environment={"Variables": {"BATCHES": str(batches)}},
        )
        return cls(aws, name, table["LatestStreamArn"], batches)

    def connect(self, **settings: Any) -> str:
        """Create the mapping; return its UUID."""
        request = {"FunctionName": self.name, "EventSourceArn": self.stream_arn, "StartingPosition": "TRIM_HORIZON"}
        return str(self.aws.client("lambda").create_event_source_mapping(**request, **settings)["UUID"])

    def put(self, key: object, **numbers: int) -> None:
        """Write one item; its numbers set what the function does with it."""
        attributes = {name: {"N": str(number)} for name, number in numbers.items()}
        self.aws.client("dynamodb").put_item(TableName=self.name, Item={"id": {"S": str(key)}, **attributes})

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every event that the function was given, in order."""
        return [json.loads(path.read_text()) for path in sorted(self.batches_folder.glob("*.json"))]

    @property
    def batches(self) -> list[list[str]]:
        """The keys of every batch that the function was given, in order."""
        return [[record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]] for event in self.events]


def write_package(path: Path) -> Path:
    """Write the recorder's zip."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(RECORDER, RECORDER.name)
    return path
