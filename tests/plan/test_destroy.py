"""Does a destroy go through with values that a plan refuses, as an apply that failed may have left them?

Values of resources can be unknown until the apply, so nothing refuses them before it. If a destroy refused them then,
what the apply had made could not be removed.
"""

import json
from typing import Any, Final

import pytest

from testkit.terraform import TerraformError
from tests.plan.configurations import Configurations
from tests.plan.test_refusals import (
    BEFORE_THE_LOG,
    BESIDE_A_FUNCTION,
    ELSEWHERE,
    OF_A_DOMAIN,
    OF_A_STREAM,
    OF_A_TABLE,
    RIGHT,
    TO_A_QUEUE,
    completed,
    plans,
)

# What a failed apply left: one resource, for Terraform checks less where there is nothing to destroy.
LEFT: Final[dict[str, Any]] = {
    "version": 4,
    "serial": 1,
    "lineage": "left",
    "outputs": {},
    "resources": [
        {
            "mode": "managed",
            "type": "terraform_data",
            "name": "left",
            "provider": 'provider["terraform.io/builtin/terraform"]',
            "instances": [{"schema_version": 0, "attributes": {"id": "left"}}],
        }
    ],
}
GROUPS: Final = [
    OF_A_DOMAIN,
    [*ELSEWHERE[:1], *OF_A_TABLE[:1], *BEFORE_THE_LOG],
    [*OF_A_STREAM, *TO_A_QUEUE, *BESIDE_A_FUNCTION[:1]],
]


@pytest.mark.parametrize("wrong", [plan for group in GROUPS for plan in plans(group)], ids="-".join)
def test_a_destroy_refuses_no_value_of_a_resource(configurations: Configurations, wrong: dict[str, Any]) -> None:
    """A plan refuses the same values, which a validation of an input would do at a destroy as well."""
    root = configurations.of(".", {"test_left.tf": 'resource "terraform_data" "left" {}\n'})
    values = RIGHT | {name: completed(name, value) for name, value in wrong.items()}
    (root.root / "terraform.tfstate").write_text(json.dumps(LEFT))
    with pytest.raises(TerraformError, match="must be"):
        root.plan(**values)
    root.destroy(**values)
    assert root.resources() == []
