"""Is what AWS would refuse, or what would lose records, refused at plan with the field, the range and the value?

The rules stand in the modules, and `terraform test` there tries each. Here the wrong values go in at the root, as a
team would set them, many in one plan, for Terraform reports them all.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from harness.terraform import TerraformError
from tests.plan.configurations import ROOT, Configurations
from tools.interface import called

STREAM_ARN: Final = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
COLLECTION_ARN: Final = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
RIGHT: Final[dict[str, Any]] = {
    "name": "orders",
    "package_file": "build/stream-indexer.zip",
    "table": {"hash_key": {"name": "order_id", "type": "S"}},
    "opensearch": {
        "endpoint": "https://search-shop-abc123.eu-west-1.es.amazonaws.com",
        "arn": "arn:aws:es:eu-west-1:123456789012:domain/shop",
    },
}


@dataclass(frozen=True, slots=True)
class Case:
    """A wrong `value` of `variable` (of some of its attributes where it is an object), and what Terraform says."""

    variable: str
    value: Any
    message: str


# What is wrong here hides what depends on it: these go into plans of their own.
UPSTREAM: Final = [
    Case(
        "tags",
        {"aws:team": "shop"},
        "tags must be at most 50, with keys of 1 to 128 characters that do not begin with aws: and values of at most "
        '256, got {"aws:team":"shop"}',
    ),
    Case("name", "Orders", 'name must be 2 to 48 lowercase letters, digits or hyphens, a letter first, got "Orders"'),
    Case("package_file", "no.zip", 'got "no.zip", where there is no file: run `make package` first'),
    Case(
        "existing_table", {"stream_arn": STREAM_ARN, "hash_key": "id"}, "exactly one of the two must be set, got both"
    ),
    Case(
        "existing_table",
        {"stream_arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders", "hash_key": "id"},
        "existing_table.stream_arn must be a stream's ARN, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, "
        'got "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"',
    ),
    Case(
        "opensearch",
        {"endpoint": "https://search.example.com/"},
        "opensearch.endpoint must be https://HOST without port, path or trailing slash "
        '(http and a port on localhost alone), got "https://search.example.com/"',
    ),
    Case("opensearch", {"endpoint": "http://search.example.com"}, 'got "http://search.example.com"'),
    Case(
        "opensearch",
        {"arn": "arn:aws:es:eu-west-1:123456789012:shop"},
        "opensearch.arn must be a domain's, arn:aws:es:REGION:ACCOUNT:domain/NAME, or a serverless collection's, "
        'arn:aws:aoss:REGION:ACCOUNT:collection/ID, got "arn:aws:es:eu-west-1:123456789012:shop"',
    ),
]
ON_A_DOMAIN: Final = [
    Case(
        "serverless",
        {"collection_name": "Shop"},
        'serverless.collection_name must be 3 to 32 lowercase letters, digits or hyphens, a letter first, got "Shop"',
    ),
    Case(
        "serverless",
        {"data_access": {"reader_arns": ["*"]}},
        "serverless.data_access.reader_arns must be ARNs of roles or users, or saml/ACCOUNT/PROVIDER/..., without "
        "wildcards, got *",
    ),
    Case(
        "serverless",
        {"network": {"vpc_endpoint_ids": ["vpc-1"]}},
        "serverless.network.vpc_endpoint_ids must be ids of OpenSearch Serverless endpoints, vpce-ID, got vpc-1",
    ),
    Case(
        "serverless",
        {"encryption": {"kms_key_arn": "alias/shop"}},
        'serverless.encryption.kms_key_arn must be a key\'s ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got "alias/shop"',
    ),
    Case(
        "fine_grained_access",
        {"master_role_arn": "admin"},
        'fine_grained_access.master_role_arn must be a role\'s ARN, arn:aws:iam::ACCOUNT:role/NAME, got "admin"',
    ),
]
ON_A_COLLECTION: Final = [
    Case(
        "opensearch",
        {"arn": COLLECTION_ARN},
        "serverless must be set where opensearch.arn is a collection's and nowhere else, got null",
    ),
    Case(
        "fine_grained_access",
        {"master_role_arn": "arn:aws:iam::123456789012:role/security"},
        "fine_grained_access must be null for a serverless collection, got arn:aws:iam::123456789012:role/security",
    ),
]
DOWNSTREAM: Final = [
    Case(
        "table", {"name": "ab"}, 'table.name must be 3 to 255 letters, digits, underscores, dots or hyphens, got "ab"'
    ),
    Case(
        "table",
        {"hash_key": {"name": "id", "type": "BOOL"}},
        'table.hash_key.type must be S, N or B, got "BOOL"',
    ),
    Case(
        "table",
        {"range_key": {"name": "at", "type": "M"}},
        'table.range_key.type must be S, N or B, got "M"',
    ),
    Case(
        "table",
        {"stream_view_type": "IMAGE"},
        'table.stream_view_type must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES, got "IMAGE"',
    ),
    Case("table", None, "exactly one of the two must be set, got neither"),
    Case("index", {"number_of_shards": 0}, "index.number_of_shards must be a whole number, 1 to 1024, got 0"),
    Case("index", {"number_of_replicas": -1}, "index.number_of_replicas must be a whole number, 0 or more, got -1"),
    Case(
        "index",
        {"refresh_interval": "fast"},
        "index.refresh_interval must be -1 or a number with its unit (nanos, micros, ms, s, m, h, d), such as 1s, "
        'got "fast"',
    ),
    Case(
        "index",
        {"number_fields": {"total": {"type": "float"}}},
        "index.number_fields must each have the type double, long, string or scaled, got float for total",
    ),
    Case(
        "index",
        {"number_fields": {"total": {"type": "scaled"}}},
        "index.number_fields must have a scaling_factor (100 keeps two decimals) where the type is scaled and nowhere "
        "else, got otherwise for total",
    ),
    Case("index", {"mappings": "[1]"}, "index.mappings must be a JSON object"),
    Case(
        "routes",
        {"Orders": {"filter": {}}},
        "routes must have aliases of 2 to 48 lowercase letters, digits, hyphens or underscores, a letter first, "
        'got "Orders"',
    ),
    Case(
        "routes",
        {"orders": {"filter": {}}, "orders-v1": {"filter": {}}},
        'routes must not have an alias that is another\'s with -v and a number, got "orders-v1"',
    ),
    Case(
        "routes",
        {"asking": {"filter": {"status": {"equal": ["paid"]}}}},
        "routes must each ask in their filter equals (of one value or more), exists or begins_with of each attribute, "
        "got otherwise for status of asking",
    ),
    Case("routes", {f"many{number}": {"filter": {}} for number in range(11)}, "routes must be at most 10, got"),
    Case(
        "routes",
        {"long": {"filter": {"status": {"equals": ["x" * 2048]}}}},
        "routes must be at most 2048 characters as JSON, got",
    ),
    Case("batching", {"batch_size": 0}, "batching.batch_size must be 1 to 10000 records, got 0"),
    Case("batching", {"batch_size": 10001}, "batching.batch_size must be 1 to 10000 records, got 10001"),
    Case(
        "batching",
        {"maximum_batching_window_in_seconds": 301},
        "batching.maximum_batching_window_in_seconds must be 0 to 300, got 301",
    ),
    Case(
        "batching",
        {"batch_size": 11, "maximum_batching_window_in_seconds": 0},
        "batching.maximum_batching_window_in_seconds must be 1 or more when batching.batch_size is above 10, "
        "got 0 with 11 records",
    ),
    Case("batching", {"parallelization_factor": 11}, "batching.parallelization_factor must be 1 to 10"),
    Case(
        "polling",
        {"starting_position": "AT_TIMESTAMP"},
        'polling.starting_position must be TRIM_HORIZON or LATEST, got "AT_TIMESTAMP"',
    ),
    Case(
        "failures",
        {"maximum_retry_attempts": 10001},
        "failures.maximum_retry_attempts must be -1 (until the record is too old) to 10000, got 10001",
    ),
    Case(
        "failures",
        {"maximum_record_age_in_seconds": 604800},
        "failures.maximum_record_age_in_seconds must be -1 or 60 to 86400, got 604800: "
        "the stream keeps records for 86400 s",
    ),
    Case(
        "failures",
        {"maximum_retry_attempts": -1, "maximum_record_age_in_seconds": -1},
        "failures.maximum_retry_attempts and failures.maximum_record_age_in_seconds must not both be -1",
    ),
    Case(
        "failures",
        {
            "sqs_queue_arn": "arn:aws:sqs:eu-west-1:123456789012:given-up",
            "sns_topic_arn": "arn:aws:sns:eu-west-1:123456789012:given-up",
        },
        "failures.s3_bucket_arn, failures.sqs_queue_arn, failures.sns_topic_arn: at most one may be set, got 2",
    ),
    Case(
        "failures",
        {"s3_bucket_arn": "given-up"},
        'failures.s3_bucket_arn must be a bucket\'s ARN, arn:aws:s3:::NAME, got "given-up"',
    ),
    Case(
        "failures",
        {"sqs_queue_arn": "arn:aws:sqs:eu-west-1:123456789012:given-up.fifo"},
        "failures.sqs_queue_arn must be a standard queue's ARN",
    ),
    Case(
        "failures",
        {"sns_topic_arn": "arn:aws:sns:eu-west-1:123456789012:given-up.fifo"},
        "failures.sns_topic_arn must be a standard topic's ARN",
    ),
    Case("function", {"memory_size": 64}, "function.memory_size must be 128 to 10240 MB, got 64"),
    Case("function", {"timeout": 901}, "function.timeout must be 10 to 900 seconds, got 901"),
    Case("function", {"architecture": "amd64"}, 'function.architecture must be arm64 or x86_64, got "amd64"'),
    Case("function", {"runtime": "python3.9"}, 'function.runtime must be python3.12 or python3.13, got "python3.9"'),
    Case(
        "function",
        {"reserved_concurrent_executions": 0},
        "function.reserved_concurrent_executions must be -1 (none reserved) or 1 or more, got 0",
    ),
    Case("logging", {"retention_in_days": 10}, "3288 or 3653, got 10"),
    Case(
        "logging",
        {"application_log_level": "WARNING"},
        'logging.application_log_level must be TRACE, DEBUG, INFO, WARN, ERROR or FATAL, got "WARNING"',
    ),
    Case("alarms", {"topic_arn": "operations"}, "alarms.topic_arn must be a standard SNS topic's ARN"),
]
# A rule here looks at the table too, so a wrong table hides them. The first two are right, and wrong together.
BESIDE_A_TABLE: Final = [
    Case("table", {"stream_view_type": "KEYS_ONLY"}, "documents.ttl_deletes must be apply with table.stream_view_type"),
    Case("documents", {"ttl_deletes": "keep"}, "KEYS_ONLY or OLD_IMAGE, got keep"),
    Case(
        "documents",
        {"filter": {"status": {"equal": ["paid"]}}},
        "documents.filter must ask equals (of one value or more), exists or begins_with of each attribute, "
        "got otherwise for status",
    ),
    Case("documents", {"ttl_deletes": "ignore"}, 'documents.ttl_deletes must be apply or keep, got "ignore"'),
    Case(
        "documents",
        {"refused_names": "drop"},
        'documents.refused_names must be rename, flatten or quarantine, got "drop"',
    ),
    Case(
        "documents",
        {"version_attribute": "revision"},
        "documents.version_attribute must be null with table.stream_view_type NEW_IMAGE or KEYS_ONLY, "
        'got "revision": a removal has the item\'s last version in its old image alone',
    ),
    Case(
        "documents",
        {"version_attribute": ""},
        'documents.version_attribute must be the name of an attribute, or null, got ""',
    ),
    # And a wrong bucket hides where given-up batches go.
    Case(
        "quarantine",
        {"kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:alias/quarantine"},
        "quarantine.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID",
    ),
]
# The region of a table that is yet to be made is known no sooner than at apply.
ELSEWHERE: Final = [
    Case("table", None, "opensearch.arn must be in the table's region, eu-central-1"),
    Case("existing_table", {"stream_arn": STREAM_ARN.replace("west", "central"), "hash_key": "id"}, "got eu-west-1"),
]
CASES: Final = [*ELSEWHERE, *UPSTREAM, *ON_A_DOMAIN, *ON_A_COLLECTION, *DOWNSTREAM, *BESIDE_A_TABLE]

RULE: Final = re.compile(r'error_message = "(.*?)(?:, got|\$\{|\\?")')
# The root never passes what these refuse: it wires modules to one another.
INNER: Final = {
    "stream_arn must be",
    "opensearch.service must be",
    "failures.s3_bucket_arn, failures.sqs_queue_arn or",
    "access_function must be",
}


def plans(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Return the variables of as few plans as hold all cases: no attribute is set twice in one of them."""
    found: list[dict[str, Any]] = []
    for case in cases:
        plan = next((plan for plan in found if fits(case, plan)), None)
        if plan is None:
            plan = {}
            found.append(plan)
        plan[case.variable] = plan[case.variable] | case.value if case.variable in plan else case.value
    return found


def fits(case: Case, plan: Mapping[str, Any]) -> bool:
    """Return whether the plan leaves free what the case sets."""
    if case.variable not in plan:
        return True
    taken = plan[case.variable]
    return isinstance(taken, dict) and isinstance(case.value, dict) and taken.keys().isdisjoint(case.value)


def completed(variable: str, value: Any) -> Any:
    """Return the value, with right ones for the attributes that it leaves out."""
    return {**RIGHT.get(variable, {}), **value} if isinstance(value, dict) else value


@pytest.fixture(scope="module")
def refused(configurations: Configurations) -> str:
    """All that Terraform says to the wrong values, each answer on one line."""
    said = []
    for wrong in [
        *plans(UPSTREAM),
        *plans(ON_A_DOMAIN),
        *plans(ON_A_COLLECTION),
        *plans(DOWNSTREAM),
        *plans(BESIDE_A_TABLE),
        *plans(ELSEWHERE),
    ]:
        with pytest.raises(TerraformError) as error:
            configurations.of(".").plan(**RIGHT | {name: completed(name, value) for name, value in wrong.items()})
        said.append(" ".join(str(error.value).split()))
    return "\n".join(said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.variable)
def test_a_wrong_value_is_refused_with_its_field_and_range(case: Case, refused: str) -> None:
    """What a team set is named as it set it, with what would be right."""
    assert case.message in refused


def test_every_rule_of_the_modules_is_tried_at_the_root(refused: str) -> None:
    """A rule that the root cannot reach protects nobody."""
    rules = {rule for path in called(ROOT) for rule in RULE.findall((path / "variables.tf").read_text())}
    untried = {rule for rule in rules if rule not in refused}
    assert {rule for rule in untried if not rule.startswith(tuple(INNER))} == set()
