"""Does the local Lambda run functions as AWS does: versions, settings, concurrency, errors, time?"""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.stack import LocalAws
from localaws.tests.pipelines import ROLE

ECHO = """
import os
def handle(event, context):
    print("said", event.get("text", ""))
    if event.get("raise"):
        raise ValueError(event["raise"])
    if event.get("exit"):
        os._exit(3)
    while event.get("hang"):
        pass
    return {"greeting": os.environ.get("GREETING"), "pid": os.getpid(), "arn": context.invoked_function_arn,
            "version": context.function_version, "left": context.get_remaining_time_in_millis()}
"""
SETTINGS: dict[str, Any] = {"Runtime": "python3.13", "Handler": "echo.handle", "Role": ROLE, "Timeout": 2}


@pytest.fixture(scope="module", name="stack")
def _stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS that all tests of this file share."""
    with LocalAws.start(home=tmp_path_factory.mktemp("aws")) as aws:
        yield aws


@pytest.fixture(scope="module")
def client(stack: LocalAws) -> Any:
    """Lambda's client on it."""
    return stack.client("lambda")


@pytest.fixture
def name(client: Any, request: pytest.FixtureRequest) -> str:
    """The name of a new function."""
    name = str(request.node.name).removeprefix("test_")[:60]
    client.create_function(FunctionName=name, Code={"ZipFile": packed(ECHO)}, **SETTINGS)
    return name


def packed(source: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("echo.py", source)
    return buffer.getvalue()


def invoke(client: Any, name: str, **event: Any) -> Any:
    """Invoke and return what the function answered."""
    return json.loads(client.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"].read())


def test_a_code_signing_configuration_is_kept_with_the_function(client: Any, name: str) -> None:
    """Given, changed and taken away: no signature is checked."""
    arn = "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0"
    assert client.get_function_code_signing_config(FunctionName=name)["CodeSigningConfigArn"] == ""
    client.put_function_code_signing_config(FunctionName=name, CodeSigningConfigArn=arn)
    assert client.get_function_code_signing_config(FunctionName=name)["CodeSigningConfigArn"] == arn
    client.delete_function_code_signing_config(FunctionName=name)
    assert client.get_function_code_signing_config(FunctionName=name)["CodeSigningConfigArn"] == ""


def test_an_answer_comes_with_its_version_and_log(client: Any, name: str) -> None:
    """The tail of the log begins and ends with Lambda's own lines."""
    answer = client.invoke(FunctionName=name, Payload=b'{"text":"hello"}', LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode().splitlines()
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert [line.split()[0] for line in log] == ["START", "said", "END", "REPORT"]
    assert 0 < json.loads(answer["Payload"].read())["left"] <= 2000


def test_a_process_is_used_again_until_settings_or_code_change(client: Any, name: str) -> None:
    """Then the next invocation has a new process with the new ones."""
    pids = [invoke(client, name)["pid"] for _ in range(2)]
    client.update_function_configuration(FunctionName=name, Environment={"Variables": {"GREETING": "hello"}})
    third = invoke(client, name)
    client.update_function_code(FunctionName=name, ZipFile=packed(ECHO + "# changed"))
    pids += [third["pid"], invoke(client, name)["pid"]]
    assert third["greeting"] == "hello"
    assert pids[0] == pids[1]
    assert len(set(pids)) == 3


def test_a_published_version_stays_as_it_was(client: Any, name: str) -> None:
    """Invoked by its ARN, while the function runs what is latest."""
    client.update_function_configuration(FunctionName=name, Environment={"Variables": {"GREETING": "one"}})
    assert client.publish_version(FunctionName=name)["Version"] == "1"
    assert client.publish_version(FunctionName=name)["Version"] == "1"  # nothing changed
    client.update_function_configuration(FunctionName=name, Environment={"Variables": {"GREETING": "two"}})
    arn = client.list_versions_by_function(FunctionName=name)["Versions"][1]["FunctionArn"]
    published, latest = invoke(client, arn), invoke(client, name)
    assert (published["greeting"], published["version"], published["arn"]) == ("one", "1", arn)
    assert (latest["greeting"], latest["version"]) == ("two", "$LATEST")


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"raise": "no"}, {"errorType": "ValueError", "errorMessage": "no"}),
        ({"exit": True}, {"errorType": "Runtime.ExitError"}),
        ({"hang": True}, {"errorType": "Sandbox.Timedout"}),
    ],
    ids=["raises", "exits", "hangs"],
)
def test_a_failed_function_returns_an_error_in_lambdas_words(
    client: Any, event: dict[str, Any], error: dict[str, str]
) -> None:
    """It answers with status 200 and what went wrong; the next invocation is served."""
    name = f"fails-{error['errorType'].replace('.', '-')}"
    client.create_function(FunctionName=name, Code={"ZipFile": packed(ECHO)}, **SETTINGS)
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event))
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert error.items() <= json.loads(answer["Payload"].read()).items()
    assert invoke(client, name)["version"] == "$LATEST"


def test_reserved_concurrency_is_kept_to(client: Any, name: str) -> None:
    """Zero throttles every invocation."""
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.invoke(FunctionName=name)
    client.delete_function_concurrency(FunctionName=name)
    assert invoke(client, name)["version"] == "$LATEST"


def test_concurrency_throttles_and_memory_are_metrics(stack: LocalAws, client: Any, name: str) -> None:
    """As metrics of the function, and in the line that ends an invocation's log."""
    invoke(client, name)
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.invoke(FunctionName=name)
    client.delete_function_concurrency(FunctionName=name)
    answer = client.invoke(FunctionName=name, LogType="Tail")
    assert "\tMemory Size: 128 MB\tMax Memory Used: " in base64.b64decode(answer["LogResult"]).decode()
    assert (total(stack, name, "Invocations"), total(stack, name, "Errors")) == (2, 0)
    assert total(stack, name, "Throttles") >= 1  # boto3 tries a throttled call again
    assert total(stack, name, "ConcurrentExecutions", "Maximum") == 1


def total(stack: LocalAws, name: str, metric: str, statistic: str = "Sum") -> float:
    """Return a statistic of all that a function's metric has."""
    now = datetime.now(UTC)
    points = stack.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": name}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=7200,
        Statistics=[statistic],
    )["Datapoints"]
    return float(sum(point[statistic] for point in points))


def test_an_asynchronous_invocation_is_refused(client: Any, name: str) -> None:
    """The local AWS does not run functions later."""
    with pytest.raises(client.exceptions.InvalidParameterValueException, match=r"RequestResponse \(got Event\)"):
        client.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"Timeout": 901}, "ValidationException"),
        ({"Layers": ["arn:aws:lambda:eu-west-1:123456789012:layer:x:1"]}, "InvalidParameterValueException"),
        ({"Code": {"ZipFile": b"no zip"}}, "InvalidParameterValueException"),
        ({"Code": {"S3Bucket": "nowhere", "S3Key": "x"}}, "InvalidParameterValueException"),
        ({"Code": {"ImageUri": "x"}}, "InvalidParameterValueException"),
        ({"Runtime": "nodejs22.x"}, "InvalidParameterValueException"),
        ({"Runtime": "provided.al2023"}, "InvalidParameterValueException"),
    ],
    ids=["timeout", "layers", "no-zip", "no-object", "image", "nodejs", "provided"],
)
def test_what_cannot_run_is_refused(client: Any, settings: dict[str, Any], code: str) -> None:
    """With the service model's bounds, or with what this local AWS does not do."""
    request = {"FunctionName": "refused", "Code": {"ZipFile": packed(ECHO)}, **SETTINGS, **settings}
    with pytest.raises(ClientError) as refused:
        client.create_function(**request)
    assert refused.value.response["Error"]["Code"] == code
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function(FunctionName="refused")


def test_a_function_stays_one_of_python(client: Any, name: str) -> None:
    """A change to another language is refused, with what this local AWS runs; the function runs as before."""
    with pytest.raises(
        client.exceptions.InvalidParameterValueException, match=r"must begin with python3\. \(got java21"
    ):
        client.update_function_configuration(FunctionName=name, Runtime="java21")
    assert invoke(client, name)["version"] == "$LATEST"


def test_tags_change_by_key(client: Any, name: str) -> None:
    arn = client.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    client.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
    client.untag_resource(Resource=arn, TagKeys=["a"])
    assert client.list_tags(Resource=arn)["Tags"] == {"b": "2"}


def test_a_deleted_function_is_gone(client: Any, name: str) -> None:
    """To invoke it is an error."""
    invoke(client, name)
    client.delete_function(FunctionName=name)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName=name)
