"""Is the function that writes a domain's security made as the indexer's is, from the same settings of the root?"""

from typing import Any, Final

import pytest

from tests.plan.configurations import Configurations

KEY_ARN: Final = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SETTINGS: Final[dict[str, Any]] = {
    "name": "orders",
    "package": {"path": "build/stream-indexer.zip"},
    "table": {"name": "orders", "hash_key": {"name": "order_id", "type": "S"}},
    "domain": {
        "endpoint": "https://search-shop-abc123.eu-west-1.es.amazonaws.com",
        "arn": "arn:aws:es:eu-west-1:123456789012:domain/shop",
        "fine_grained_access": {"master_role_arn": "arn:aws:iam::123456789012:role/security"},
    },
    "function": {
        "architecture": "x86_64",
        "runtime": "python3.12",
        "tracing_mode": "Active",
        "code_signing_config_arn": ("arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0"),
        "logging": {"retention_in_days": 90, "application_log_level": "DEBUG", "system_log_level": "WARN"},
        "vpc": {"subnet_ids": ["subnet-0a", "subnet-0b"], "security_group_ids": ["sg-0a"]},
    },
    "kms_key_arns": {"environment": KEY_ARN, "log_group": KEY_ARN},
    "tags": {"team": "shop"},
}
# Settings that differ.
OWN: Final = {
    "aws_lambda_function": {
        *("function_name", "description", "role", "handler", "environment", "memory_size", "timeout"),
        *("reserved_concurrent_executions", "logging_config"),
    },
    "aws_cloudwatch_log_group": {"name"},
}


@pytest.fixture(scope="module")
def made(configurations: Configurations) -> dict[str, dict[str, Any]]:
    """The values of the resources that the modules make, by their addresses there."""
    plan = configurations.of(".").plan(**SETTINGS)
    modules = plan["planned_values"]["root_module"]["child_modules"]
    return {resource["address"]: resource.get("values", {}) for module in modules for resource in module["resources"]}


@pytest.mark.parametrize("kind", OWN)
def test_what_the_indexer_s_is_given_the_other_is_given_too(made: dict[str, dict[str, Any]], kind: str) -> None:
    """Signature, key, traces, network, log: both functions must have them."""
    indexer, access = made[f"module.indexer.{kind}.this"], made[f"module.opensearch_access.{kind}.access[0]"]
    assert {name for name in indexer.keys() | access.keys() if indexer.get(name) != access.get(name)} <= OWN[kind]


def test_their_logs_keep_the_same(made: dict[str, dict[str, Any]]) -> None:
    """Each in its own group."""
    functions = ("module.indexer.aws_lambda_function.this", "module.opensearch_access.aws_lambda_function.access[0]")
    (indexer,), (access,) = (made[function]["logging_config"] for function in functions)
    assert {name for name in indexer if indexer[name] != access[name]} == {"log_group"}
