"""Builds the function's zip: the same bytes from the same inputs, on any machine, at any time.

The inputs are `lambda/src` and the wheels that `lambda/requirements.txt` locks by hash. Entries are sorted, their times
and modes fixed, and nothing is compressed, for compressors differ between machines. Standard library and pip only.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent
SOURCE: Final = ROOT / "src"
REQUIREMENTS: Final = ROOT / "requirements.txt"
OUTPUT: Final = ROOT.parent / "build" / "stream-indexer.zip"
MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}  # Lambda's name of an architecture -> the wheels'
# What wheels may ask of the system: Amazon Linux 2023, which Python 3.12 and later run on, has glibc 2.34.
GLIBC: Final = ("manylinux2014", "manylinux_2_17", "manylinux_2_28", "manylinux_2_34")
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can store
MODE: Final = 0o100644 << 16  # a regular file that all may read: Lambda runs the code as another user
SHIPPED_SUFFIXES: Final = {".py", ".json"}


class PackagingError(RuntimeError):
    """The zip cannot be built; the message says why."""


def main() -> int:
    """Build the zip that the command line asks for and say what it is."""
    parser = argparse.ArgumentParser(prog="package.py", description=__doc__)
    parser.add_argument("--platform", choices=MACHINES, default="arm64", help="Lambda architecture (default: arm64)")
    parser.add_argument("--python", default="3.13", metavar="X.Y", help="of the Lambda runtime (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the zip (default: build/stream-indexer.zip)")
    options = parser.parse_args()
    try:
        build(options.output, options.platform, options.python)
    except PackagingError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - a command talks to its terminal
        return 1
    content = options.output.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    print(f"{options.output}: {len(content):,} bytes, sha256 {digest}")  # noqa: T201 - as above
    return 0


def build(output: Path, platform: str, python: str) -> None:
    """Write the zip to `output`, whole or not at all.

    Raises:
        PackagingError: a wheel is not available, or two inputs have a file of the same name.
    """
    with tempfile.TemporaryDirectory() as folder:
        wheels = _wheels(Path(folder), platform, python)
        entries: dict[str, bytes] = {}
        for name, content in [*_source(), *(entry for wheel in wheels for entry in _contents(wheel))]:
            if name in entries:
                raise PackagingError(f"two inputs have a file {name}")
            entries[name] = content
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_suffix(f".{os.getpid()}.part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.create_system = 3  # Unix, wherever it is built
            entry.external_attr = MODE
            archive.writestr(entry, entries[name])
    unfinished.replace(output)


def _wheels(folder: Path, platform: str, python: str) -> list[Path]:
    """Fetch the locked wheels for the runtime, which is another than this machine's."""
    tags = [f"--platform={glibc}_{MACHINES[platform]}" for glibc in GLIBC]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--implementation=cp", f"--python-version={python}", *tags]
    command += ["--dest", str(folder), "--requirement", str(REQUIREMENTS)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise PackagingError(f"pip cannot fetch the wheels for Python {python} on {platform}: {run.stderr.strip()}")
    return sorted(folder.glob("*.whl"))


def _source() -> Iterator[tuple[str, bytes]]:
    for path in SOURCE.rglob("*"):
        if path.suffix in SHIPPED_SUFFIXES:
            yield path.relative_to(SOURCE).as_posix(), path.read_bytes()


def _contents(wheel: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield info.filename, archive.read(info)


if __name__ == "__main__":
    sys.exit(main())
