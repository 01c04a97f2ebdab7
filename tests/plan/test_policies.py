"""Do the policies allow exactly what is needed? The real provider computes them, from ARNs that are given in.

The indexer's own policy names resources that have no ARN before they are made: it is asserted in tests/apply.
"""

import json
from typing import Any, Final

import pytest

from tests.plan.configurations import Configurations
from tests.plan.policies import statements

STREAM_ARN: Final = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
DOMAIN_ARN: Final = "arn:aws:es:eu-west-1:123456789012:domain/shop"
COLLECTION_ARN: Final = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
ROLE_ARN: Final = "arn:aws:iam::123456789012:role/orders-eu-west-1"


def role_policy(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (found,) = [
        resource["values"]["policy"]
        for resource in plan["planned_values"]["root_module"]["resources"]
        if resource["address"] == "aws_iam_role_policy.this"
    ]
    return statements(found)


def trigger(configurations: Configurations, **failures: str) -> dict[str, dict[str, Any]]:
    return role_policy(
        configurations.of("modules/stream-trigger").plan(
            stream_arn=STREAM_ARN,
            function_name="notify",
            role_name="notify",
            default_bucket_arn="arn:aws:s3:::quarantine",
            failures=failures,
        )
    )


def test_the_role_may_read_this_stream_and_write_to_the_bucket_of_this_account(configurations: Configurations) -> None:
    """The stream's ARN is exact (ListStreams has no resource in IAM), the bucket is nobody else's of that name."""
    assert trigger(configurations) == {
        "ReadStream": {
            "Action": ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            "Resource": [STREAM_ARN],
        },
        "ListStreams": {"Action": ["dynamodb:ListStreams"], "Resource": ["*"]},
        "DeliverGivenUp": {
            "Action": ["s3:ListBucket", "s3:PutObject"],
            "Resource": ["arn:aws:s3:::quarantine", "arn:aws:s3:::quarantine/*"],
            "Condition": {"StringEquals": {"s3:ResourceAccount": "123456789012"}},
        },
    }


@pytest.mark.parametrize(
    ("attribute", "arn", "action"),
    [
        ("sqs_queue_arn", "arn:aws:sqs:eu-west-1:123456789012:given-up", "sqs:SendMessage"),
        ("sns_topic_arn", "arn:aws:sns:eu-west-1:123456789012:given-up", "sns:Publish"),
    ],
)
def test_a_queue_or_topic_is_sent_to_and_the_bucket_is_left_alone(
    attribute: str, arn: str, action: str, configurations: Configurations
) -> None:
    """The destination that is named takes the default's place in the policy too."""
    assert trigger(configurations, **{attribute: arn})["DeliverGivenUp"] == {"Action": [action], "Resource": [arn]}


def access(configurations: Configurations, arn: str, *indexes: str) -> dict[str, Any]:
    return configurations.of("modules/opensearch-access").plan(
        opensearch={"endpoint": "https://search.example.com", "arn": arn},
        indexes=list(indexes),
        role_name="orders-eu-west-1",
        role_arn=ROLE_ARN,
    )


def test_on_a_domain_each_request_has_its_path(configurations: Configurations) -> None:
    """No other index, no other API: the domain's policy, where it is wanted, says the same of the role alone."""
    plan = access(configurations, DOMAIN_ARN, "orders")
    policy = {
        "WriteDocuments": {"Action": ["es:ESHttpPost"], "Resource": [f"{DOMAIN_ARN}/orders/_bulk"]},
        "FindIndex": {"Action": ["es:ESHttpGet"], "Resource": [f"{DOMAIN_ARN}/orders/_alias/orders"]},
        "SetUpIndex": {
            "Action": ["es:ESHttpPut"],
            "Resource": [
                f"{DOMAIN_ARN}/_index_template/orders",
                f"{DOMAIN_ARN}/orders-v1",
                f"{DOMAIN_ARN}/orders/_mapping",
                f"{DOMAIN_ARN}/orders/_settings",
            ],
        },
    }
    assert role_policy(plan) == policy
    domain_policy = statements(plan["planned_values"]["outputs"]["domain_policy"]["value"])
    assert domain_policy == {sid: {**statement, "Principal": {"AWS": ROLE_ARN}} for sid, statement in policy.items()}


def test_each_of_several_indexes_has_its_paths(configurations: Configurations) -> None:
    policy = role_policy(access(configurations, DOMAIN_ARN, "paid", "large"))
    assert set(policy["WriteDocuments"]["Resource"]) == {f"{DOMAIN_ARN}/paid/_bulk", f"{DOMAIN_ARN}/large/_bulk"}
    for one in ("paid", "large"):
        assert {f"{DOMAIN_ARN}/{one}-v1", f"{DOMAIN_ARN}/_index_template/{one}"} <= set(
            policy["SetUpIndex"]["Resource"]
        )


def test_a_policy_of_as_many_indexes_as_may_be_is_one_that_iam_takes(configurations: Configurations) -> None:
    """A role's inline policies have 10,240 characters, and it has two more; white space is not counted."""
    arn = "arn:aws:es:ap-southeast-2:123456789012:domain/" + "d" * 28
    plan = access(configurations, arn, *(f"{number}".rjust(48, "i") for number in range(10)))
    assert len(json.dumps(role_policy(plan), separators=(",", ":"))) < 9_000


def test_a_collection_has_one_right(configurations: Configurations) -> None:
    """A serverless collection's data access policy narrows it; IAM has no paths there."""
    plan = access(configurations, COLLECTION_ARN, "orders", "offers")
    assert role_policy(plan) == {"UseCollection": {"Action": ["aoss:APIAccessAll"], "Resource": [COLLECTION_ARN]}}
    assert plan["planned_values"]["outputs"]["domain_policy"].get("value") is None
