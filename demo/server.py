"""Leaves the demo running to look around by hand, and stops it."""

import contextlib
import shutil

from demo import output, scenario
from demo.steps import StepError, StepRunner
from localaws.errors import LocalAwsError
from localaws.stack import LocalAws
from testkit.terraform import Terraform

READY = "ready"  # a file that says that everything is applied and written


def up(runner: StepRunner) -> None:
    """Build, start, apply and write; then print how to explore. A running demo is not changed."""
    aws = _running(runner)
    if aws is None:
        aws = _start(runner)
    if not (runner.home / READY).exists():
        runner.fail("The demo that runs here was interrupted. Stop it with `make demo-down`, then start it again.")
        raise StepError
    outputs = Terraform(scenario.ROOT, scenario.EXAMPLE, runner.home / "terraform", aws.environment).outputs()
    index_url = f"{aws.opensearch_url}/{outputs['alias']}"
    output.by_hand(runner.console, aws.environment, index_url, outputs["table_name"])
    runner.console.print("\nStop it with: [bold]make demo-down[/]")


def down(runner: StepRunner) -> None:
    """Stop what `up` left running and remove its files."""
    aws = _running(runner)
    if aws is not None:
        with runner.step("Stop the local AWS", "local/gateway.log"):
            aws.stop()
    else:
        runner.console.print("Nothing is running.")
    shutil.rmtree(runner.home, ignore_errors=True)


def _running(runner: StepRunner) -> LocalAws | None:
    with contextlib.suppress(LocalAwsError):
        return LocalAws.find(runner.home / "local")
    return None


def _start(runner: StepRunner) -> LocalAws:
    shutil.rmtree(runner.home, ignore_errors=True)
    runner.home.mkdir(parents=True)
    scenario.build(runner)
    aws = scenario.start(runner, detached=True)
    try:
        deployment = scenario.deploy(runner, aws)
        written = scenario.write(runner, deployment)
        scenario.look(runner, deployment, written)
        (runner.home / READY).touch()
    except BaseException:
        aws.stop()
        raise
    return aws
