"""Is every setting undone when it is taken out, where the provider keeps what a configuration leaves out?

tests/plan/data/kept-by-the-provider.json holds what it keeps of attributes: `make kept` writes it again. Its schema
does not say it of blocks, so each that is made in a loop needs a reason here.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tools.kept import KEPT, MODULES, types
from tools.module_interface import Attribute, Input, inputs
from tools.provider_snapshot import ROOT
from tools.provider_usage import settings

OF_PROVIDER: Final[dict[str, list[str]]] = json.loads(KEPT.read_text())
VARIABLE: Final = re.compile(r"\$\{var\.([\w.]+)\}")
ATTRIBUTE_OF_A_RESOURCE: Final = re.compile(r"\$\{aws_\w+\.\w+(?:\[0\])?\.\w+\}")
DOCUMENTED: Final = "docs/upgrading.md: "  # what is kept, with the words of the row that says so
UNDONE: Final = "the provider undoes it: "
# Every setting that may be left out and that the provider may then keep, and what becomes of it.
REASONS: Final = {
    "indexer": {
        "aws_lambda_function.source_code_hash": "null only where there is no zip: for a destroy",
        "aws_lambda_function.vpc_config": UNDONE + "decision 0243",
    },
    "monitoring": {
        "aws_cloudwatch_metric_alarm.metric_query": UNDONE + "an alarm is written whole, by PutMetricAlarm",
    },
    "opensearch-access": {
        "aws_iam_role_policy.name": "never null: the name of the function, which is made with it",
        "aws_lambda_function.source_code_hash": "null only where there is no zip: for a destroy",
        "aws_lambda_function.vpc_config": UNDONE + "decision 0243",
    },
    "opensearch-collection": {},
    "opensearch-domain": {
        "aws_opensearch_domain.access_policies": DOCUMENTED + "`access_policies`",
        "aws_opensearch_domain.advanced_security_options": DOCUMENTED + "`fine_grained_access` of a domain",
        "aws_opensearch_domain.cluster_config.zone_awareness_config": "goes with zone_awareness_enabled, which is set",
        "aws_opensearch_domain.encrypt_at_rest.kms_key_id": DOCUMENTED + "`kms_key_arn` of a domain",
        "aws_opensearch_domain.log_publishing_options": DOCUMENTED + "`log_group_arns`",
        "aws_opensearch_domain.vpc_options": DOCUMENTED + "`vpc` of a domain",
    },
    "table": {
        "aws_dynamodb_table.attribute": "goes with the index that has it for a key",
        "aws_dynamodb_table.global_secondary_index": UNDONE + "the index is deleted",
        "aws_dynamodb_table.global_secondary_index.read_capacity": "null only for on-demand tables",
        "aws_dynamodb_table.global_secondary_index.write_capacity": "the same",
        "aws_dynamodb_table.local_secondary_index": UNDONE + "the table is replaced",
        "aws_dynamodb_table.point_in_time_recovery.recovery_period_in_days": "null only where recovery is off",
        "aws_dynamodb_table.read_capacity": "null only for on-demand tables",
        "aws_dynamodb_table.replica": UNDONE + "the replica is deleted",
        "aws_dynamodb_table.replica.kms_key_arn": DOCUMENTED + "`kms_key_arn` of `replicas`",
        "aws_dynamodb_table.server_side_encryption.kms_key_arn": UNDONE + "`enabled = false` ends the use of the key",
        "aws_dynamodb_table.write_capacity": "null only for on-demand tables",
    },
    "event-source-mapping": {
        "aws_lambda_event_source_mapping.filter_criteria": UNDONE + "it sends an empty one",
        "aws_lambda_event_source_mapping.filter_criteria.filter": "the filters are a list, which is written whole",
        "aws_lambda_event_source_mapping.metrics_config": UNDONE + "it sends an empty one",
        "aws_sqs_queue.sqs_managed_sse_enabled": "null only with a key, which replaces it",
    },
}


def unsure(module: Path) -> Iterator[str]:
    """Yield the settings of a module that may be left out, and would be kept as far as anyone can see."""
    of_module = {each.name: each for each in inputs(module)}
    for setting in settings(module):
        is_kept = setting.place in OF_PROVIDER.get(setting.place.split(".")[0], ())
        if setting.is_block or (is_kept and may_be_null(setting.expression, of_module)):
            yield setting.place


def may_be_null(expression: str, of_module: dict[str, Input]) -> bool:
    """Return whether the expression may be null: text, lists and variables with a default are not."""
    if variable := VARIABLE.fullmatch(expression):
        found: Input | Attribute
        name, *path = variable[1].split(".")
        found = of_module[name]
        for part in path:
            found = next(each for each in found.attributes if each.name == part)
        return found.default == "null"
    return expression.startswith("${") and not ATTRIBUTE_OF_A_RESOURCE.fullmatch(expression)


@pytest.mark.parametrize("module", MODULES, ids=[module.name for module in MODULES])
def test_every_setting_that_may_be_kept_has_a_reason(module: Path) -> None:
    """A new setting needs a reason; a reason whose setting is gone, or is required now, must go."""
    assert set(unsure(module)) == set(REASONS[module.name])


def test_what_is_kept_is_documented() -> None:
    """In the row of the setting, in the words of the table there."""
    rows = (ROOT / "docs" / "upgrading.md").read_text()
    reasons = [reason for of_module in REASONS.values() for reason in of_module.values()]
    kept = [reason.removeprefix(DOCUMENTED) for reason in reasons if reason.startswith(DOCUMENTED)]
    assert len(kept) > 3
    assert [words for words in kept if f"\n| {words} |" not in rows] == []


def test_the_provider_was_asked_of_all_types() -> None:
    """A type that is new in the modules is in the file after `make kept`."""
    assert types() == sorted(OF_PROVIDER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${var.table.kms_key_arn}", True),
        ("${var.table.stream_view_type}", False),
        ("${var.table.hash_key.name}", False),
        ("${var.table == null ? null : 1}", True),
        ("${one(aws_kms_key.this[*].arn)}", True),
        ("${aws_cloudwatch_log_group.this.name}", False),
        ('"SEARCH"', False),
    ],
)
def test_what_may_be_null_is_seen(expression: str, *, expected: bool) -> None:
    """By the default of the input, or as an expression that nothing vouches for."""
    of_module = {each.name: each for each in inputs(ROOT / "modules" / "table")}
    assert may_be_null(expression, of_module) == expected
