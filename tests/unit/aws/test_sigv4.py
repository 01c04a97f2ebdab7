"""Unit: is a request signed as AWS signs it?"""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from stream_indexer.aws.sigv4 import Credentials, Signer
from stream_indexer.opensearch.bulk import FILTER_PATH
from stream_indexer.opensearch.client import BULK_QUERIES

Asked = tuple[str, str, str, bytes]  # method, path, query, body
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PLAIN = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SESSION = Credentials("ASIAEXAMPLE", "secret", "a/session+token==")
HOST = "search-orders.eu-west-1.es.amazonaws.com"


def botocore_headers(signer: Signer, method: str, url: str, body: bytes, credentials: Credentials) -> dict[str, str]:
    """Return the headers that botocore signs the same request by."""
    signed = AWSRequest(method, url, data=body)
    signed.headers["x-amz-content-sha256"] = signer.headers(method, HOST, "/", "", body)["x-amz-content-sha256"]
    theirs = BotocoreCredentials(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token or None
    )
    with patch("botocore.auth.get_current_datetime", lambda: MOMENT.replace(tzinfo=None)):
        SigV4Auth(theirs, signer.service, signer.region).add_auth(signed)
    return {name.lower(): value for name, value in signed.headers.items()}


@pytest.mark.parametrize(
    ("service", "path", "more"),
    [
        ("dynamodb", "/", {"x-amz-target": "DynamoDB_20120810.BatchGetItem"}),
        ("s3", "/quarantine/a%20b/1-%7E.json", {"x-amz-checksum-sha256": "x="}),
        ("s3", "/k", {"x-amz-expected-bucket-owner": "123456789012", "if-none-match": "*"}),
    ],
)
@pytest.mark.parametrize("credentials", [PLAIN, SESSION], ids=["a user's", "a session's"])
def test_more_headers_are_signed_as_botocore_signs_them(
    credentials: Credentials, service: str, path: str, more: dict[str, str]
) -> None:
    """Only S3 signs a path as it is sent."""
    signer = Signer(service, "eu-west-1", lambda: credentials, lambda: MOMENT)
    ours = signer.headers("PUT", HOST, path, "", b"{}", more)
    signed = AWSRequest("PUT", f"https://{HOST}{path}", data=b"{}", headers=more)
    signed.headers["x-amz-content-sha256"] = ours["x-amz-content-sha256"]
    theirs = BotocoreCredentials(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token or None
    )
    with patch("botocore.auth.get_current_datetime", lambda: MOMENT.replace(tzinfo=None)):
        (S3SigV4Auth if service == "s3" else SigV4Auth)(theirs, service, "eu-west-1").add_auth(signed)
    assert ours["authorization"] == signed.headers["Authorization"]
    assert more.items() <= ours.items()


@pytest.mark.parametrize("service", ["es", "aoss"])
@pytest.mark.parametrize("credentials", [PLAIN, SESSION], ids=["a user's", "a session's"])
@pytest.mark.parametrize(
    "asked",
    [
        ("GET", "/", "", b""),
        ("POST", "/orders/_bulk", BULK_QUERIES["es"], b'{"index":{}}\n{}\n'),
        ("POST", "/orders/_bulk", "", "x€".encode() * 1_000_000),
        ("GET", "/_alias/orders", "a=1&b=2%2C3&c=%20%2A", b""),
        ("PUT", "/orders-v1/_doc/a%7Cb%2Fc", "", b"{}"),
        ("PUT", "/%E6%9D%B1/_doc/~.-_", "", b"{}"),
        ("DELETE", "/a+b/c=d,e:f", "version=7", b""),
    ],
)
def test_the_signature_is_botocores(service: str, credentials: Credentials, asked: Asked) -> None:
    """Header by header: a path is encoded once in the request, twice in the signature."""
    method, path, query, body = asked
    signer = Signer(service, "eu-west-1", lambda: credentials, lambda: MOMENT)
    url = f"https://{HOST}{path}" + (f"?{query}" if query else "")
    theirs = botocore_headers(signer, method, url, body, credentials)
    ours = signer.headers(method, HOST, path, query, body)
    assert ours.pop("host") == HOST
    assert ours == {name: theirs[name] for name in ours}
    assert theirs.keys() - ours.keys() <= {"content-type", "content-length"}


def test_the_port_is_part_of_the_host() -> None:
    signer = Signer("es", "eu-west-1", lambda: PLAIN, lambda: MOMENT)
    theirs = botocore_headers(signer, "GET", "http://127.0.0.1:9200/", b"", PLAIN)
    assert signer.headers("GET", "127.0.0.1:9200", "/", "", b"")["authorization"] == theirs["authorization"]


def test_the_query_that_is_signed_is_in_order() -> None:
    """AWS sorts the parameters before it checks the signature."""
    parameters = BULK_QUERIES["es"].split("&")
    assert parameters == sorted(parameters)
    assert FILTER_PATH.replace("*", "%2A").replace(",", "%2C") in BULK_QUERIES["es"]


def test_the_content_hash_is_sent() -> None:
    """Serverless collections ask for it."""
    signer = Signer("aoss", "eu-west-1", lambda: PLAIN, lambda: MOMENT)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert signer.headers("GET", HOST, "/", "", b"")["x-amz-content-sha256"] == empty


def test_renewed_credentials_and_a_new_day_make_a_new_key() -> None:
    """The kept signing key is good for one day and one secret."""
    turns = [(PLAIN, MOMENT), (SESSION, MOMENT), (PLAIN, MOMENT + timedelta(days=1)), (PLAIN, MOMENT)]
    turn: list[Any] = list(turns[0])
    kept = Signer("es", "eu-west-1", lambda: turn[0], lambda: turn[1])
    for turn[:] in turns:
        fresh = Signer("es", "eu-west-1", kept.credentials, kept.now)
        assert kept.headers("GET", HOST, "/", "", b"") == fresh.headers("GET", HOST, "/", "", b"")
