"""The streams of one region of DynamoDB Local, each behind a log of ours that has the shards."""

import threading
from collections.abc import Callable

from localaws.engines.jvm.dynamodb_local import from_local, to_local
from localaws.engines.jvm.stream_mirror import LocalRegion, MirroredStreamLog
from localaws.engines.stream_api import StreamLogs
from localaws.engines.stream_log import StreamLog
from localaws.errors import AwsError
from localaws.http_messages import Json, from_json, to_json


class MirroredStreams(StreamLogs):
    """The API over them; a log is made when its stream is first asked for, and has everything from the start."""

    def __init__(self, region: LocalRegion, clock: Callable[[], float], shards: int) -> None:
        """Serve the streams of a region; every stream opens with `shards` shards."""
        super().__init__()
        self._region = region
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
        answer = self._region.call("ListStreams", self._translated(to_local, request))
        return self._translated(from_local, answer)

    def _translated(self, translate: Callable[[str, bytes], bytes], document: Json) -> Json:
        return from_json(translate(self._region.name, to_json(document)))

    def _open(self, arn: str) -> None:
        try:
            self.add(MirroredStreamLog(arn, self._region, self._clock, self._shards))
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
