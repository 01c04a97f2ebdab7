"""Does examples/complete set everything that can be set, once?"""

from typing import Any, Final

import hcl2
import pytest

from tests.plan.configurations import ROOT
from tools.module_interface import inputs

# What excludes something that the example sets, and is shown elsewhere or in the module's own README.
LEFT_OUT: Final = {
    "table": "replaced by existing_table: examples/minimal",
    "collection": "replaced by domain: examples/serverless-collection",
    "package.s3_bucket": "replaced by path: docs/upgrading.md",
    "package.s3_key": "replaced by path: docs/upgrading.md",
    "package.s3_object_version": "replaced by path: docs/upgrading.md",
    "index.name": "replaced by indices",
    "on_failure.s3_bucket_arn": "replaced by create_destination",
    "on_failure.sqs_queue_arn": "replaced by create_destination",
    "on_failure.sns_topic_arn": "replaced by create_destination",
    "on_failure.quarantine_bucket": "replaced by kms_key_arns.quarantine",
    "role.existing": "replaced by path and permissions_boundary",
    "function.account_id": "for a table of another account: docs/limits.md",
}


def given() -> dict[str, Any]:
    """Return the arguments of the example's call of the root module, as python-hcl2 reads them."""
    blocks = hcl2.loads((ROOT / "examples/complete/main.tf").read_text())["module"]
    (arguments,) = [each for block in blocks for name, each in block.items() if name.strip('"') == "search"]
    return {name: value for name, value in arguments.items() if not name.startswith("__") and name != "source"}


@pytest.mark.parametrize("variable", inputs(ROOT), ids=lambda variable: variable.name)
def test_every_input_and_every_attribute_is_set(variable: Any) -> None:
    """An object that is passed on whole, from a variable of the example's, is the team's to fill."""
    assert (variable.name in given()) != (variable.name in LEFT_OUT)
    value = given().get(variable.name)
    if isinstance(value, dict) and variable.attributes:
        wanted = {attribute.name for attribute in variable.attributes}
        left_out = {name.partition(".")[2] for name in LEFT_OUT if name.startswith(f"{variable.name}.")}
        # Of a map, all its objects together.
        written = set(value) if wanted & set(value) else {name for each in value.values() for name in each}
        assert wanted - left_out <= written
        assert left_out.isdisjoint(written)


def test_nothing_is_left_out_that_is_not_there() -> None:
    """A setting that goes takes its line here with it."""
    names = {variable.name for variable in inputs(ROOT)}
    names |= {f"{variable.name}.{attribute.name}" for variable in inputs(ROOT) for attribute in variable.attributes}
    assert set(LEFT_OUT) <= names
