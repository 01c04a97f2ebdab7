"""Is Terraform's provider content with what the local AWS says of functions, mappings, alarms and state machines?"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localaws.stack import LocalAws
from localaws.tests.pipelines import write_package
from testkit.shared_provider import attached
from testkit.terraform import Terraform

CONFIGURATION = Path(__file__).with_name("terraform")


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[LocalAws]:
    """A new local AWS."""
    with LocalAws.start(home=tmp_path / "aws") as stack:
        yield stack


def test_a_mapping_is_applied_changed_in_place_and_destroyed(aws: LocalAws, tmp_path: Path) -> None:
    """Every setting is given: the second plan is empty, a change keeps the mapping, nothing is left."""
    tree, work = tmp_path / "tree", tmp_path / "work"
    shutil.copytree(CONFIGURATION, tree)
    work.mkdir()
    terraform = Terraform(tree, tree, work, environment=aws.environment)
    settings: dict[str, Any] = {"package_file": str(write_package(tmp_path / "recorder.zip"))}
    client = aws.client("lambda")

    terraform.init()
    with attached(terraform) as ready:
        ready.apply(**settings)
        assert ready.changes(**settings) == []
        mapping_id = ready.outputs()["mapping_uuid"]
        assert client.get_event_source_mapping(UUID=mapping_id)["State"] == "Enabled"

        changed = settings | {"batch_size": 20, "enabled": False}
        ready.apply(**changed)
        assert ready.changes(**changed) == []
        mapping = client.get_event_source_mapping(UUID=mapping_id)
        assert (mapping["State"], mapping["BatchSize"]) == ("Disabled", 20)
        ready.destroy(**changed)
    assert client.list_event_source_mappings()["EventSourceMappings"] == []
    assert aws.client("stepfunctions").list_state_machines()["stateMachines"] == []
