"""A persistent HTTP connection. A deadline bounds each request, from DNS lookup to the last byte of the response.

A request without a complete response raises an error. A response is returned with any status.
"""

import http.client
import io
import select
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from stream_indexer.deadline import Deadline, EarlierDeadline, expired
from stream_indexer.errors import ConnectionFailedError, ResponseTooLargeError

TLS: Final = ssl.create_default_context()  # takes 20 ms, at import: Lambda runs imports before the first batch
PORTS: Final = {"http": 80, "https": 443}
CONNECT_SECONDS: Final = 5.0  # for DNS and TCP: three packets, with retransmissions after 1 s and 3 s
ATTEMPT_SECONDS: Final = 30.0  # for one attempt at a request
# A connection that was idle for longer can be broken without notice: the environment was frozen, or a node replaced.
MAX_IDLE_SECONDS: Final = 10.0
UNACKNOWLEDGED_MILLIS: Final = 5_000  # Linux closes a connection whose peer acknowledges nothing for this time
WITHOUT_CONTENT: Final = frozenset({204, 304})  # content after these would be read as the next response


class Request(NamedTuple):
    """An HTTP request.

    Attributes:
        method: HTTP method in capitals.
        target: Path and query, percent-encoded.
        headers: All headers except `content-length`.
        body: Content. Empty for no body.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response with header names in lower case."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(slots=True)
class Connection:
    """A connection to one host. The first request opens it, and further requests use it again.

    Attributes:
        endpoint: `https://host[:port]`.
        peer: Name of the service, for error messages.
        attempt_seconds: Maximum time for one attempt at a request.
    """

    endpoint: str
    peer: str
    attempt_seconds: float = ATTEMPT_SECONDS
    _socket: socket.socket | None = None
    _last_used: tuple[float, float] = (0.0, 0.0)

    def send(self, request: Request, deadline: Deadline, max_bytes: int) -> Response:
        """Send one request and return the response.

        An open connection can be broken. It gets at most half of the remaining time, and if it fails, a new connection
        gets the rest. Every request of this package can be sent twice.

        Args:
            request: The request.
            deadline: Deadline of all attempts.
            max_bytes: Maximum size of the response, in bytes.

        Raises:
            ConnectionFailedError: No complete response arrived in time.
            ResponseTooLargeError: The response is larger than `max_bytes`.
        """
        is_kept = self._is_usable()
        seconds = min(self.attempt_seconds, deadline.remaining() / 2) if is_kept else self.attempt_seconds
        try:
            return self._send_once(request, EarlierDeadline.within(deadline, seconds), max_bytes)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if not is_kept or expired(deadline):
                raise self._unreachable(error) from error
        try:
            return self._send_once(request, EarlierDeadline.within(deadline, self.attempt_seconds), max_bytes)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._unreachable(error) from error

    def close(self) -> None:
        """Close the connection. The next request opens a new one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _unreachable(self, error: Exception) -> ConnectionFailedError:
        return ConnectionFailedError(f"{self.peer} cannot be reached: {type(error).__name__}")

    def _is_usable(self) -> bool:
        """Return whether the connection is usable. Close it if it is not."""
        if self._socket is None:
            return False
        idle = max(now - then for now, then in zip(_clocks(), self._last_used, strict=True))
        if idle <= MAX_IDLE_SECONDS and not _is_readable(self._socket):
            return True
        self.close()
        return False

    def _send_once(self, request: Request, deadline: Deadline, max_bytes: int) -> Response:
        if self._socket is None:
            self._socket = self._connect(deadline)
        for part in (_head(request), request.body):
            unsent = memoryview(part)
            while unsent:
                self._socket.settimeout(_seconds(deadline))
                unsent = unsent[self._socket.send(unsent) :]
        with _Answer(_Source(self._socket, deadline)) as answer:  # type: ignore[arg-type]
            answer.begin()
            content = _content(answer, max_bytes)
            if content is None:
                self.close()
                raise ResponseTooLargeError(f"{self.peer} answered with more than {max_bytes} bytes")
            if answer.will_close or answer.status in WITHOUT_CONTENT:
                self.close()
            self._last_used = _clocks()
            return Response(answer.status, content, {name.lower(): value for name, value in answer.headers.items()})

    def _connect(self, deadline: Deadline) -> socket.socket:
        url = urlsplit(self.endpoint)
        host, port = url.hostname or "", url.port or PORTS[url.scheme]
        connecting = EarlierDeadline.within(deadline, CONNECT_SECONDS)
        connected = _connect_to_one(_addresses(host, port, connecting), connecting)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS)
        if url.scheme != "https":
            return connected
        try:
            connected.settimeout(_seconds(deadline))
            return TLS.wrap_socket(connected, server_hostname=host)
        except BaseException:
            connected.close()
            raise


class _Answer(http.client.HTTPResponse):
    """A response without informational responses (1xx) before it. `http.client` skips only 100."""

    def begin(self) -> None:
        super().begin()
        while self.status < 200:
            self.headers = self.msg = None  # type: ignore[assignment]
            super().begin()


class _Source(io.RawIOBase):
    """Bytes of a response. The timeout of each read is the remaining time."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._socket = connected
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(_seconds(self._deadline))
        return self._socket.recv_into(buffer)

    def makefile(self, _: str) -> io.BufferedReader:
        """Return the stream, as a socket does."""
        return io.BufferedReader(self)


def _head(request: Request) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, f"content-length: {len(request.body)}", "", ""]).encode("ascii")


def _content(answer: http.client.HTTPResponse, max_bytes: int) -> bytes | None:
    """Return the content of the response. None if it has more than `max_bytes`."""
    if answer.length is None:  # chunked, or until the connection closes
        content = answer.read(max_bytes + 1)
        return content if len(content) <= max_bytes else None
    return answer.read() if answer.length <= max_bytes else None


def _seconds(deadline: Deadline) -> float:
    seconds = deadline.remaining()
    if seconds <= 0:
        raise TimeoutError("no time is left")
    return seconds


def _clocks() -> tuple[float, float]:
    """Return two clocks: each can stop while Lambda freezes the environment, and the second can be set back."""
    return time.monotonic(), time.time()


def _is_readable(connected: socket.socket) -> bool:
    """Return whether the server closed the connection or sent data without a request."""
    if isinstance(connected, ssl.SSLSocket) and connected.pending():
        return True
    poll = select.poll()
    poll.register(connected, select.POLLIN)
    return bool(poll.poll(0))


def _addresses(host: str, port: int, deadline: Deadline) -> list[Any]:
    """Return the host's addresses. A DNS lookup has no timeout, so it runs in a thread that can outlive the call."""
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.append(error)

    thread = Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(_seconds(deadline))
    if not found:
        raise TimeoutError("the DNS lookup did not end in time")
    if isinstance(found[0], OSError):
        raise found[0]
    return list(found[0])


def _connect_to_one(addresses: list[Any], deadline: Deadline) -> socket.socket:
    """Connect to the first address that responds. Each address gets an equal share of the time."""
    failure: OSError = ConnectionError("the host has no address")
    for position, (family, kind, protocol, _, address) in enumerate(addresses):
        tried = socket.socket(family, kind, protocol)
        try:
            tried.settimeout(_seconds(deadline) / (len(addresses) - position))
            tried.connect(address)
        except OSError as error:
            tried.close()
            failure = error
        else:
            return tried
    raise failure
