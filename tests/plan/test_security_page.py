"""Does docs/security.md list every statement of every role in the plans?"""

import re
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.plan.configurations import ROOT, Configurations
from tests.plan.policies import statements
from tests.plan.test_policies import (
    COLLECTION_ARN,
    DOMAIN_ARN,
    KEY_ARN,
    TABLE_ARN,
    access,
    documents,
    indexer,
    trigger,
    with_security,
)

PAGE: Final = (ROOT / "docs/security.md").read_text()
NETWORK: Final = {"subnet_ids": ["subnet-0a"], "security_group_ids": ["sg-0a"]}
Statements = Mapping[str, Mapping[str, Any]]


def listed(part: str) -> dict[str, tuple[bool, list[str], set[str], bool]]:
    """Return the rows of a part's table: by statement whether it denies, actions, condition keys, any resource."""
    table = PAGE.split(f"<!-- {part} -->")[1].split("\n\n")[1]
    rows = {}
    for line in table.splitlines()[2:]:
        sid, actions, resources, conditions, why = (cell.strip() for cell in line.strip("|").split("|"))
        assert why
        (name,) = re.findall(r"`(\w+)`", sid)
        in_code = re.compile(r"`([^`]+)`")
        rows[name] = ("Deny" in sid, in_code.findall(actions), set(in_code.findall(conditions)), resources == "`*`")
    return rows


def planned(policy: Statements) -> dict[str, tuple[bool, list[str], set[str], bool]]:
    """Return the same of a policy."""
    return {
        sid: (
            statement.get("Effect") == "Deny",
            statement["Action"],
            {key for conditions in statement.get("Condition", {}).values() for key in conditions},
            statement["Resource"] == ["*"],
        )
        for sid, statement in policy.items()
    }


def of_indexer(configurations: Configurations) -> Statements:
    plan = indexer(
        configurations,
        source_table={
            "arn": TABLE_ARN,
            "name": "orders",
            "key_names": ["order_id"],
            "kms_key_arn": f"{KEY_ARN}/table",
        },
        kms_key_arns={"environment": f"{KEY_ARN}/function", "quarantine": f"{KEY_ARN}/bucket"},
        function={"tracing_mode": "Active", "vpc": NETWORK},
    )
    return statements(plan["planned_values"]["outputs"]["policy_json"]["value"])


def of_trigger(configurations: Configurations) -> Statements:
    return trigger(configurations, f"{KEY_ARN}/table", kms_key_arn=f"{KEY_ARN}/bucket")


def of_domain(configurations: Configurations) -> Statements:
    return statements(documents(access(configurations, DOMAIN_ARN))["policy_json"])


def of_collection(configurations: Configurations) -> Statements:
    collection = {"name": "shop", "validate_type": False}
    return statements(documents(access(configurations, COLLECTION_ARN, collection=collection))["policy_json"])


def of_access(configurations: Configurations) -> Statements:
    plan = with_security(configurations, vpc=NETWORK, kms_key_arn=f"{KEY_ARN}/function", tracing_mode="Active")
    return statements(documents(plan)["security_admin_policy_json"])


@pytest.mark.parametrize(
    ("part", "policy"),
    [
        ("indexer", of_indexer),
        ("event-source-mapping", of_trigger),
        ("domain", of_domain),
        ("collection", of_collection),
        ("access", of_access),
    ],
)
def test_every_statement_of_a_role_is_listed(part: str, policy: Any, configurations: Configurations) -> None:
    """With all that can bring a statement: keys, network, traces."""
    assert listed(part) == planned(policy(configurations))


def test_every_statement_of_a_module_is_named() -> None:
    """Those of buckets, queues and trust too."""
    sids = {
        sid
        for path in ROOT.glob("modules/*/*.tf")
        for sid in re.findall(r'^ *sid += "(\w+)"', path.read_text(), re.MULTILINE)
    }
    assert sids
    assert {sid for sid in sids if f"`{sid}`" not in PAGE} == set()
