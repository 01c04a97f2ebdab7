"""Settings of the function from environment variables, read once. Only this module knows their names."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from stream_indexer.aws.api import endpoint
from stream_indexer.aws.sigv4 import Credentials
from stream_indexer.documents.actions import ID_PREFIX
from stream_indexer.documents.field_names import FieldNamePolicy
from stream_indexer.documents.projection import Condition, DocumentRules
from stream_indexer.documents.versions import Versions
from stream_indexer.errors import ConfigError

SERVICES = ("es", "aoss")
SECURITY_ROLE = re.compile(r"[A-Za-z0-9_-]+")  # it is part of a path
SHA256 = re.compile(r"[0-9a-f]{64}")
ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/[^*\s]+")


@dataclass(frozen=True, slots=True)
class Config:
    """Settings that the Terraform module sets.

    Attributes:
        endpoint: URL of the domain or collection, without a path.
        service: "es" for a domain, "aoss" for a serverless collection.
        indices: Conditions for items by alias of the index.
        key_names: The table's key attributes, hash key first.
        table_name: Name or ARN of the table.
        quarantine_bucket: Name of the bucket for rejected records.
        max_bulk_bytes: Maximum size of a bulk request. The domain's instance type limits it to 10 MiB or 100 MiB.
        rules: Rules for which items have a document, and which attributes it has.
        versions: Source of document versions.
        id_prefix: Prefix of every document's id. Empty if the index has documents of only one table.
        field_name_policy: Policy for names that OpenSearch rejects.
        definition_sha256: SHA-256 of the index definition. The setup accepts only this definition.
        dynamodb_endpoint: URL of DynamoDB.
        s3_endpoint: URL that replaces AWS's endpoint of S3. Empty for AWS's endpoint.
        region: Region of the function, the table and OpenSearch.
        function_name: Name of the Lambda function.
        function_version: Version of the Lambda function.
    """

    endpoint: str
    service: str
    indices: Mapping[str, Mapping[str, Condition]]
    key_names: tuple[str, ...]
    table_name: str
    quarantine_bucket: str
    max_bulk_bytes: int
    rules: DocumentRules
    versions: Versions
    id_prefix: str
    field_name_policy: FieldNamePolicy
    definition_sha256: str
    dynamodb_endpoint: str
    s3_endpoint: str
    region: str
    function_name: str
    function_version: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Config":
        """Read and check the settings.

        Raises:
            ConfigError: A setting is missing or invalid. The message names it.
        """
        choice, versions, id_prefix = _document_rules(environment)
        region = _required(environment, "AWS_REGION")
        return cls(
            endpoint=_endpoint(environment),
            service=_one_of(environment, "OPENSEARCH_SERVICE", SERVICES),
            indices=_indices(environment),
            key_names=_key_names(environment),
            table_name=_required(environment, "TABLE_NAME"),
            quarantine_bucket=_required(environment, "QUARANTINE_BUCKET"),
            max_bulk_bytes=_positive_int(environment, "MAX_BULK_BYTES"),
            rules=choice,
            versions=versions,
            id_prefix=id_prefix,
            field_name_policy=FieldNamePolicy(_one_of(environment, "FIELD_NAME_POLICY", tuple(FieldNamePolicy))),
            definition_sha256=_matching(environment, "SETUP_SHA256", SHA256, "a SHA-256 in hexadecimal digits"),
            dynamodb_endpoint=_override(environment, "DYNAMODB") or endpoint("dynamodb", region),
            s3_endpoint=_override(environment, "S3"),
            region=region,
            function_name=_required(environment, "AWS_LAMBDA_FUNCTION_NAME"),
            function_version=_required(environment, "AWS_LAMBDA_FUNCTION_VERSION"),
        )


@dataclass(frozen=True, slots=True)
class AccessConfig:
    """Settings of the function that writes a domain's security role.

    Attributes:
        endpoint: URL of the domain, without a path.
        region: Region of the function and the domain.
        role: Name of the security role.
        permissions: Document of the security role.
        backend_role: ARN of the IAM role to map to the security role.
    """

    endpoint: str
    region: str
    role: str
    permissions: dict[str, Any]
    backend_role: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "AccessConfig":
        """Read and check the settings.

        Raises:
            ConfigError: A setting is missing or invalid. The message names it.
        """
        return cls(
            endpoint=_endpoint(environment),
            region=_required(environment, "AWS_REGION"),
            role=_matching(environment, "SECURITY_ROLE", SECURITY_ROLE, "letters, digits, - and _"),
            permissions=_object(environment, "SECURITY_PERMISSIONS"),
            backend_role=_matching(environment, "BACKEND_ROLE", ROLE_ARN, "the ARN of an IAM role"),
        )


def credentials() -> Credentials:
    """Return the credentials of the function. They are read at each use, because Lambda can renew them.

    Raises:
        ConfigError: A credential is missing.
    """
    return Credentials(
        _required(os.environ, "AWS_ACCESS_KEY_ID"),
        _required(os.environ, "AWS_SECRET_ACCESS_KEY"),
        os.environ.get("AWS_SESSION_TOKEN", ""),
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise ConfigError(f"The environment variable {name} is missing or empty.")
    return value


def _one_of(environment: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = _required(environment, name)
    if value not in allowed:
        raise ConfigError(f"The environment variable {name} must be one of {', '.join(allowed)} (got {value!r}).")
    return value


def _override(environment: Mapping[str, str], service: str) -> str:
    """Return the URL from the SDKs' variables for a service. Empty if no variable is set."""
    return environment.get(f"AWS_ENDPOINT_URL_{service}") or environment.get("AWS_ENDPOINT_URL", "")


def _matching(environment: Mapping[str, str], name: str, pattern: re.Pattern[str], rule: str) -> str:
    value = _required(environment, name)
    if not pattern.fullmatch(value):
        raise ConfigError(f"The environment variable {name} must be {rule} (got {value!r}).")
    return value


def _object(environment: Mapping[str, str], name: str) -> dict[str, Any]:
    value = _required(environment, name)
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ConfigError(f"The environment variable {name} must be a JSON object (got {value!r}).")
    return found


def _endpoint(environment: Mapping[str, str]) -> str:
    name = "OPENSEARCH_ENDPOINT"
    value = _required(environment, name)
    try:
        url = urlsplit(value)
        is_host = value in {f"https://{url.netloc}", f"http://{url.netloc}"} and "@" not in url.netloc
        if is_host and url.hostname and url.port != 0:
            return value
    except ValueError:  # an invalid port or address
        pass
    raise ConfigError(f"The environment variable {name} must be https://host[:port] without a path (got {value!r}).")


def _key_names(environment: Mapping[str, str]) -> tuple[str, ...]:
    name = "TABLE_KEY_NAMES"
    value = _required(environment, name)
    try:
        names = json.loads(value)
    except ValueError:
        names = None
    if (
        not isinstance(names, list)
        or len(names) not in {1, 2}
        or not all(isinstance(key, str) and key for key in names)
    ):
        raise ConfigError(
            f"The environment variable {name} must be a JSON array of one or two attribute names (got {value!r})."
        )
    return tuple(names)


def _positive_int(environment: Mapping[str, str], name: str) -> int:
    value = _required(environment, name)
    if not value.isdecimal() or int(value) < 1:
        raise ConfigError(f"The environment variable {name} must be a whole number above 0 (got {value!r}).")
    return int(value)


def _indices(environment: Mapping[str, str]) -> Mapping[str, Mapping[str, Condition]]:
    name = "INDICES"
    value = _required(environment, name)
    try:
        routes = {alias: _conditions(asked) for alias, asked in json.loads(value).items()}
        if routes and all(routes):
            return routes
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise ConfigError(
        f"The environment variable {name} must be a JSON object that maps each alias to its filter (got {value!r})."
    )


def _document_rules(environment: Mapping[str, str]) -> tuple[DocumentRules, Versions, str]:
    name = "DOCUMENT_RULES"
    value = _required(environment, name)
    try:
        settings = json.loads(value)
        include = settings["include_attributes"]
        choice = DocumentRules(
            conditions=_conditions(settings["filter"]),
            include=None if include is None else _string_list(include),
            exclude=_string_list(settings["exclude_attributes"]),
            ignores_ttl_deletes={"ignore": True, "apply": False}[settings["ttl_deletes"]],
        )
        versions = Versions(_name(settings["version_attribute"]))
        id_prefix = _prefix(settings["id_prefix"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"The environment variable {name} must be a JSON object with filter, include_attributes, "
            f"exclude_attributes, ttl_deletes (ignore or apply), version_attribute and id_prefix (got {value!r})."
        ) from error
    return choice, versions, id_prefix


def _name(value: object) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise TypeError("not the name of an attribute")


def _prefix(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and ID_PREFIX.fullmatch(value):
        return value
    raise TypeError("not a prefix of ids")


def _conditions(asked: Mapping[str, Any]) -> Mapping[str, Condition]:
    return {attribute: _condition(condition) for attribute, condition in asked.items()}


def _condition(asked: Mapping[str, Any]) -> Condition:
    equals, exists, prefix = asked["equals"], asked["exists"], asked["begins_with"]
    if not (isinstance(exists, bool | None) and isinstance(prefix, str | None)):
        raise TypeError("a condition has the wrong type")
    return Condition(None if equals is None else _string_list(equals), exists, prefix)


def _string_list(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError("not a list of strings")
    return tuple(value)
