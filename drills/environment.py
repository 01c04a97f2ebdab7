"""The environment of a drill: a local AWS with one pipeline, a proxy in front of OpenSearch and one in front of AWS."""

import contextlib
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from demo.steps import Step, StepRunner
from localaws.errors import LocalAwsError
from localaws.faults.proxy import Proxy
from localaws.stack import LocalAws
from localaws.waiting import wait_until
from testkit.items import Item
from testkit.orders import order
from testkit.pipeline import Pipeline
from testkit.shared_provider import attached
from testkit.terraform import Terraform

ROOT: Final = Path(__file__).resolve().parent.parent
ZIP: Final = "stream-indexer.zip"
KEPT: Final = "kept.json"
TIME_SCALE: Final = 100  # an alarm's five minutes pass in three seconds, a back-off of 30 s in 0.3 s
LOOK_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 90.0


class DrillError(AssertionError):
    """A claim of the drill does not hold."""


@dataclass(slots=True)
class DrillEnvironment:
    """A local AWS with one pipeline and two proxies. A drill changes the table, injects faults and checks.

    Attributes:
        engines: "embedded" or "jvm".
        index_proxy: between the function and OpenSearch.
        aws_proxy: between the function (and what the mapping gives up) and AWS.
        topic_arn: ARN of the topic of the alarms.
        dice: of the orders that are written.
        queue_url: of a queue that hears it.
    """

    runner: StepRunner
    engines: str
    aws: LocalAws
    index_proxy: Proxy
    aws_proxy: Proxy
    pipeline: Pipeline
    topic_arn: str
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - example data, not a secret
    queue_url: str = ""
    _written: int = 0
    _told: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Subscribe a queue to the topic of the alarms."""
        sqs = self.aws.client("sqs")
        self.queue_url = sqs.create_queue(QueueName="notifications")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["QueueArn"])["Attributes"]
        self.aws.client("sns").subscribe(TopicArn=self.topic_arn, Protocol="sqs", Endpoint=attributes["QueueArn"])

    @property
    def function_name(self) -> str:
        """The function's name."""
        return str(self.pipeline.outputs["function_name"])

    @property
    def stream_arn(self) -> str:
        """The stream's ARN."""
        return str(self.pipeline.outputs["stream_arn"])

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Run one step of the drill."""
        with self.runner.step(title) as step:
            yield step

    def write(self, count: int) -> list[Item]:
        """Write `count` new orders and return them."""
        items = [order(self._written + number, self.dice) for number in range(count)]
        self._written += count
        dynamodb, table = self.aws.client("dynamodb"), self.pipeline.table_name
        for start in range(0, count, 25):  # API reference of BatchWriteItem
            puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            dynamodb.batch_write_item(RequestItems={table: puts})
        return items

    def rewrite(self, keys: Sequence[Item]) -> None:
        """Change items in one attribute, as the runbook says to have them indexed again."""
        for key in keys:
            self.aws.client("dynamodb").update_item(
                TableName=self.pipeline.table_name,
                Key=key,
                UpdateExpression="SET touched = :now",
                ExpressionAttributeValues={":now": {"N": str(time.time_ns())}},
            )

    def wait_for(self, step: Step, holds: Callable[[], bool], what: str) -> None:
        """Wait until `holds`, showing meanwhile how far the mapping is.

        Raises:
            DrillError: it does not, and time is up.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise DrillError(f"after {PATIENCE_SECONDS:g} s still not so: {what}")
            step.progress(self.progress())
            time.sleep(LOOK_SECONDS)

    def progress(self) -> str:
        """Return in a line how far the mapping is."""
        shards = [shard for mapping in self.aws.status()["mappings"] for shard in mapping["shards"]]
        behind = sum(shard["behind"] for shard in shards)
        age = max((shard["iterator_age_seconds"] for shard in shards), default=0)
        return f"{behind} records behind, the oldest for {age:,.0f} s; retried {self.metric('RecordsRetried'):g}"

    def metric(self, name: str) -> float:
        """Return the sum of a metric of the function."""
        return self.pipeline.metric(name)

    def grows(self, *names: str) -> Callable[[], bool]:
        """Return a condition: each of these metrics has grown since now."""
        before = {name: self.metric(name) for name in names}
        return lambda: all(self.metric(name) > value for name, value in before.items())

    def state_of(self, key: str) -> str:
        """Return the state of the alarm with this key."""
        name = self.pipeline.outputs["alarm_arns"][key].rpartition(":")[2]
        kinds = ["MetricAlarm", "CompositeAlarm"]
        found = self.aws.client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=kinds)
        (alarm,) = found.get("MetricAlarms", []) + found.get("CompositeAlarms", [])
        return str(alarm["StateValue"])

    def topic_notified(self, key: str) -> bool:
        """Return whether the topic received ALARM of an alarm in this drill, even for a moment."""
        sqs = self.aws.client("sqs")
        while messages := sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                self._told.append(json.loads(json.loads(message["Body"])["Message"]))
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return any(told["NewStateValue"] == "ALARM" and told["AlarmName"].endswith(f"-{key}") for told in self._told)

    def assert_alarm(self, key: str) -> None:
        """Wait until an alarm has notified its topic, as a step of the drill."""
        with self.step(f"The alarm {key} goes to ALARM") as step:
            self.wait_for(step, lambda: self.topic_notified(key), f"the alarm {key} has notified its topic")
            step.result = "and notifies its topic"

    def assert_ok(self, key: str) -> None:
        """Wait until an alarm is OK again, as a step of the drill."""
        with self.step(f"The alarm {key} is OK again") as step:
            self.wait_for(step, lambda: self.state_of(key) == "OK", f"the alarm {key} is OK")
            step.result = "by itself, once its five minutes have no fault in them"

    def assert_consistent(self) -> None:
        """Compare index and table, as a step of the drill.

        Raises:
            DrillError: they differ.
        """
        with self.step("Index and table agree, item by item") as step:
            agreement = self.pipeline.agreement()
            step.result = str(agreement)
            expect(bool(agreement), f"index and table agree, not {agreement}")

    def reset(self) -> None:
        """Clear all faults, wait until the stream is drained, and empty the quarantine, for the next drill."""
        self.index_proxy.clear()
        self.aws_proxy.clear()
        self.aws.wait_until_drained(PATIENCE_SECONDS)
        self.pipeline.empty_quarantine()
        for key in self.pipeline.outputs["alarm_arns"]:
            wait_until(lambda key=key: self.state_of(key) == "OK", f"the alarm {key} is OK")  # type: ignore[misc]
        self.topic_notified("")
        self._told.clear()


def expect(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Check one claim of the drill.

    Raises:
        DrillError: The claim does not hold.
    """
    if not holds:
        raise DrillError(f"expected that {what}")


@contextmanager
def environment(runner: StepRunner, engines: str, time_scale: float = TIME_SCALE) -> Iterator[DrillEnvironment]:
    """Build the zip, start the local AWS and the proxies, apply the pipeline; stop it all at the end."""
    with Proxy() as index_proxy, Proxy() as aws_proxy, _started(runner, engines, aws_proxy, time_scale) as aws:
        outputs = _applied(runner, aws, index_proxy, aws_proxy)
        yield DrillEnvironment(
            runner, engines, aws, index_proxy, aws_proxy, Pipeline(aws, outputs["pipeline"]), outputs["topic_arn"]
        )


def leave_running(runner: StepRunner, engines: str) -> None:
    """Make what a environment needs, and leave it running for `running_environment`."""
    with Proxy() as index_proxy, Proxy() as aws_proxy:
        aws = _started(runner, engines, aws_proxy, TIME_SCALE, detached=True)
        try:
            outputs = _applied(runner, aws, index_proxy, aws_proxy)
            kept = {"engines": engines, "index_port": index_proxy.port, "aws_port": aws_proxy.port, "outputs": outputs}
            (runner.home / KEPT).write_text(json.dumps(kept))
        except BaseException:
            aws.stop()
            raise


def running_aws(runner: StepRunner) -> LocalAws | None:
    """Return the local AWS that `leave_running` left, None where none runs."""
    with contextlib.suppress(LocalAwsError):
        return LocalAws.find(runner.home / "local")
    return None


@contextmanager
def running_environment(runner: StepRunner, aws: LocalAws) -> Iterator[DrillEnvironment]:
    """Play on what `leave_running` left, with proxies where the function looks for them; leave it running again."""
    kept = json.loads((runner.home / KEPT).read_text())
    outputs = kept["outputs"]
    pipeline = Pipeline(aws, outputs["pipeline"])
    with (
        Proxy(aws.opensearch_url, kept["index_port"]) as index_proxy,
        Proxy(aws.endpoint_url, kept["aws_port"]) as aws_proxy,
    ):
        written = aws.client("dynamodb").scan(TableName=pipeline.table_name, Select="COUNT")["Count"]
        dice = random.Random()  # noqa: S311 - other orders than those of the drills before
        yield DrillEnvironment(
            runner, kept["engines"], aws, index_proxy, aws_proxy, pipeline, outputs["topic_arn"], dice, _written=written
        )


def _started(
    runner: StepRunner, engines: str, aws_proxy: Proxy, time_scale: float, *, detached: bool = False
) -> LocalAws:
    """Build the zip and start the local AWS."""
    shutil.rmtree(runner.home, ignore_errors=True)
    runner.home.mkdir(parents=True)
    with runner.step("Build the zip"):
        package = runner.home / "package" / ZIP
        command = [sys.executable, str(ROOT / "lambda" / "package.py"), "--output", str(package)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with runner.step(f"Start the local AWS, {engines} engines", "local/gateway.log") as step:
        home, url = runner.home / "local", aws_proxy.url
        aws = LocalAws.start(engines, home, aws_endpoint_override=url, time_scale=time_scale, detached=detached)
        step.result = f"time runs {time_scale:g} times as fast for streams, mappings and alarms"
    return aws


def _applied(runner: StepRunner, aws: LocalAws, index_proxy: Proxy, aws_proxy: Proxy) -> dict[str, Any]:
    """Apply the pipeline, its function behind the proxies; return Terraform's outputs."""
    index_proxy.target, aws_proxy.target = aws.opensearch_url, aws.endpoint_url
    environment = {
        **aws.environment,
        "TF_VAR_opensearch_endpoint": index_proxy.url,
        "TF_VAR_opensearch_arn": f"arn:aws:es:{aws.region}:123456789012:domain/drills",
    }
    folder, linked = ROOT / "drills" / "pipeline", {"build": runner.home / "package"}
    terraform = Terraform(ROOT, folder, runner.home / "terraform", environment, symlinks=linked)
    with runner.step("terraform apply drills/pipeline", "terraform/terraform.log") as step:
        terraform.init()
        with attached(terraform) as ready:
            ready.apply(on_line=step.progress, refresh=False)
        step.result = f"{len(terraform.resources())} resources"
    return terraform.outputs()
