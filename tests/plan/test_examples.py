"""Do the examples, and the HCL in the READMEs, plan as they are?"""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from harness.terraform import changes
from tests.plan.configurations import ROOT, Configurations

EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())
READMES = [ROOT / "README.md", *sorted(ROOT.glob("modules/*/README.md"))]
VARIABLES: Final = {
    "opensearch_endpoint": "https://search-shop-abc123.eu-west-1.es.amazonaws.com",
    "opensearch_arn": "arn:aws:es:eu-west-1:123456789012:domain/shop",
}


def hcl_blocks(readme: Path) -> list[str]:
    return re.findall(r"^```hcl\n(.*?)^```", readme.read_text(), re.MULTILINE | re.DOTALL)


BLOCKS = [
    pytest.param(block, id=f"{readme.parent.name}-{number}")
    for readme in READMES
    for number, block in enumerate(hcl_blocks(readme), 1)
]


def made(plan: dict[str, Any]) -> set[str]:
    assert all(change.actions == ("create",) for change in changes(plan))
    return {change.address for change in changes(plan)}


@pytest.fixture(scope="module")
def planned(configurations: Configurations) -> dict[str, set[str]]:
    """The addresses that each example makes."""
    return {name: made(configurations.of(f"examples/{name}").plan(**VARIABLES)) for name in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_plans_as_it_is(example: str, planned: dict[str, set[str]]) -> None:
    """With the address of an OpenSearch and nothing else, everything is to be created."""
    assert {
        "module.search.module.stream_trigger.aws_lambda_event_source_mapping.this",
        "module.search.module.indexer.aws_lambda_function.this",
        "module.search.module.indexer.aws_lambda_invocation.setup_index",
        "module.search.module.monitoring.aws_cloudwatch_dashboard.this",
    } <= planned[example]


@pytest.mark.parametrize("block", BLOCKS)
def test_the_block_of_a_readme_plans_as_it_is(
    block: str, configurations: Configurations, request: pytest.FixtureRequest
) -> None:
    """What a README says to paste works when it is pasted."""
    folder = f"examples/readme-{request.node.callspec.id}"
    assert made(configurations.of(folder, {"main.tf": block}).plan())


def test_the_minimal_example_makes_its_table_and_no_alarm(planned: dict[str, set[str]]) -> None:
    """A table with its stream; alarms are for those who have somebody to tell."""
    assert "module.search.module.stream_table.aws_dynamodb_table.this[0]" in planned["minimal"]
    assert not [address for address in planned["minimal"] if "aws_cloudwatch_metric_alarm" in address]


def test_the_minimal_example_is_short() -> None:
    """One block of some fifteen lines is all that a team writes."""
    lines = (ROOT / "examples/minimal/main.tf").read_text().splitlines()
    assert len([line for line in lines if line.strip() and not line.strip().startswith("#")]) <= 15


def test_the_team_s_own_table_is_the_team_s(planned: dict[str, set[str]]) -> None:
    """The module makes no table beside it, and its alarms may tell a topic of the same plan."""
    addresses = planned["existing-table"]
    assert [address for address in addresses if "aws_dynamodb_table" in address] == ["aws_dynamodb_table.products"]
    assert len([address for address in addresses if "aws_cloudwatch_metric_alarm" in address]) == 6


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_names_where_the_module_is_published(example: str) -> None:
    """The local path is for the tree, the comment beneath for everybody else."""
    text = (ROOT / "examples" / example / "main.tf").read_text()
    assert re.search(r'source = "../.."\n  # source = "\S+"\n', text)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_holds_nothing_for_tests(example: str) -> None:
    """No skipped checks, endpoints or credentials: those are the environment's."""
    text = "".join(path.read_text() for path in (ROOT / "examples" / example).glob("*.tf"))
    assert not re.search(r"skip_|endpoints|access_key|127\.0\.0\.1", text)
