"""The control API of a proxy: GET, POST and DELETE of /. Its own port answers while the proxy refuses."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from localaws.faults.fault import Fault
from localaws.faults.proxy import HOST, Proxy
from localaws.foreign import foreign

BAD_REQUEST: Final = 400
FORBIDDEN: Final = 403


class Control:
    """The control API of one proxy: status, inject a fault (an object with the attributes of `Fault`), clear all."""

    def __init__(self, proxy: Proxy, port: int = 0) -> None:
        """Start it on `port` of loopback, a free one for 0."""
        self._server = ThreadingHTTPServer((HOST, port), _handler(proxy))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self._server.server_port}"

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def parse_request(self) -> bool:
            """Read a request's head; refuse what a web page sends."""
            if not super().parse_request():
                return False
            headers = {name.lower(): value for name, value in self.headers.items()}
            reason = foreign(headers, self.connection.getsockname()[1])
            if reason is not None:
                self.close_connection = True
                self._answer(FORBIDDEN, {"message": reason})
            return reason is None

        def do_GET(self) -> None:
            self._answer(200, proxy.status())

        def do_POST(self) -> None:
            try:
                fault = Fault.from_json(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            except ValueError as error:
                self._answer(BAD_REQUEST, {"message": str(error)})
                return
            self._answer(200, proxy.inject(fault).to_json())

        def do_DELETE(self) -> None:
            ended = [injection.to_json() for injection in proxy.injections()]
            proxy.clear()
            self._answer(200, {"cleared": ended})

        def _answer(self, status: int, document: object) -> None:
            body = json.dumps(document, indent=2).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler
