"""The embedded engines: moto's DynamoDB inside this process, and osmem-server, a single program, as OpenSearch."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from osmem_server import OsmemError, resolve_binary

from localaws.engines.embedded.moto_patches import PatchedTables
from localaws.engines.stream_api import StreamLogs
from localaws.engines.stream_log import StreamLog
from localaws.errors import AwsError, LocalAwsError
from localaws.http_messages import Request, Response, call_wsgi, json_error, to_json
from localaws.managed_process import ManagedProcess

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CLIENT_ERROR: Final = 400
START_SECONDS: Final = 30.0


class EmbeddedEngine:
    """DynamoDB and OpenSearch from Python packages only."""

    def __init__(self, home: Path, moto: "WSGIApplication", clock: Callable[[], float], shards: int) -> None:
        """Start osmem-server, its log under `home`, and take moto's streams over.

        Raises:
            LocalAwsError: osmem-server does not start on this machine.
        """
        self.logs = StreamLogs()
        self.tables = PatchedTables(self.logs, clock, shards)
        self._moto = moto
        self._osmem = _start_osmem(home / "opensearch.log")

    @property
    def opensearch_url(self) -> str:
        """Where osmem-server answers."""
        return str(self._osmem.ready["url"])

    def dynamodb(self, request: Request) -> Response:
        """Answer one request of the DynamoDB API by moto."""
        try:
            return self._dynamodb(request)
        except AwsError as error:
            return json_error(error)

    def _dynamodb(self, request: Request) -> Response:
        if request.target == "UpdateItem":
            request = _with_updates(request)
        with self.tables.call() as refused:
            if request.target == "UpdateTable":
                self.tables.before_update(request.region, request.json())
            if request.target == "UpdateTimeToLive":
                self.tables.before_time_to_live(request.region, request.json())
            stream = self.tables.stream(request.region, request.json()) if request.target == "DeleteTable" else None
            answer = call_wsgi(self._moto, request)
            if answer.status >= CLIENT_ERROR:
                refused.append(None)
            elif stream is not None:
                stream.close()
            elif request.target == "UpdateTimeToLive":
                self.tables.after_time_to_live(request.region, request.json())
        return answer

    def streams(self, request: Request) -> Response:
        """Answer one request of the DynamoDB Streams API."""
        return self.logs.answer(request)

    def restart_opensearch(self) -> None:
        """Refuse: osmem-server keeps everything in memory.

        Raises:
            AwsError: always.
        """
        raise AwsError("ValidationException", "osmem-server would come back empty: use the JVM engines.")

    def stream(self, arn: str) -> StreamLog:
        """Return the log of a stream.

        Raises:
            AwsError: no such stream.
        """
        return self.logs.get(arn)

    def close(self) -> None:
        """Stop osmem-server."""
        self._osmem.stop()


def _with_updates(request: Request) -> Request:
    """Add an empty expression to an UpdateItem with only a key: moto writes the item and then fails."""
    asked = request.json()
    if "UpdateExpression" in asked or "AttributeUpdates" in asked:
        return request
    return replace(request, body=to_json({**asked, "AttributeUpdates": {}}))


def _start_osmem(log: Path) -> ManagedProcess:
    """Start osmem-server on a free port; it stops when this process does."""
    try:
        program = resolve_binary()
    except OsmemError as error:
        raise LocalAwsError(f"{error}: it is what the embedded engines use as OpenSearch.") from error
    return ManagedProcess.start("osmem-server", [program, "--no-ja"], log, START_SECONDS)
