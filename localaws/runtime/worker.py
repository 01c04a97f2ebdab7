"""One process of a function: the sandbox that Lambda would start, driven through the Lambda Runtime API.

The process's only client connection is served by the thread that invokes it: the event goes straight from the caller
to the socket, and the answer straight back. A worker handles one invocation at a time.
"""

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

BOOTSTRAP: Final = Path(__file__).with_name("bootstrap.py")
INIT_SECONDS: Final = 30.0  # Lambda gives 10; two busy cores are slower than it
MAX_RESPONSE_BYTES: Final = (
    6 * 1024 * 1024 + 100
)  # Lambda quota: 6 MB a synchronous response; 6,291,556 is its error's figure
ACCEPTED: Final = (
    b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n" + b'{"status":"OK"}'
)
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
RECEIVE_BYTES: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Event:
    """What one invocation hands to the function."""

    request_id: str
    payload: bytes
    function_arn: str
    timeout_seconds: float
    client_context: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        payload: what the function answered, or the error's JSON.
        error: "Unhandled" when it failed, else None.
        alive: whether the process can take another event.
        duration_seconds: of the handler, without the start of the process.
    """

    payload: bytes
    error: str | None
    alive: bool
    duration_seconds: float


@dataclass(frozen=True, slots=True)
class _Message:
    method: str
    path: str
    body: bytes


class _ProcessExitedError(Exception):
    """The process ended, or the time is up (`TimeoutError` as its cause)."""


class Worker:
    """One process of one function version."""

    def __init__(self, handler: str, folder: Path, environment: Mapping[str, str], log: Path, home: Path) -> None:
        """Start the process; its standard output and error go to `log`, its current folder is the code's."""
        self.log = log
        self.log_stream = environment["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.started = time.monotonic()
        self.init_seconds: float | None = None
        self._buffer = bytearray()
        self._connection: socket.socket | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        home.mkdir(parents=True, exist_ok=True)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-P", BOOTSTRAP, handler],
                cwd=folder,
                env={
                    **environment,
                    "LAMBDA_TASK_ROOT": str(folder),
                    "HOME": str(home),
                    "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._listener.getsockname()[1]}",
                },
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def peak_memory_mb(self) -> int | None:
        """Return the most memory the process has had; None where the system does not say, or it has ended."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return None
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(peak[1]) // 1024 + 1 if peak else None

    def invoke(self, event: Event) -> Outcome:
        """Hand the event over and wait for the answer, at most the function's timeout."""
        begun = time.monotonic()
        try:
            failed = self._await_next(begun + INIT_SECONDS)
        except _ProcessExitedError as gone:
            return self._ended(gone, event, 0.0)
        if failed is not None:
            self.stop()
            return Outcome(failed, "Unhandled", alive=False, duration_seconds=0.0)
        if self.init_seconds is None:
            self.init_seconds = time.monotonic() - self.started
        begun = time.monotonic()
        deadline = begun + event.timeout_seconds
        try:
            self._send_event(event, deadline)
            while True:
                message = self._read(deadline)
                self._send(ACCEPTED, deadline)
                if message.path.endswith(("/response", "/error")):
                    break
        except _ProcessExitedError as gone:
            return self._ended(gone, event, time.monotonic() - begun)
        duration = time.monotonic() - begun
        if message.path.endswith("/error"):
            return Outcome(message.body, "Unhandled", alive=True, duration_seconds=duration)
        if len(message.body) > MAX_RESPONSE_BYTES:
            text = f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            body = orjson.dumps({"errorType": "Function.ResponseSizeTooLarge", "errorMessage": text})
            return Outcome(body, "Unhandled", alive=True, duration_seconds=duration)
        return Outcome(message.body, None, alive=True, duration_seconds=duration)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def kill(self) -> None:
        """End the process at once, as the kernel does when memory runs out."""
        self._process.kill()

    def hang(self) -> None:
        """Let the process do nothing more; it can still be killed."""
        self._process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        """End the process and let go of its sockets."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        for opened in (self._connection, self._listener):
            if opened is not None:
                opened.close()

    def _await_next(self, deadline: float) -> bytes | None:
        """Wait until the process asks for its next event; return the error it reported when its start failed."""
        while True:
            message = self._read(deadline)
            if message.path.endswith("/invocation/next"):
                return None
            self._send(ACCEPTED, deadline)
            if message.path.endswith("/init/error"):
                return message.body

    def _send_event(self, event: Event, deadline: float) -> None:
        deadline_ms = int((time.time() + deadline - time.monotonic()) * 1000)
        trace = f"Root=1-{int(time.time()):08x}-{event.request_id.replace('-', '')[:24]};Sampled=0"
        context = f"Lambda-Runtime-Client-Context: {event.client_context}\r\n" if event.client_context else ""
        head = (
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json\r\n"
            f"Lambda-Runtime-Aws-Request-Id: {event.request_id}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {deadline_ms}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {event.function_arn}\r\n"
            f"Lambda-Runtime-Trace-Id: {trace}\r\n"
            f"{context}"
            f"Content-Length: {len(event.payload)}\r\n\r\n"
        )
        self._send(head.encode("latin-1"), deadline)
        self._send(event.payload, deadline)

    def _send(self, data: bytes, deadline: float) -> None:
        if self._connection is None:
            raise _ProcessExitedError
        self._connection.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise _ProcessExitedError from error

    def _read(self, deadline: float) -> _Message:
        """Read the process's next request, on its connection or on a new one.

        Raises:
            _ProcessExitedError: the process ended or the deadline passed.
        """
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._receive(deadline)
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        method, path, _ = lines[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if headers.get("expect", "").lower() == "100-continue":
            self._send(CONTINUE, deadline)
        length = int(headers.get("content-length") or 0)
        while len(self._buffer) < length:
            self._receive(deadline)
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return _Message(method, path, body)

    def _receive(self, deadline: float) -> None:
        """Add what arrives to the buffer; a closed connection is replaced by the process's next one."""
        if self._connection is None:
            self._accept(deadline)
        connection = self._connection
        if connection is None:
            raise _ProcessExitedError
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data = connection.recv(RECEIVE_BYTES)
        except TimeoutError as error:
            raise _ProcessExitedError from error
        except OSError:
            data = b""
        if data:
            self._buffer += data
            return
        connection.close()
        self._connection = None
        self._buffer.clear()

    def _accept(self, deadline: float) -> None:
        """Wait for the process to connect, looking now and then whether it is still there."""
        while True:
            self._listener.settimeout(min(max(deadline - time.monotonic(), 0.001), 0.1))
            try:
                self._connection, _ = self._listener.accept()
            except TimeoutError as error:
                if self._process.poll() is not None:
                    raise _ProcessExitedError from None
                if time.monotonic() >= deadline:
                    raise _ProcessExitedError from error
            else:
                self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return

    def _ended(self, gone: _ProcessExitedError, event: Event, duration: float) -> Outcome:
        """Return how the process ended, in the words of Lambda."""
        timed_out = isinstance(gone.__cause__, TimeoutError)
        if timed_out:
            kind = "Sandbox.Timedout"
            text = f"Task timed out after {event.timeout_seconds:.2f} seconds"
            self.stop()
        else:
            code = self._exit_code()
            kind = "Runtime.ExitError"
            signals = {-9: "killed", -11: "segmentation fault", -15: "terminated", -6: "aborted"}
            how = f"signal: {signals.get(code, -code)}" if code < 0 else f"exit status {code}"
            text = f"Runtime exited with error: {how}" if code else "Runtime exited without providing a reason"
            self.stop()
        body = orjson.dumps({"errorType": kind, "errorMessage": f"RequestId: {event.request_id} Error: {text}"})
        return Outcome(body, "Unhandled", alive=False, duration_seconds=duration)

    def _exit_code(self) -> int:
        try:
            return self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return 0
