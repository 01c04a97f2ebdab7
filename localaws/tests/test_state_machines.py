"""Does the local Step Functions run what a state machine over segments needs, and report it as AWS does?"""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localaws.stack import LocalAws
from localaws.tests.pipelines import ROLE
from localaws.waiting import wait_until

STEP = """
def handle(event, context):
    if event.get("raise"):
        raise ValueError(event["raise"])
    done = event.get("calls", 0) + 1
    return {"segment": event.get("segment"), "calls": done, "state": "done" if done == 2 else "more"}
"""
INVOKE: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "step", "Payload.$": "$"},
    "OutputPath": "$.Payload",
}
# Each segment goes on until the function says that it is done, as a scan that continues from its cursor.
SEGMENT: dict[str, Any] = {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "Step",
    "States": {
        "Step": {**INVOKE, "Next": "Done?"},
        "Done?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.state", "StringEquals": "done", "Next": "Done"}],
            "Default": "Step",
        },
        "Done": {"Type": "Succeed"},
    },
}
READER: dict[str, Any] = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON"},
    "Parameters": {"Bucket": "runs", "Key.$": "$.key"},
}


@pytest.fixture(scope="module", name="stack")
def _stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS with a function and a bucket, shared by the tests of this file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("step.py", STEP)
    with LocalAws.start(home=tmp_path_factory.mktemp("aws")) as aws:
        code = {"ZipFile": buffer.getvalue()}
        function = {"FunctionName": "step", "Runtime": "python3.13", "Handler": "step.handle", "Role": ROLE}
        aws.client("lambda").create_function(Code=code, **function)
        place = {"LocationConstraint": "eu-west-1"}
        aws.client("s3").create_bucket(Bucket="runs", CreateBucketConfiguration=place)
        yield aws


def started(stack: LocalAws, name: str, states: dict[str, Any], document: Any = None) -> tuple[str, str]:
    """Create a state machine that begins at "Begin", and start it: the ARNs of machine and execution."""
    client = stack.client("stepfunctions")
    definition = json.dumps({"StartAt": "Begin", "States": states})
    machine = client.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine, input=json.dumps(document or {}))
    return machine, execution["executionArn"]


def ended(stack: LocalAws, execution: str) -> dict[str, Any]:
    """Wait for the end of an execution, and describe it."""
    client = stack.client("stepfunctions")
    found: list[dict[str, Any]] = []

    def over() -> bool:
        found[:] = [client.describe_execution(executionArn=execution)]
        return bool(found[0]["status"] != "RUNNING")

    wait_until(over, "the execution ends", 30)
    return found[0]


def test_segments_of_an_object_are_worked_off_until_each_is_done(stack: LocalAws) -> None:
    """A distributed map over an S3 object; the function is called again while it says so."""
    body = json.dumps([{"segment": number} for number in range(5)])
    stack.client("s3").put_object(Bucket="runs", Key="work.json", Body=body)
    work = {
        "Type": "Map",
        "MaxConcurrencyPath": "$.concurrency",
        "ItemReader": READER,
        "ItemProcessor": SEGMENT,
        "End": True,
    }
    _, execution = started(stack, "segments", {"Begin": work}, {"key": "work.json", "concurrency": 2})
    answer = ended(stack, execution)
    assert answer["status"] == "SUCCEEDED", answer
    assert json.loads(answer["output"]) == [{"segment": number, "calls": 2, "state": "done"} for number in range(5)]


def test_an_error_of_the_function_has_its_type_and_fails_the_execution(stack: LocalAws) -> None:
    """And the metric that an alarm watches counts it, for its state machine."""
    machine, execution = started(stack, "failing", {"Begin": {**INVOKE, "End": True}}, {"raise": "no rights"})
    answer = ended(stack, execution)
    assert (answer["status"], answer["error"]) == ("FAILED", "ValueError")
    assert "no rights" in answer["cause"]
    assert counted(stack, machine, "ExecutionsFailed") == 1
    assert counted(stack, machine, "ExecutionsStarted") == 1


def test_an_execution_is_named_where_the_caller_names_none(stack: LocalAws) -> None:
    """AWS makes up a name, and the context has it."""
    begin = {"Type": "Pass", "Parameters": {"run.$": "$$.Execution.Name"}, "End": True}
    _, execution = started(stack, "named", {"Begin": begin})
    assert json.loads(ended(stack, execution)["output"])["run"] == execution.rpartition(":")[2] != ""


def test_a_stopped_execution_ends_as_aborted(stack: LocalAws) -> None:
    """A person stops it in the console, too."""
    machine, execution = started(stack, "waiting", {"Begin": {"Type": "Wait", "Seconds": 600, "End": True}})
    stack.client("stepfunctions").stop_execution(executionArn=execution, error="Cancelled", cause="by hand")
    assert ended(stack, execution)["status"] == "ABORTED"
    assert counted(stack, machine, "ExecutionsAborted") == 1


def test_terraform_is_answered_when_it_validates_a_definition_and_lists_versions(stack: LocalAws) -> None:
    """Operations that moto lacks; the provider repeats an unanswered one for minutes."""
    client = stack.client("stepfunctions")
    machine, _ = started(stack, "listed", {"Begin": {"Type": "Succeed"}})
    good = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    assert client.validate_state_machine_definition(definition=good)["result"] == "OK"
    wrong = client.validate_state_machine_definition(definition='{"StartAt": "A", "States": {"A": {"Type": "Rest"}}}')
    assert (wrong["result"], wrong["diagnostics"][0]["severity"]) == ("FAIL", "ERROR")
    assert client.list_state_machine_versions(stateMachineArn=machine)["stateMachineVersions"] == []


def counted(stack: LocalAws, machine: str, metric: str) -> float:
    """Return the sum of a metric of a state machine."""
    now = datetime.now(UTC)
    answer = stack.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/States",
        MetricName=metric,
        Dimensions=[{"Name": "StateMachineArn", "Value": machine}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=60,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in answer["Datapoints"]))
