"""Leaves the demo running to look around by hand, and stops it."""

import contextlib
import shutil

from demo import show, story
from demo.stage import Stage, StepError
from harness.search import Index
from harness.terraform import Terraform
from localaws.errors import LocalAwsError
from localaws.stack import LocalAws

READY = "ready"  # a file that says that everything is applied and written


def up(stage: Stage) -> None:
    """Build, start, apply and write; then say how to look around. What runs already is left as it is."""
    aws = _running(stage)
    if aws is None:
        aws = _start(stage)
    if not (stage.home / READY).exists():
        stage.fail("The demo that runs here was interrupted. Stop it with `make demo-down`, then start it again.")
        raise StepError
    outputs = Terraform(story.ROOT, story.EXAMPLE, stage.home / "terraform", aws.environment).outputs()
    show.by_hand(stage.console, aws.environment, Index(aws.opensearch_url, outputs["index"]), outputs["table_name"])
    stage.console.print("\nStop it with: [bold]make demo-down[/]")


def down(stage: Stage) -> None:
    """Stop what `up` left running and remove its files."""
    aws = _running(stage)
    if aws is not None:
        with stage.step("Stop the local AWS", "local/gateway.log"):
            aws.stop()
    else:
        stage.console.print("Nothing is running.")
    shutil.rmtree(stage.home, ignore_errors=True)


def _running(stage: Stage) -> LocalAws | None:
    with contextlib.suppress(LocalAwsError):
        return LocalAws.find(stage.home / "local")
    return None


def _start(stage: Stage) -> LocalAws:
    shutil.rmtree(stage.home, ignore_errors=True)
    stage.home.mkdir(parents=True)
    story.build(stage)
    aws = story.start(stage, detached=True)
    try:
        deployment = story.deploy(stage, aws)
        written = story.write(stage, deployment)
        story.look(stage, deployment, written)
        (stage.home / READY).touch()
    except BaseException:
        aws.stop()
        raise
    return aws
