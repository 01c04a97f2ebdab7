"""The demo's story, step by step: build, start, apply, write, drain, show, destroy."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.agreement import Agreement, compare
from harness.items import event_form, scan
from harness.search import Index
from harness.terraform import Terraform
from local.stack import LocalAws
from stream_indexer.documents import document_id

from demo.lag import Lag, replication_lag
from demo.stage import Stage
from demo.writes import KEY_NAMES, NEW_STATUS, Written, key_of, put_change_delete

ROOT: Final = Path(__file__).resolve().parent.parent
HOME: Final = ROOT / "build" / "demo"  # logs and Terraform's state; removed when all went well
ZIP: Final = ROOT / "build" / "stream-indexer.zip"
EXAMPLE: Final = ROOT / "examples" / "minimal"
ORDERS: Final = 400


@dataclass(frozen=True, slots=True)
class Deployment:
    """A local AWS with the example applied to it.

    Attributes:
        outputs: Terraform's outputs, by name.
        resources: how many resources the apply made.
    """

    aws: LocalAws
    terraform: Terraform
    outputs: dict[str, Any]

    @property
    def index(self) -> Index:
        """The index (by its alias) that the example keeps equal to its table."""
        return Index(self.aws.opensearch_url, self.outputs["index"])


def build(stage: Stage) -> None:
    """Build the zip that ships."""
    with stage.step("Build the zip", "package.log") as step, (HOME / "package.log").open("w") as log:
        subprocess.run([sys.executable, ROOT / "lambda" / "package.py"], stdout=log, stderr=log, check=True)
        content = ZIP.read_bytes()
        step.result = f"{ZIP.relative_to(ROOT)}, {len(content) / 1000:.0f} kB, sha256 {hashlib.sha256(content).hexdigest()[:12]}"


def deploy(stage: Stage, aws: LocalAws) -> Deployment:
    """Apply the minimal example, unchanged: environment variables alone point it at the local AWS."""
    environment = {
        **aws.environment,
        "TF_VAR_opensearch_endpoint": aws.opensearch_url,
        "TF_VAR_opensearch_arn": f"arn:aws:es:{aws.environment['AWS_REGION']}:123456789012:domain/demo",
    }
    terraform = Terraform(EXAMPLE, environment, HOME / "terraform")
    with stage.step("terraform init", "terraform") as step:
        terraform.init()
    with stage.step("terraform apply examples/minimal", "terraform") as step:
        terraform.apply(on_line=step.progress)
        outputs = terraform.outputs()
        step.result = f"table {outputs['table_name']}, function {outputs['function_name']}, index {outputs['index']}"
    return Deployment(aws, terraform, outputs)


def write(stage: Stage, deployment: Deployment) -> Written:
    """Put, change and delete orders, and wait until the last change is in the index."""
    with stage.step(f"Write {ORDERS} orders, change and delete some") as step:
        written = put_change_delete(deployment.aws.client("dynamodb"), deployment.outputs["table_name"], ORDERS)
        step.result = f"{written.put} put, {written.changed} changed, {written.deleted} deleted"
    with stage.step("Wait until the stream is drained"):
        deployment.aws.wait_until_drained()
    return written


def agreement(stage: Stage, deployment: Deployment) -> Agreement:
    """Compare index and table item by item."""
    with stage.step("Compare index and table, item by item") as step:
        items = scan(deployment.aws.client("dynamodb"), deployment.outputs["table_name"])
        found = compare(items, deployment.index.documents(), KEY_NAMES)
        step.result = str(found)
    return found
