"""Does the example with the team's own table apply, take any destination, say why it cannot, and go without a trace?"""

from pathlib import Path

import pytest

from harness.terraform import TerraformError
from local.stack import LocalAws
from tests.apply.deployment import Deployment


def test_an_apply_that_cannot_reach_the_index_says_so_and_starts_nothing(
    aws: LocalAws, package_folder: Path, tmp_path: Path
) -> None:
    """No record is read before there is an index, and the reason is OpenSearch's or the network's."""
    closed = "http://127.0.0.1:9"
    deployment = Deployment.initialise("existing-table", aws, package_folder, tmp_path, opensearch_endpoint=closed)
    deployment.set('module "search" {\n  function = { timeout = 21 }\n}\n')  # so that it does not try for long
    with pytest.raises(TerraformError, match="SetupError"):
        deployment.terraform.apply()
    assert aws.client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
    deployment.terraform.destroy()
    assert deployment.left() == {}


def test_the_team_s_table_gets_an_index_and_alarms_that_tell_the_team(
    aws: LocalAws, package_folder: Path, tmp_path: Path
) -> None:
    """Applied, unchanged: the second plan is empty, the destination may be anything, a destroy leaves nothing."""
    deployment = Deployment.initialise("existing-table", aws, package_folder, tmp_path)
    deployment.terraform.apply()
    assert deployment.next_changes() == []
    outputs = deployment.terraform.outputs()
    assert outputs["index"] == "products"
    assert len(outputs["alarm_arns"]) == 17
    assert destination(deployment).startswith("arn:aws:s3:::products-quarantine-")

    queue_url = aws.client("sqs").create_queue(QueueName="given-up")["QueueUrl"]
    topic_arn = aws.client("sns").create_topic(Name="given-up")["TopicArn"]
    for attribute, arn in {"sqs_queue_arn": topic_arn.replace(":sns:", ":sqs:"), "sns_topic_arn": topic_arn}.items():
        deployment.set(f'module "search" {{\n  failures = {{ {attribute} = "{arn}" }}\n}}\n')
        deployment.terraform.apply()
        assert destination(deployment) == arn
    assert deployment.next_changes() == []

    deployment.terraform.destroy()
    aws.client("sqs").delete_queue(QueueUrl=queue_url)
    aws.client("sns").delete_topic(TopicArn=topic_arn)
    assert deployment.left() == {}


def destination(deployment: Deployment) -> str:
    """Return the ARN of where the mapping puts what it gives up."""
    return str(deployment.mapping()["DestinationConfig"]["OnFailure"]["Destination"])
