"""What the guides sign with, and opensearch-py's client made with it."""

from typing import Any, Final

import boto3
from opensearchpy import OpenSearch, RequestsHttpConnection
from requests_aws4auth import AWS4Auth

from benchmarks.peers.patched_serializers import SetSerializer

INDEX: Final = "bench"
REGION: Final = "eu-central-1"
SERVICE: Final = "es"


def signature() -> AWS4Auth:
    """Return what signs each request, by the credentials of the environment."""
    made = boto3.Session().get_credentials()
    return AWS4Auth(made.access_key, made.secret_key, REGION, SERVICE, session_token=made.token)


def client(endpoint: str) -> OpenSearch:
    """Return opensearch-py's client."""
    return OpenSearch(
        endpoint, http_auth=signature(), connection_class=RequestsHttpConnection, serializer=SetSerializer()
    )


def document_id(change: dict[str, Any]) -> str:
    """Return the key's values, joined."""
    return "|".join(value["S"] for value in change["Keys"].values())
