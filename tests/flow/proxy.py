"""Stands between the function and OpenSearch, and does to its bulk requests what a test asks for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import urllib3

THROTTLED: Final = b'{"error":{"type":"es_rejected_execution_exception","reason":"queue is full"},"status":429}'
PASSED_ON: Final = ("content-type", "authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token")


class Fault(Enum):
    """What happens to a bulk request instead of an answer from OpenSearch."""

    RESET = "the connection is closed without an answer"
    THROTTLE = "429, and nothing is done"
    LOST_ANSWER = "OpenSearch does it, and the connection is closed without its answer"


class Proxy:
    """An HTTP proxy to one OpenSearch on a free port of loopback."""

    def __init__(self, opensearch_url: str) -> None:
        """Start it; nothing is done to any request."""
        self.fault: Fault | None = None
        self.hits = 0  # requests that met the fault
        self._hit = threading.Condition()
        self._opensearch_url = opensearch_url
        self._pool = urllib3.PoolManager()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """Let bulk requests meet `fault` for the length of a block."""
        self.hits, self.fault = 0, fault
        try:
            yield
        finally:
            self.fault = None

    def wait_for_hits(self, count: int, timeout_seconds: float = 60) -> None:
        """Wait until `count` requests have met the fault.

        Raises:
            TimeoutError: fewer have.
        """
        with self._hit:
            if not self._hit.wait_for(lambda: self.hits >= count, timeout_seconds):
                raise TimeoutError(f"{self.hits} of {count} requests have met the fault")

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()

    def _note_hit(self) -> None:
        with self._hit:
            self.hits += 1
            self._hit.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                fault = proxy.fault if "/_bulk" in self.path else None
                status, content = 429, THROTTLED
                if fault in {None, Fault.LOST_ANSWER}:
                    status, content = proxy.forward(self.command, self.path, dict(self.headers), body)
                if fault is not None:
                    proxy._note_hit()
                if fault in {Fault.RESET, Fault.LOST_ANSWER}:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        return Handler

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Send a request on and return OpenSearch's status and body."""
        passed = {name: value for name, value in headers.items() if name.lower() in PASSED_ON}
        answer = self._pool.request(method, self._opensearch_url + path, body=body or None, headers=passed)
        return answer.status, answer.data
