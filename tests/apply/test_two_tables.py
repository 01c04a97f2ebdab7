"""Do two tables in one domain keep apart: each its own index, and no right to the other's?"""

from localaws.stack import LocalAws
from testkit.search import Index, connect
from tests.apply.deployment import Stack
from tests.plan.simulator import Request, allowed

ITEMS = {
    "customers": {"customer_id": {"S": "c1"}, "city": {"S": "Lisboa"}},
    "orders": {"customer_id": {"S": "c1"}, "order_id": {"S": "o1"}},
}


def test_each_table_has_its_index_and_no_function_may_write_to_the_other_s(stack: Stack, aws: LocalAws) -> None:
    """Applied, unchanged: the second plan is empty, and a destroy leaves nothing."""
    deployment = stack.initialise("two-tables")
    deployment.apply()
    assert deployment.next_changes() == []

    outputs = deployment.terraform.outputs()
    for name, item in ITEMS.items():
        aws.client("dynamodb").put_item(TableName=outputs["tables"][name], Item=item)
    aws.wait_until_drained()
    for name, item in ITEMS.items():
        ((_, source),) = Index(connect(aws), outputs["aliases"][name]).documents()
        assert source.keys() == item.keys()

    iam, domain = aws.client("iam"), f"arn:aws:es:{aws.region}:123456789012:domain/local"
    for name in ITEMS:
        role = f"{name}-{aws.region}"
        policies = iam.list_role_policies(RoleName=role)["PolicyNames"]
        documents = [iam.get_role_policy(RoleName=role, PolicyName=each)["PolicyDocument"] for each in policies]
        may = {other for other in ITEMS if allowed(Request("es:ESHttpPost", f"{domain}/{other}/_bulk"), documents)}
        assert may == {name}

    deployment.destroy()
    assert deployment.left() == {}
