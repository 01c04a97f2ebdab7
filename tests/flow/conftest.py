"""One local AWS on the real engines, and one apply of four pipelines on it, for all flow tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from harness.agreement import Agreement, compare
from harness.items import scan
from harness.search import Index
from harness.terraform import Terraform
from local.stack import LocalAws

ROOT = Path(__file__).resolve().parents[2]
KEY_NAMES = ("customer_id", "order_id")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A table, its function and its index, as the module made them; `outputs` are the module's."""

    aws: LocalAws
    outputs: dict[str, Any]

    @property
    def table_name(self) -> str:
        """The table's name."""
        return str(self.outputs["table_name"])

    @property
    def index(self) -> Index:
        """The index that is kept equal to the table."""
        return Index(self.aws.opensearch_url, self.outputs["index"])

    @property
    def dynamodb(self) -> Any:
        """boto3's DynamoDB client."""
        return self.aws.client("dynamodb")

    def agreement(self) -> Agreement:
        """Wait until the stream is drained, then compare index and table item by item."""
        self.aws.wait_until_drained()
        return compare(scan(self.dynamodb, self.table_name), self.index.documents(), KEY_NAMES)
