"""Does the example apply at once, does the index follow, and does a destroy leave nothing?"""

import json

from localaws.stack import LocalAws
from testkit.search import Index, connect
from tests.apply.deployment import Stack


def test_the_example_is_applied_at_once_and_the_index_follows(stack: Stack, aws: LocalAws) -> None:
    """A second plan is empty, an open order is in both indexes and a closed one in one; a destroy leaves nothing."""
    domain = {"endpoint": aws.opensearch_url, "arn": f"arn:aws:es:{aws.region}:123456789012:domain/local"}
    deployment = stack.initialise("complete", domain=json.dumps(domain))
    deployment.apply()
    assert deployment.next_changes() == []

    outputs = deployment.terraform.outputs()
    for order_id, status in (("o1", "placed"), ("o2", "delivered")):
        order = {"customer_id": "c1", "order_id": order_id, "status": status, "placed_at": "2026-11-25"}
        item = {name: {"S": value} for name, value in order.items()} | {"revision": {"N": "1"}}
        aws.client("dynamodb").put_item(TableName=outputs["table_name"], Item=item)
    aws.wait_until_drained()
    url = outputs["opensearch_endpoint"]
    found = {
        alias: sorted(source["order_id"] for _, source in Index(connect(aws, url), alias).documents())
        for alias in outputs["aliases"]
    }
    assert found == {"orders": ["o1", "o2"], "orders-open": ["o1"]}

    deployment.destroy()
    assert deployment.left() == {}
