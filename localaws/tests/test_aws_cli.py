"""Does the AWS CLI work against the gateway unchanged?"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from localaws.stack import LocalAws
from localaws.tests.pipelines import Pipeline, write_package
from localaws.waiting import wait_until


class Cli:
    """`aws ...` with the variables that a stack prints, and without the user's configuration."""

    def __init__(self, aws: LocalAws, home: Path) -> None:
        """Point it at `aws`."""
        nothing = {"AWS_CONFIG_FILE": str(home / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(home / "none")}
        self.environment = {**os.environ, **aws.environment, **nothing, "AWS_PAGER": ""}
        self.home = home

    def text(self, *words: str) -> str:
        """Run one command; return what it printed."""
        command = [sys.executable, "-m", "awscli", *words]
        ended = subprocess.run(
            command, env=self.environment, cwd=self.home, capture_output=True, text=True, check=False, timeout=60
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def __call__(self, *words: str) -> Any:
        """Run one command; return the document that it printed."""
        return json.loads(self.text(*words, "--output", "json"))


@pytest.fixture(name="cli")
def _cli(embedded: LocalAws, tmp_path: Path) -> Cli:
    return Cli(embedded, tmp_path)


def test_a_mapping_is_made_paused_resumed_and_deleted_by_hand(embedded: LocalAws, cli: Cli, tmp_path: Path) -> None:
    pipeline = Pipeline.create(embedded, tmp_path, "by-cli")
    made = cli(
        *("lambda", "create-event-source-mapping", "--function-name", "by-cli"),
        *("--event-source-arn", pipeline.stream_arn, "--starting-position", "TRIM_HORIZON"),
        *("--batch-size", "7", "--function-response-types", "ReportBatchItemFailures"),
    )
    uuid = made["UUID"]
    cli.text("dynamodb", "put-item", "--table-name", "by-cli", "--item", '{"id": {"S": "first"}}')
    wait_until(lambda: pipeline.batches == [["first"]], "the function got the item")
    mapping = cli("lambda", "get-event-source-mapping", "--uuid", uuid)
    assert (mapping["State"], mapping["BatchSize"]) == ("Enabled", 7)

    cli("lambda", "update-event-source-mapping", "--uuid", uuid, "--no-enabled")
    wait_until(lambda: state(embedded, uuid) == "Disabled", "the mapping is disabled")
    cli.text("dynamodb", "put-item", "--table-name", "by-cli", "--item", '{"id": {"S": "second"}}')
    cli("lambda", "update-event-source-mapping", "--uuid", uuid, "--enabled")
    wait_until(lambda: pipeline.batches == [["first"], ["second"]], "it continues at its position")

    listed = cli("lambda", "list-event-source-mappings", "--function-name", "by-cli", "--max-items", "1")
    assert [one["UUID"] for one in listed["EventSourceMappings"]] == [uuid]
    assert cli("lambda", "delete-event-source-mapping", "--uuid", uuid)["State"] == "Deleting"


def state(aws: LocalAws, uuid: str) -> str:
    """Return the mapping's state."""
    return str(aws.client("lambda").get_event_source_mapping(UUID=uuid)["State"])


def test_a_function_is_invoked_its_log_followed_and_its_code_replaced_by_hand(cli: Cli, tmp_path: Path) -> None:
    package = write_package(tmp_path / "package.zip")
    made = cli(
        *("lambda", "create-function", "--function-name", "hand", "--runtime", "python3.13"),
        *("--handler", "recorder.handle", "--role", "arn:aws:iam::123456789012:role/test"),
        *("--zip-file", f"fileb://{package}", "--environment", f"Variables={{BATCHES={tmp_path}}}"),
    )
    invoke = ("lambda", "invoke", "--function-name", "hand", "--payload", '{"Records": []}', "answer.json")
    answered = cli(*invoke, "--log-type", "Tail", "--query", "{status: StatusCode, log: LogResult}")
    assert answered["status"] == 200
    assert json.loads((tmp_path / "answer.json").read_text()) == {"batchItemFailures": []}
    said = cli("logs", "filter-log-events", "--log-group-name", "/aws/lambda/hand")["events"]
    assert any("took 0 records" in event["message"] for event in said)
    assert any("REPORT RequestId" in event["message"] for event in said)

    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("recorder.py", "def handle(event, context):\n    return context.function_version\n")
    updated = cli("lambda", "update-function-code", "--function-name", "hand", "--zip-file", f"fileb://{package}")
    assert updated["CodeSha256"] != made["CodeSha256"]
    assert cli("lambda", "publish-version", "--function-name", "hand")["Version"] == "1"
    cli(*invoke, "--qualifier", "1")
    assert json.loads((tmp_path / "answer.json").read_text()) == "1"
