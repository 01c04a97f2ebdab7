"""Unit: are clients made once, kept within an invocation's time, and errors told without what was sent?"""

import logging

import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from stream_indexer.aws import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS, client, service_errors, told


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    client.cache_clear()
    for name, value in {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "made", "AWS_SECRET_ACCESS_KEY": "up"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def test_a_client_is_made_once_and_does_not_outwait_the_invocation() -> None:
    made = client("s3")
    assert client("s3") is made
    config = made.meta.config
    assert (config.connect_timeout, config.read_timeout) == (CONNECT_SECONDS, READ_SECONDS)
    assert config.retries["total_max_attempts"] == ATTEMPTS


def test_botocore_writes_no_bodies_to_the_log() -> None:
    logging.getLogger("botocore").setLevel(logging.DEBUG)
    client("s3")
    assert logging.getLogger("botocore").level == logging.INFO


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "secret"}}, "PutObject"), "AccessDenied"),
        (ClientError({}, "PutObject"), "ClientError"),
        (EndpointConnectionError(endpoint_url="https://s3"), "EndpointConnectionError"),
    ],
)
def test_an_error_is_told_by_its_code_or_class(error: Exception, said: str) -> None:
    assert isinstance(error, service_errors())
    assert told(error) == said


def test_both_kinds_of_error_are_a_service_s() -> None:
    assert service_errors() == (BotoCoreError, ClientError)
