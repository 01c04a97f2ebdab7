"""Unit: are the settings read whole, and a wrong one named?"""

import hashlib
import json
from typing import Any, Final

import pytest
from stream_indexer.aws.sigv4 import Credentials
from stream_indexer.config import Config, credentials
from stream_indexer.documents.field_names import FieldNamePolicy
from stream_indexer.documents.projection import Condition, DocumentRules
from stream_indexer.documents.versions import Versions
from stream_indexer.errors import ConfigError

ENVIRONMENT = {
    "OPENSEARCH_ENDPOINT": "https://search-orders.eu-west-1.es.amazonaws.com",
    "OPENSEARCH_SERVICE": "es",
    "INDICES": '{"orders":{}}',
    "TABLE_KEY_NAMES": '["customer_id", "order_id"]',
    "TABLE_NAME": "Orders",
    "QUARANTINE_BUCKET": "orders-quarantine",
    "MAX_BULK_BYTES": "10485760",
    "DOCUMENT_RULES": json.dumps(
        {
            "filter": {},
            "include_attributes": None,
            "exclude_attributes": [],
            "ttl_deletes": "apply",
            "version_attribute": None,
            "id_prefix": None,
        }
    ),
    "FIELD_NAME_POLICY": "escape",
    "SETUP_SHA256": hashlib.sha256(b"{}").hexdigest(),
    "AWS_REGION": "eu-west-1",
    "AWS_LAMBDA_FUNCTION_NAME": "orders-indexer",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
}

DOCUMENTS: Final = json.loads(ENVIRONMENT["DOCUMENT_RULES"])
ALMOST_TEXTS: Final[list[Any]] = ["paid", 1, 0, {"x": 1}, [1], [None], ["a", True], [["a"]]]
ANY: Final = {"equals": None, "exists": None, "begins_with": None}


def test_every_setting_has_its_place() -> None:
    assert Config.from_environment(ENVIRONMENT) == Config(
        endpoint="https://search-orders.eu-west-1.es.amazonaws.com",
        service="es",
        indices={"orders": {}},
        key_names=("customer_id", "order_id"),
        table_name="Orders",
        quarantine_bucket="orders-quarantine",
        max_bulk_bytes=10_485_760,
        rules=DocumentRules(),
        versions=Versions(),
        id_prefix="",
        field_name_policy=FieldNamePolicy.ESCAPE,
        definition_sha256="44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        dynamodb_endpoint="https://dynamodb.eu-west-1.amazonaws.com",
        s3_endpoint="",
        region="eu-west-1",
        function_name="orders-indexer",
        function_version="$LATEST",
    )


@pytest.mark.parametrize(
    ("variables", "dynamodb", "s3"),
    [
        ({"AWS_ENDPOINT_URL": "http://a"}, "http://a", "http://a"),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_S3": "http://b"}, "http://a", "http://b"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://c"}, "http://c", ""),
    ],
)
def test_endpoints_are_overridden_as_in_the_sdks(variables: dict[str, str], dynamodb: str, s3: str) -> None:
    config = Config.from_environment({**ENVIRONMENT, "AWS_REGION": "cn-north-1", **variables})
    assert (config.dynamodb_endpoint, config.s3_endpoint) == (dynamodb, s3)


@pytest.mark.parametrize("name", ENVIRONMENT)
@pytest.mark.parametrize("is_missing", [True, False], ids=["missing", "empty"])
def test_a_missing_setting_is_named(name: str, is_missing: bool) -> None:  # noqa: FBT001 - a row of the table
    environment = {**ENVIRONMENT, name: ""}
    if is_missing:
        del environment[name]
    with pytest.raises(ConfigError, match=rf"variable {name} is missing or empty"):
        Config.from_environment(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("OPENSEARCH_ENDPOINT", value)
            for value in (
                "search-orders.eu-west-1.es.amazonaws.com",
                "ftp://host",
                "https://",
                "https:///path",
                "https://host/",
                "https://host/path",
                "https://host?x=1",
                "https://host#x",
                "https://user:secret@host",
                "https://host:port",
                "https://host:70000",
                "https://[::1",
                " https://host",
            )
        ),
        *(("OPENSEARCH_SERVICE", value) for value in ("ES", "opensearch", "es ")),
        *(
            ("TABLE_KEY_NAMES", value)
            for value in (
                "customer_id",
                "[",
                "{}",
                "null",
                '"customer_id"',
                "[]",
                "[1]",
                '[""]',
                '["a", null]',
                '["a", "b", "c"]',
            )
        ),
        *(("MAX_BULK_BYTES", value) for value in ("0", "-1", "1.5", "1e6", "10 MB", "\u00b2")),
        *(("SETUP_SHA256", value) for value in ("0" * 63, "0" * 65, "A" * 64, "none")),
        *(("FIELD_NAME_POLICY", value) for value in ("ESCAPE", "drop", "escape ", "rename")),
        *(("INDICES", value) for value in ("orders", "[", "null", "[]", '["orders"]', "{}", '{"":{}}')),
        *(("INDICES", json.dumps({"orders": {"status": wrong}})) for wrong in (None, "paid", {}, {"equals": ["paid"]})),
        *(("DOCUMENT_RULES", value) for value in ("none", "{", "null", "[]", '""', "7", "{}")),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"variable {name} must be"):
        Config.from_environment({**ENVIRONMENT, name: value})


@pytest.mark.parametrize("absent", DOCUMENTS)
def test_documents_have_each_of_their_rules(absent: str) -> None:
    with pytest.raises(ConfigError, match=r"variable DOCUMENT_RULES must be"):
        choice({name: value for name, value in DOCUMENTS.items() if name != absent})


WRONG_CONDITIONS: Final[list[Any]] = [
    *(None, "x", [], {}),
    *({name: None for name in ANY if name != absent} for absent in ANY),
    *({**ANY, "equals": value} for value in ALMOST_TEXTS),
    *({**ANY, "exists": value} for value in ALMOST_TEXTS),
    *({**ANY, "begins_with": value} for value in ALMOST_TEXTS[1:]),
]
WRONG_RULES: Final[dict[str, list[Any]]] = {
    "filter": [None, [], ["a"], "a", *({"a": condition} for condition in WRONG_CONDITIONS)],
    "include_attributes": ALMOST_TEXTS,
    "exclude_attributes": [None, *ALMOST_TEXTS],
    "ttl_deletes": [None, True, "Ignore", "", "keep", ["ignore"]],
    "version_attribute": ["", 1, True, [], ["version"], {"N": "1"}],
    "id_prefix": ["", 1, True, [], ["a"], "1a", "a|b", "#a", "a b", "é", "a\n", "a" * 64],
}


@pytest.mark.parametrize(
    "wrong", [{name: value} for name, values in WRONG_RULES.items() for value in values], ids=json.dumps
)
def test_a_wrong_rule_of_documents_is_named_before_any_record_meets_it(wrong: dict[str, Any]) -> None:
    """A text in place of a list would be taken letter by letter."""
    with pytest.raises(ConfigError, match=r"variable DOCUMENT_RULES must be a JSON object with filter, "):
        choice({**DOCUMENTS, **wrong})


def test_the_rules_of_documents_have_their_place() -> None:
    rules = {
        "filter": {
            "status": {**ANY, "equals": ["paid", "1"]},
            "hidden": {**ANY, "exists": False},
            "a.b": {**ANY, "begins_with": "ORDER#"},
        },
        "include_attributes": ["a.b", ""],
        "exclude_attributes": ["b"],
        "ttl_deletes": "ignore",
        "version_attribute": "revision",
        "id_prefix": "orders",
    }
    conditions = {
        "status": Condition(equals=("paid", "1")),
        "hidden": Condition(exists=False),
        "a.b": Condition(begins_with="ORDER#"),
    }
    assert choice(rules) == DocumentRules(conditions, include=("a.b", ""), exclude=("b",), ignores_ttl_deletes=True)
    found = Config.from_environment({**ENVIRONMENT, "DOCUMENT_RULES": json.dumps(rules)})
    assert found.versions == Versions("revision")
    assert found.id_prefix == "orders"


def test_routes_have_their_conditions() -> None:
    routes = {"orders": {"status": {**ANY, "equals": ["paid"]}}, "all": {}}
    found = Config.from_environment({**ENVIRONMENT, "INDICES": json.dumps(routes)}).indices
    assert found == {"orders": {"status": Condition(equals=("paid",))}, "all": {}}


def choice(documents: object) -> DocumentRules:
    """Return the rules that the function reads."""
    return Config.from_environment({**ENVIRONMENT, "DOCUMENT_RULES": json.dumps(documents)}).rules


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("OPENSEARCH_ENDPOINT", "http://127.0.0.1:9200", "endpoint", "http://127.0.0.1:9200"),
        ("OPENSEARCH_ENDPOINT", "https://localhost:9200", "endpoint", "https://localhost:9200"),
        ("OPENSEARCH_SERVICE", "aoss", "service", "aoss"),
        ("TABLE_KEY_NAMES", '["id"]', "key_names", ("id",)),
        ("TABLE_KEY_NAMES", '["id", "\u00e9"]', "key_names", ("id", "é")),
        ("MAX_BULK_BYTES", "1", "max_bulk_bytes", 1),
        ("FIELD_NAME_POLICY", "flatten", "field_name_policy", FieldNamePolicy.FLATTEN),
        ("FIELD_NAME_POLICY", "pass_through", "field_name_policy", FieldNamePolicy.PASS_THROUGH),
        ("DOCUMENT_RULES", json.dumps({**DOCUMENTS, "include_attributes": []}), "rules", DocumentRules(include=())),
    ],
)
def test_the_edges_are_accepted(name: str, value: str, field: str, expected: object) -> None:
    assert getattr(Config.from_environment({**ENVIRONMENT, name: value}), field) == expected


def test_credentials_are_read_at_each_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda may renew them while the execution environment lives."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "first")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    assert credentials() == Credentials("first", "secret", "")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "second")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    assert credentials() == Credentials("second", "secret", "token")


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_missing_credentials_are_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv(name)
    with pytest.raises(ConfigError, match=name):
        credentials()


def test_credentials_do_not_print_their_secrets() -> None:
    assert repr(Credentials("id", "hush", "hush")) == "Credentials(access_key_id='id')"
