"""Corrections of moto where its tables differ from DynamoDB in what a stream sees, each with its reason.

1. Records are made by `stream_records.py`, not moto: moto's say `us-east-1` and version 1.0, have a SizeBytes of the
   JSON's length, one shard for ever, never trim, and share their images with the table.
2. Records are kept until the API call has ended, then appended together, or dropped if it was refused: moto's
   UpdateItem writes a new item twice (two INSERTs), and a cancelled transaction leaves the records of its first writes.
3. A write that changes nothing gives no record; moto gives a MODIFY.
4. Calls run one at a time: moto reads, checks and writes without a lock, so the stream's order could differ from
   the table's.
5. A stream can be switched off and on again: moto continues to record, and refuses to switch it on again.
6. A stream ends with its table: the stream of moto continues.
7. A stream's label has milliseconds, moto's has microseconds.
8. Numbers and sets have one form, in the table and in its records: moto keeps them as they were written, and takes the
   same value in another form for a change.
9. A write remains although its call failed: its record is appended too.
10. Text may have a lone surrogate, as on DynamoDB Local: moto fails where it counts such text's bytes.
11. Attribute values are passed on as they are: moto looks up each name in them, which takes most of a scan's time.
"""

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import dynamo_type, dynamodb_backends
from moto.dynamodb.models import table as moto_table

from localaws.engines import number_format
from localaws.engines.stream_api import StreamLogs
from localaws.engines.stream_log import StreamLog
from localaws.engines.stream_records import Change, Image, record_of
from localaws.engines.time_to_live import check_change, check_name
from localaws.http_messages import ACCOUNT_ID, Json

MOTO_SERIALIZE: Final = BaseJSONSerializer._serialize_type_structure  # noqa: SLF001 - what is patched below


class PatchedTables:
    """Moto's tables with streams as AWS's. One for each process, for moto's state is the process's."""

    def __init__(self, logs: StreamLogs, clock: Callable[[], float], shards: int) -> None:
        """Take the place of moto's streams; every stream opens with `shards` shards."""
        self.logs = logs
        self.clock = clock
        self.shards = shards
        self._pending: list[tuple[StreamLog, Change]] = []
        self._lock = threading.RLock()
        # Three patches of moto: its tables make a shard of this name when a stream is switched on, its values count
        # their bytes by this function, its answers are serialized by this method.
        moto_table.StreamShard = self._switched_on  # type: ignore[misc,assignment]
        dynamo_type.bytesize = _byte_count  # type: ignore[attr-defined,assignment]
        BaseJSONSerializer._serialize_type_structure = _serialize_structure  # type: ignore[assignment,method-assign]  # noqa: SLF001

    @contextmanager
    def call(self) -> Iterator[list[None]]:
        """Run one API call under the lock; append its records unless the yielded list is filled (a refused call)."""
        refused: list[None] = []
        with self._lock:
            self._pending = []
            try:
                yield refused
            finally:
                pending, self._pending = self._pending, []
                if not refused:
                    for log, change in merged(pending):
                        self._append(log, change)

    def stream(self, region: str, request: dict[str, Json]) -> StreamLog | None:
        """Return the stream of the table that a request names, if it has one that is on."""
        table = _table(region, request)
        return table.stream_shard.log if table is not None and isinstance(table.stream_shard, StreamRecorder) else None

    def before_update(self, region: str, request: dict[str, Json]) -> None:
        """Prepare moto's table for an UpdateTable that switches its stream, or its encryption, which moto ignores."""
        specification = request.get("StreamSpecification")
        table = _table(region, request)
        if table is not None and request.get("SSESpecification"):
            table.sse_specification = request["SSESpecification"]
        if table is None or not specification:
            return
        if not specification.get("StreamEnabled"):
            stream = self.stream(region, request)
            if stream is not None:
                stream.close()
            table.stream_shard = None
        elif not (table.stream_specification or {}).get("StreamEnabled"):
            table.latest_stream_label = None

    def before_time_to_live(self, region: str, request: dict[str, Json]) -> None:
        """Refuse an UpdateTimeToLive that AWS refuses and moto accepts.

        Raises:
            AwsError: ValidationException.
        """
        specification = request.get("TimeToLiveSpecification", {})
        check_name(specification)
        table = _table(region, request)
        if table is not None:
            check_change(table.ttl, specification)

    def after_time_to_live(self, region: str, request: dict[str, Json]) -> None:
        """Forget the attribute's name where time to live is off now, as AWS does."""
        if not request["TimeToLiveSpecification"]["Enabled"]:
            _table(region, request).ttl.pop("AttributeName", None)

    def _switched_on(self, account_id: str, table: Any) -> "StreamRecorder":
        """Replace the constructor of moto's StreamShard."""
        del account_id
        table.latest_stream_label = table.latest_stream_label[:23]
        arn = f"{table.table_arn}/stream/{table.latest_stream_label}"
        description = {
            "TableName": table.name,
            "KeySchema": table.schema,
            "StreamViewType": table.stream_specification["StreamViewType"],
        }
        log = StreamLog(arn, description, self.clock, self.shards)
        self.logs.add(log)
        return StreamRecorder(self, log, [key["AttributeName"] for key in table.schema])

    def record(self, log: StreamLog, change: Change) -> None:
        """Keep a change until its call has ended."""
        self._pending.append((log, change))

    def _append(self, log: StreamLog, change: Change) -> None:
        region = log.arn.split(":")[3]
        log.append(record_of(change, log.view_type, region, self.clock()))


class StreamRecorder:
    """What a moto table holds as its shard: it takes the writes down."""

    def __init__(self, tables: PatchedTables, log: StreamLog, key_names: list[str]) -> None:
        """Record to `log` by way of `tables`."""
        self.tables = tables
        self.log = log
        self._key_names = key_names

    def __deepcopy__(self, memo: dict[int, Any]) -> "StreamRecorder":
        """Stay the same in the copy that moto takes before a transaction."""
        return self

    def add(self, old: Any, new: Any) -> None:
        """Take down one write; both are moto's items."""
        if new is not None:
            for value in new.attrs.values():
                _normalize(value)
        before, after = (None if item is None else _image(item) for item in (old, new))
        present = after or before or {}
        keys = {name: present[name] for name in self._key_names}
        self.tables.record(self.log, Change(keys, before, after))


def _table(region: str, request: dict[str, Json]) -> Any:
    """Return moto's table that a request names by name or ARN, None if it does not exist."""
    return dynamodb_backends[ACCOUNT_ID][region].tables.get(request.get("TableName", "").rpartition("/")[2])


def merged(pending: list[tuple[StreamLog, Change]]) -> Iterator[tuple[StreamLog, Change]]:
    """Yield one change for each item that a call wrote, from its first old image to its last new one."""
    merged_changes: dict[tuple[str, str], tuple[StreamLog, Change]] = {}
    for log, change in pending:
        key = (log.arn, repr(change.keys))
        earlier = merged_changes.get(key)
        merged_changes[key] = (log, Change(change.keys, earlier[1].old if earlier else change.old, change.new))
    for log, change in merged_changes.values():
        if change.old != change.new:
            yield log, change


def _normalize(value: Any) -> None:
    """Change a value of moto, in place, to the form that DynamoDB stores."""
    match value.type:
        case "N":
            value.value = number_format.number(str(value.value))
        case "NS":
            value.value = number_format.number_set([_text(element) for element in value.value])
        case "SS":
            value.value = number_format.string_set([_text(element) for element in value.value])
        case "BS":
            value.value.sort(key=lambda element: base64.b64decode(_text(element)))  # moto needs the bytes that it has
        case "M":
            for element in value.value.values():
                _normalize(element)
        case "L":
            for element in value.value:
                _normalize(element)


def _byte_count(content: str | bytes) -> int:
    return len(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))


def _image(item: Any) -> Image:
    return {name: _to_wire(value) for name, value in item.attrs.items()}


def _to_wire(value: Any) -> Json:
    """Return one of moto's values in wire form, sharing nothing with it."""
    content = value.value
    match value.type:
        case "M":
            content = {name: _to_wire(element) for name, element in content.items()}
        case "L":
            content = [_to_wire(element) for element in content]
        case "SS" | "NS" | "BS":
            content = [_text(element) for element in content]
        case "B":
            content = _text(content)
    return {value.type: content}


def _text(content: Any) -> str:
    return base64.b64encode(content).decode("ascii") if isinstance(content, bytes) else str(content)


def _serialize_structure(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name == "AttributeValue" and isinstance(value, dict):
        serialized[serializer.get_serialized_name(shape, key)] = _with_base64(value)
    else:
        MOTO_SERIALIZE(serializer, serialized, value, shape, key)


def _with_base64(value: Any) -> Any:
    """Return an attribute value with its bytes in base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {name: _with_base64(inner) for name, inner in value.items()}
    return [_with_base64(inner) for inner in value] if isinstance(value, list) else value
