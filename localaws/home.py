"""A folder for its owner only, and for one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localaws.errors import LocalAwsError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


class HeldError(LocalAwsError):
    """Another process holds the lock; the message is its process id."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock at `path` for the length of a block, or until this process ends, however it ends.

    Raises:
        HeldError: another process holds it.
        OSError: the file cannot be written.
    """
    descriptor = private(path, os.O_RDWR | os.O_CREAT)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HeldError(os.read(descriptor, 20).decode().strip() or "unknown") from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can enter, or make that of one which is there.

    Raises:
        LocalAwsError: this user cannot write there.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        folder.chmod(PRIVATE_FOLDER)
    except OSError as error:
        message = f"{folder} cannot be written to ({error.strerror}): choose a folder of yours with --home."
        raise LocalAwsError(message) from error


def private(path: str | os.PathLike[str], flags: int) -> int:
    """Open a file, for its owner only if it is new: an opener for `open`."""
    return os.open(path, flags, PRIVATE_FILE)
