"""Keeps records that can never be indexed in S3, whole and with their reason.

The key is derived from the record and the index that it is not in, and an object is never written over: however often a
record comes, it is kept once for each index, as it was when it first came.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from orjson import dumps

from stream_indexer.aws import service_errors, told
from stream_indexer.errors import MalformedRecordError, TransientError
from stream_indexer.records import StreamRecord, read
from stream_indexer.sync import Reason

ALREADY_THERE: Final = "PreconditionFailed"


@dataclass(frozen=True, slots=True)
class S3Quarantine:
    """A bucket's `quarantine/`.

    Attributes:
        s3: makes boto3's client when one is needed.
        now: the clock, UTC.
    """

    s3: Callable[[], Any]
    bucket: str
    function_name: str
    function_version: str
    now: Callable[[], datetime]

    def keep(self, record: StreamRecord, reason: Reason) -> None:
        """Keep the record for the reason's index; again is the same as once.

        Raises:
            TransientError: S3 did not take it.
        """
        content = {
            "format": 1,
            "functionName": self.function_name,
            "functionVersion": self.function_version,
            "firstSeen": self.now().isoformat(timespec="milliseconds"),
            "reason": asdict(reason),
            "record": record,
        }
        try:
            self.s3().put_object(
                Bucket=self.bucket,
                Key=object_key(self.function_name, record, reason.index),
                Body=_encode(content),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except service_errors() as error:
            if told(error) == ALREADY_THERE:
                return
            raise TransientError(f"S3 did not take a record for the quarantine: {told(error)}") from error


def object_key(function_name: str, record: StreamRecord, index: str) -> str:
    """Return `quarantine/<function>/<yyyy>/<mm>/<dd>/<sequence number>-<digest>-<index>.json`.

    The day is the record's own; a record that is not meant for an index has no such end.
    """
    digest = sha256(_encode(record)).hexdigest()[:16]
    try:
        change = read(record)
        place = f"{datetime.fromtimestamp(change.created, UTC):%Y/%m/%d}/{change.sequence_number}"
    except MalformedRecordError:
        place = "malformed"
    return f"quarantine/{function_name}/{place}-{digest}{index and f'-{index}'}.json"


def _encode(content: object) -> bytes:
    try:
        return dumps(content)
    except TypeError:  # text that is no Unicode: JSON can escape it, orjson does not
        return json.dumps(content).encode()
