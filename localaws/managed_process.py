"""A program that this one starts and stops: it says in one JSON line that it is ready, and ends when its input closes.

As the input closes too when this process dies, however it dies, nothing is left running.
"""

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from localaws.errors import LocalAwsError
from localaws.home import private

STOP_SECONDS: Final = 5.0


@dataclass(slots=True)
class ManagedProcess:
    """A running program and what its ready line said."""

    name: str
    process: "subprocess.Popen[str]"
    ready: Mapping[str, Any]

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str | os.PathLike[str]],
        log: Path,
        timeout_seconds: float,
        environment: Mapping[str, str] | None = None,
    ) -> "ManagedProcess":
        """Start `command` with its standard error in `log`, and wait for its ready line.

        Raises:
            LocalAwsError: it ended or stayed silent; the message has its own words where it gave any.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "ab", opener=private) as file:
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=file,
                    env=environment,
                    text=True,
                    start_new_session=True,  # Ctrl-C reaches only the parent, which then stops its children in order
                )
            except OSError as error:
                raise LocalAwsError(f"{name} cannot be started: {error}.") from error
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_forward, args=(process, lines), daemon=True).start()
        try:
            line = lines.get(timeout=timeout_seconds)
        except queue.Empty:
            _end(process)
            raise LocalAwsError(f"{name} did not start within {timeout_seconds:g} s: see {log}.") from None
        except BaseException:  # an interrupted caller
            _end(process)
            raise
        ready = _parse(line)
        if ready is None or "error" in ready:
            _end(process)
            raise LocalAwsError(ready["error"] if ready else f"{name} did not start: see {log}.")
        return cls(name, process, ready)

    def is_running(self) -> bool:
        """Return whether it has not ended."""
        return self.process.poll() is None

    def stop(self, grace_seconds: float = 10.0) -> None:
        """Close its input, wait for its end, and kill it after the grace."""
        with contextlib.suppress(OSError):
            if self.process.stdin:
                self.process.stdin.close()
        try:
            self.process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _end(process: "subprocess.Popen[str]") -> None:
    """Close its input, for it to stop what it has started, and kill it if it does not heed that."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _forward(process: "subprocess.Popen[str]", lines: "queue.Queue[str]") -> None:
    """Hand over the first JSON line, then read on so that the program never waits for a reader."""
    if process.stdout is None:
        return
    found = False
    for line in process.stdout:
        if not found and line.lstrip().startswith("{"):
            lines.put(line)
            found = True
    if not found:
        lines.put("")


def _parse(line: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
