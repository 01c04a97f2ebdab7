"""Unit: is an object written as boto3 would write it, wherever the bucket is?"""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from stream_indexer import connection
from stream_indexer.aws.bucket import Bucket
from stream_indexer.aws.sigv4 import Credentials, Signer
from stream_indexer.connection import Connection, Request, Response
from stream_indexer.errors import TransientError

from tests.unit.fakes import ManualDeadline

KEY = "quarantine/orders indexer/2026/01/01/1-a~b.json"
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def bucket(name: str = "orders", region: str = "eu-west-1") -> Bucket:
    """Return a bucket."""
    return Bucket(name, Signer("s3", region, lambda: Credentials("id", "secret"), lambda: NOW))


@contextmanager
def answering(*answers: Response) -> Iterator[list[tuple[str, Request]]]:
    """Answer requests in turn, and yield them with the URL that each went to."""
    sent: list[tuple[str, Request]] = []

    def send(self: Connection, request: Request, *_: Any) -> Response:
        sent.append((self.endpoint, request))
        return answers[min(len(sent), len(answers)) - 1]

    with patch.object(connection.Connection, "send", send):
        yield sent


def botocores(name: str, region: str) -> tuple[str, dict[str, str]]:
    """Return the URL and the headers that boto3 writes the object with."""
    config = Config(s3={"us_east_1_regional_endpoint": "regional"})
    client = boto3.Session("id", "secret", region_name=region).client("s3", config=config)
    asked: list[Any] = []

    def take(request: Any, **_: Any) -> AWSResponse:
        asked.append(request)
        return AWSResponse(request.url, 200, {}, None)

    client.meta.events.register("before-send.s3.PutObject", take)
    with patch.object(AWSResponse, "content", b""):
        client.put_object(
            Bucket=name,
            Key=KEY,
            Body=b"{}",
            ContentType="application/json",
            IfNoneMatch="*",
            ChecksumSHA256=b64encode(sha256(b"{}").digest()).decode(),
        )
    return asked[0].url, {header.lower(): _text(value) for header, value in asked[0].headers.items()}


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("name", ["orders", "orders.with.dots"])
@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "cn-north-1"])
def test_an_object_is_written_as_boto3_writes_it(name: str, region: str) -> None:
    with answering(Response(200, b"")) as sent:
        bucket(name, region).put(KEY, b"{}", ManualDeadline())
    ((host, request),) = sent
    url, headers = botocores(name, region)
    assert host + request.target == url
    same = ("content-type", "if-none-match", "x-amz-checksum-sha256")
    assert {header: request.headers[header] for header in same} == {header: headers[header] for header in same}
    assert request.headers["host"] == urlsplit(url).netloc
    signed = request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert {header for header in request.headers if header.startswith("x-amz-")} <= set(signed)


@pytest.mark.parametrize("status", [200, 412])
def test_an_object_that_is_there_is_as_good_as_written(status: int) -> None:
    with answering(Response(status, b"<Error><Code>PreconditionFailed</Code></Error>")):
        bucket().put(KEY, b"{}", ManualDeadline())


def test_a_bucket_of_another_region_is_written_to_there() -> None:
    """From then on without asking in the function's own first."""
    moved = Response(301, b"", {"x-amz-bucket-region": "eu-central-1"})
    given = bucket()
    with answering(moved, Response(200, b"")) as sent:
        given.put(KEY, b"{}", ManualDeadline())
        given.put(KEY, b"{}", ManualDeadline())
    hosts = ["orders.s3.eu-west-1.amazonaws.com", *["orders.s3.eu-central-1.amazonaws.com"] * 2]
    assert [urlsplit(url).netloc for url, _ in sent] == hosts
    assert [f"/{url.split('.')[2]}/s3/" in request.headers["authorization"] for url, request in sent] == [True] * 3


def test_a_bucket_that_moves_on_and_on_is_a_failure() -> None:
    moved = Response(301, b"<Error><Code>PermanentRedirect</Code></Error>", {"x-amz-bucket-region": "eu-central-1"})
    with answering(moved) as sent, pytest.raises(TransientError, match="PermanentRedirect"):
        bucket().put(KEY, b"{}", ManualDeadline())
    assert len(sent) == 2
