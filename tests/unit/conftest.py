"""AWS by moto as a server on loopback: the function's own requests reach it as they would reach AWS."""

import logging
from collections.abc import Iterator

import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.fixture(scope="session", name="moto_url")
def _moto_url() -> Iterator[str]:
    """Yield the URL of a server that runs for all tests of the session."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(name="aws_url")
def _aws_url(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of an AWS with nothing in it, and point boto3 and the function at it."""
    moto_api_backend.reset()
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": moto_url}.items():
        monkeypatch.setenv(name, value)
    return moto_url
