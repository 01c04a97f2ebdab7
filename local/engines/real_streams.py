"""The streams of one region of DynamoDB Local, each behind a log of ours that has the shards."""

import threading
from collections.abc import Callable

import orjson

from local.engines.real_feed import FedLog, LocalStream
from local.engines.real_local import STREAMS, DynamoDbLocal, from_local, to_local
from local.engines.real_times import Times
from local.engines.stream_api import StreamLogs
from local.engines.stream_log import StreamLog
from local.errors import AwsError
from local.wire import Json


class RealStreams(StreamLogs):
    """The API over them; a log is made when its stream is first asked for, and has everything from the start."""

    def __init__(
        self, region: str, local: DynamoDbLocal, times: Times, clock: Callable[[], float], shards: int
    ) -> None:
        """Stand before `local`; every stream opens with `shards` shards."""
        super().__init__()
        self._region = region
        self._local = local
        self._times = times
        self._clock = clock
        self._shards = shards
        self._lock = threading.Lock()

    def get(self, arn: str) -> StreamLog:
        """Return a stream by its ARN.

        Raises:
            AwsError: ResourceNotFoundException.
        """
        with self._lock:
            if arn not in self._logs:
                self._open(arn)
            return super().get(arn)

    def list_streams(self, request: dict[str, Json]) -> Json:
        """Answer ListStreams."""
        answer = self._local.call(self._region, STREAMS, "ListStreams", self._translated(to_local, request))
        return self._translated(from_local, answer)

    def _translated(self, translate: Callable[[str, bytes], bytes], document: Json) -> Json:
        return orjson.loads(translate(self._region, orjson.dumps(document)))

    def _open(self, arn: str) -> None:
        local_arn = to_local(self._region, arn.encode()).decode()
        source = LocalStream(self._local, self._times, self._region, local_arn)
        try:
            self.add(FedLog(arn, source, self._clock, self._shards))
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
