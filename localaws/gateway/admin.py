"""What the local AWS offers besides AWS's APIs, below /_local: status, waiting until drained, stopping."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from localaws.errors import AwsError
from localaws.event_source_mapping.clocks import ScaledClock
from localaws.gateway.replay import EventHistory
from localaws.http_messages import Json, Request, Response, to_json
from localaws.runtime.pool import SandboxPool

PREFIX: Final = "/_local/"


class Shards(Protocol):
    """A stream, as far as this API asks it."""

    def split(self) -> list[str]:
        """Close the first open shard and open two; return their ids."""

    def roll(self) -> list[str]:
        """Close the first open shard and open one; return its id."""


class FaultTarget(Protocol):
    """The engine, as far as this API asks it."""

    @property
    def opensearch_url(self) -> str:
        """Where OpenSearch answers."""

    def restart_opensearch(self) -> None:
        """Stop OpenSearch at once and start it again."""

    def stream(self, arn: str) -> Shards:
        """Return a stream."""


class Drainable(Protocol):
    """The event source mappings, as far as this API asks them."""

    def status(self) -> Json:
        """Say of every mapping and shard how far it is."""

    def wait_until_drained(self, timeout: float) -> None:
        """Wait until every enabled mapping has read to the tip of its stream as of now."""


@dataclass(frozen=True, slots=True)
class Admin:
    """The API below /_local.

    Attributes:
        state: where the stack is and which it is; what its ready line says.
        code_home: where the zips of functions are, for GetFunction's Location.
        stop: set to stop the stack.
        clock: the mappings' and the streams'.
    """

    state: Mapping[str, Json]
    engine: FaultTarget
    mappings: Drainable
    pool: SandboxPool
    history: EventHistory
    code_home: Path
    stop: threading.Event
    clock: ScaledClock

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        match request.method, request.path.removeprefix(PREFIX).split("/"):
            case "GET", ["state"]:
                status, document = 200, {**self.state, "opensearch_url": self.engine.opensearch_url}
            case "GET", ["status"]:
                status, document = 200, self._status()
            case "POST", ["drain"]:
                status, document = self._drain(float(request.query.get("timeout_seconds", ["60"])[0]))
            case "POST", ["stop"]:
                self.stop.set()
                status, document = 202, {}
            case "GET", ["code", name] if (self.code_home / name).is_file():
                return Response(200, (self.code_home / name).read_bytes(), {"Content-Type": "application/zip"})
            case "POST", parts:
                status, document = self._inject(parts, request)
            case _:
                status, document = 404, {"message": f"There is no {request.method} {request.path}."}
        return Response(status, to_json(document), {"Content-Type": "application/json"})

    def _status(self) -> Json:
        processes = [{"function": name, "pid": pid, "busy": busy} for name, pid, busy in self.pool.processes()]
        return {"mappings": self.mappings.status(), "processes": processes}

    def _inject(self, parts: list[str], request: Request) -> tuple[int, Json]:
        """Cause an event that also happens on AWS; return what happened."""
        document: Json
        try:
            match parts:
                case ["functions", name, "kill"]:
                    document = {"killed": self.pool.kill(name)}
                case ["functions", name, "hang"]:
                    document = {"hung": self.pool.hang(name)}
                case ["functions", name, "replay"]:
                    document = {"replayed": self.history.replay(name, int(request.json().get("batches", 1)))}
                case ["streams", "split"]:
                    document = {"shards": self._stream(request).split()}
                case ["streams", "roll"]:
                    document = {"shards": self._stream(request).roll()}
                case ["opensearch", "restart"]:
                    self.engine.restart_opensearch()
                    document = {"opensearch_url": self.engine.opensearch_url}
                case ["time"]:
                    self.clock.advance(float(request.json()["advance_seconds"]))
                    document = {"time": self.clock.time()}
                case _:
                    return 404, {"message": f"There is no {request.method} {request.path}."}
        except AwsError as error:
            return error.status, {"message": error.message}
        return 200, document

    def _stream(self, request: Request) -> Shards:
        return self.engine.stream(request.json().get("StreamArn", ""))

    def _drain(self, timeout_seconds: float) -> tuple[int, Json]:
        try:
            self.mappings.wait_until_drained(timeout_seconds * self.clock.scale)
        except TimeoutError as error:
            return 504, {"message": str(error)}
        return 200, {}
