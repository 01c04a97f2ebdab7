"""Writes rejected records to S3, whole and with the error.

The key is derived from the record and the alias, and objects are never overwritten. However often a record arrives, it
has one object for each index, as it was at the first time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event
from typing import Final

from stream_indexer.aws.bucket import CONNECTIONS, Bucket
from stream_indexer.deadline import Deadline, expired
from stream_indexer.documents.records import StreamRecord, parse_record
from stream_indexer.errors import MalformedRecordError, TransientError
from stream_indexer.jsontext import dumps
from stream_indexer.rejection import HELD, Rejection

NOT_SENT: Final = "not quarantined: S3 rejected another record, or no time was left"


@dataclass(frozen=True, slots=True)
class S3Quarantine:
    """The prefix `quarantine/` of a bucket.

    Attributes:
        bucket: The bucket.
        function_name: Name of the Lambda function.
        function_version: Version of the Lambda function.
        now: Clock, in UTC.
    """

    bucket: Bucket
    function_name: str
    function_version: str
    now: Callable[[], datetime]

    def keep(self, rejected: Sequence[tuple[StreamRecord, Rejection]], deadline: Deadline) -> Sequence[str]:
        """Write each record with its rejection, several at the same time. The operation is idempotent.

        After the first record that S3 rejects, no further records are sent.

        Returns:
            For each record the error, empty on success.
        """
        has_failed = Event()

        def keep_one(record: StreamRecord, rejection: Rejection) -> str:
            if has_failed.is_set() or expired(deadline):
                return NOT_SENT
            try:
                key = object_key(self.function_name, record, rejection.alias, is_held=rejection.reason == HELD)
                self.bucket.put(key, self._content(record, rejection), deadline)
            except TransientError as error:
                has_failed.set()
                return str(error)
            return ""

        if len(rejected) < 2:
            return [keep_one(*one) for one in rejected]
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a batch without a fault needs none

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return list(pool.map(keep_one, *zip(*rejected, strict=True)))

    def _content(self, record: StreamRecord, rejection: Rejection) -> bytes:
        return dumps(
            {
                "schemaVersion": 1,
                "functionName": self.function_name,
                "functionVersion": self.function_version,
                "quarantinedAt": self.now().isoformat(timespec="milliseconds"),
                "reason": rejection.reason,
                "alias": rejection.alias,
                "error": {"type": rejection.error_type, "message": rejection.message, "status": rejection.status},
                "record": record,
            }
        )


def object_key(function_name: str, record: StreamRecord, index: str, *, is_held: bool = False) -> str:
    """Return `quarantine/<function>/<yyyy>/<mm>/<dd>/<sequence number>-<digest>-<index>.json`.

    The date is the record's. A record that is rejected for every index has no alias in its key. A held record, which is
    still retried, is below `quarantine/<function>/held/`.
    """
    digest = sha256(dumps(record)).hexdigest()[:16]
    try:
        change = parse_record(record)
        place = f"{datetime.fromtimestamp(change.created_at, UTC):%Y/%m/%d}/{change.sequence_number}"
    except MalformedRecordError:
        place = "malformed"
    folder = "held/" if is_held else ""
    return f"quarantine/{function_name}/{folder}{place}-{digest}{index and f'-{index}'}.json"
