"""Does the table outlive another `name` if it has its own name, as docs/upgrading.md says?"""

from tests.plan.configurations import Configurations


def test_another_name_leaves_the_table_where_it_is(configurations: Configurations) -> None:
    """Terraform replaces a table whose name changes, so the table has its own."""
    plan = configurations.of(".").plan(
        name="sales",
        package={"path": "build/stream-indexer.zip"},
        table={"name": "orders", "hash_key": {"name": "order_id", "type": "S"}},
        domain={
            "endpoint": "https://search-shop-abc123.eu-west-1.es.amazonaws.com",
            "arn": "arn:aws:es:eu-west-1:123456789012:domain/shop",
        },
    )
    modules = plan["planned_values"]["root_module"]["child_modules"]
    made = {resource["address"]: resource.get("values", {}) for module in modules for resource in module["resources"]}
    (table,) = [values for address, values in made.items() if "aws_dynamodb_table." in address]
    assert table["name"] == "orders"
    assert made["module.indexer.aws_lambda_function.this"]["function_name"] == "sales"
