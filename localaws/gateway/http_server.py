"""The gateway's HTTP server: threaded, on loopback, with connections kept open between requests."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from localaws.errors import LocalAwsError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"


class Handler(MotoRequestHandler):
    """Moto's handler, for it keeps headers with underscores; quiet, and with connections that stay open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer's head and body are two writes: the second must not wait for an ACK
    timeout = 300.0

    def run_wsgi(self) -> None:
        """Answer one request and leave the connection open, which werkzeug does not.

        The gateway reads every request to its end and gives every answer its length, so the next request can follow.
        """
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = b"".join(self.server.app(self.make_environ(), self._start_response))
        self.wfile.write(body)

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], _: object = None
    ) -> Callable[[bytes], object]:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        return self.wfile.write

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Print nothing: the gateway has its own log."""


@dataclass(slots=True)
class HttpServer:
    """A running server."""

    server: BaseWSGIServer
    thread: threading.Thread

    @classmethod
    def start(cls, application: "WSGIApplication", port: int = 0) -> "HttpServer":
        """Serve on `port` of loopback, a free one for 0.

        Raises:
            LocalAwsError: the port is taken.
        """
        try:
            server = make_server(HOST, port, application, threaded=True, request_handler=Handler)
        except (OSError, SystemExit) as error:
            raise LocalAwsError(
                f"Port {port} on {HOST} is taken: stop what listens there, choose another --port, "
                "or leave it out for a free one."
            ) from error
        thread = threading.Thread(target=server.serve_forever, name="gateway", daemon=True)
        thread.start()
        return cls(server, thread)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.server_port

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
