"""HTTP over pairs of connected sockets, in one thread and on a clock of the model: what a network does to a client."""

# ruff: noqa: D102 - a socket's methods are the library's

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

EARLY: Final = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"


class KilledError(BaseException):
    """The function's process ends here."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back.

    Attributes:
        early: informational answers come before it.
        left_out: how many bytes are missing at its end, where the connection breaks off.
        seconds: until its first byte.
        drip: seconds before each of its bytes.
        is_silent: nothing comes, and the connection stays.
        is_chunked: its length is not said in front.
    """

    status: int = 200
    content: bytes = b""
    early: bool = False
    left_out: int = 0
    seconds: float = 0.0
    drip: float = 0.0
    is_silent: bool = False
    is_chunked: bool = False

    def encoded(self) -> bytes:
        """Return its bytes."""
        head = f"HTTP/1.1 {self.status} Some\r\n"
        if self.is_chunked:
            size = len(self.content)
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (size, self.content) if size else b"0\r\n\r\n"
            whole = f"{head}transfer-encoding: chunked\r\n\r\n".encode() + body
        else:
            whole = f"{head}content-length: {len(self.content)}\r\n\r\n".encode() + self.content
        whole = EARLY + whole if self.early else whole
        return whole[: -self.left_out] if self.left_out else whole


class Wire(socket.socket):
    """The client's end of a connection; what it sends is answered at once."""

    def __init__(self, respond: Callable[[Asked], Reply | None], wait: Callable[[float], None]) -> None:
        """Connect; `respond` gives no reply where the connection breaks off, and `wait` lets time pass."""
        ours, self._peer = socket.socketpair()
        super().__init__(ours.family, ours.type, ours.proto, fileno=ours.detach())
        super().settimeout(0)
        self._peer.settimeout(0)
        self._timeout = 0.0
        self._respond = respond
        self._wait = wait
        self._received = b""
        self._delay = self._drip = 0.0

    def settimeout(self, value: float | None) -> None:
        self._timeout = value or 0.0

    def send(self, data: Any, flags: int = 0) -> int:
        del flags
        if self._peer.fileno() < 0:
            raise BrokenPipeError
        self._received += bytes(data)
        head, found, body = self._received.partition(b"\r\n\r\n")
        lines = head.decode("ascii").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        if found and len(body) >= int(headers.get("content-length", 0)):
            self._received = b""
            method, target, _ = lines[0].split(" ")
            self._reply(self._respond(Asked(method, target, headers, body)))
        return len(data)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        if self._drip:
            nbytes = 1
            self._delay += self._drip
        self._wait(min(self._delay, self._timeout))
        if self._delay > self._timeout:
            raise TimeoutError
        self._delay = 0.0
        try:
            return super().recv_into(buffer, nbytes, flags)
        except BlockingIOError:
            self._wait(self._timeout)
            raise TimeoutError from None

    def close(self) -> None:
        self._peer.close()
        super().close()

    def hang_up(self) -> None:
        """Let the peer end the connection."""
        self._peer.close()

    def _reply(self, reply: Reply | None) -> None:
        if reply is None:
            self._peer.close()
        elif not reply.is_silent:
            self._delay, self._drip = reply.seconds, reply.drip
            self._peer.send(reply.encoded())
            if reply.left_out:
                self._peer.close()
