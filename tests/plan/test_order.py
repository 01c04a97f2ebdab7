"""Does what must wait for something wait for it, by Terraform's own graph and not by luck?"""

import re
from typing import Final

import pytest

from tests.plan.configurations import ROOT, Configurations, in_the_tree

MAPPING: Final = "module.event_source_mapping.aws_lambda_event_source_mapping.this"
FUNCTION: Final = "module.indexer.aws_lambda_function.this"
SETUP: Final = "module.indexer.aws_lambda_invocation.setup_index"
WRITTEN: Final = "module.opensearch_access.aws_lambda_invocation.access"
REVOKED: Final = "module.opensearch_access.aws_lambda_invocation.revoke"
RIGHTS: Final = {
    FUNCTION: ["module.indexer.aws_iam_role_policy.this"],
    SETUP: [FUNCTION, WRITTEN, "module.opensearch_access.aws_iam_role_policy.this"],
    MAPPING: [SETUP, "module.event_source_mapping.aws_iam_role_policy.this"],
    WRITTEN: ["module.opensearch_access.aws_iam_role_policy.master", REVOKED],
    REVOKED: ["module.opensearch_access.aws_iam_role_policy.master"],
}


@pytest.fixture(scope="module")
def waits(configurations: Configurations) -> dict[str, set[str]]:
    """What each node of the root module's graph waits for."""
    return configurations.of(".").dependencies()


@pytest.mark.parametrize("waiting", RIGHTS)
def test_what_needs_a_right_waits_for_it(waits: dict[str, set[str]], waiting: str) -> None:
    """Lambda refuses a function or mapping whose role lacks a right, and OpenSearch the setup."""
    assert set(RIGHTS[waiting]) <= waits[waiting]


def test_as_the_team_s_own_role_everything_waits_for_the_rights_that_the_team_gives(
    configurations: Configurations,
) -> None:
    """As the module's README says to write it; and they stay until what needs them is gone."""
    (block,) = re.findall(
        r"^```hcl\n(module \"search_as_our_role\".*?)^```",
        (ROOT / "modules/indexer/README.md").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    waits = configurations.of("examples/readme", {"main.tf": in_the_tree(block)}).dependencies()
    for waiting in (FUNCTION, SETUP, MAPPING):
        assert "aws_iam_role_policy.search" in waits[f"module.search_as_our_role.{waiting}"]
