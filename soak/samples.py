"""What is looked at twice a second: how far the index is behind the table, and the memory of every process."""

import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from drills.environment import DrillEnvironment
from soak.load import HEARTBEAT_ID

LOOK_SECONDS: Final = 0.5
KILOBYTES_PER_MEGABYTE: Final = 1024


@dataclass(slots=True)
class Samples:
    """Lag and memory over time; times in seconds since the soak's start.

    Attributes:
        lags: (time, how old the newest heartbeat in the index is, in seconds).
        megabytes: by what a process is ("function", "gateway", or the engine's program): (time, the largest one's).
    """

    env: DrillEnvironment
    lags: list[tuple[float, float]] = field(default_factory=list)
    megabytes: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, args=(time.monotonic(),), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _run(self, start: float) -> None:
        index = self.env.pipeline.index
        while not self._stop.wait(LOOK_SECONDS):
            now = time.monotonic() - start
            if heartbeat := index.get(HEARTBEAT_ID):
                self.lags.append((now, time.time() - float(heartbeat["beat"])))
            for name, size in memory(self.env).items():
                self.megabytes[name].append((now, size))


def memory(env: DrillEnvironment) -> Mapping[str, float]:
    """Return the resident memory in MB of the stack's processes, the largest of each kind."""
    gateway = int(env.aws.admin("GET", "state")[1]["pid"])
    functions = {process["pid"] for process in env.aws.status()["processes"]}
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss=,comm="], capture_output=True, text=True, check=True)
    sizes: dict[str, float] = {}
    for line in listed.stdout.splitlines():
        pid, parent, kilobytes, program = line.split(None, 3)
        if int(pid) in functions:
            name = "function"
        elif int(pid) == gateway:
            name = "gateway"
        elif int(parent) == gateway:
            name = program.rpartition("/")[2]
        else:
            continue
        sizes[name] = max(sizes.get(name, 0.0), int(kilobytes) / KILOBYTES_PER_MEGABYTE)
    return sizes
