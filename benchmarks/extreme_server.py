"""A server for OpenSearch, DynamoDB and S3 in its own process, as extreme as a case asks: `benchmarks/extremes.py`.

Scenes: `items of N` (the table has items of N bytes), `huge answers`, `refusals` (of every document), `plain`.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from benchmarks.server import bulk_answer

PUT_SECONDS: Final = 0.025  # S3 takes 20 to 60 ms for an object
MAX_ANSWER_BYTES: Final = 16_000_000  # API reference of BatchGetItem
HUGE: Final = 600_000_000
MEGABYTE: Final = b"x" * 1_000_000
REFUSED: Final = b'{"index":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse"}}}'
ATTRIBUTES: Final = 10


@contextmanager
def serving(scene: str) -> Iterator[str]:
    """Run the server for as long as the block lasts; the value is its URL."""
    command = [sys.executable, "-m", "benchmarks.extreme_server", scene]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield str(process.stdout and process.stdout.readline().strip())
        finally:
            process.terminate()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    scene = "plain"
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        """Take an object, as S3 does."""
        self._body()
        time.sleep(PUT_SECONDS)
        self._say(b"")

    def do_POST(self) -> None:
        """Answer DynamoDB's and OpenSearch's requests."""
        body = self._body()
        if "x-amz-target" in self.headers:
            self._say(self._items(body))
        elif self.scene == "huge answers":
            self.send_response(200)
            self.send_header("content-length", str(HUGE))
            self.end_headers()
            with suppress(ConnectionError):  # the client reads no such answer
                for _ in range(HUGE // len(MEGABYTE)):
                    self.wfile.write(MEGABYTE)
            self.close_connection = True
        elif self.scene == "refusals":
            self._say(b'{"items":[%b]}' % b",".join([REFUSED] * (body.count(b"\n") // 2)))
        else:
            self._say(bulk_answer(body, filtered=True)[0])

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _items(self, body: bytes) -> bytes:
        ((table, asked),) = json.loads(body)["RequestItems"].items()
        size = int(self.scene.rpartition(" ")[2])
        count = max(1, MAX_ANSWER_BYTES // size)
        text = "x" * (size // ATTRIBUTES)
        image = ",".join(f'"a{number}":{{"S":"{text}"}}' for number in range(ATTRIBUTES))
        items = ",".join(f"{json.dumps(key)[:-1]},{image}}}" for key in asked["Keys"][:count])
        left = {table: {"Keys": asked["Keys"][count:]}} if asked["Keys"][count:] else {}
        return f'{{"Responses":{{"{table}":[{items}]}},"UnprocessedKeys":{json.dumps(left)}}}'.encode()

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["content-length"]))

    def _say(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    _Handler.scene = sys.argv[1]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - for `serving`
    server.serve_forever()
