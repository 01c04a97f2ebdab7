"""Does the table outlive another `name` if it has its own name, as docs/upgrading.md says?"""

from typing import Any

import pytest

from tests.plan.configurations import Configurations


@pytest.mark.parametrize(("own", "expected"), [({"name": "orders"}, "orders"), ({}, "sales")])
def test_a_table_with_a_name_of_its_own_is_left_where_it_is(
    own: dict[str, Any], expected: str, configurations: Configurations
) -> None:
    """Without one it takes the new name, and Terraform replaces a table whose name changes."""
    plan = configurations.of(".").plan(
        name="sales",
        package_file="build/stream-indexer.zip",
        table={**own, "hash_key": {"name": "order_id", "type": "S"}},
        opensearch={
            "endpoint": "https://search-shop-abc123.eu-west-1.es.amazonaws.com",
            "arn": "arn:aws:es:eu-west-1:123456789012:domain/shop",
        },
    )
    modules = plan["planned_values"]["root_module"]["child_modules"]
    made = {resource["address"]: resource.get("values", {}) for module in modules for resource in module["resources"]}
    (table,) = [values for address, values in made.items() if "aws_dynamodb_table." in address]
    assert table["name"] == expected
    assert made["module.indexer.aws_lambda_function.this"]["function_name"] == "sales"
