"""Answers OpenSearch's requests at once: an item for each document of a bulk request, all of them done.

It runs as its own process (`python -m benchmarks.server`), so that its CPU time counts for no case. It stores nothing,
and shortens its answers as `filter_path` asks, but does not read the filter: only the status is kept.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Final
from urllib.request import urlopen

SHARDS: Final = b'"_shards":{"total":2,"successful":2,"failed":0}'
DONE: Final = b'"_index":"bench-v1","_id":"tenant#0001|product#000000001","_version":1,"result":"%b",' + SHARDS
ITEM: Final = b'{"%b":{' + DONE + b',"_seq_no":1000,"_primary_term":1,"status":%d}}'
STATUSES: Final = {b"index": 201, b"delete": 200, b"update": 404}
FULL: Final = {action: ITEM % (action, b"done", status) for action, status in STATUSES.items()}
FILTERED: Final = {action: b'{"%b":{"status":%d}}' % (action, status) for action, status in STATUSES.items()}
SINGLE: Final = b"{" + DONE % b"done" + b',"_seq_no":1000,"_primary_term":1}'


@contextmanager
def serving() -> Iterator[str]:
    """Run the server for as long as the block lasts; the value is its URL."""
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield str(process.stdout and process.stdout.readline().strip())
        finally:
            process.terminate()


def acknowledged(url: str) -> int:
    """Return how many documents the server has answered for since it was last asked."""
    with urlopen(f"{url}/acknowledged") as answer:  # noqa: S310 - the URL is `serving`'s
        return int(answer.read())


def bulk_answer(body: bytes, *, filtered: bool) -> tuple[bytes, int]:
    """Return the answer to a bulk request, and how many items it has."""
    lines = iter(body.split(b"\n"))
    items = []
    for line in lines:
        if line:
            action = line[2 : line.index(b'"', 2)]
            items.append((FILTERED if filtered else FULL)[action])
            if action != b"delete":
                next(lines)
    content = b",".join(items)
    return (b'{"items":[%b]}' if filtered else b'{"took":1,"errors":false,"items":[%b]}') % content, len(items)


class _Connection(asyncio.Protocol):
    """One client's connection."""

    acknowledged = 0  # on all connections
    answers: ClassVar[dict[tuple[bytes, int], tuple[bytes, int]]] = {}  # the same few bodies come in every round

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - tells mypy what TCP gives
        self.transport = transport
        self.received = bytearray()

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.received[:end])
            start, stop = end + 4, end + 4 + _content_length(head)
            if len(self.received) < stop:
                return
            content = self._answer(head.split(b" ", 2)[1], memoryview(self.received)[start:stop])
            del self.received[:stop]
            length = b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(content)
            self.transport.write(b"HTTP/1.1 200 OK\r\n" + length + content)

    def _answer(self, target: bytes, body: memoryview) -> bytes:
        if target == b"/acknowledged":
            count, _Connection.acknowledged = _Connection.acknowledged, 0
            return b"%d" % count
        if b"/_bulk" not in target:
            _Connection.acknowledged += 1
            return SINGLE
        asked = target, len(body)
        if asked not in self.answers:
            self.answers[asked] = bulk_answer(bytes(body), filtered=b"filter_path" in target)
        content, count = self.answers[asked]
        _Connection.acknowledged += count
        return content


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0, backlog=1024)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)  # noqa: T201 - for `serving`
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
