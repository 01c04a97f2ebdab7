"""Unit: whatever a service does to a connection, is Lambda answered in time, with metrics and what was done?

Time passes on the wire and while the function waits, and nowhere else: so a timeout of 120 s takes milliseconds.
"""

import json
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final

import pytest
from stream_indexer import connection, deadline, handler
from stream_indexer.connection import CONNECT_SECONDS, Connection
from stream_indexer.deadline import Deadline

from tests.unit.fakes import keys_only, number, read_bulk, record
from tests.unit.test_config import ENVIRONMENT

DRIP_SECONDS: Final = 0.4
LONG: Final = b"x" * 500  # so many bytes drip for longer than any timeout
SERVICES: Final = ("DynamoDB", "S3", "OpenSearch")
FAULTS: Final = [
    *((step, fault) for step in ("request", "headers", "body") for fault in ("hang", "drip", "reset")),
    *(("connect", fault) for fault in ("hang", "reset")),
]


class Clock:
    """The time of the invocation, in seconds from its begin."""

    def __init__(self, timeout: float) -> None:
        """Begin."""
        self.timeout = timeout
        self.seconds = 0.0

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left, as Lambda's context does."""
        return int(1000 * max(0.0, self.timeout - self.seconds))


class Wire:
    """A connection to a service that answers at once, but for the fault at a step of it."""

    def __init__(self, clock: Clock, peer: str, step: str = "", fault: str = "") -> None:
        """Connect."""
        self.clock, self.peer, self.step, self.fault = clock, peer, step, fault
        self.seconds = 0.0
        self.heard = b""
        self.unread = b""
        self.said = 0

    def settimeout(self, seconds: float) -> None:
        """Learn how long the next operation may take."""
        assert seconds > 0
        self.seconds = seconds

    def close(self) -> None:
        """Forget all."""

    def send(self, content: memoryview) -> int:
        """Take a part of a request."""
        taken = bytes(content)[: self._befalls("request", len(content))]
        self.heard += taken
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if found and len(body) >= int(head.lower().partition(b"content-length: ")[2].split()[0]):
            said = answer(self.peer, body)
            self.heard, self.said = b"", 0
            self.unread = b"HTTP/1.1 200 OK\r\nx: %b\r\ncontent-length: %d\r\n\r\n%b" % (LONG, len(said), said)
        return len(taken)

    def recv_into(self, buffer: Any) -> int:
        """Give a part of the answer: its headers, then its body."""
        in_headers = b"\r\n\r\n" in self.unread
        rest = self.unread.partition(b"\r\n\r\n")
        part = rest[0] + rest[1] if in_headers else self.unread
        count = self._befalls("headers" if in_headers else "body", min(len(part), len(buffer)))
        buffer[:count] = part[:count]
        self.unread = self.unread[count:]
        return count

    def _befalls(self, step: str, count: int) -> int:
        if step != self.step:
            return count
        if self.fault == "hang":
            self.clock.seconds += self.seconds
            raise TimeoutError
        if self.fault == "reset":
            raise ConnectionResetError
        self.clock.seconds += DRIP_SECONDS
        return 1


def answer(peer: str, body: bytes) -> bytes:
    """Return the content of an answer to a request that succeeds."""
    match peer:
        case "DynamoDB":
            ((table, asked),) = json.loads(body)["RequestItems"].items()
            return json.dumps({"Responses": {table: asked["Keys"]}, "UnprocessedKeys": {}}).encode() + b" " * len(LONG)
        case "OpenSearch":
            return json.dumps(
                {"items": [{one.action: {"status": 200}} for one in read_bulk(body)]}
            ).encode() + b" " * len(LONG)
    return b" " * len(LONG)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {**ENVIRONMENT, "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(name, value)
    handler.services.cache_clear()
    yield
    handler.services.cache_clear()


@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
@pytest.mark.parametrize("timeout", [10, 30, 120])
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("step", "fault"), FAULTS)
def test_an_invocation_answers_in_time_with_its_metrics(  # noqa: PLR0913, PLR0917 - the rows of a table
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    step: str,
    fault: str,
    service: str,
    timeout: float,
    kept: bool,  # noqa: FBT001 - a row of the table
) -> None:
    """The faulty service's records come again; the others are done."""
    clock = Clock(timeout)
    wires: list[Wire] = []
    broken: list[str] = [] if kept else [service]

    def connect(self: Connection, ending: Deadline) -> Wire:
        if self.peer in broken and step == "connect":
            clock.seconds += min(CONNECT_SECONDS, ending.remaining()) if fault == "hang" else 0
            raise TimeoutError if fault == "hang" else ConnectionRefusedError
        wires.append(Wire(clock, self.peer, *((step, fault) if self.peer in broken else ())))
        return wires[-1]

    def sleep(seconds: float) -> None:
        clock.seconds += seconds

    monkeypatch.setattr(Connection, "_connect", connect)
    monkeypatch.setattr(connection, "_is_readable", lambda _: False)
    monkeypatch.setattr(connection, "_clocks", lambda: (clock.seconds, clock.seconds))
    monkeypatch.setattr(deadline, "time", SimpleNamespace(time=time.time, sleep=sleep))
    batch = {"Records": [record("a", 1), keys_only("b", 2), {**record("c", 3), "eventName": "UPDATE"}]}
    if kept:
        assert handler.handle(batch, clock) == {"batchItemFailures": []}
        capsys.readouterr()
        clock.seconds, broken[:] = 0.0, [service]
        for wire in wires:
            if wire.peer == service and step != "connect":
                wire.step, wire.fault = step, fault
    result = handler.handle(batch, clock)
    assert clock.seconds < timeout, "Lambda has ended the invocation"
    (metrics,) = map(json.loads, capsys.readouterr().out.splitlines())
    if kept and step == "connect":
        assert result == {"batchItemFailures": []}, "no new connection was needed"
        return
    first = {"OpenSearch": 1, "DynamoDB": 2, "S3": 3}[service]
    assert result == {"batchItemFailures": [{"itemIdentifier": number(first)}]}
    assert metrics.get("RecordsProcessed") == first - 1
    assert metrics.get("DocumentsIndexed", 0) == {"OpenSearch": 0, "DynamoDB": 1, "S3": 2}[service]
    assert metrics.get("QuarantineFailures", 0) == (service == "S3") or service == "OpenSearch"
    assert ("ConnectionErrors" in metrics) == (service == "OpenSearch")
