"""Does the example without OpenSearch apply, hand the function what its filters let pass, and leave nothing?"""

import json

import pytest

from tests.apply.deployment import Deployment, Stacks

TABLE = "orders"


@pytest.fixture(scope="module")
def notifying(stacks: Stacks) -> Deployment:
    """The example, unchanged and applied, with the zip that its README says to make."""
    deployment = stacks.clean().initialise("custom-function")
    deployment.apply()
    return deployment


def test_a_second_plan_is_empty(notifying: Deployment) -> None:
    """What was applied is what was written."""
    assert notifying.next_changes() == []


def test_an_order_is_told_when_it_is_paid_and_at_no_other_time(notifying: Deployment) -> None:
    """Of six changes three are published: made as paid, paid later, paid where no status was before."""
    aws = notifying.aws
    queue_url = aws.client("sqs").create_queue(QueueName="subscriber")["QueueUrl"]
    aws.client("sns").subscribe(
        TopicArn=notifying.terraform.outputs()["topic_arn"],
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{aws.region}:123456789012:subscriber",
    )
    written: list[dict[str, str]] = [
        {"order_id": "at-once", "status": "paid"},
        {"order_id": "later", "status": "open"},
        {"order_id": "later", "status": "paid"},
        {"order_id": "later", "status": "paid", "note": "still paid"},
        {"order_id": "bare"},
        {"order_id": "bare", "status": "paid"},
    ]
    for item in written:
        aws.client("dynamodb").put_item(TableName=TABLE, Item={name: {"S": value} for name, value in item.items()})
    aws.client("dynamodb").delete_item(TableName=TABLE, Key={"order_id": {"S": "at-once"}})
    aws.wait_until_drained()

    messages = aws.client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", [])
    told = [json.loads(json.loads(message["Body"])["Message"]) for message in messages]
    aws.client("sqs").delete_queue(QueueUrl=queue_url)
    assert sorted(order["order_id"] for order in told) == ["at-once", "bare", "later"]


def test_a_destroy_leaves_nothing(notifying: Deployment) -> None:
    """Last here, for the other needs what it destroys."""
    assert notifying.left()
    notifying.destroy()
    assert notifying.left() == {}
