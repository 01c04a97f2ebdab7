"""Keeps encoded records on disk: a stream has a day of them, which would fill the gateway's memory."""

import os
import tempfile
import threading
from typing import IO


class Spool:
    """An unnamed file that only grows and ends with this process."""

    def __init__(self) -> None:
        """Write nothing yet."""
        self._file: IO[bytes] | None = None
        self._end = 0
        self._lock = threading.Lock()

    def put(self, content: bytes) -> int:
        """Keep bytes; return their offset."""
        with self._lock:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - open as long as this process
            offset, self._end = self._end, self._end + len(content)
            self._file.write(content)
            return offset

    def get(self, offset: int, length: int) -> bytes:
        """Return kept bytes."""
        if self._file is None:
            raise LookupError(offset)
        return os.pread(self._file.fileno(), length, offset)


SPOOL = Spool()
