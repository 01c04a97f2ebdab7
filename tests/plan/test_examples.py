"""Do the examples, and the HCL in the READMEs, plan as they are?"""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from testkit.terraform import changes
from tests.plan.configurations import ROOT, Configurations, in_the_tree
from tools.lint_attributes import below
from tools.module_interface import inputs

EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())
WITH_AN_INDEX = [name for name in EXAMPLES if name != "custom-function"]
READMES = [ROOT / "README.md", *sorted(ROOT.glob("modules/*/README.md")), *sorted(ROOT.glob("examples/*/README.md"))]
VARIABLES: Final = {
    "opensearch_endpoint": "https://search-shop-abc123.eu-west-1.es.amazonaws.com",
    "opensearch_arn": "arn:aws:es:eu-west-1:123456789012:domain/shop",
}
# Provisioned capacity, also of an index, asks AWS which tables exist: these tests have no AWS.
ON_DEMAND: Final = 'module "orders" {\n  provisioned_capacity = null\n  global_secondary_indexes = {}\n}\n'
OFFLINE: Final = {"complete": {"capacity_override.tf": ON_DEMAND}}
QUEUE_OVERRIDE: Final = """
module "search" {
  on_failure = { sqs_queue_arn = aws_sqs_queue.given_up.arn }
}
"""


def blocks() -> dict[str, str]:
    """Return the HCL of the READMEs, one file for each block."""
    return {
        f"{'root' if readme.parent == ROOT else readme.parent.name}_{number}.tf": in_the_tree(block)
        for readme in READMES
        for number, block in enumerate(
            re.findall(r"^```hcl\n(.*?)^```", readme.read_text(), re.MULTILINE | re.DOTALL), 1
        )
    }


def made(plan: dict[str, Any]) -> set[str]:
    assert all(change.actions == ("create",) for change in changes(plan))
    return {change.address for change in changes(plan)}


@pytest.fixture(scope="module")
def planned(configurations: Configurations) -> dict[str, set[str]]:
    """The addresses that each example makes."""
    return {
        name: made(configurations.of(f"examples/{name}", OFFLINE.get(name)).plan(**asked(ROOT / "examples" / name)))
        for name in EXAMPLES
    }


def asked(example: Path) -> dict[str, str]:
    """Return values for the variables that have no default."""
    if not (example / "variables.tf").exists():
        return {}
    return {variable.name: VARIABLES[variable.name] for variable in inputs(example) if variable.default is None}


@pytest.mark.parametrize("example", WITH_AN_INDEX)
def test_the_example_plans_as_it_is(example: str, planned: dict[str, set[str]]) -> None:
    """With the address of an OpenSearch at most, everything is to be created."""
    assert {
        "module.search.module.event_source_mapping.aws_lambda_event_source_mapping.this",
        "module.search.module.indexer.aws_lambda_function.this",
        "module.search.module.indexer.aws_lambda_invocation.setup_index",
        "module.search.module.monitoring.aws_cloudwatch_dashboard.this[0]",
    } <= {re.sub(r'\["\w+"\]', "", address) for address in planned[example]}


def test_the_stream_half_serves_any_function(planned: dict[str, set[str]]) -> None:
    """A table, its mapping and a queue for another function: no index and no part of it."""
    assert {
        "module.orders.aws_dynamodb_table.this[0]",
        "module.notify.aws_lambda_event_source_mapping.this",
        "module.notify.aws_sqs_queue.discarded[0]",
        "aws_lambda_function.notify",
    } <= planned["custom-function"]
    assert not [address for address in planned["custom-function"] if "indexer" in address or "opensearch" in address]


def test_what_the_readmes_say_to_paste_plans_as_it_is(configurations: Configurations) -> None:
    """Every block of HCL in the READMEs of the root, the modules and the examples, all in one configuration."""
    files = blocks()
    called = {
        f"module.{name}" for block in files.values() for name in re.findall(r'^module "(\w+)"', block, re.MULTILINE)
    }
    addresses = made(configurations.of("examples/pasted", files).plan())
    assert len(called) == len(files)
    modules = {address for address in addresses if address.startswith("module.")}
    assert {".".join(address.split(".")[:2]) for address in modules} == called
    assert [str(found) for found in below(configurations.of("examples/pasted").root)] == []


def test_the_minimal_example_makes_its_table_and_no_alarm(planned: dict[str, set[str]]) -> None:
    """A table with its stream. Alarms need a topic to notify."""
    assert "module.search.module.table.aws_dynamodb_table.this[0]" in planned["minimal"]
    assert not [address for address in planned["minimal"] if "aws_cloudwatch_metric_alarm" in address]


def test_the_minimal_example_is_short() -> None:
    """One block of some fifteen lines is all that a team writes."""
    lines = (ROOT / "examples/minimal/main.tf").read_text().splitlines()
    assert len([line for line in lines if line.strip() and not line.strip().startswith("#")]) <= 15


def test_the_team_s_own_table_is_the_team_s(planned: dict[str, set[str]]) -> None:
    """The module creates no other table, and its alarms can notify a topic of the same plan."""
    addresses = planned["existing-table"]
    assert [address for address in addresses if "aws_dynamodb_table" in address] == ["aws_dynamodb_table.products"]
    assert len([address for address in addresses if "aws_cloudwatch_metric_alarm" in address]) == 18
    assert "module.search.module.monitoring.aws_cloudwatch_composite_alarm.index_behind[0]" in addresses


def test_a_start_from_nothing_makes_the_collection_and_its_three_policies(planned: dict[str, set[str]]) -> None:
    """Its endpoint and ARN are unknown until apply, and nothing in the plan may depend on them."""
    assert {
        "module.collection.aws_opensearchserverless_collection.this",
        "module.collection.aws_opensearchserverless_security_policy.encryption",
        "module.collection.aws_opensearchserverless_security_policy.network",
        "module.search.module.opensearch_access.aws_opensearchserverless_access_policy.this[0]",
    } <= planned["serverless-collection"]


def test_the_complete_example_makes_a_domain_only_where_none_is_named(
    configurations: Configurations, planned: dict[str, set[str]]
) -> None:
    """Its endpoint and ARN are unknown until apply, as the collection's; otherwise both plans create the same."""
    named = {"endpoint": VARIABLES["opensearch_endpoint"], "arn": VARIABLES["opensearch_arn"]}
    terraform = configurations.of("examples/complete", OFFLINE["complete"])
    without = made(terraform.plan(domain=json.dumps(named)))
    assert planned["complete"] - without == {"module.domain[0].aws_opensearch_domain.this"}
    assert without < planned["complete"]


def test_a_destination_may_be_made_in_the_same_plan(configurations: Configurations) -> None:
    """Its ARN is unknown until apply, and neither a count nor a validation may depend on it."""
    files = {"main_override.tf": QUEUE_OVERRIDE, "queue.tf": 'resource "aws_sqs_queue" "given_up" {}\n'}
    terraform = configurations.of("examples/minimal")
    for name, text in files.items():
        (terraform.root / name).write_text(text)
    try:
        assert "aws_sqs_queue.given_up" in made(terraform.plan(**VARIABLES))
    finally:
        for name in files:
            (terraform.root / name).unlink()


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_names_where_the_module_is_published(example: str) -> None:
    """The local path is for the tree, the comment beneath for everybody else."""
    text = (ROOT / "examples" / example / "main.tf").read_text()
    assert re.search(r'source = "../..(/modules/[a-z-]+)?"\n  # source = "\S+"\n', text)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_holds_nothing_for_tests(example: str) -> None:
    """No skipped checks, endpoints or credentials: those are the environment's."""
    text = "".join(path.read_text() for path in (ROOT / "examples" / example).glob("*.tf"))
    assert not re.search(r"skip_|endpoints|access_key|127\.0\.0\.1", text)
