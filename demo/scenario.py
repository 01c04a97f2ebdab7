"""The steps of the demo: build, start, apply, write, drain, show, destroy."""

import hashlib
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from demo import output
from demo.lag import replication_lag
from demo.steps import StepRunner
from demo.writes import KEY_NAMES, Written, put_change_delete
from localaws.stack import LocalAws
from testkit.consistency import compare
from testkit.items import scan
from testkit.search import Index, connect
from testkit.shared_provider import attached
from testkit.terraform import Terraform, check_version

ROOT: Final = Path(__file__).resolve().parent.parent
ZIP: Final = "stream-indexer.zip"
EXAMPLE: Final = ROOT / "examples" / "minimal"
ORDERS: Final = 400


@dataclass(frozen=True, slots=True)
class Deployment:
    """A local AWS with the example applied to it; `outputs` are Terraform's."""

    aws: LocalAws
    terraform: Terraform
    outputs: dict[str, Any]

    @property
    def index(self) -> Index:
        """The index (by its alias) that the example keeps equal to its table."""
        return Index(connect(self.aws), self.outputs["alias"])


def run(runner: StepRunner) -> None:
    """Run all steps and remove everything; after a failed step, logs and state stay."""
    shutil.rmtree(runner.home, ignore_errors=True)
    runner.home.mkdir(parents=True)
    try:
        build(runner)
        with ExitStack() as stack:
            aws = stack.enter_context(start(runner))
            deployment = deploy(runner, aws)
            written = write(runner, deployment)
            look(runner, deployment, written)
            destroy(runner, deployment)
        output.next_steps(runner.console)
    except KeyboardInterrupt:
        shutil.rmtree(runner.home, ignore_errors=True)  # whatever was interrupted may still be writing its last line
        raise
    shutil.rmtree(runner.home)


def build(runner: StepRunner) -> None:
    """Look for Terraform, and build the released zip in another folder than `make package`."""
    with runner.step("Build the zip", "package.log") as step:
        check_version()
        target = package_folder(runner) / ZIP
        command = [sys.executable, str(ROOT / "lambda" / "package.py"), "--output", str(target)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        (runner.home / "package.log").write_text(run.stdout + run.stderr)
        if run.returncode:
            raise RuntimeError(run.stderr.strip())
        content = target.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        step.result = f"{ZIP}, {len(content) / 1000:.0f} kB, sha256 {digest[:12]}"


def package_folder(runner: StepRunner) -> Path:
    """Return the folder that stands for the tree's `build/` in the copy that Terraform is run on."""
    return runner.home / "package"


def start(runner: StepRunner, *, detached: bool = False) -> LocalAws:
    """Start the local AWS on its embedded engines; detached, it outlives this program."""
    with runner.step("Start the local AWS", "local/gateway.log") as step:
        aws = LocalAws.start(engines="embedded", home=runner.home / "local", detached=detached)
        step.result = f"{aws.endpoint_url}, OpenSearch {aws.opensearch_url}"
    return aws


def deploy(runner: StepRunner, aws: LocalAws) -> Deployment:
    """Apply the minimal example, unchanged: only environment variables point it at the local AWS."""
    environment = {
        **aws.environment,
        "TF_VAR_opensearch_endpoint": aws.opensearch_url,
        "TF_VAR_deletion_protection_enabled": "false",  # the last step destroys the table
        "TF_VAR_opensearch_arn": f"arn:aws:es:{aws.environment['AWS_REGION']}:123456789012:domain/demo",
    }
    terraform = Terraform(
        ROOT, EXAMPLE, runner.home / "terraform", environment, symlinks={"build": package_folder(runner)}
    )
    log = str(terraform.log.relative_to(runner.home))
    with runner.step("terraform init", log):
        terraform.init()
    with runner.step("terraform apply examples/minimal", log) as step:
        with attached(terraform) as ready:
            ready.apply(on_line=step.progress)
        outputs, resources = terraform.outputs(), terraform.resources()
        step.result = f"{len(resources)} resources"
    output.created(runner.console, resources, outputs)
    return Deployment(aws, terraform, outputs)


def write(runner: StepRunner, deployment: Deployment) -> Written:
    """Put, change and delete orders, and wait until the last change is in the index."""
    with runner.step(f"Write {ORDERS} orders, change and delete some") as step:
        written = put_change_delete(deployment.aws.client("dynamodb"), deployment.outputs["table_name"], ORDERS)
        step.result = f"{written.put} put, {written.changed} changed, {written.deleted} deleted"
    with runner.step("Wait until the stream is drained"):
        deployment.aws.wait_until_drained()
    return written


def look(runner: StepRunner, deployment: Deployment, written: Written) -> None:
    """Search, check a changed and a deleted item, and compare index and table item by item."""
    aws, index, table_name = deployment.aws, deployment.index, deployment.outputs["table_name"]
    with runner.step("Look for a changed and a deleted item") as step:
        index.refresh()
        step.result = output.changed_and_deleted(index, written)
    with runner.step("Compare index and table, item by item") as step:
        agreement = compare(scan(aws.client("dynamodb"), table_name), index.documents(), KEY_NAMES)
        step.result = str(agreement)
        if not agreement:
            raise LookupError(f"index and table differ: {agreement}")
    with runner.step("Read the replication lag from the function's log"):
        lag = replication_lag(aws.client("logs"), deployment.outputs["function_name"])
    output.searches(runner.console, index)
    output.summary(runner.console, written, lag, agreement, runner.elapsed())


def destroy(runner: StepRunner, deployment: Deployment) -> None:
    """Destroy what the example made."""
    log = str(deployment.terraform.log.relative_to(runner.home))
    with runner.step("terraform destroy", log) as step, attached(deployment.terraform) as ready:
        ready.destroy(on_line=step.progress)
