"""May the function's role do what it needs, and is every neighbour refused? Judged as IAM would, over what was applied.

The local AWS refuses nothing, so the policies that it was given are read back and put to the simulator.
"""

from typing import Any, Final

import pytest

from tests.apply.deployment import Deployment
from tests.plan.simulator import Request, allowed

ROLE: Final = "orders-eu-west-1"
ACCOUNT: Final = "123456789012"
TABLE: Final = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders"
LOG: Final = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/lambda/orders"
DOMAIN: Final = f"arn:aws:es:eu-west-1:{ACCOUNT}:domain/local"
STREAM: Final = "STREAM"  # stand for what the apply named
BUCKET: Final = "BUCKET"
TLS: Final = {"aws:SecureTransport": "true", "s3:ResourceAccount": ACCOUNT}
CODE: Final = {**TLS, "lambda:SourceFunctionArn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:orders"}
ONCE: Final = {**CODE, "s3:if-none-match": "*"}

NEEDED: Final = [
    Request("dynamodb:DescribeStream", STREAM),
    Request("dynamodb:GetRecords", STREAM),
    Request("dynamodb:GetShardIterator", STREAM),
    Request("dynamodb:ListStreams", "*"),
    Request("dynamodb:BatchGetItem", TABLE),
    Request("es:ESHttpPost", f"{DOMAIN}/orders/_bulk"),
    Request("es:ESHttpGet", f"{DOMAIN}/orders/_alias/orders"),
    Request("es:ESHttpPut", f"{DOMAIN}/_index_template/orders"),
    Request("es:ESHttpPut", f"{DOMAIN}/orders-v1"),
    Request("es:ESHttpPut", f"{DOMAIN}/orders/_mapping"),
    Request("es:ESHttpPut", f"{DOMAIN}/orders/_settings"),
    Request("logs:CreateLogStream", f"{LOG}:log-stream:2026/01/01/[$LATEST]a"),
    Request("logs:PutLogEvents", f"{LOG}:log-stream:2026/01/01/[$LATEST]a"),
    Request("s3:PutObject", f"{BUCKET}/quarantine/orders/2026/01/01/a.json", ONCE),
    Request("s3:PutObject", f"{BUCKET}/aws/lambda/uuid/shard/2026/01/01/a", TLS),
    Request("s3:ListBucket", BUCKET, TLS),
]
REFUSED: Final = {
    "another stream of the table": Request("dynamodb:GetRecords", f"{TABLE}/stream/1999-01-01T00:00:00.000"),
    "another table's stream": Request("dynamodb:GetRecords", f"{TABLE}2/stream/2026-01-01T00:00:00.000"),
    "reading another table": Request("dynamodb:BatchGetItem", f"{TABLE}2"),
    "reading an index of the table": Request("dynamodb:BatchGetItem", f"{TABLE}/index/by-day"),
    "scanning the table": Request("dynamodb:Scan", TABLE),
    "writing to the table": Request("dynamodb:PutItem", TABLE),
    "deleting from the table": Request("dynamodb:DeleteItem", TABLE),
    "writing to another index": Request("es:ESHttpPost", f"{DOMAIN}/customers/_bulk"),
    "writing to an index whose name begins alike": Request("es:ESHttpPost", f"{DOMAIN}/orders2/_bulk"),
    "writing to any index": Request("es:ESHttpPost", f"{DOMAIN}/_bulk"),
    "searching": Request("es:ESHttpGet", f"{DOMAIN}/orders/_search"),
    "searching by POST": Request("es:ESHttpPost", f"{DOMAIN}/orders/_search"),
    "deleting by query": Request("es:ESHttpPost", f"{DOMAIN}/orders/_delete_by_query"),
    "deleting the index": Request("es:ESHttpDelete", f"{DOMAIN}/orders-v1"),
    "another index's template": Request("es:ESHttpPut", f"{DOMAIN}/_index_template/customers"),
    "another index's mapping": Request("es:ESHttpPut", f"{DOMAIN}/customers/_mapping"),
    "the cluster's settings": Request("es:ESHttpPut", f"{DOMAIN}/_cluster/settings"),
    "the security API": Request("es:ESHttpPut", f"{DOMAIN}/_plugins/_security/api/roles/all"),
    "another domain": Request("es:ESHttpPost", f"{DOMAIN}2/orders/_bulk"),
    "the domain's own configuration": Request("es:UpdateDomainConfig", DOMAIN),
    "another function's log": Request("logs:PutLogEvents", f"{LOG}2:log-stream:a"),
    "deleting the log": Request("logs:DeleteLogGroup", LOG),
    "reading the log": Request("logs:GetLogEvents", f"{LOG}:log-stream:a"),
    "another bucket": Request("s3:PutObject", "arn:aws:s3:::elsewhere/quarantine/orders/a.json", ONCE),
    "overwriting a record that is kept": Request("s3:PutObject", f"{BUCKET}/quarantine/orders/a.json", CODE),
    "writing a batch that Lambda delivers": Request("s3:PutObject", f"{BUCKET}/aws/lambda/uuid/a", ONCE),
    "another function's records": Request("s3:PutObject", f"{BUCKET}/quarantine/goods/a.json", ONCE),
    "listing the quarantine": Request("s3:ListBucket", BUCKET, CODE),
    "reading the quarantine": Request("s3:GetObject", f"{BUCKET}/quarantine/orders/a.json", TLS),
    "deleting from the quarantine": Request("s3:DeleteObject", f"{BUCKET}/quarantine/orders/a.json", TLS),
    "the bucket by plain HTTP": Request(
        "s3:PutObject", f"{BUCKET}/quarantine/orders/a.json", {**ONCE, "aws:SecureTransport": "false"}
    ),
    "a bucket of that name in another account": Request(
        "s3:PutObject", f"{BUCKET}/aws/lambda/a", {**TLS, "s3:ResourceAccount": "999999999999"}
    ),
    "the same for refused records": Request(
        "s3:PutObject", f"{BUCKET}/quarantine/orders/a.json", {**ONCE, "s3:ResourceAccount": "999999999999"}
    ),
    "the bucket's policy": Request("s3:PutBucketPolicy", BUCKET, TLS),
    "a key": Request("kms:GenerateDataKey", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"),
    "another role": Request("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
    "passing a role": Request("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"),
    "invoking a function": Request("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:orders"),
    "a queue": Request("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"),
    "metrics, which are lines of the log": Request("cloudwatch:PutMetricData", "*"),
}


@pytest.fixture(scope="module")
def names(minimal: Deployment) -> dict[str, str]:
    """What the apply named, by what stands for it above."""
    bucket = minimal.terraform.outputs()["quarantine_bucket"]
    return {STREAM: minimal.mapping()["EventSourceArn"], BUCKET: f"arn:aws:s3:::{bucket}"}


@pytest.fixture(scope="module")
def documents(minimal: Deployment, names: dict[str, str]) -> list[Any]:
    """All that says what the role may do: its own policies, and the bucket's."""
    iam, s3 = minimal.aws.client("iam"), minimal.aws.client("s3")
    assert iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"] == []
    policies = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    assert policies
    own = [iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"] for name in policies]
    return [*own, s3.get_bucket_policy(Bucket=names[BUCKET].rpartition(":")[2])["Policy"]]


def applied(request: Request, names: dict[str, str]) -> Request:
    """Return the request with the names that the apply gave."""
    resource = request.resource
    for stand_in, name in names.items():
        resource = resource.replace(stand_in, name)
    return Request(request.action, resource, request.context)


@pytest.mark.parametrize("request_", NEEDED, ids=lambda request: f"{request.action} {request.resource}")
def test_what_the_function_needs_it_may(request_: Request, names: dict[str, str], documents: list[Any]) -> None:
    """Every call that function and mapping make, by action and resource."""
    assert allowed(applied(request_, names), documents)


@pytest.mark.parametrize("neighbour", REFUSED)
def test_every_neighbour_of_that_is_refused(neighbour: str, names: dict[str, str], documents: list[Any]) -> None:
    """Another stream, index, table, log, bucket, and every action that it has no use for."""
    assert not allowed(applied(REFUSED[neighbour], names), documents)
