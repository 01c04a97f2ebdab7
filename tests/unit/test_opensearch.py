"""Unit: does every request end in OpenSearch's whole answer, or in an error that says there is none?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPSConnection
from unittest.mock import patch

import pytest
from stream_indexer.errors import UnreachableError
from stream_indexer.opensearch import OpenSearch, Response
from stream_indexer.signing import Credentials, Signer

from tests.unit.loopback import Server, Step, answer, quiet_close, raw, reset, reset_midway, saying, serving

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECONDS = 20.0


def signer() -> Signer:
    """Return a signer that stands still in time."""
    return Signer("es", "eu-west-1", lambda: Credentials("id", "secret", "token"), lambda: MOMENT)


@contextmanager
def talking(*script: Step) -> Iterator[tuple[Server, OpenSearch]]:
    """Yield a server with this script, and its client."""
    with serving(*script) as server:
        client = OpenSearch(f"http://127.0.0.1:{server.port}", signer())
        yield server, client
        client.close()


def get(client: OpenSearch, timeout_seconds: float = SECONDS) -> Response:
    """Send a request."""
    return client.request("GET", "/", timeout_seconds=timeout_seconds)


def test_a_request_arrives_as_it_was_signed() -> None:
    with talking() as (server, client):
        client.request("POST", "/orders/_bulk", b"a\nb\n", query="a=1&b=2%2C3", timeout_seconds=SECONDS)
    (heard,) = server.heard
    signed = signer().headers("POST", f"127.0.0.1:{server.port}", "/orders/_bulk", "a=1&b=2%2C3", b"a\nb\n")
    assert heard.line == "POST /orders/_bulk?a=1&b=2%2C3 HTTP/1.1"
    assert heard.body == b"a\nb\n"
    assert signed.items() <= heard.headers.items()
    assert heard.headers["content-type"] == "application/x-ndjson"
    assert heard.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=id/20260102/eu-west-1/es/")


def test_a_request_without_a_query_or_a_body_has_neither() -> None:
    with talking() as (server, client):
        get(client)
    (heard,) = server.heard
    assert heard.line == "GET / HTTP/1.1"
    assert "content-type" not in heard.headers


def test_other_bodies_are_plain_json() -> None:
    with talking() as (server, client):
        client.request("PUT", "/orders-v1", b"{}", timeout_seconds=SECONDS)
    assert server.heard[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [200, 201, 302, 400, 403, 404, 413, 429, 500, 503])
def test_every_answer_is_returned_whatever_its_status(status: int) -> None:
    with talking(answer(b'{"x":1}', status)) as (_, client):
        assert get(client) == Response(status, b'{"x":1}')


def test_an_answer_in_chunks_is_read_whole() -> None:
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    with talking(raw(chunked)) as (_, client):
        assert get(client).content == b"abcde"


def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    with talking(raw(b"HTTP/1.1 200 OK\r\n\r\nabc")) as (_, client):
        assert get(client).content == b"abc"
        assert get(client).content == b"abc"


def test_one_connection_serves_many_requests() -> None:
    with talking() as (server, client):
        for _ in range(3):
            get(client)
    assert [heard.connection for heard in server.heard] == [1, 1, 1]


def test_a_connection_that_the_server_ends_is_not_kept() -> None:
    with talking(answer(stays=False)) as (server, client):
        get(client)
        get(client)
    assert [heard.connection for heard in server.heard] == [1, 2]


@pytest.mark.parametrize("fault", [quiet_close, reset, reset_midway])
def test_a_kept_connection_that_is_gone_costs_one_more_try(fault: Step) -> None:
    """The other side may have closed it between two batches; sending twice is harmless."""
    with talking(answer(), fault, answer(b"whole")) as (server, client):
        get(client)
        assert get(client).content == b"whole"
    assert [heard.connection for heard in server.heard] == [1, 1, 2]


@pytest.mark.parametrize("fault", [quiet_close, reset, reset_midway])
def test_a_second_loss_is_no_answer(fault: Step) -> None:
    with talking(answer(), fault) as (server, client):
        get(client)
        with pytest.raises(UnreachableError):
            get(client)
    assert [heard.connection for heard in server.heard] == [1, 1, 2]


@pytest.mark.parametrize("fault", [quiet_close, reset, reset_midway])
def test_a_new_connection_that_is_lost_is_no_answer(fault: Step) -> None:
    """It was not kept: the index itself let go of it."""
    with talking(fault) as (server, client):
        with pytest.raises(UnreachableError):
            get(client)
        assert len(server.heard) == 1


@pytest.mark.parametrize(
    "step",
    [
        answer(b'{"items":[', length=1000),
        raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n100\r\nabc"),
        raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nwhat\r\nabc"),
        raw(b"HTTP/1.1 OK\r\n\r\n"),
        raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n"),
    ],
    ids=[
        *("cut off", "chunk cut off", "chunk of no size", "no status", "another protocol"),
        *("too many headers", "too long a header"),
    ],
)
def test_half_an_answer_is_no_answer(step: Step) -> None:
    with talking(step) as (_, client), pytest.raises(UnreachableError):
        get(client)


def test_half_an_answer_on_a_kept_connection_is_no_answer() -> None:
    with talking(answer(), answer(b"half", length=1000), answer(b"whole")) as (server, client):
        get(client)
        with pytest.raises(UnreachableError):
            get(client)
        assert get(client).content == b"whole"
    assert [heard.connection for heard in server.heard] == [1, 1, 2]


@pytest.mark.timeout(SECONDS / 2)  # a kept connection has the time of this request, not of the one before
@pytest.mark.parametrize("kept", [False, True], ids=["new connection", "kept connection"])
def test_silence_is_no_answer(kept: bool) -> None:  # noqa: FBT001 - a row of the table
    """For as long as the request may take; it is not sent into the silence again."""
    with talking() as (server, client):
        server.script[:] = [*([answer()] if kept else []), server.silence]
        if kept:
            get(client)
        with pytest.raises(UnreachableError, match="TimeoutError"):
            get(client, timeout_seconds=0.05)
        assert len(server.heard) == (2 if kept else 1)
        server.script[:] = [answer(b"whole")]
        assert get(client).content == b"whole"


def test_a_closed_port_is_no_answer() -> None:
    with serving() as server:
        endpoint = f"http://127.0.0.1:{server.port}"
    with pytest.raises(UnreachableError, match="ConnectionRefusedError"):
        get(OpenSearch(endpoint, signer()))


def test_a_server_that_went_away_between_two_requests_is_no_answer() -> None:
    with serving(answer(), quiet_close) as server:
        client = OpenSearch(f"http://127.0.0.1:{server.port}", signer())
        get(client)
    with pytest.raises(UnreachableError):
        get(client)


def test_a_name_that_is_none_is_no_answer() -> None:
    with pytest.raises(UnreachableError):
        get(OpenSearch("http://nobody.invalid", signer()))


def test_a_server_without_tls_is_no_answer_to_https() -> None:
    with saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        client = OpenSearch(f"https://127.0.0.1:{port}", signer())
        with pytest.raises(UnreachableError):
            get(client)


def test_https_checks_the_servers_certificate() -> None:
    """With the machine's own certificates, and the host's name."""
    with patch.object(HTTPSConnection, "connect", autospec=True, side_effect=OSError) as connect:
        client = OpenSearch("https://search.example", signer())
        with pytest.raises(UnreachableError):
            get(client)
    context = connect.call_args.args[0]._context  # noqa: SLF001 - http.client has no other way to tell
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


def test_an_error_says_nothing_of_the_request() -> None:
    with talking(quiet_close) as (_, client), pytest.raises(UnreachableError) as caught:
        client.request("POST", "/orders/_bulk", b"marker", timeout_seconds=SECONDS)
    assert "marker" not in str(caught.value)


def test_closing_twice_is_closing() -> None:
    with talking() as (_, client):
        get(client)
        client.close()
        client.close()
