"""Unit: does every request end in OpenSearch's whole answer, or in an error that says it is missing?"""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import pytest
from stream_indexer import connection
from stream_indexer.aws.sigv4 import Credentials, Signer
from stream_indexer.connection import MAX_IDLE_SECONDS, Response
from stream_indexer.errors import ConnectionFailedError, ResponseTooLargeError
from stream_indexer.opensearch.client import MIN_RESPONSE_BYTES, OpenSearchClient

from tests.unit.loopback import (
    RealDeadline,
    Server,
    Step,
    answer,
    dripping,
    keeping,
    quiet_close,
    raw,
    reset,
    reset_midway,
    saying,
    serving,
)

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECONDS = 20.0


def signer() -> Signer:
    """Return a signer with a fixed time."""
    return Signer("es", "eu-west-1", lambda: Credentials("id", "secret", "token"), lambda: MOMENT)


@contextmanager
def talking(*script: Step) -> Iterator[tuple[Server, OpenSearchClient]]:
    """Yield a server with this script, and its client."""
    with serving(*script) as server:
        client = OpenSearchClient(f"http://127.0.0.1:{server.port}", signer())
        yield server, client
        client.close()


def get(client: OpenSearchClient, seconds: float = SECONDS) -> Response:
    """Send a request."""
    return client.request("GET", "/", deadline=RealDeadline(seconds))


def test_a_request_arrives_as_it_was_signed() -> None:
    with talking() as (server, client):
        client.request("POST", "/orders/_bulk", b"a\nb\n", query="a=1&b=2%2C3", deadline=RealDeadline(SECONDS))
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
        client.request("PUT", "/orders-v1", b"{}", deadline=RealDeadline(SECONDS))
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
    """The server may have closed it between two batches; sending twice is harmless."""
    with talking(answer(), fault, answer(b"whole")) as (server, client):
        get(client)
        assert get(client).content == b"whole"
    assert [heard.connection for heard in server.heard] == [1, 1, 2]


@pytest.mark.parametrize("fault", [quiet_close, reset, reset_midway])
def test_a_second_loss_is_no_answer(fault: Step) -> None:
    with talking(answer(), fault) as (server, client):
        get(client)
        with pytest.raises(ConnectionFailedError):
            get(client)
    assert [heard.connection for heard in server.heard] == [1, 1, 2]


@pytest.mark.parametrize("fault", [quiet_close, reset, reset_midway])
def test_a_new_connection_that_is_lost_is_no_answer(fault: Step) -> None:
    """It was not kept: the index itself let go of it."""
    with talking(fault) as (server, client):
        with pytest.raises(ConnectionFailedError):
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
    with talking(step) as (_, client), pytest.raises(ConnectionFailedError):
        get(client)


def test_half_an_answer_on_a_kept_connection_costs_one_more_try() -> None:
    with talking(answer(), answer(b"half", length=1000), answer(b"whole")) as (server, client):
        get(client)
        assert get(client).content == b"whole"
    assert [heard.connection for heard in server.heard] == [1, 1, 2]


def test_silence_is_no_answer() -> None:
    with talking() as (server, client):
        server.script[:] = [server.silence]
        with pytest.raises(ConnectionFailedError, match="TimeoutError"):
            get(client, 0.05)
        assert len(server.heard) == 1
        server.script[:] = [answer(b"whole")]
        assert get(client).content == b"whole"


def test_a_kept_connection_that_went_silent_costs_a_healthy_domain_no_request() -> None:
    """The network forgot it without a word: it gets half of the time, and a new one the rest."""
    with talking() as (server, client):
        server.script[:] = [answer(), server.silence, answer(b"whole")]
        get(client)
        assert get(client, 0.4).content == b"whole"
        assert [heard.connection for heard in server.heard] == [1, 1, 2]


def test_silence_on_both_connections_ends_with_the_deadline() -> None:
    with talking() as (server, client):
        server.script[:] = [answer(), server.silence]
        get(client)
        deadline = RealDeadline(1.0)
        with pytest.raises(ConnectionFailedError, match="TimeoutError"):
            client.request("GET", "/", deadline=deadline)
        assert deadline.remaining() > -SECONDS / 2
        assert [heard.connection for heard in server.heard] == [1, 1, 2]


def test_a_connection_that_was_idle_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Either clock says so: one may have stopped while the environment was frozen."""
    clocks = [100.0, 100.0]
    monkeypatch.setattr(connection, "_clocks", lambda: tuple(clocks))
    with talking() as (server, client):
        get(client)
        for clock, seconds in ((0, 0.0), (1, MAX_IDLE_SECONDS), (0, MAX_IDLE_SECONDS + 1), (1, MAX_IDLE_SECONDS + 1)):
            clocks[clock] += seconds
            get(client)
    assert [heard.connection for heard in server.heard] == [1, 1, 1, 2, 3]


@pytest.mark.parametrize("unasked", [b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong", b"x"])
def test_bytes_that_were_not_asked_for_never_become_the_next_answer(unasked: bytes) -> None:
    with talking() as (server, client):
        late: list[socket.socket] = []

        def first(connected: socket.socket) -> bool:
            late.append(connected)
            return answer(b"first")(connected)

        server.script[:] = [first, answer(b"second")]
        get(client)
        late[0].sendall(unasked)
        wait_until_readable(client)
        assert get(client).content == b"second"
        assert [heard.connection for heard in server.heard] == [1, 2]


def wait_until_readable(client: OpenSearchClient) -> None:
    """Wait until the client's connection has something to read."""
    connected = client.connection._socket  # noqa: SLF001 - no other way to await it
    assert connected
    select.select([connected], [], [], SECONDS)


OK: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nmine"


@pytest.mark.parametrize("status", [100, 102, 103])
@pytest.mark.parametrize("count", [1, 3])
def test_informational_answers_are_passed_over(status: int, count: int) -> None:
    """Each answer is the one to its own request."""
    early = b"HTTP/1.1 %d Early\r\nlink: x\r\n\r\n" % status
    with talking(keeping(early * count + OK), answer(b"next", 400)) as (server, client):
        assert get(client) == Response(200, b"mine")
        assert get(client) == Response(400, b"next")
    assert {heard.connection for heard in server.heard} == {1}


@pytest.mark.parametrize("status", [204, 304])
def test_what_has_no_content_ends_its_connection(status: int) -> None:
    """Whatever follows it would be taken for the next answer."""
    head = b"HTTP/1.1 %d None\r\ncontent-length: 4\r\n\r\nmine" % status
    with talking(keeping(head), answer(b"next")) as (server, client):
        assert get(client) == Response(status, b"")
        assert get(client).content == b"next"
    assert [heard.connection for heard in server.heard] == [1, 2]


CHUNKS: Final = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n"


@pytest.mark.timeout(SECONDS / 2)
@pytest.mark.parametrize("content", [OK, CHUNKS, b"HTTP/1.1 103 Early\r\n\r\n" * 1000], ids=["ok", "chunks", "103"])
@pytest.mark.parametrize("kept", [False, True], ids=["new connection", "kept connection"])
def test_an_answer_that_drips_ends_with_the_deadline(content: bytes, kept: bool) -> None:  # noqa: FBT001 - a row
    """Every read has the time that is left, not the whole time again."""
    with talking(*([answer()] if kept else []), dripping(content, 0.03)) as (_, client):
        if kept:
            get(client)
        deadline = RealDeadline(0.2)
        with pytest.raises(ConnectionFailedError, match="TimeoutError"):
            client.request("GET", "/", deadline=deadline)
        assert deadline.remaining() > -SECONDS / 2


@pytest.mark.timeout(SECONDS / 2)
def test_a_server_that_reads_nothing_ends_with_the_deadline() -> None:
    """Also what is sent has the time that is left."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = OpenSearchClient(f"http://127.0.0.1:{listener.getsockname()[1]}", signer())
        with pytest.raises(ConnectionFailedError, match="TimeoutError"):
            client.request("POST", "/_bulk", b"x" * 30_000_000, deadline=RealDeadline(0.2))


@pytest.mark.timeout(SECONDS / 2)
def test_a_handshake_without_an_answer_ends_with_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = OpenSearchClient(f"https://127.0.0.1:{listener.getsockname()[1]}", signer())
        with pytest.raises(ConnectionFailedError, match="TimeoutError"):
            get(client, 0.1)


@pytest.mark.timeout(SECONDS / 2)
def test_a_name_that_is_looked_up_for_ever_ends_with_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait())
    with pytest.raises(ConnectionFailedError, match="TimeoutError"):
        get(OpenSearchClient("http://search.invalid", signer()), 0.05)
    over.set()


def test_no_request_is_begun_without_time() -> None:
    with talking() as (server, client):
        with pytest.raises(ConnectionFailedError):
            get(client, 0)
        assert server.heard == []


HUGE: Final = MIN_RESPONSE_BYTES + 1


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 600000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n" % HUGE + b"x" * HUGE + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * HUGE,
    ],
    ids=["by its length", "in chunks", "without a length"],
)
def test_an_answer_that_is_too_large_is_not_read(content: bytes) -> None:
    with talking(raw(content), answer(b"whole")) as (_, client):
        with pytest.raises(ResponseTooLargeError, match="more than 8388608 bytes"):
            get(client)
        assert get(client).content == b"whole"


def test_a_large_request_may_have_a_large_answer() -> None:
    """OpenSearch quotes what it refuses."""
    with talking(answer(b"x" * HUGE)) as (_, client):
        body = b"y" * (HUGE // 2 + 1)
        assert len(client.request("POST", "/_bulk", body, deadline=RealDeadline(SECONDS)).content) == HUGE


def test_a_closed_port_is_no_answer() -> None:
    with serving() as server:
        endpoint = f"http://127.0.0.1:{server.port}"
    with pytest.raises(ConnectionFailedError, match="ConnectionRefusedError"):
        get(OpenSearchClient(endpoint, signer()))


def test_a_server_that_went_away_between_two_requests_is_no_answer() -> None:
    with serving(answer(), quiet_close) as server:
        client = OpenSearchClient(f"http://127.0.0.1:{server.port}", signer())
        get(client)
    with pytest.raises(ConnectionFailedError):
        get(client)


def test_a_name_that_is_none_is_no_answer() -> None:
    with pytest.raises(ConnectionFailedError):
        get(OpenSearchClient("http://nobody.invalid", signer()))


def test_a_server_without_tls_is_no_answer_to_https() -> None:
    with saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        client = OpenSearchClient(f"https://127.0.0.1:{port}", signer())
        with pytest.raises(ConnectionFailedError):
            get(client)


def test_https_checks_the_servers_certificate() -> None:
    """With the machine's own certificates, and the host's name."""
    assert connection.TLS.check_hostname
    assert connection.TLS.verify_mode.name == "CERT_REQUIRED"


def test_an_error_says_nothing_of_the_request() -> None:
    with talking(quiet_close) as (_, client), pytest.raises(ConnectionFailedError) as caught:
        client.request("POST", "/orders/_bulk", b"marker", deadline=RealDeadline(SECONDS))
    assert "marker" not in str(caught.value)


def test_closing_twice_is_closing() -> None:
    with talking() as (_, client):
        get(client)
        client.close()
        client.close()
