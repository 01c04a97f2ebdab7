"""May the function's role do what it needs, and is every neighbour refused? Judged as IAM would, over what was applied.

The local AWS refuses nothing, so the policies that it was given are read back and put to the simulator. Also here: what
applies and a destroy do to the security role of a domain, seen by a stand-in for the domain's security plugin.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from harness.terraform import Terraform, TerraformError
from local.stack import LocalAws
from tests.apply.deployment import Deployment
from tests.plan.configurations import ROOT
from tests.plan.simulator import Request, allowed
from tests.unit.loopback import Server, Step, answer, serving

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
    "metrics, which go by the log": Request("cloudwatch:PutMetricData", "*"),
}


@pytest.fixture(scope="module")
def minimal(aws: LocalAws, package_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The example, applied."""
    deployment = Deployment.initialise("minimal", aws, package_folder, tmp_path_factory.mktemp("access"))
    deployment.terraform.apply()
    yield deployment
    deployment.terraform.destroy()


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


SECURITY: Final = "/_plugins/_security/api/{}/orders-stream-indexer"
FIRST, SECOND = (f"arn:aws:iam::{ACCOUNT}:role/orders-{name}" for name in ("first", "second"))
PROVIDER: Final = 'provider "aws" {}\n'


def is_mapped(role_arn: str) -> Step:
    """Answer that the role is mapped, and nobody else."""
    return answer(json.dumps({"orders-stream-indexer": {"backend_roles": [role_arn]}}).encode())


def sent(server: Server) -> list[str]:
    """Return the requests since the last call, each by its method and the kind of what it is about."""
    lines = [heard.line.split() for heard in server.heard]
    server.heard.clear()
    assert all(path in {SECURITY.format("roles"), SECURITY.format("rolesmapping")} for _, path, _ in lines)
    return [f"{method} {path.split('/')[-2]}" for method, path, _ in lines]


def test_a_write_that_failed_is_tried_again_and_a_destroy_needs_no_zip(
    aws: LocalAws, package_folder: Path, tmp_path: Path
) -> None:
    """An update that fails must not count as done, and the old role is removed by what knows it."""
    build = tmp_path / "build"
    shutil.copytree(package_folder, build)
    aws.client("iam").create_role(RoleName="security", AssumeRolePolicyDocument="{}")
    module = Terraform(
        ROOT,
        ROOT / "modules/opensearch-access",
        tmp_path / "work",
        aws.environment,
        linked={"build": build},
        overrides={"test_provider.tf": PROVIDER},
    )
    module.init()
    writing = [answer(b"{}", 201), answer(b"{}", 404), answer(b"{}", 201)]
    with serving(*writing) as server:
        given: dict[str, Any] = {
            "name": "orders",
            "opensearch": {"endpoint": f"http://127.0.0.1:{server.port}", "arn": DOMAIN},
            "indexes": ["orders"],
            "role_name": "orders",
            "role_arn": FIRST,
            "attach_policy": False,
            "fine_grained_access": {"master_role_arn": f"arn:aws:iam::{ACCOUNT}:role/security"},
            "access_function": {
                "package_file": "../../build/stream-indexer.zip",
                "runtime": "python3.13",
                "architecture": "arm64",
            },
        }
        module.apply(**given)
        assert sent(server) == ["PUT roles", "GET rolesmapping", "PUT rolesmapping"]
        given["role_arn"] = SECOND
        server.script[:] = [is_mapped(FIRST), answer(), answer(), answer(b"{}", 400)]
        with pytest.raises(TerraformError, match="OpenSearch answered 400"):
            module.apply(**given)
        assert sent(server) == ["GET rolesmapping", "DELETE rolesmapping", "DELETE roles", "PUT roles"]
        server.script[:] = writing
        module.apply(**given)
        assert sent(server) == ["PUT roles", "GET rolesmapping", "PUT rolesmapping"]
        shutil.rmtree(build)
        server.script[:] = [is_mapped(SECOND), answer()]
        module.destroy(**given)
        assert sent(server) == ["GET rolesmapping", "DELETE rolesmapping", "DELETE roles"]
    aws.client("iam").delete_role(RoleName="security")
