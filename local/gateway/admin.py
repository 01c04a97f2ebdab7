"""What the local AWS offers besides AWS's APIs, below /_local: status, waiting until drained, stopping."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from local.runtime.pool import Pool
from local.wire import Answer, Json, Request, to_json

PREFIX: Final = "/_local/"


class Drainable(Protocol):
    """The event source mappings, as far as this API asks them."""

    def status(self) -> Json:
        """Say of every mapping and shard how far it is."""

    def wait_until_drained(self, timeout: float) -> None:
        """Wait until every enabled mapping has read to the tip of its stream as of now."""


@dataclass(slots=True)
class Admin:
    """The API below /_local."""

    identity: str
    mappings: Drainable
    pool: Pool
    code_home: Path
    facts: Callable[[], dict[str, Json]]
    stop: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        match request.method, request.path.removeprefix(PREFIX).split("/"):
            case "GET", ["state"]:
                return _json(200, {"identity": self.identity, **self.facts()})
            case "GET", ["status"]:
                processes = [{"function": n, "pid": pid, "busy": busy} for n, pid, busy in self.pool.processes()]
                return _json(200, {"mappings": self.mappings.status(), "processes": processes})
            case "POST", ["drain"]:
                return self._drain(float(request.query.get("timeout_seconds", ["60"])[0]))
            case "POST", ["stop"]:
                self.stop.set()
                return _json(202, {})
            case "POST", ["functions", name, "kill"]:
                return _json(200, {"killed": self.pool.kill(name)})
            case "GET", ["code", name] if (self.code_home / name).is_file():
                return Answer(200, (self.code_home / name).read_bytes(), {"Content-Type": "application/zip"})
        return _json(404, {"message": f"There is no {request.method} {request.path}."})

    def _drain(self, timeout_seconds: float) -> Answer:
        try:
            self.mappings.wait_until_drained(timeout_seconds)
        except TimeoutError as error:
            return _json(504, {"message": str(error)})
        return _json(200, {})


def _json(status: int, document: Json) -> Answer:
    return Answer(status, to_json(document), {"Content-Type": "application/json"})
