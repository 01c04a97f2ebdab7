"""A real HTTP server on loopback that does by script what a socket can do to a client."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


class RealDeadline:
    """A deadline by the system's clock, for sockets: they cannot be held up by another."""

    def __init__(self, seconds: float) -> None:
        """Begin now."""
        self._end = time.monotonic() + seconds

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def remaining(self) -> float:
        """Return how many seconds are left."""
        return self._end - time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def jitter(self) -> float:
        """Return no share: nothing waits."""
        return 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came over the wire; header names in small letters."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int  # counted from 1


Step = Callable[[socket.socket], bool]  # acts on one request; False ends the connection


def answer(content: bytes = b"{}", status: int = 200, *, stays: bool = True, length: int | None = None) -> Step:
    """Answer whole, or with `length` above the content's, cut off; then keep the connection or close it."""

    def act(connection: socket.socket) -> bool:
        head = f"HTTP/1.1 {status} Some\r\ncontent-length: {len(content) if length is None else length}\r\n"
        head += "" if stays else "connection: close\r\n"
        connection.sendall(head.encode() + b"\r\n" + content)
        return stays and length is None

    return act


def raw(content: bytes) -> Step:
    """Send these bytes and close."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(content)
        return False

    return act


def keeping(content: bytes) -> Step:
    """Send these bytes and keep the connection."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(content)
        return True

    return act


def dripping(content: bytes, seconds: float) -> Step:
    """Send these bytes one by one, with a pause before each; then keep the connection."""

    def act(connection: socket.socket) -> bool:
        for position in range(len(content)):
            time.sleep(seconds)
            connection.sendall(content[position : position + 1])
        return True

    return act


def quiet_close(_: socket.socket) -> bool:
    """Close without a word."""
    return False


def reset(connection: socket.socket) -> bool:
    """Reset the connection without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def reset_midway(connection: socket.socket) -> bool:
    """Send half an answer, then reset the connection."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf")
    return reset(connection)


@dataclass
class Server:
    """Answers requests by the next step of its script, the last one for ever."""

    script: list[Step]
    heard: list[Heard] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    port: int = 0

    def silence(self, _: socket.socket) -> bool:
        """Say nothing until the test is over."""
        self.stopped.wait()
        return False

    def serve(self, listener: socket.socket) -> None:
        """Accept connections until the listener is shut."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(connection, self.connections), daemon=True).start()

    def _talk(self, connection: socket.socket, number: int) -> None:
        with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
            while line := stream.readline().decode("latin-1").strip():
                headers = {}
                while header := stream.readline().decode("latin-1").strip():
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                body = stream.read(int(headers.get("content-length", 0)))
                self.heard.append(Heard(line, headers, body, number))
                step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                if not step(connection):
                    return


@contextlib.contextmanager
def serving(*script: Step) -> Iterator[Server]:
    """Serve on a free port of loopback for as long as the block lasts."""
    server = Server(list(script) or [answer()])
    with _listening(server.serve) as server.port:
        yield server
        server.stopped.set()


@contextlib.contextmanager
def saying(content: bytes) -> Iterator[int]:
    """Say this to the first bytes of each connection, whatever they are, and close; yield the port."""

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(content)

    with _listening(serve) as port:
        yield port


@contextlib.contextmanager
def _listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
