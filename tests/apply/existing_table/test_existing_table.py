"""Does the example with an existing table say why an apply cannot succeed, apply then, take any destination, and go?"""

from tests.apply.deployment import Deployment
from tests.apply.existing_table.conftest import Refusal


def test_an_apply_that_cannot_reach_the_index_says_so_and_starts_nothing(refused: tuple[Deployment, Refusal]) -> None:
    """No record is read before there is an index, and the reason is OpenSearch's or the network's."""
    _, refusal = refused
    assert "NoResponseError" in refusal.said
    assert refusal.mappings == 0


def test_the_next_apply_gives_the_table_its_index_and_alarms(deployment: Deployment) -> None:
    """It continues where the first one stopped, and the second plan is empty."""
    assert deployment.next_changes() == []
    outputs = deployment.terraform.outputs()
    assert outputs["alias"] == "products"
    assert outputs["alarm_arns"]
    assert destination(deployment).startswith("arn:aws:s3:::products-quarantine-")


def destination(deployment: Deployment) -> str:
    """Return the ARN of where the mapping puts what it gives up."""
    return str(deployment.mapping()["DestinationConfig"]["OnFailure"]["Destination"])
