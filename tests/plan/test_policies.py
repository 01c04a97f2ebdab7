"""Do the policies allow exactly what is needed? The real provider computes them, from ARNs that are given in.

The indexer's own policy names a log group that has no ARN before it is made: a test gives it one. As it is by default,
the policy is asserted in tests/apply too.
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
NOT_FROM_CODE: Final = {"Null": {"lambda:SourceFunctionArn": "true"}}
WRITTEN_ONCE: Final = {"Null": {"s3:if-none-match": "false"}}


def role_policy(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (found,) = [
        resource["values"]["policy"]
        for resource in plan["planned_values"]["root_module"]["resources"]
        if resource["address"].startswith("aws_iam_role_policy.this")
    ]
    return statements(found)


def trigger(configurations: Configurations, table_kms_key_arn: str | None = None, **on_failure: Any) -> dict[str, Any]:
    key = on_failure.pop("kms_key_arn", None)
    plan = configurations.of("modules/event-source-mapping").plan(
        stream_arn=STREAM_ARN,
        function_name="notify",
        role_name="notify",
        default_bucket_arn="arn:aws:s3:::quarantine",
        on_failure=on_failure,
        kms_key_arns={"on_failure_destination": key},
        **({"table_kms_key_arn": table_kms_key_arn} if table_kms_key_arn else {}),
    )
    document: str = plan["planned_values"]["outputs"]["policy_json"]["value"]
    assert role_policy(plan) == statements(document)
    return statements(document)


def test_the_role_may_read_this_stream_and_write_to_the_bucket_of_this_account(configurations: Configurations) -> None:
    """The stream's ARN is exact (ListStreams has no resource in IAM); another account's bucket is not allowed."""
    assert trigger(configurations) == {
        "ReadStream": {
            "Action": ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            "Resource": [STREAM_ARN],
        },
        "ListStreams": {"Action": ["dynamodb:ListStreams"], "Resource": ["*"]},
        "DeliverDiscarded": {
            "Action": ["s3:ListBucket", "s3:PutObject"],
            "Resource": ["arn:aws:s3:::quarantine", "arn:aws:s3:::quarantine/*"],
            "Condition": {"StringEquals": {"s3:ResourceAccount": "123456789012"}, **NOT_FROM_CODE},
        },
    }


def test_what_another_account_s_stream_gives_up_goes_to_the_function_s_account(configurations: Configurations) -> None:
    """The stream's owner is not the bucket's: to ask for one of its would refuse every delivery."""
    plan = configurations.of("modules/event-source-mapping").plan(
        stream_arn=STREAM_ARN,
        account_id="111122223333",
        function_name="notify",
        role_name="notify",
        default_bucket_arn="arn:aws:s3:::quarantine",
    )
    policy = role_policy(plan)
    assert policy["ReadStream"]["Resource"] == [STREAM_ARN]
    owner = {"StringEquals": {"s3:ResourceAccount": "111122223333"}}
    assert policy["DeliverDiscarded"]["Condition"] == owner | NOT_FROM_CODE


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
    delivering = {"Action": [action], "Resource": [arn], "Condition": NOT_FROM_CODE}
    assert trigger(configurations, **{attribute: arn})["DeliverDiscarded"] == delivering


@pytest.mark.parametrize(
    ("attribute", "arn", "service", "actions"),
    [
        ("s3_bucket_arn", "arn:aws:s3:::given-up", "s3", ["kms:GenerateDataKey"]),
        (
            "sqs_queue_arn",
            "arn:aws:sqs:eu-west-1:123456789012:given-up",
            "sqs",
            ["kms:Decrypt", "kms:GenerateDataKey"],
        ),
    ],
)
def test_keys_of_the_team_s_own_serve_one_purpose_each(
    attribute: str, arn: str, service: str, actions: list[str], configurations: Configurations
) -> None:
    """The stream is decrypted and discarded batches are encrypted, only through the service that stores them."""
    stream_key, key = (f"arn:aws:kms:eu-west-1:123456789012:key/{name}" for name in ("stream", "given-up"))
    policy = trigger(configurations, table_kms_key_arn=stream_key, **{attribute: arn, "kms_key_arn": key})
    assert policy["DecryptStream"] == {
        "Action": ["kms:Decrypt"],
        "Resource": [stream_key],
        "Condition": {"StringLike": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com*"}},
    }
    assert policy["EncryptDiscarded"] == {
        "Action": actions,
        "Resource": [key],
        "Condition": {"StringLike": {"kms:ViaService": f"{service}.eu-west-1.amazonaws.com*"}},
    }


# In place of what has no ARN before it is made.
LOG_GROUP_OVERRIDE: Final = """
locals {
  log_group_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders"
}
"""
TABLE_ARN: Final = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
KEY_ARN: Final = "arn:aws:kms:eu-west-1:123456789012:key"
ALWAYS: Final = {
    "WriteLog": {
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders:*"],
    },
    "KeepRefusedRecords": {
        "Action": ["s3:PutObject"],
        "Resource": ["arn:aws:s3:::shop-quarantine/quarantine/orders/*"],
        "Condition": {"StringEquals": {"s3:ResourceAccount": "123456789012"}, **WRITTEN_ONCE},
    },
    "ReadItems": {"Action": ["dynamodb:BatchGetItem"], "Resource": [TABLE_ARN]},
}
NETWORK_INTERFACE_ACTIONS: Final = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]


def indexer(configurations: Configurations, **settings: Any) -> dict[str, Any]:
    given = {
        "name": "orders",
        "package": {"path": "versions.tf"},  # any file will do
        "region": "eu-west-1",
        "connection": {"endpoint": "https://search.example.com", "service": "es"},
        "source_table": {"arn": TABLE_ARN, "name": "orders", "key_names": ["order_id"]},
        "on_failure": {"quarantine_bucket": {"arn": "arn:aws:s3:::shop-quarantine"}},
    }
    files = {"log_group_override.tf": LOG_GROUP_OVERRIDE}
    return configurations.of("modules/indexer", files).plan(**given | settings)


def test_the_function_may_log_keep_and_read_and_nothing_else(configurations: Configurations) -> None:
    """Its own log, its own folder of the bucket, this table: what is not asked for brings no right with it."""
    plan = indexer(configurations)
    assert role_policy(plan) == ALWAYS
    assert statements(plan["planned_values"]["outputs"]["policy_json"]["value"]) == ALWAYS


def test_a_key_of_the_team_s_own_is_used_for_what_it_encrypts(configurations: Configurations) -> None:
    """A key to write with is not one to read with, and the other way round."""
    table = {"arn": TABLE_ARN, "name": "orders", "key_names": ["order_id"], "kms_key_arn": f"{KEY_ARN}/table"}
    keys = {"environment": f"{KEY_ARN}/function", "quarantine": f"{KEY_ARN}/bucket"}
    plan = indexer(configurations, source_table=table, kms_key_arns=keys)
    assert role_policy(plan) == ALWAYS | {
        "DecryptItems": {
            "Action": ["kms:Decrypt"],
            "Resource": [f"{KEY_ARN}/table"],
            "Condition": {"StringLike": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com*"}},
        },
        "EncryptRefusedRecords": {
            "Action": ["kms:GenerateDataKey"],
            "Resource": [f"{KEY_ARN}/bucket"],
            "Condition": {"StringLike": {"kms:ViaService": "s3.eu-west-1.amazonaws.com*"}},
        },
        "ReadEnvironment": {
            "Action": ["kms:Decrypt"],
            "Resource": [f"{KEY_ARN}/function"],
            "Condition": NOT_FROM_CODE,
        },
    }


def test_another_account_s_table_is_read_by_its_arn_and_nothing_else_is_there(configurations: Configurations) -> None:
    """By name the function would read a table of its account; bucket and function are not the owner's."""
    vpc = {"subnet_ids": ["subnet-0a"], "security_group_ids": ["sg-0a"]}
    plan = indexer(configurations, function={"account_id": "111122223333", "vpc": vpc})
    policy = role_policy(plan)
    assert policy["ReadItems"] == ALWAYS["ReadItems"]
    owner = {"StringEquals": {"s3:ResourceAccount": "111122223333"}}
    assert policy["KeepRefusedRecords"]["Condition"] == owner | WRITTEN_ONCE
    assert policy["KeepNetworkFromCode"]["Condition"] == {
        "ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:orders"}
    }
    (function,) = [
        resource["values"]
        for resource in plan["planned_values"]["root_module"]["resources"]
        if resource["address"] == "aws_lambda_function.this"
    ]
    (environment,) = function["environment"]
    assert environment["variables"]["TABLE_NAME"] == TABLE_ARN


def test_tracing_brings_the_right_to_send_traces(configurations: Configurations) -> None:
    """X-Ray has no resources in IAM."""
    plan = indexer(configurations, function={"tracing_mode": "Active"})
    assert role_policy(plan) == ALWAYS | {
        "SendTraces": {"Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "Resource": ["*"]},
    }


def test_in_a_vpc_lambda_may_make_interfaces_and_the_function_s_code_may_not(configurations: Configurations) -> None:
    """Lambda does it as the function's role; a call from within the function itself is denied."""
    vpc = {"subnet_ids": ["subnet-0a"], "security_group_ids": ["sg-0a"]}
    plan = indexer(configurations, function={"vpc": vpc})
    function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:orders"
    assert role_policy(plan) == ALWAYS | {
        "AttachToNetwork": {"Action": NETWORK_INTERFACE_ACTIONS, "Resource": ["*"]},
        "KeepNetworkFromCode": {
            "Effect": "Deny",
            "Action": ["ec2:*"],
            "Resource": ["*"],
            "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": function_arn}},
        },
    }


def test_a_role_of_the_team_s_own_is_told_what_it_needs(configurations: Configurations) -> None:
    """The output is what the module's own role would have."""
    role = {"existing": {"arn": "arn:aws:iam::123456789012:role/indexer"}}
    plan = indexer(configurations, role=role)
    made = {resource["address"] for resource in plan["planned_values"]["root_module"]["resources"]}
    assert not any(address.startswith("aws_iam_role") for address in made)
    assert statements(plan["planned_values"]["outputs"]["policy_json"]["value"]) == ALWAYS


def access(
    configurations: Configurations,
    arn: str,
    *aliases: str,
    collection: Any = None,
    fine_grained: Any = None,
    **settings: Any,
) -> dict[str, Any]:
    """Return the plan for a domain, or for a collection where its further attributes are given."""
    at = {"endpoint": "search.example.com", "arn": arn}
    where = (
        {"domain": {**at, "fine_grained_access": fine_grained}}
        if collection is None
        else {"collection": {**at, **collection}}
    )
    return configurations.of("modules/opensearch-access").plan(
        name="orders",
        region=arn.split(":")[3],
        **where,
        aliases=list(aliases) or ["orders"],
        role_name="orders-eu-west-1",
        role_arn=ROLE_ARN,
        **settings,
    )


def with_security(
    configurations: Configurations, *, vpc: Any = None, kms_key_arn: str | None = None, **settings: str
) -> dict[str, Any]:
    """Return the plan where a function writes the domain's security, `settings` being that function's."""
    return access(
        configurations,
        DOMAIN_ARN,
        fine_grained={"master_role_arn": "arn:aws:iam::123456789012:role/security"},
        kms_key_arns={"environment": kms_key_arn},
        access_function={
            "package": {"path": "versions.tf"},  # any file will do
            "vpc": vpc,
            "runtime": "python3.13",
            "architecture": "arm64",
            **settings,
        },
    )


def documents(plan: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs of a plan that are set, JSON documents read."""
    outputs = {name: output.get("value") for name, output in plan["planned_values"]["outputs"].items()}
    return {
        name: json.loads(value) if name.endswith(("_policy", "_json")) else value
        for name, value in outputs.items()
        if value is not None
    }


def test_on_a_domain_each_request_has_its_path(configurations: Configurations) -> None:
    """No other index, no other API: the domain's policy, where it is wanted, says the same of only this role."""
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
    domain_access_policy = statements(plan["planned_values"]["outputs"]["domain_access_policy"]["value"])
    assert domain_access_policy == {
        sid: {**statement, "Principal": {"AWS": ROLE_ARN}} for sid, statement in policy.items()
    }


def test_each_of_several_indexes_has_its_paths(configurations: Configurations) -> None:
    plan = access(configurations, DOMAIN_ARN, "paid", "large")
    policy = role_policy(plan)
    (index,) = json.loads(documents(plan)["opensearch_security_role"]["document"])["index_permissions"]
    assert index["index_patterns"] == ["paid", "/paid-v[0-9]+/", "large", "/large-v[0-9]+/"]
    assert set(policy["WriteDocuments"]["Resource"]) == {f"{DOMAIN_ARN}/paid/_bulk", f"{DOMAIN_ARN}/large/_bulk"}
    for one in ("paid", "large"):
        assert {f"{DOMAIN_ARN}/{one}-v1", f"{DOMAIN_ARN}/_index_template/{one}"} <= set(
            policy["SetUpIndex"]["Resource"]
        )


def test_a_policy_of_as_many_long_aliases_as_may_be_is_one_that_iam_takes(configurations: Configurations) -> None:
    """A role's inline policies have 10,240 characters, and it has two more; white space is not counted."""
    arn = "arn:aws:es:ap-southeast-2:123456789012:domain/" + "d" * 28
    plan = access(configurations, arn, *(f"{number}".rjust(48, "i") for number in range(7)))
    assert 6_000 < len(json.dumps(role_policy(plan), separators=(",", ":"))) < 7_200


def test_a_role_of_the_team_s_own_is_told_what_it_would_have_been_given(configurations: Configurations) -> None:
    """With `attach_policy` false nothing is attached, and the document is the same."""
    told = documents(access(configurations, DOMAIN_ARN, attach_policy=False))
    assert statements(told["policy_json"]) == role_policy(access(configurations, DOMAIN_ARN))


INDEX_RESOURCES: Final = ["index/shop/orders", "index/shop/orders-v*"]
DATA_ACCESS: Final = {
    "Description": "The function orders sets its index up and writes to it.",
    "Principal": [ROLE_ARN],
    "Rules": [
        {
            "ResourceType": "collection",
            "Resource": ["collection/shop"],
            "Permission": ["aoss:CreateCollectionItems", "aoss:DescribeCollectionItems", "aoss:UpdateCollectionItems"],
        },
        {
            "ResourceType": "index",
            "Resource": ["index/shop/orders-v*"],
            "Permission": ["aoss:CreateIndex"],
        },
        {
            "ResourceType": "index",
            "Resource": INDEX_RESOURCES,
            "Permission": ["aoss:DescribeIndex", "aoss:UpdateIndex", "aoss:WriteDocument"],
        },
    ],
}


def on_a_collection(configurations: Configurations, **settings: Any) -> dict[str, Any]:
    collection = {"name": "shop", "validate_type": False, **settings}
    return access(configurations, COLLECTION_ARN, collection=collection)


def test_a_collection_has_one_right(configurations: Configurations) -> None:
    """A serverless collection's data access policy narrows it; IAM has no paths there."""
    plan = on_a_collection(configurations)
    assert role_policy(plan) == {"UseCollection": {"Action": ["aoss:APIAccessAll"], "Resource": [COLLECTION_ARN]}}
    told = documents(plan)
    assert told["data_access_policy"] == [DATA_ACCESS]
    assert told["network_policy"] == [
        {"Rules": [{"ResourceType": "collection", "Resource": ["collection/shop"]}], "AllowFromPublic": True}
    ]
    assert told["encryption_policy"] == {
        "Rules": [{"ResourceType": "collection", "Resource": ["collection/shop"]}],
        "AWSOwnedKey": True,
    }
    assert "domain_access_policy" not in told


def test_who_searches_a_collection_may_read_this_index_and_nothing_else(configurations: Configurations) -> None:
    """Readers are named; the function is not among them."""
    reader = "arn:aws:iam::123456789012:role/search"
    plan = on_a_collection(configurations, data_access={"reader_arns": [reader]})
    (made,) = [
        json.loads(resource["values"]["policy"])
        for resource in plan["planned_values"]["root_module"]["resources"]
        if resource["type"] == "aws_opensearchserverless_access_policy"
    ]
    rule = {
        "ResourceType": "index",
        "Resource": INDEX_RESOURCES,
        "Permission": ["aoss:DescribeIndex", "aoss:ReadDocument"],
    }
    assert made == [DATA_ACCESS, {"Description": "Readers.", "Principal": [reader], "Rules": [rule]}]
    assert made == documents(plan)["data_access_policy"]


def test_a_collection_s_network_and_key_are_those_that_are_named(configurations: Configurations) -> None:
    """Only from the endpoints, encrypted by your key."""
    key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"
    told = documents(
        on_a_collection(
            configurations, network={"vpc_endpoint_ids": ["vpce-050f79086ee71ac05"]}, encryption={"kms_key_arn": key}
        )
    )
    rules = [{"ResourceType": "collection", "Resource": ["collection/shop"]}]
    assert told["network_policy"] == [
        {"Rules": rules, "AllowFromPublic": False, "SourceVPCEs": ["vpce-050f79086ee71ac05"]}
    ]
    assert told["encryption_policy"] == {"Rules": rules, "AWSOwnedKey": False, "KmsARN": key}


def test_who_writes_the_security_role_may_write_this_one_alone(configurations: Configurations) -> None:
    """It may administer the domain's security, so what Lambda runs as it reaches one role and one mapping."""
    plan = with_security(configurations)
    api = f"{DOMAIN_ARN}/_plugins/_security/api"
    log = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders-access"
    policy = {
        "WriteSecurityRole": {
            "Action": ["es:ESHttpDelete", "es:ESHttpPut"],
            "Resource": [f"{api}/roles/orders-stream-indexer"],
        },
        "MapSecurityRole": {
            "Action": ["es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpPatch", "es:ESHttpPut"],
            "Resource": [f"{api}/rolesmapping/orders-stream-indexer"],
        },
        "WriteAccessLog": {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [f"{log}:*"]},
    }
    assert statements(documents(plan)["security_admin_policy_json"]) == policy
    (attached,) = [
        resource["values"]
        for resource in plan["planned_values"]["root_module"]["resources"]
        if resource["address"] == "aws_iam_role_policy.master[0]"
    ]
    assert (attached["role"], statements(attached["policy"])) == ("security", policy)


def test_the_master_role_reads_its_function_s_environment_and_sends_its_traces(configurations: Configurations) -> None:
    """By the one key, where there is one, and where traces are asked for."""
    plan = with_security(configurations, kms_key_arn=f"{KEY_ARN}/function", tracing_mode="Active")
    told = statements(documents(plan)["security_admin_policy_json"])
    assert told["ReadEnvironment"] == {
        "Action": ["kms:Decrypt"],
        "Resource": [f"{KEY_ARN}/function"],
        "Condition": NOT_FROM_CODE,
    }
    assert told["SendTraces"] == {
        "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        "Resource": ["*"],
    }


def test_inside_a_vpc_lambda_may_attach_it_and_its_code_may_not(configurations: Configurations) -> None:
    """Lambda asks for network interfaces as the master role; who runs as that role has no use for them."""
    vpc = {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}
    plan = with_security(configurations, vpc=vpc)
    by_sid = {statement["Sid"]: statement for statement in documents(plan)["security_admin_policy_json"]["Statement"]}
    allowed, denied = by_sid["AttachToNetwork"], by_sid["KeepNetworkFromCode"]
    assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
    assert (sorted(allowed["Action"]), denied["Action"]) == (NETWORK_INTERFACE_ACTIONS, "ec2:*")
    assert denied["Condition"] == {
        "ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:orders-access"}
    }


def test_the_security_role_is_for_this_index_and_has_no_wildcard_action(configurations: Configurations) -> None:
    """That each permission is needed and all are enough is shown on the security plugin itself, in tests/flow."""
    role = documents(access(configurations, DOMAIN_ARN))["opensearch_security_role"]
    document = json.loads(role["document"])
    (index,) = document["index_permissions"]
    assert role["name"] == "orders-stream-indexer"
    assert json.loads(role["mapping"]) == {"backend_roles": [ROLE_ARN]}
    assert index["index_patterns"] == ["orders", "/orders-v[0-9]+/"]
    assert not [action for action in [*index["allowed_actions"], *document["cluster_permissions"]] if "*" in action]
