"""Is what AWS would refuse, or what would lose records, refused at plan with the field, the range and the value?

The rules are in the modules, and `terraform test` there tries each. Here the wrong values go in at the root, as a
team would set them, many in one plan, for Terraform reports them all.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from testkit.terraform import TerraformError
from tests.plan.configurations import ROOT, Configurations
from tools.module_interface import called, read_hcl

ALIAS_ARN: Final = "arn:aws:kms:eu-west-1:123456789012:alias/orders"
KEY_ARN: Final = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_FORM: Final = "arn:aws:kms:REGION:ACCOUNT:key/ID"
TABLE_ARN: Final = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
KEY_ELSEWHERE: Final = KEY_ARN.replace("west", "central")
STREAM_ARN: Final = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
COLLECTION_ARN: Final = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
RIGHT: Final[dict[str, Any]] = {
    "name": "orders",
    "package": {"path": "build/stream-indexer.zip"},
    "table": {"name": "orders", "hash_key": {"name": "order_id", "type": "S"}},
    "domain": {
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


# What is wrong here hides what depends on it: these go into separate plans.
UPSTREAM: Final = [
    Case(
        "name",
        "my_orders",
        'name must be 2 to 48 lowercase letters, digits or hyphens, a letter first, got "my_orders": it begins '
        "the name of an S3 bucket, which takes neither capitals nor underscores",
    ),
    Case("package", {"s3_bucket": "releases"}, "package must be a path, or an s3_bucket and an s3_key, got"),
    Case(
        "existing_table",
        {"stream_arn": STREAM_ARN, "hash_key": "", "range_key": "", "stream_view_type": "NEW"},
        "exactly one of the two must be set, got both",
    ),
    Case(
        "existing_table",
        {},
        'existing_table.stream_view_type must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES, got "NEW"',
    ),
    Case(
        "existing_table",
        {},
        "existing_table.hash_key and existing_table.range_key must be 1 to 255 characters, got 0, 0",
    ),
    Case(
        "existing_table",
        {},
        'existing_table.range_key must be another attribute than existing_table.hash_key, got "" for both',
    ),
    Case(
        "collection",
        {"endpoint": "x", "arn": COLLECTION_ARN, "name": "shop"},
        "domain, collection: exactly one of the two must be set, got both",
    ),
]
# The attributes of resources may be known no sooner than at apply. A validation of them would refuse a destroy as well,
# so these rules are preconditions, which wait for what they look at.
OF_A_STREAM: Final = [
    Case("table", None, ""),
    Case(
        "existing_table",
        {"stream_arn": TABLE_ARN, "hash_key": "id", "kms_key_arn": ALIAS_ARN},
        "existing_table.stream_arn must be a stream's ARN, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, "
        f'got "{TABLE_ARN}": if the stream is disabled, enable it with `aws dynamodb update-table',
    ),
    Case(
        "existing_table",
        {},
        f'existing_table.stream_arn must be in the provider\'s region, got "{TABLE_ARN}" for a function in eu-west-1',
    ),
    Case("existing_table", {}, f'existing_table.kms_key_arn must be a key\'s ARN, {KEY_FORM}, got "{ALIAS_ARN}"'),
    Case(
        "existing_table",
        {},
        f'existing_table.kms_key_arn must be of a key in the table\'s region, got "{ALIAS_ARN}" for a table in '
        "eu-central-1",
    ),
]
WITHOUT_A_STREAM: Final = [
    Case("table", None, ""),
    Case(
        "existing_table", {"stream_arn": None, "hash_key": "id"}, 'LABEL, got "": if the stream is disabled, enable it'
    ),
]
OF_A_TABLE: Final = [
    Case("table", {"kms_key_arn": ALIAS_ARN}, f'table.kms_key_arn must be a key\'s ARN, {KEY_FORM}, got "{ALIAS_ARN}"'),
    Case(
        "table",
        {"kms_key_arn": KEY_ELSEWHERE},
        f'table.kms_key_arn must be of a key in the table\'s region, got "{KEY_ELSEWHERE}" for a table in eu-west-1',
    ),
]
OF_A_DOMAIN: Final = [
    Case(
        "domain",
        {
            "endpoint": "https://search.example.com/path",
            "arn": "arn:aws:es:eu-west-1:123456789012:shop",
            "fine_grained_access": {"master_role_arn": "arn:aws:iam::123456789012:user/admin"},
        },
        "domain.endpoint and collection.endpoint must be a host name or https://HOST, got "
        '"https://search.example.com/path"',
    ),
    Case(
        "domain",
        {},
        "domain.arn must be a domain's ARN, arn:aws:es:REGION:ACCOUNT:domain/NAME, got "
        '"arn:aws:es:eu-west-1:123456789012:shop"',
    ),
    Case(
        "domain",
        {},
        "domain.fine_grained_access.master_role_arn must be a role's ARN, arn:aws:iam::ACCOUNT:role/NAME, "
        'got "arn:aws:iam::123456789012:user/admin"',
    ),
]
BY_HTTP: Final = [
    Case("domain", {"endpoint": "http://search.example.com"}, 'got "http://search.example.com"'),
]
ELSEWHERE: Final = [
    Case(
        "domain",
        {"arn": "arn:aws:es:eu-central-1:123456789012:domain/shop"},
        "domain.arn and collection.arn must be in the function's region, got eu-central-1 for a function in eu-west-1",
    ),
    Case(
        "domain",
        {"endpoint": "https://07tjusf2h91cunochc.eu-west-1.aoss.amazonaws.com"},
        "domain.endpoint and collection.endpoint must be of the domain or collection in arn, got "
        '"https://07tjusf2h91cunochc.eu-west-1.aoss.amazonaws.com" with arn:aws:es:',
    ),
]
OF_A_COLLECTION: Final = [
    Case("domain", None, ""),
    Case(
        "collection",
        {
            "endpoint": "https://07tjusf2h91cunochc.eu-west-1.aoss.amazonaws.com",
            "arn": "arn:aws:es:eu-west-1:123456789012:domain/shop",
            "name": "Shop",
            "validate_type": False,
            "data_access": {"reader_arns": ["*"]},
            "network": {"vpc_endpoint_ids": ["vpc-1"]},
            "encryption": {"kms_key_arn": "alias/shop"},
        },
        "collection.arn must be a collection's ARN, arn:aws:aoss:REGION:ACCOUNT:collection/ID, got "
        '"arn:aws:es:eu-west-1:123456789012:domain/shop"',
    ),
    Case(
        "collection",
        {},
        'collection.name must be 3 to 32 lowercase letters, digits or hyphens, a letter first, got "Shop"',
    ),
    Case(
        "collection",
        {},
        "collection.data_access.reader_arns must be ARNs of roles or users, or saml/ACCOUNT/PROVIDER/..., without "
        "wildcards, got *",
    ),
    Case(
        "collection",
        {},
        "collection.network.vpc_endpoint_ids must be ids of OpenSearch Serverless endpoints, vpce-ID, got vpc-1",
    ),
    Case(
        "collection",
        {},
        'collection.encryption.kms_key_arn must be a key\'s ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got "alias/shop"',
    ),
]
IN_A_COLLECTION: Final = [
    Case("domain", None, ""),
    Case(
        "collection",
        {
            "endpoint": "https://07tjusf2h91cunochc.eu-west-1.aoss.amazonaws.com",
            "arn": COLLECTION_ARN,
            "name": "shop",
            "validate_type": False,
        },
        "",
    ),
    Case("index", {"settings": "{}"}, "index.settings must be null with a serverless collection, got {}"),
]
# A rule here looks at the table too, so a wrong table hides them. The first two are right, and wrong together.
BESIDE_A_TABLE: Final = [
    Case(
        "table", {"stream_view_type": "KEYS_ONLY"}, "documents.ttl_deletes must be apply unless table.stream_view_type"
    ),
    Case(
        "documents",
        {"ttl_deletes": "ignore"},
        "is NEW_IMAGE or NEW_AND_OLD_IMAGES, got ignore with KEYS_ONLY: a late read",
    ),
    Case(
        "documents",
        {"filter": {"status": {"equal": ["paid"]}}},
        "documents.filter must ask equals (of one value or more), exists or begins_with of each attribute, "
        "got otherwise for status",
    ),
    Case("documents", {"ttl_deletes": "keep"}, 'documents.ttl_deletes must be apply or ignore, got "keep"'),
    Case(
        "documents",
        {"unsupported_field_names": "drop"},
        'documents.unsupported_field_names must be escape, flatten or pass_through, got "drop"',
    ),
    Case(
        "documents",
        {"version_attribute": "revision"},
        "documents.version_attribute must be null unless table.stream_view_type (or existing_table.stream_view_type) "
        'is NEW_AND_OLD_IMAGES or OLD_IMAGE, got "revision" with',
    ),
    Case(
        "documents",
        {"version_attribute": ""},
        'documents.version_attribute must be the name of an attribute, or null, got ""',
    ),
    Case(
        "documents",
        {"id_prefix": "orders|"},
        'documents.id_prefix must be a letter and up to 62 letters, digits, _ or -, or null, got "orders|"',
    ),
]
BESIDE_A_TABLE_WITH_REPLICAS: Final = [
    Case("table", None, ""),
    Case(
        "existing_table",
        {
            "stream_arn": STREAM_ARN,
            "hash_key": "id",
            "stream_view_type": "NEW_AND_OLD_IMAGES",
            "has_replicas": True,
        },
        "",
    ),
    Case(
        "documents",
        {"ttl_deletes": "ignore"},
        "documents.ttl_deletes must be apply for a table with replicas (got ignore)",
    ),
]
# The keys of alarms are known once the function is.
BESIDE_A_FUNCTION: Final = [
    Case(
        "alarms",
        {"topic_arn": "arn:aws:sqs:eu-west-1:123456789012:operations"},
        "alarms.topic_arn must be a standard SNS topic's ARN",
    ),
    Case(
        "alarms",
        {"critical_topic_arn": "arn:aws:sqs:eu-west-1:123456789012:pager"},
        "alarms.critical_topic_arn must be a standard SNS topic's ARN",
    ),
    Case(
        "alarms",
        {"ok_topic_arn": "arn:aws:sqs:eu-west-1:123456789012:operations"},
        "alarms.ok_topic_arn must be a standard SNS topic's ARN",
    ),
    Case("alarms", {"disabled": ["iterator-age"]}, ""),
]
DISABLED: Final = [
    Case(
        "alarms",
        {"disabled": ["iterator-age", "errors"]},
        "alarms.disabled must be keys of alarms, the headings of docs/runbook.md, got iterator-age: the intended "
        "alarm would stay enabled. The keys are batches-discarded, ",
    ),
]
DOWNSTREAM: Final = [
    Case("function", {"tracing_mode": "Passive"}, 'function.tracing_mode must be PassThrough or Active, got "Passive"'),
    Case(
        "role",
        {"path": "search"},
        'role.path must be / or /NAMES/, at most 512 characters, got "search"',
    ),
    Case(
        "role",
        {"existing": {"arn": "arn:aws:iam::123456789012:role/indexer"}, "path": "/search/"},
        'role.path and role.permissions_boundary must not be set with role.existing, got path "/search/": they',
    ),
    Case("function", {"vpc": {"subnet_ids": []}}, "function.vpc.subnet_ids must be 1 to 16, got 0"),
    Case(
        "function",
        {},
        "function.vpc.security_group_ids must be 1 to 5, function.vpc.security_group counted in, got 0",
    ),
    Case(
        "function",
        {"vpc": {"subnet_ids": ["subnet-0a"], "security_group": {"vpc_id": "vpc-0a"}}},
        "function.vpc.security_group must be given egress_security_group_ids, egress_prefix_list_ids or "
        "egress_cidr_blocks, got none of them",
    ),
    Case(
        "function",
        {
            "vpc": {
                "subnet_ids": ["subnet-0a"],
                "security_group": {"vpc_id": "vpc-0a", "egress_cidr_blocks": ["10.0.0.1"]},
            }
        },
        "function.vpc.security_group.egress_cidr_blocks must be IPv4 blocks, such as 10.0.0.0/16, got 10.0.0.1",
    ),
    Case("index", {"name": "Orders"}, "index.name must be 2 to 48 lowercase letters, digits, hyphens or underscores"),
    Case(
        "alarms",
        {"runbook_url": "wiki/runbook"},
        'alarms.runbook_url must be an address, https://HOST/PATH, without #, got "wiki/runbook"',
    ),
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
    Case(
        "table",
        {"table_class": "GLACIER"},
        'table.table_class must be STANDARD or STANDARD_INFREQUENT_ACCESS, got "GLACIER"',
    ),
    Case("table", {"ttl_attribute_name": "x" * 256}, "table.ttl_attribute_name must be 1 to 255 characters, got 256"),
    Case(
        "table",
        {"hash_key": {"name": "", "type": "S"}, "range_key": {"name": "", "type": "S"}},
        "table.hash_key.name and table.range_key.name must be 1 to 255 characters, got 0, 0",
    ),
    Case("table", {}, 'table.range_key.name must be another attribute than table.hash_key.name, got "" for both'),
    Case(
        "table",
        {"point_in_time_recovery": {"recovery_period_in_days": 36}},
        "table.point_in_time_recovery.recovery_period_in_days must be a whole number, 1 to 35, got 36",
    ),
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
        {"numeric_fields": {"total": {"type": "float"}}},
        "index.numeric_fields must each have the type double, long, keyword or scaled_float, got float for total",
    ),
    Case(
        "index",
        {"numeric_fields": {"total": {"type": "scaled_float"}}},
        "index.numeric_fields must have a scaling_factor (100 keeps two decimals) where the type is scaled_float and "
        "nowhere else, got otherwise for total",
    ),
    Case("index", {"mappings": "[1]"}, "index.mappings must be a JSON object"),
    Case("index", {"settings": "[1]"}, "index.settings must be a JSON object"),
    Case(
        "index",
        {"settings": '{"number_of_shards": 2}'},
        "index.settings must be without index (it is their parent), number_of_shards, number_of_replicas and "
        "refresh_interval (they have attributes), got",
    ),
    Case(
        "indices",
        {"Orders": {"filter": {}}},
        "indices must have aliases of 2 to 48 lowercase letters, digits, hyphens or underscores, a letter first, "
        'got "Orders"',
    ),
    Case(
        "indices",
        {"orders": {"filter": {}}, "orders-v1": {"filter": {}}},
        'indices must not have an alias that is another\'s with -v and a number, got "orders-v1"',
    ),
    Case(
        "indices",
        {"asking": {"filter": {"status": {"equal": ["paid"]}}}},
        "indices must each ask in their filter equals (of one value or more), exists or begins_with of each attribute, "
        "got otherwise for status of asking",
    ),
    Case("indices", {f"many{number}": {"filter": {}} for number in range(11)}, "indices must be at most 10, got"),
    Case(
        "event_source_mapping", {"batch_size": 0}, "event_source_mapping.batch_size must be 1 to 10000 records, got 0"
    ),
    Case(
        "event_source_mapping",
        {"batch_size": 10001},
        "event_source_mapping.batch_size must be 1 to 10000 records, got 10001",
    ),
    Case(
        "event_source_mapping",
        {"maximum_batching_window_in_seconds": 301},
        "event_source_mapping.maximum_batching_window_in_seconds must be 0 to 300, got 301",
    ),
    Case(
        "event_source_mapping",
        {"batch_size": 11, "maximum_batching_window_in_seconds": 0},
        "event_source_mapping.maximum_batching_window_in_seconds must be 1 or more when "
        "event_source_mapping.batch_size is above 10, got 0 with 11 records",
    ),
    Case(
        "event_source_mapping",
        {"parallelization_factor": 11},
        "event_source_mapping.parallelization_factor must be 1 to 10",
    ),
    Case(
        "event_source_mapping",
        {"starting_position": "AT_TIMESTAMP"},
        'event_source_mapping.starting_position must be TRIM_HORIZON or LATEST, got "AT_TIMESTAMP"',
    ),
    Case(
        "on_failure",
        {"maximum_retry_attempts": 10001},
        "on_failure.maximum_retry_attempts must be -1 (until the record is too old) to 10000, got 10001",
    ),
    Case(
        "on_failure",
        {"maximum_record_age_in_seconds": 604800},
        "on_failure.maximum_record_age_in_seconds must be -1 or 60 to 86400, got 604800: "
        "the stream keeps records for 86400 s",
    ),
    Case(
        "on_failure",
        {"maximum_retry_attempts": -1, "maximum_record_age_in_seconds": -1},
        "on_failure.maximum_retry_attempts and on_failure.maximum_record_age_in_seconds must not both be -1",
    ),
    Case(
        "on_failure",
        {
            "sqs_queue_arn": "arn:aws:sqs:eu-west-1:123456789012:given-up",
            "sns_topic_arn": "arn:aws:sns:eu-west-1:123456789012:given-up",
        },
        "on_failure.s3_bucket_arn, on_failure.sqs_queue_arn, on_failure.sns_topic_arn, on_failure.create_destination: "
        "at most one may be "
        "set, got",
    ),
    Case(
        "on_failure",
        {"create_destination": {"type": "lambda"}},
        'on_failure.create_destination.type must be s3, sqs or sns, got "lambda"',
    ),
    Case(
        "on_failure",
        {"create_destination": {"type": "sqs", "retention_in_days": 15}},
        "on_failure.create_destination.retention_in_days must be 1 to 14 days, with s3 to 3650, got 15",
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
    Case(
        "function",
        {"logging": {"system_log_level": "ERROR"}},
        'function.logging.system_log_level must be DEBUG, INFO or WARN, got "ERROR"',
    ),
    Case("function", {"logging": {"retention_in_days": 10}}, "3288 or 3653, got 10"),
    Case(
        "function",
        {"logging": {"application_log_level": "WARN"}},
        'function.logging.application_log_level must be TRACE, DEBUG or INFO, got "WARN"',
    ),
    Case("alarms", {"thresholds": {"errors": 0}}, "alarms.thresholds must be above 0, got 0 for errors"),
    Case(
        "alarms",
        {"thresholds": {"duration_in_percent": 101}},
        "alarms.thresholds in percent must be at most 100, got 101 for duration_in_percent",
    ),
    Case(
        "alarms",
        {"thresholds": {"iterator_age_critical_in_seconds": 3600}},
        "alarms.thresholds.iterator_age_critical_in_seconds must be above iterator_age_warning_in_seconds and at most "
        "64800 (18 hours), got 3600 with 3600",
    ),
    Case(
        "alarms",
        {"thresholds": {"nothing_polled_in_minutes": 15}},
        "alarms.thresholds.nothing_polled_in_minutes must be a multiple of 10 from 20 to 720 (12 hours), got 15",
    ),
    Case(
        "alarms",
        {"thresholds": {"stalled_in_minutes": 5}},
        "alarms.thresholds.stalled_in_minutes must be 10 or more, got 5",
    ),
    Case(
        "alarms",
        {"thresholds": {"stalled_in_minutes": 12, "cluster_writes_blocked_in_minutes": 1445}},
        "alarms.thresholds in minutes must be multiples of 5, at most 1440, got 1445 for "
        "cluster_writes_blocked_in_minutes, 12 for stalled_in_minutes",
    ),
]
FILTERS: Final = [
    Case("filters", [{"event_names": ["INSERT"]}] * 11, "filters must be at most 10"),
    Case("filters", [{}], "filters must each ask something or have a pattern"),
    Case(
        "filters",
        [{"event_names": ["DELETE"]}],
        "filters.event_names must be one or more of INSERT, MODIFY and REMOVE",
    ),
    Case(
        "filters",
        [{"keys": {"order_id": {"type": "SS", "equals": ["o1"]}}}],
        "filters.keys, new_image and old_image must test a value of the type S, N, B or BOOL",
    ),
    Case(
        "filters",
        [{"keys": {"order_id": {"equals": ["o1"], "exists": True}}}],
        "filters.keys, new_image and old_image must have one test for an attribute, equals, not_equals, begins_with or "
        "exists, and a value in it",
    ),
    Case(
        "filters",
        [{"keys": {"line": {"type": "N", "equals": ["1.50"]}}}],
        'filters must have the values of an N as DynamoDB writes them ("12.5", not "12.50" or "1e3"), '
        "of a BOOL as true or false",
    ),
    Case(
        "filters",
        [{"new_image": {"gift": {"type": "BOOL", "not_equals": ["true"]}}}],
        "filters must test a BOOL by equals or exists, an N by the beginning of a number with begins_with",
    ),
    Case(
        "filters",
        [{"old_image": {"status": {"equals": ["paid"]}}}],
        "filters.old_image must be {} where the stream's records have no old image, got status, total with NEW_IMAGE",
    ),
    Case(
        "filters",
        [{"keys": {"status": {"equals": ["paid"]}}}],
        "filters.keys must be of the table's primary key, got ",
    ),
    Case(
        "filters",
        [{"event_names": ["INSERT"], "old_image": {"total": {"exists": True}}}],
        "filters.old_image must be {} if event_names is only INSERT, got total",
    ),
    Case(
        "filters",
        [{"event_names": ["REMOVE"], "new_image": {"total": {"exists": True}}}],
        "filters.new_image must be {} if event_names is only REMOVE, got total",
    ),
    Case("filters", [{"pattern": "INSERT"}], "filters.pattern must be a JSON object"),
    Case(
        "filters",
        [{"pattern": json.dumps({"userIdentity": {"type": ["x" * 4096]}})}],
        "filters.pattern must be at most 4096 characters",
    ),
    Case(
        "filters",
        [{"pattern": json.dumps({"NewImage": {"status": {"S": ["paid"]}}})}],
        "filters.pattern must ask for members of a record (awsRegion, dynamodb, eventID, eventName, eventSource, "
        "eventSourceARN, eventVersion, userIdentity)",
    ),
    Case(
        "filters",
        [{"pattern": json.dumps({"dynamodb": {"newImage": {"status": {"S": ["paid"]}}}})}],
        "filters.pattern must ask below dynamodb for ApproximateCreationDateTime, Keys, NewImage, OldImage, "
        "SequenceNumber, SizeBytes or StreamViewType",
    ),
    Case(
        "filters",
        [{"pattern": json.dumps({"eventName": ["insert"]})}],
        "filters.pattern must ask of eventName INSERT, MODIFY or REMOVE",
    ),
    Case(
        "filters",
        [{"pattern": json.dumps({"dynamodb": {"OldImage": {"status": ["paid"]}}})}],
        "filters.pattern must have the value's type below an attribute's name",
    ),
    Case(
        "filters",
        [{"pattern": json.dumps({"dynamodb": {"Keys": {"line": {"N": [{"numeric": [">", 5]}]}}}})}],
        "filters.pattern must not ask numeric of an N",
    ),
    Case(
        "filters",
        [{"pattern": json.dumps({"dynamodb": {"Keys": {"line": {"N": [5]}}}})}],
        'filters.pattern must give the values of an S, N or B as strings, {"N": ["5"]}',
    ),
]
OF_OLD_IMAGES: Final = [
    Case("table", {"stream_view_type": "OLD_IMAGE"}, ""),
    Case(
        "filters",
        [{"new_image": {"status": {"equals": ["paid"]}}}],
        "filters.new_image must be {} where the stream's records have no new image, got status with OLD_IMAGE",
    ),
]
BEFORE_THE_FUNCTION: Final = [
    Case("package", {"path": "no.zip"}, 'package.path must be the path of a zip, got "no.zip", where there is no file'),
    Case(
        "function",
        {"code_signing_config_arn": "csc-0123456789abcdef0"},
        "function.code_signing_config_arn must be a code signing configuration's ARN, "
        'arn:aws:lambda:REGION:ACCOUNT:code-signing-config:csc-ID, got "csc-0123456789abcdef0"',
    ),
    Case("kms_key_arns", {"environment": ALIAS_ARN}, f"kms_key_arns.environment must be a key's ARN, {KEY_FORM}"),
    Case("kms_key_arns", {"log_group": ALIAS_ARN}, f"kms_key_arns.log_group must be a key's ARN, {KEY_FORM}"),
    Case("kms_key_arns", {"quarantine": ALIAS_ARN}, f"kms_key_arns.quarantine must be a key's ARN, {KEY_FORM}"),
    Case(
        "documents",
        {"include_attributes": ["x" * 3000]},
        "documents and indices must make an environment of at most 4096 bytes, got 5",
    ),
    Case("indices", {"orders": {"filter": {"status": {"equals": ["paid", "sent"] * 100}}}}, "of which documents 3"),
]
# The role, which the function waits for, and the bucket, which the role's policy waits for.
BEFORE_THE_LOG: Final = [
    Case(
        "on_failure",
        {"quarantine_bucket": {"arn": "arn:aws:s3:::s"}},
        'on_failure.quarantine_bucket.arn must be a bucket\'s ARN, arn:aws:s3:::NAME, got "arn:aws:s3:::s"',
    ),
]
AS_ANOTHER_ROLE: Final = [
    Case(
        "role",
        {"existing": {"arn": "indexer"}},
        'role.existing.arn must be a role\'s ARN, arn:aws:iam::ACCOUNT:role/NAME, got "indexer"',
    ),
]
BEFORE_THE_ROLE: Final = [
    Case("domain", {"arn": f"arn:aws:es:eu-west-1:123456789012:domain/{'shop' * 7}"}, ""),
    Case(
        "indices",
        {f"{number}-".rjust(48, "a"): {"filter": {}} for number in range(10)},
        "indices must make statements of at most 7000 characters, got 8",
    ),
]
BEFORE_THE_MAPPING: Final = [
    Case("function", {"account_id": "shop"}, 'function.account_id must be an account\'s 12 digits, got "shop"'),
    Case("kms_key_arns", {"filters": ALIAS_ARN}, f"kms_key_arns.filters must be a key's ARN, {KEY_FORM}"),
    Case(
        "kms_key_arns",
        {"on_failure_destination": ALIAS_ARN},
        f"kms_key_arns.on_failure_destination must be a key's ARN, {KEY_FORM}",
    ),
    Case(
        "on_failure",
        {"s3_bucket_arn": "given-up"},
        'on_failure.s3_bucket_arn must be a bucket\'s ARN, arn:aws:s3:::NAME, got "given-up"',
    ),
    Case(
        "filters",
        [{"keys": {"order_id": {"equals": ["x" * 4096]}}}],
        "filters must each make a pattern of at most 4096 characters, got 41",
    ),
]
TO_A_QUEUE: Final = [
    Case(
        "on_failure",
        {"sqs_queue_arn": "arn:aws:sqs:eu-west-1:123456789012:given-up.fifo"},
        "on_failure.sqs_queue_arn must be a standard queue's ARN",
    ),
]
TO_A_TOPIC: Final = [
    Case(
        "on_failure",
        {"sns_topic_arn": "arn:aws:sns:eu-west-1:123456789012:given-up.fifo"},
        "on_failure.sns_topic_arn must be a standard topic's ARN",
    ),
]
GROUPS: Final = [
    UPSTREAM,
    OF_A_STREAM,
    WITHOUT_A_STREAM,
    OF_A_TABLE,
    OF_A_DOMAIN,
    BY_HTTP,
    ELSEWHERE,
    OF_A_COLLECTION,
    IN_A_COLLECTION,
    DOWNSTREAM,
    BESIDE_A_TABLE,
    BESIDE_A_TABLE_WITH_REPLICAS,
    BESIDE_A_FUNCTION,
    DISABLED,
    FILTERS,
    OF_OLD_IMAGES,
    BEFORE_THE_FUNCTION,
    BEFORE_THE_LOG,
    AS_ANOTHER_ROLE,
    BEFORE_THE_ROLE,
    BEFORE_THE_MAPPING,
    TO_A_QUEUE,
    TO_A_TOPIC,
]
CASES: Final = [case for group in GROUPS for case in group]

RULE: Final = re.compile(r'error_message = "(.*?)(?:, got|\$\{|\\?")')
# The root never passes what these refuse: it wires modules to one another.
INNER: Final = {
    "stream_arn must be",
    "source_table.kms_key_arn must be",
    "table_kms_key_arn must be",
    "stream_view_type must be",
    "account_id must be",
    "role_name must be",
    "function_response_types must be",
    "metrics_config.metrics must be",
    "connection.service must be",
    "on_failure.s3_bucket_arn, on_failure.sqs_queue_arn, on_failure.sns_topic_arn or",
    "access_function must be",
    # Of modules/table: the root takes its output `source`.
    "provisioned_capacity must",
    "global_secondary_indexes",
    "local_secondary_indexes",
    "replicas",
    "table.stream_view_type must be NEW_AND_OLD_IMAGES with replicas",
    "tumbling_window_in_seconds must",
}


def plans(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Return the variables of as few plans as hold all cases: no attribute is set twice in one of them."""
    found: list[dict[str, Any]] = []
    for case in cases:
        plan = next((plan for plan in found if fits(case, plan)), None)
        if plan is None:
            plan = {}
            found.append(plan)
        plan[case.variable] = joined(plan[case.variable], case.value) if case.variable in plan else case.value
    return found


def joined(taken: Any, value: Any) -> Any:
    """Return both values in one: of objects and maps all attributes, of lists all elements."""
    return taken + value if isinstance(taken, list) else taken | value


def fits(case: Case, plan: Mapping[str, Any]) -> bool:
    """Return whether the plan leaves free what the case sets."""
    if case.variable not in plan:
        return True
    taken = plan[case.variable]
    if isinstance(taken, list):
        return isinstance(case.value, list)
    return isinstance(taken, dict) and isinstance(case.value, dict) and taken.keys().isdisjoint(case.value)


def completed(variable: str, value: Any) -> Any:
    """Return the value, with right ones for the attributes that it leaves out."""
    return {**RIGHT.get(variable, {}), **value} if isinstance(value, dict) else value


@pytest.fixture(scope="module")
def refused(configurations: Configurations) -> str:
    """All that Terraform says to the wrong values, on one line.

    A file of tests for each plan: one `terraform test` tries them all, after a failed run too, and loads the provider's
    schema once, which takes longer than a plan.
    """
    root = configurations.of(".")
    folder = root.root / "tests"
    folder.mkdir(exist_ok=True)
    for number, wrong in enumerate(plan for group in GROUPS for plan in plans(group)):
        values = RIGHT | {name: completed(name, value) for name, value in wrong.items()}
        run = {"command": "plan", "variables": json.loads(json.dumps(values).replace("${", "$${"))}
        (folder / f"refused-{number}.tftest.json").write_text(json.dumps({"run": {"refused": run}}))
    with pytest.raises(TerraformError) as error:
        root.test(ROOT)
    assert f"0 passed, {number + 1} failed" in str(error.value)
    return " ".join(str(error.value).split())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.variable)
def test_a_wrong_value_is_refused_with_its_field_and_range(case: Case, refused: str) -> None:
    """What a team set is named as it set it, with what would be right."""
    assert case.message in refused


def test_every_rule_of_the_modules_is_tried_at_the_root(refused: str) -> None:
    """A rule that the root cannot reach has no effect for users of the root."""
    rules = {rule for path in called(ROOT) for rule in RULE.findall(read_hcl(path / "variables.tf"))}
    untried = {rule for rule in rules if rule not in refused}
    assert {rule for rule in untried if not rule.startswith(tuple(INNER))} == set()
