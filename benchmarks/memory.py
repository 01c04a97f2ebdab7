"""The peak memory of a process that parses and handles an event of 6 MB, for each handler.

Each runs in its own process: `python -m benchmarks.memory PATH URL FILE` prints its peak in bytes.
"""

import json
import resource
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Final

from benchmarks.events import MAX_EVENT_BYTES, payload
from benchmarks.gates import Figures
from benchmarks.server import serving
from benchmarks.timing import Measured

STATUS: Final = Path("/proc/self/status")
PATHS: Final = ("benchmarks.ours.handler", "benchmarks.peers.helpers_bulk.handler", "")


def measure() -> Figures:
    """Return our peak over the event's size; the remark has those of the peer, and of only the parse."""
    text = payload("product", MAX_EVENT_BYTES)
    with tempfile.TemporaryDirectory() as folder, serving() as url:
        file = Path(folder) / "event.json"
        file.write_bytes(text)
        ours, bulk, parse = (_peak(path, url, file) / len(text) for path in PATHS)
    remark = f"{ours * len(text) / 1e6:.0f} MB; `helpers.bulk` {bulk:.1f}, only the parse {parse:.1f}"
    return {("memory", "product"): Measured(ours, ours, ours, remark)}


def _peak(path: str, url: str, file: Path) -> int:
    command = [sys.executable, "-m", "benchmarks.memory", path, url, str(file)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return int(run.stdout)


def _deal(path: str, url: str, file: Path) -> int:
    """Return this process's peak memory in bytes after the event."""
    module, _, name = path.rpartition(".")
    handler = getattr(import_module(module), name)(url) if path else len
    handler(json.loads(file.read_bytes()))
    if STATUS.exists():  # Linux counts what the parent process had towards ru_maxrss
        (peak,) = (line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    print(_deal(sys.argv[1], sys.argv[2], Path(sys.argv[3])))  # noqa: T201 - for `measure`
