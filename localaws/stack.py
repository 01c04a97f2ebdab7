"""Starts and stops one local AWS: the only thing that tests and demos need to import.

with LocalAws.start(engines="embedded", home=Path("build/aws")) as aws:
    aws.client("dynamodb").list_tables()
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import urllib3

from localaws.errors import LocalAwsError
from localaws.gateway.aws_clients import AwsClients
from localaws.home import make_private, private
from localaws.managed_process import ManagedProcess
from localaws.settings import fake_aws_environment

ROOT: Final = Path(__file__).resolve().parents[1]
START_SECONDS: Final = 300.0  # the first start of the JVM engines may have to compile and download
STATE: Final = "state.json"
ATTRIBUTES: Final = ("endpoint_url", "opensearch_url", "identity", "region", "access_key")  # in its ready line as well


@dataclass(slots=True)
class LocalAws:
    """A running local AWS.

    Attributes:
        home: logs of every part and unpacked functions; the only folder written to.
        endpoint_url: of every AWS API.
        opensearch_url: of OpenSearch.
        identity: distinguishes this run from any other on the same port.
        access_key: random, and required for every request. It lets a program run code as the stack's user.
        process: the program behind it, None where another command started it.
    """

    home: Path
    endpoint_url: str
    opensearch_url: str
    identity: str
    region: str
    access_key: str = field(repr=False)
    process: ManagedProcess | None = None
    _clients: AwsClients = field(init=False)

    def __post_init__(self) -> None:
        self._clients = AwsClients(self.endpoint_url, self.region, self.access_key)

    @classmethod
    def start(  # noqa: PLR0913 - each has a default that nearly everybody wants
        cls,
        engines: str = "embedded",
        home: Path = Path("build/local-aws"),
        *,
        port: int = 0,
        region: str = "eu-west-1",
        stream_shards: int = 1,
        aws_endpoint_override: str = "",
        time_scale: float = 1,
        detached: bool = False,
    ) -> "LocalAws":
        """Start one, and wait until every part answers.

        Args:
            engines: "embedded" or "jvm".
            home: where it keeps its logs.
            port: of the gateway, 0 for a free one.
            region: AWS Region of clients.
            stream_shards: how many shards a new stream opens with.
            aws_endpoint_override: where functions and failure destinations reach AWS, e.g. a proxy; empty: here.
            time_scale: how much faster than real time mappings, streams and alarms have it.
            detached: whether it outlives this program.

        Raises:
            LocalAwsError: it cannot start; the message says in one sentence what to do.
        """
        home = home.resolve()
        make_private(home)
        command = [sys.executable, "-m", "localaws.server", "--home", str(home), "--engines", engines]
        command += ["--port", str(port), "--region", region, "--stream-shards", str(stream_shards)]
        command += ["--aws-endpoint-override", aws_endpoint_override, "--time-scale", str(time_scale)]
        command += ["--detached"] if detached else []
        environment = {name: value for name, value in os.environ.items() if name != "MOTO_ACCOUNT_ID"}
        environment["PYTHONPATH"] = str(ROOT)
        process = ManagedProcess.start("The local AWS", command, home / "server.log", START_SECONDS, environment)
        ready = process.ready
        (home / STATE).unlink(missing_ok=True)
        with open(home / STATE, "x", opener=private) as file:
            file.write(json.dumps({**ready, "engines": engines}, indent=2) + "\n")
        return cls(home, **{name: ready[name] for name in ATTRIBUTES}, process=process)

    @classmethod
    def find(cls, home: Path) -> "LocalAws":
        """Return the one that was left running with `home`.

        Raises:
            LocalAwsError: No local AWS runs there.
        """
        try:
            state = json.loads((home / STATE).read_text())
            found = cls(home, **{name: state[name] for name in ATTRIBUTES})
            status, now = found.admin("GET", "state", timeout_seconds=5)
            if status == 200 and now["identity"] == found.identity:
                found.opensearch_url = now["opensearch_url"]
                return found
        except (OSError, ValueError, KeyError, urllib3.exceptions.HTTPError):
            pass  # nothing was started here, or it has ended
        raise LocalAwsError(f"No local AWS runs with its home in {home}: start one with `python -m localaws up`.")

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a subprocess (Terraform, AWS CLI, boto3) here."""
        return fake_aws_environment(self.endpoint_url, self.region, self.access_key)

    def client(self, service: str) -> Any:
        """Return the boto3 client of an AWS service on the gateway: the same one each time, for making one is slow."""
        return self._clients.client(service)

    def wait_until_drained(self, timeout_seconds: float = 60) -> None:
        """Wait until every enabled mapping has read to the tip of its stream as of now, with nothing in flight.

        Raises:
            TimeoutError: one has not; the message names the mapping, the shard and how far behind it is.
        """
        status, answer = self.admin("POST", f"drain?timeout_seconds={timeout_seconds:g}", timeout_seconds + 30)
        if status == 504:
            raise TimeoutError(answer["message"])

    def kill(self, function_name: str) -> int:
        """Kill the busy processes of a function, as an out-of-memory error does; return their number."""
        return int(self.admin("POST", f"functions/{function_name}/kill")[1]["killed"])

    def hang(self, function_name: str) -> int:
        """Stop the busy processes of a function until their invocation times out; return their number."""
        return int(self.admin("POST", f"functions/{function_name}/hang")[1]["hung"])

    def replay(self, function_name: str, batches: int = 1) -> int:
        """Give a function its last events from mappings once more, the latest first; return how many they were.

        The last eight are kept. It returns when the function has answered; no mapping waits for these answers.

        Raises:
            LocalAwsError: the function cannot be invoked now.
        """
        path = f"functions/{function_name}/replay"
        status, answer = self.admin("POST", path, timeout_seconds=900, body={"batches": batches})
        if status != 200:
            raise LocalAwsError(answer["message"])
        return int(answer["replayed"])

    def advance_time(self, seconds: float) -> float:
        """Let so much time have passed for streams and mappings at once: records age; negative sets them back.

        Return what time it is for them then, in seconds since the epoch.
        """
        return float(self.admin("POST", "time", body={"advance_seconds": seconds})[1]["time"])

    def restart_opensearch(self) -> None:
        """Let OpenSearch crash and come back over what it has written, on the JVM engines; its URL stays.

        Raises:
            LocalAwsError: these engines keep nothing that it could come back over.
        """
        status, answer = self.admin("POST", "opensearch/restart", timeout_seconds=START_SECONDS)
        if status != 200:
            raise LocalAwsError(answer["message"])
        self.opensearch_url = answer["opensearch_url"]

    def split_shard(self, stream_arn: str) -> list[str]:
        """Split the stream's first open shard; return the ids of the two new ones.

        Raises:
            LocalAwsError: there is no such stream, or none of its shards is open.
        """
        return self._close_shard("split", stream_arn)

    def roll_shard(self, stream_arn: str) -> list[str]:
        """Let the stream's first open shard close and one child follow it, as AWS does every few hours; return its id.

        Raises:
            LocalAwsError: there is no such stream, or none of its shards is open.
        """
        return self._close_shard("roll", stream_arn)

    def _close_shard(self, how: str, stream_arn: str) -> list[str]:
        status, answer = self.admin("POST", f"streams/{how}", body={"StreamArn": stream_arn})
        if status != 200:
            raise LocalAwsError(answer["message"])
        return list(answer["shards"])

    def status(self) -> Mapping[str, Any]:
        """Return how far every mapping is and which processes of functions run."""
        return self.admin("GET", "status")[1]

    def admin(
        self, method: str, path: str, timeout_seconds: float = 30, body: Any = None
    ) -> tuple[int, Mapping[str, Any]]:
        """Call the API below /_local; return status and document."""
        url = f"{self.endpoint_url}/_local/{path}"
        headers = {"Authorization": f"Bearer {self.access_key}"}
        answer = urllib3.request(method, url, json=body, headers=headers, timeout=timeout_seconds, retries=False)
        return answer.status, answer.json()

    def is_running(self) -> bool:
        """Return whether it has not ended; True where another command started it."""
        return self.process is None or self.process.is_running()

    def stop(self) -> None:
        """Stop every part; only `home` is left."""
        if self.process is not None:
            self.process.stop(grace_seconds=20)
        else:
            self._stop_detached()
        (self.home / STATE).unlink(missing_ok=True)

    def _stop_detached(self) -> None:
        pid = self.admin("GET", "state")[1]["pid"]
        self.admin("POST", "stop")
        deadline = time.monotonic() + 20
        while _exists(pid):
            if time.monotonic() > deadline:
                raise LocalAwsError(f"The local AWS (process {pid}) has not stopped: see {self.home / 'gateway.log'}.")
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
