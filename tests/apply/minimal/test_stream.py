"""Does the mapping of the minimal example follow the table to another stream, and does a destroy leave nothing?

The tests run in this order, after those of the other files of this folder.
"""

from tests.apply.deployment import Deployment


def test_a_changed_view_type_brings_another_stream_and_the_mapping_follows(minimal: Deployment) -> None:
    """One apply does both: nothing is left reading a stream that has ended."""
    before = minimal.mapping()
    minimal.set("""
        module "search" {
          table = {
            name                        = "orders"
            deletion_protection_enabled = false
            hash_key                    = { name = "customer_id", type = "S" }
            range_key                   = { name = "order_id", type = "S" }
            stream_view_type            = "KEYS_ONLY"
          }
        }
    """)
    minimal.apply()
    after = minimal.mapping()
    table = minimal.aws.client("dynamodb").describe_table(TableName="orders")["Table"]
    assert table["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"
    assert before["EventSourceArn"] != after["EventSourceArn"] == table["LatestStreamArn"]
    assert minimal.next_changes() == []


def test_a_destroy_leaves_nothing(minimal: Deployment) -> None:
    """Last here, for the others need what it destroys."""
    assert minimal.left()
    minimal.destroy()
    assert minimal.left() == {}
