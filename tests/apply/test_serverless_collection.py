"""Does a start from nothing apply, admit only the function and the readers, refuse another type, and leave nothing?"""

from typing import Any

import pytest

from testkit.search import Index, connect
from tests.apply.deployment import Deployment, Stacks

READER = "arn:aws:iam::123456789012:role/developer"
ROLE = "arn:aws:iam::123456789012:role/orders-eu-west-1"


@pytest.fixture(scope="module")
def example(stacks: Stacks) -> Deployment:
    """The example, applied with one reader."""
    deployment = stacks.clean().initialise("serverless-collection", reader_arns=f'["{READER}"]')
    deployment.apply()
    return deployment


def policies(deployment: Deployment) -> dict[str, Any]:
    """Return the documents of all policies of OpenSearch Serverless, by type and name."""
    client = deployment.aws.client("opensearchserverless")
    found = {}
    for kind in ("encryption", "network"):
        for summary in client.list_security_policies(type=kind)["securityPolicySummaries"]:
            shown = client.get_security_policy(type=kind, name=summary["name"])["securityPolicyDetail"]
            found[f"{kind} {summary['name']}"] = shown["policy"]
    for summary in client.list_access_policies(type="data")["accessPolicySummaries"]:
        shown = client.get_access_policy(type="data", name=summary["name"])["accessPolicyDetail"]
        found[f"data {summary['name']}"] = shown["policy"]
    return found


def test_a_second_plan_is_empty(example: Deployment) -> None:
    """What was applied is what was written, the collection read again."""
    assert example.next_changes() == []


def test_an_order_that_is_written_can_be_searched_in_the_collection(example: Deployment) -> None:
    """The whole way, to the endpoint that the collection shows."""
    outputs = example.terraform.outputs()
    item = {"customer_id": {"S": "c1"}, "order_id": {"S": "o1"}, "note": {"S": "leave it with a neighbour"}}
    example.aws.client("dynamodb").put_item(TableName=outputs["table_name"], Item=item)
    example.aws.wait_until_drained()
    Index(connect(example.aws), outputs["alias"]).refresh()  # a collection does not refresh on request
    collection = Index(connect(example.aws, outputs["collection_endpoint"], "aoss"), outputs["alias"])
    (hit,) = collection.search({"query": {"match": {"note": "neighbour"}}})
    assert hit["_index"] == "orders-v1"


def test_the_collection_admits_the_function_and_the_readers_and_nobody_else(example: Deployment) -> None:
    """Two principals, each only on the index and its alias."""
    found = policies(example)
    assert set(found) == {"encryption shop", "network shop", "data orders-indexer"}
    writes, reads = found["data orders-indexer"]
    assert (writes["Principal"], reads["Principal"]) == ([ROLE], [READER])
    assert {resource for grant in (writes, reads) for rule in grant["Rules"] for resource in rule["Resource"]} == {
        "collection/shop",
        "index/shop/orders",
        "index/shop/orders-v*",
    }


def test_the_function_s_role_may_use_this_collection_alone(example: Deployment) -> None:
    """Its ARN is that of the collection that was made."""
    client, iam = example.aws.client("opensearchserverless"), example.aws.client("iam")
    (collection,) = client.list_collections()["collectionSummaries"]
    policy = iam.get_role_policy(RoleName="orders-eu-west-1", PolicyName="opensearch-access")["PolicyDocument"]
    (statement,) = policy["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("aoss:APIAccessAll", collection["arn"])


def test_a_destroy_leaves_nothing(example: Deployment) -> None:
    """The collection and its policies with the rest."""
    example.destroy()
    assert example.left() == {}
    assert policies(example) == {}
    assert example.aws.client("opensearchserverless").list_collections()["collectionSummaries"] == []
