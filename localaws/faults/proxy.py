"""An HTTP proxy on loopback in front of one server, and what the faults do to the connections through it.

with Proxy(aws.opensearch_url) as proxy:
    with proxy.failing(Fault(FaultKind.THROTTLE, match="_bulk", requests=3)) as injection:
        injection.wait_for_hits(3)
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

import urllib3

from localaws.faults.fault import Fault, FaultKind, Injection
from localaws.faults.responses import ERRORS, HttpResponse, corrupt, error_response

HOST: Final = "127.0.0.1"
CONNECTIONS: Final = 64  # kept open to the server behind
ANSWER_SECONDS: Final = 120.0
BETWEEN_TWO: Final = frozenset({"connection", "host", "keep-alive", "transfer-encoding", "content-length", "expect"})
WITHOUT_BODY: Final = frozenset({204, 304})
LINGER_NOT: Final = struct.pack("ii", 1, 0)  # close by a reset


class Proxy:
    """A proxy on a port of loopback; `target` is the URL of the server behind it, and may be set later."""

    def __init__(self, target: str = "", port: int = 0) -> None:
        """Start it on `port`, a free one for 0; nothing is done to any request."""
        self.target = target
        self.requests = 0
        self._injections: list[Injection] = []
        self._lock = threading.Lock()
        self._pool = urllib3.PoolManager(
            maxsize=CONNECTIONS, retries=False, timeout=urllib3.Timeout(connect=5, read=ANSWER_SECONDS)
        )
        # Bound and never listening: while the server refuses connections, no other program gets its port.
        self._place = _bound(port)
        self._port: int = self._place.getsockname()[1]
        self._server: _Server | None = None
        self._open()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._port

    def inject(self, fault: Fault, then: Callable[[], object] | None = None) -> Injection:
        """Inject `fault` until it expires or is cleared; `then` is called for each request that it affects."""
        injection = Injection(fault, then=then)
        with self._lock:
            self._injections.append(injection)
        if fault.kind is FaultKind.REFUSE:
            self._close()
            threading.Thread(target=self._reopen_after, args=(injection,), daemon=True).start()
        return injection

    def clear(self, injection: Injection | None = None) -> None:
        """End one fault, or all of them; connections are taken again when this returns."""
        with self._lock:
            ended = self._injections if injection is None else [injection]
            self._injections = [kept for kept in self._injections if kept not in ended]
        for one in ended:
            one.clear()
        if not any(kept.fault.kind is FaultKind.REFUSE and not kept.expired for kept in self.injections()):
            self._open()

    @contextmanager
    def failing(self, fault: Fault, then: Callable[[], object] | None = None) -> Iterator[Injection]:
        """Let requests meet `fault` for the length of a block; `then` is called for each of them."""
        injection = self.inject(fault, then)
        try:
            yield injection
        finally:
            self.clear(injection)

    def injections(self) -> list[Injection]:
        """Return the faults that were injected and not cleared, expired faults included."""
        with self._lock:
            return list(self._injections)

    def status(self) -> dict[str, Any]:
        """Return the proxy's URL and target, and what each fault has done."""
        faults = [injection.to_json() for injection in self.injections()]
        return {"url": self.url, "target": self.target, "requests": self.requests, "faults": faults}

    def close(self) -> None:
        """Stop it."""
        self.clear()
        self._close()
        self._place.close()
        self._pool.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def strike(self, line: str, body_bytes: int) -> Injection | None:
        """Count a request; return the first fault that it meets."""
        with self._lock:
            self.requests += 1
            injections = list(self._injections)
        return next((injection for injection in injections if injection.matches(line, body_bytes)), None)

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> HttpResponse:
        """Send a request on and return the answer.

        Raises:
            urllib3.exceptions.HTTPError: the server behind gives none.
        """
        passed = {name: value for name, value in headers.items() if name.lower() not in BETWEEN_TWO}
        answer = self._pool.request(
            method, self.target + path, body=body, headers=passed, redirect=False, decode_content=False
        )
        return HttpResponse(answer.status, {**answer.headers}, answer.data)

    def _open(self) -> None:
        with self._lock:
            if self._server is None:
                self._server = _Server(self, self._port)
                threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _close(self) -> None:
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            server.drop_connections()

    def _reopen_after(self, injection: Injection) -> None:
        """Take connections again once a refuse fault with a time is over."""
        if injection.fault.seconds is not None and not injection.wait_until_cleared(injection.fault.seconds):
            self.clear(injection)


class _Server(ThreadingHTTPServer):
    """Listens on the proxy's port, and knows its open connections."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, proxy: Proxy, port: int) -> None:
        self.proxy = proxy
        self._connections: set[socket.socket] = set()
        self._known = threading.Lock()
        super().__init__((HOST, port), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = _bound(port)
        self.server_address = (HOST, port)
        self.server_activate()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        connection, address = self.socket.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._known:
            self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Close a connection and forget it."""
        with self._known:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away in the middle is what this program is about."""

    def drop_connections(self) -> None:
        """Close what is open."""
        with self._known:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_one_request(self) -> None:
        """Pass one request on, or do what its fault says."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body, proxy = self._body(), self.server.proxy
        headers = {name.lower(): value for name, value in self.headers.items()}
        target = headers.get("x-amz-target", "").rpartition(".")[2]
        injection = proxy.strike(f"{self.command} {self.path} {target}", len(body))
        if injection and injection.then:
            injection.then()
        if injection and self._ends_here(injection, headers):
            return
        try:
            answer = proxy.forward(self.command, self.path, dict(self.headers), body)
        except urllib3.exceptions.HTTPError:
            self.close_connection = True  # the caller sees what it would without a proxy: no answer
            return
        self._return(answer, injection)

    def _ends_here(self, injection: Injection, headers: dict[str, str]) -> bool:
        """Do what the fault does to a request on its way; return whether it goes no further."""
        kind = injection.fault.kind
        if kind is FaultKind.DELAY:
            injection.wait_until_cleared(injection.fault.delay_seconds)
            return False
        if kind in ERRORS:
            self._reply(error_response(kind, headers))
            return True
        if kind is FaultKind.HANG:
            injection.hang(ANSWER_SECONDS)
        if kind in {FaultKind.HANG, FaultKind.CLOSE}:
            self.close_connection = True
            return True
        return False

    def _return(self, answer: HttpResponse, injection: Injection | None) -> None:
        """Send an answer back, or what the fault makes of it."""
        kind = injection.fault.kind if injection else None
        match kind:
            case FaultKind.LOSE_ANSWER:
                self.close_connection = True
            case FaultKind.RESET:
                self._reset_amid(answer)
            case FaultKind.DRIP if injection:
                self._drip(answer, injection)
            case FaultKind.TRUNCATE | FaultKind.DROP_ITEM | FaultKind.ADD_ITEM:
                self._reply(corrupt(kind, answer))
            case _:
                self._reply(answer)

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(chunks)

    def _reply(self, answer: HttpResponse) -> None:
        self._head(answer)
        if self.command != "HEAD" and answer.status not in WITHOUT_BODY:
            self.wfile.write(answer.body)

    def _head(self, answer: HttpResponse) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in BETWEEN_TWO:
                self.send_header(name, value)
        length = str(len(answer.body))
        if self.command == "HEAD":  # the length is that of what GET would have brought
            length = {name.lower(): value for name, value in answer.headers.items()}.get("content-length", "0")
        if answer.status not in WITHOUT_BODY:
            self.send_header("Content-Length", length)
        self.end_headers()

    def _drip(self, answer: HttpResponse, injection: Injection) -> None:
        """Send the body byte by byte, and the rest at once when the fault is cleared."""
        self._head(answer)
        body = answer.body if self.command != "HEAD" and answer.status not in WITHOUT_BODY else b""
        for place in range(len(body)):
            if injection.wait_until_cleared(injection.fault.delay_seconds):
                self.wfile.write(body[place:])
                return
            self.wfile.write(body[place : place + 1])

    def _reset_amid(self, answer: HttpResponse) -> None:
        self._head(answer)
        self.wfile.write(answer.body[: len(answer.body) // 2])
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Print nothing: the faults count what they did."""


def _bound(port: int) -> socket.socket:
    """Return a socket bound to the port, which another one of this program may be bound to."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    for name in ("SO_REUSEADDR", "SO_REUSEPORT"):
        if hasattr(socket, name):
            bound.setsockopt(socket.SOL_SOCKET, getattr(socket, name), 1)
    bound.bind((HOST, port))
    return bound
