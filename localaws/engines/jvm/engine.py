"""The JVM engines: DynamoDB Local and one node of OpenSearch, each in its own Java virtual machine."""

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from localaws.engines.jvm.creation_times import CreationTimes
from localaws.engines.jvm.dynamodb_local import DynamoDbLocal
from localaws.engines.jvm.maven import Program, programs
from localaws.engines.jvm.stream_mirror import LocalRegion
from localaws.engines.jvm.streams import MirroredStreams
from localaws.engines.jvm.table_api import TableApi
from localaws.engines.jvm.toolchain import java
from localaws.engines.jvm.write_counter import WriteCounter
from localaws.engines.stream_log import StreamLog
from localaws.errors import AwsError
from localaws.http_messages import DEFAULT_REGION, Request, Response, json_error
from localaws.managed_process import ManagedProcess

START_SECONDS: Final = 120.0
OPTIONS: Final = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
)  # only the quick compiler: half the CPU of a start


@dataclass(frozen=True, slots=True)
class Region:
    """DynamoDB in one region."""

    tables: TableApi
    streams: MirroredStreams


class JvmEngine:
    """DynamoDB Local and OpenSearch on the JVM."""

    def __init__(self, home: Path, clock: Callable[[], float], shards: int) -> None:
        """Start both, their logs and OpenSearch's data under `home`; every stream opens with `shards` shards.

        Raises:
            LocalAwsError: Java or Maven is missing, the download failed, or an engine does not start.
        """
        self._clock = clock
        self._shards = shards
        self._data = home / "opensearch"
        self._lock = threading.Lock()
        self._regions: dict[str, Region] = {}
        found = programs(java())
        with ExitStack() as parts, ThreadPoolExecutor(1) as other:
            shutil.rmtree(self._data, ignore_errors=True)  # of a run that was killed
            self._start_opensearch = partial(
                _start_opensearch, found["opensearch"], home / "opensearch.log", self._data
            )
            self._opensearch = other.submit(self._start_opensearch, 0)
            parts.callback(lambda: _stop(self._opensearch))
            dynamodb = _start_dynamodb(found["dynamodb"], home / "dynamodb.log")
            parts.callback(dynamodb.stop)
            self._opensearch.result()
            self._local = DynamoDbLocal(dynamodb.ready["url"])
            parts.callback(self._local.close)
            self._parts = parts.pop_all()

    @property
    def opensearch_url(self) -> str:
        """Where OpenSearch answers."""
        return str(self._opensearch.result().ready["url"])

    def dynamodb(self, request: Request) -> Response:
        """Answer one request of the DynamoDB API."""
        try:
            return self._region(request.region).tables.answer(request)
        except AwsError as error:
            return json_error(error)

    def streams(self, request: Request) -> Response:
        """Answer one request of the DynamoDB Streams API."""
        return self._region(request.region).streams.answer(request)

    def restart_opensearch(self) -> None:
        """Stop it at once, as a crash does, and start it over what it has written, on the same port."""
        port = urlsplit(self.opensearch_url).port or 0
        _stop(self._opensearch)
        with ThreadPoolExecutor(1) as other:
            self._opensearch = other.submit(self._start_opensearch, port)

    def stream(self, arn: str) -> StreamLog:
        """Return the log whose shards stand for DynamoDB Local's one.

        Raises:
            AwsError: no such stream.
        """
        region = arn.split(":")[3] if arn.startswith("arn:aws:dynamodb:") else DEFAULT_REGION
        return self._region(region).streams.get(arn)

    def close(self) -> None:
        """Stop both; nothing is kept."""
        self._parts.close()
        shutil.rmtree(self._data, ignore_errors=True)

    def _region(self, name: str) -> Region:
        with self._lock:
            if name not in self._regions:
                region = LocalRegion(name, self._local, CreationTimes(name, self._local, self._clock), WriteCounter())
                tables = TableApi(name, self._local, region.times, region.writes)
                self._regions[name] = Region(tables, MirroredStreams(region, self._clock, self._shards))
            return self._regions[name]


def _stop(starting: "Future[ManagedProcess]") -> None:
    """Stop what was started on another thread, if it was."""
    if starting.exception() is None:
        starting.result().stop()


def _start_dynamodb(program: Program, log: Path) -> ManagedProcess:
    return ManagedProcess.start("DynamoDB Local", program.command(OPTIONS), log, START_SECONDS)


def _start_opensearch(program: Program, log: Path, data: Path, port: int) -> ManagedProcess:
    temporary = data / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    options = [*OPTIONS, f"-Djava.io.tmpdir={temporary}"]
    return ManagedProcess.start("OpenSearch", program.command(options, str(data), str(port)), log, START_SECONDS)
