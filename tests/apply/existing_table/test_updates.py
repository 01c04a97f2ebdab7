"""Does the example with an existing table take any destination, and leave nothing after a destroy?"""

from tests.apply.deployment import Deployment
from tests.apply.existing_table.test_existing_table import destination


def test_the_destination_may_be_a_queue_or_a_topic(deployment: Deployment) -> None:
    """Each is changed in place."""
    aws = deployment.aws
    queue_url = aws.client("sqs").create_queue(QueueName="given-up")["QueueUrl"]
    topic_arn = aws.client("sns").create_topic(Name="given-up")["TopicArn"]
    for attribute, arn in {"sqs_queue_arn": topic_arn.replace(":sns:", ":sqs:"), "sns_topic_arn": topic_arn}.items():
        deployment.set(f'module "search" {{\n  on_failure = {{ {attribute} = "{arn}" }}\n}}\n')
        deployment.apply()
        assert destination(deployment) == arn
    assert deployment.next_changes() == []
    aws.client("sqs").delete_queue(QueueUrl=queue_url)
    aws.client("sns").delete_topic(TopicArn=topic_arn)


def test_a_destroy_leaves_nothing(deployment: Deployment) -> None:
    """Once the quarantine is empty: a destroy stops at a bucket that has records in it."""
    assert deployment.left()
    s3 = deployment.aws.client("s3")
    (bucket,) = s3.list_buckets()["Buckets"]
    for kept in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
        s3.delete_object(Bucket=bucket["Name"], Key=kept["Key"])
    deployment.destroy()
    assert deployment.left() == {}
