"""The example with an existing table, applied once for this folder: the first apply fails, the next succeeds."""

from dataclasses import dataclass, replace

import pytest

from testkit.terraform import TerraformError
from tests.apply.deployment import Deployment, Stacks

CLOSED = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What came of an apply while OpenSearch could not be reached.

    Attributes:
        said: by Terraform.
        mappings: how many event source mappings there were afterwards.
    """

    said: str
    mappings: int


@pytest.fixture(scope="session")
def refused(stacks: Stacks) -> tuple[Deployment, Refusal]:
    """The example after the apply in vain."""
    stack = stacks.clean()
    deployment = stack.initialise("existing-table", opensearch_endpoint=CLOSED)
    deployment.set('module "search" {\n  function = { timeout = 21 }\n}\n')  # so that it does not try for long
    with pytest.raises(TerraformError) as error:
        deployment.apply()
    mappings = stack.aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return deployment, Refusal(str(error.value), len(mappings))


@pytest.fixture(scope="session")
def deployment(refused: tuple[Deployment, Refusal]) -> Deployment:
    """The example, unchanged and applied, once OpenSearch can be reached."""
    first, _ = refused
    reached = {**first.terraform.environment, "TF_VAR_opensearch_endpoint": first.aws.opensearch_url}
    again = replace(first, terraform=replace(first.terraform, environment=reached))
    again.set("")
    again.apply()
    return again
