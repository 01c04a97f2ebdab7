"""Stream records, and stand-ins for what the function talks to: a clock, an index by script, a table, a quarantine."""

# ruff: noqa: D102 - the protocols document their methods

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, Final

import orjson
from stream_indexer.batch_processor import BatchProcessor, BatchResult, IndexTarget
from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline
from stream_indexer.documents.actions import document_id
from stream_indexer.documents.field_names import FieldNamePolicy, FieldNames
from stream_indexer.documents.projection import Condition, DocumentRules
from stream_indexer.documents.records import Image, StreamRecord
from stream_indexer.documents.versions import Versions
from stream_indexer.errors import ConnectionFailedError, TransientError
from stream_indexer.opensearch.bulk import PROBE, REQUIRE_ALIAS_ACTION
from stream_indexer.opensearch.bulk_writer import BulkWriter
from stream_indexer.rejection import REJECTED, Rejection

SECOND: Final = 1_767_225_600  # 2026-01-01
FIRST_ORDINAL: Final = 252_000
FIRST_COUNTER: Final = 17_454_423_000
ALIAS: Final = "orders"
KEY_NAMES: Final = ("customer_id", "order_id")
MISSING: Final = object()  # says of a member that it is to be left out
NAMES: Final = FieldNames(FieldNamePolicy.ESCAPE)  # the default
AS_THEY_ARE: Final = FieldNames(FieldNamePolicy.PASS_THROUGH)
BAD: Final = (400, "mapper_parsing_exception", "failed to parse field [x] of value 'secret'")  # an answer
REFUSED: Final = Rejection(REJECTED, BAD[2], BAD[1], 400, ALIAS)  # what becomes of it


def number(count: int) -> str:
    """Return the sequence number of the `count`th change: the ordinal and a counter of 20 digits, as AWS writes it."""
    return f"{FIRST_ORDINAL + count}{FIRST_COUNTER + 120 * count:020}"


def version(digits: int) -> int:
    """Return a version within SECOND."""
    return SECOND * 10**9 + digits


def key(name: str = "a") -> dict[str, Any]:
    """Return a primary key; its document's id is `name`, `|`, `1`."""
    return {"customer_id": {"S": name}, "order_id": {"S": "1"}}


def record(name: str = "a", count: int = 1, event: str = "MODIFY", **members: Any) -> Any:
    """Return a stream record of the item `key(name)`.

    Args:
        name: of the item.
        count: of the change, from FIRST_ORDINAL.
        event: INSERT, MODIFY or REMOVE.
        members: put in the place of those of `dynamodb`; MISSING leaves one out.
    """
    change = {
        "ApproximateCreationDateTime": float(SECOND),
        "Keys": key(name),
        "NewImage": MISSING if event == "REMOVE" else {**key(name), "number": {"N": str(count)}},
        "SequenceNumber": number(count),
        "SizeBytes": 59,
        "StreamViewType": "NEW_IMAGE",
        **members,
    }
    return {
        "eventID": f"{count:032x}",
        "eventName": event,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {member: value for member, value in change.items() if value is not MISSING},
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
    }


def keys_only(name: str = "a", count: int = 1) -> Any:
    """Return a record as the view KEYS_ONLY has it."""
    return record(name, count, NewImage=MISSING, StreamViewType="KEYS_ONLY")


def expiry(name: str = "a", count: int = 1, event: str = "REMOVE", **members: Any) -> Any:
    """Return the record of an item that time to live has deleted; see `record`."""
    return {
        **record(name, count, event, **members),
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
    }


class ManualDeadline:
    """Time that passes when a caller sleeps or spends it, and at no other moment."""

    def __init__(self, seconds: float = 118.0) -> None:
        """Begin an invocation that has `seconds` for its work."""
        self.time = SECOND + 1.5
        self.end = self.time + seconds
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.time

    def remaining(self) -> float:
        return self.end - self.time

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds

    def jitter(self) -> float:
        return 1.0


NO_JSON: Final = object()  # the source of a number whose text is not a number; DynamoDB delivers no such thing


@dataclass(frozen=True, slots=True)
class Sent:
    """One action of a bulk request, read back; numbers of the source are Decimals."""

    action: str
    document_id: str
    version: int
    version_type: str
    source: Any = None


PROBED: Final = Sent("index", "%", 0, "")  # the action that changes nothing
TAKEN: Final = (409, "version_conflict_engine_exception", "[%]: version conflict, but no document was found")


def read_bulk(content: bytes) -> list[Sent]:
    """Return the actions of a bulk request's body."""
    assert content.endswith(b"\n")
    lines = iter(content.split(b"\n")[:-1])
    actions: list[Sent] = []
    for line in lines:
        ((action, meta),) = json.loads(line).items()
        if action == "update":
            assert (line + b"\n" + next(lines) + b"\n", list(lines)) == (REQUIRE_ALIAS_ACTION, [])
            assert all(one.action == "delete" for one in actions)
            break
        if "if_seq_no" in meta:
            assert (line + b"\n" + next(lines) + b"\n", list(lines)) == (PROBE, [])
            actions.append(PROBED)
            break
        source = _source(next(lines)) if action == "index" else None
        actions.append(Sent(action, meta["_id"], meta["version"], meta["version_type"], source))
    return actions


def _source(line: bytes) -> Any:
    try:
        return json.loads(line, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return NO_JSON


Reply = Callable[[Sequence[Sent]], Response]


def done(asked: Sequence[Sent]) -> Response:
    """Take everything."""
    return each(*(_else(one) for one in asked))(asked)


def unreachable(asked: Sequence[Sent]) -> Response:
    """Give no answer."""
    raise ConnectionFailedError(f"no answer to {len(asked)} actions")


def each(*answers: int | tuple[int, str, str]) -> Reply:
    """Answer the actions in order, each by a status or by (status, error type, reason); what is no JSON is refused."""

    def reply(asked: Sequence[Sent]) -> Response:
        pairs = zip(asked, answers, strict=False)
        items = [{one.action: _item(BAD if one.source is NO_JSON else answer)} for one, answer in pairs]
        return Response(200, orjson.dumps({"items": guarded(items, asked)}))

    return reply


def guarded(items: list[dict[str, Any]], asked: Sequence[Sent]) -> list[dict[str, Any]]:
    """Return the items with the answer to the guard of a body that has only deletes."""
    missing = {"update": {"status": 404, "error": {"type": "document_missing_exception", "reason": "[%]: missing"}}}
    return [*items, missing] if all(one.action == "delete" for one in asked) else items


def by_id(answers: Mapping[str, int | tuple[int, str, str]]) -> Reply:
    """Answer the documents that `answers` names as it says, and take the others."""
    return lambda asked: each(*(answers.get(one.document_id, _else(one)) for one in asked))(asked)


def _else(one: Sent) -> int | tuple[int, str, str]:
    return TAKEN if one is PROBED else 200


def whole(status: int, fault: str = "", reason: str = "") -> Reply:
    """Refuse the request as a whole."""
    content = orjson.dumps({"error": {"type": fault, "reason": reason}, "status": status}) if fault else b""
    return lambda _: Response(status, content)


def conflict(current: int, provided: int) -> tuple[int, str, str]:
    """Return the answer to an action whose version is not above the index's."""
    reason = f"[x]: version conflict, current version [{current}] is higher or equal to the one provided [{provided}]"
    return 409, "version_conflict_engine_exception", reason


def _item(answer: int | tuple[int, str, str]) -> dict[str, Any]:
    if isinstance(answer, int):
        return {"status": answer}
    status, fault, reason = answer
    return {"status": status, "error": {"type": fault, "reason": reason}}


class ScriptedIndex:
    """Answers each bulk request by the next reply of its script, and by the last one for ever after."""

    def __init__(self, *script: Reply) -> None:
        """Learn the script; without one, take everything."""
        self.script = list(script or [done])
        self.requests: list[list[Sent]] = []

    def bulk(self, content: bytes, deadline: Deadline) -> Response:
        del deadline
        self.requests.append(read_bulk(content))
        reply = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return reply(self.requests[-1])

    @property
    def ids(self) -> list[list[str]]:
        """The ids of each request."""
        return [[one.document_id for one in request] for request in self.requests]


@dataclass
class FakeTable:
    """Items by document id, read in slices; `faults` reads fail first, after `read_before_fault` slices."""

    items: dict[str, Image] = field(default_factory=dict)
    faults: int = 0
    reads: list[list[str]] = field(default_factory=list)
    slice_length: int = 1000
    read_before_fault: int = 0

    def read(self, keys: Mapping[str, Image], deadline: Deadline) -> Iterator[Mapping[str, Image | None]]:
        del deadline
        self.reads.append(list(keys))
        images = ((name, self.items.get(document_id(wanted, KEY_NAMES))) for name, wanted in keys.items())
        slices = iter(lambda: dict(islice(images, self.slice_length)), {})
        if self.faults:
            self.faults -= 1
            yield from islice(slices, self.read_before_fault)
            raise TransientError("the table cannot be read")
        yield from slices


@dataclass
class FakeQuarantine:
    """Keeps records in a list; while `is_down`, refuses them."""

    is_down: bool = False
    kept: list[tuple[StreamRecord, Rejection]] = field(default_factory=list)

    def keep(self, rejected: Sequence[tuple[StreamRecord, Rejection]], deadline: Deadline) -> Sequence[str]:
        if self.is_down or deadline.remaining() <= 0:
            return ["S3 did not take a record"] * len(rejected)
        self.kept += rejected
        return [""] * len(rejected)


@dataclass
class Stage:
    """A `BatchProcessor` with its stand-ins around it.

    Attributes:
        index: of the one route that takes every item.
        routes: instead of it, by alias each index and what an item must be.
    """

    index: ScriptedIndex = field(default_factory=ScriptedIndex)
    table: FakeTable = field(default_factory=FakeTable)
    quarantine: FakeQuarantine = field(default_factory=FakeQuarantine)
    deadline: ManualDeadline = field(default_factory=ManualDeadline)
    max_body_bytes: int = 10_485_760
    choice: DocumentRules = DocumentRules()  # noqa: RUF009 - frozen
    versions: Versions = Versions()  # noqa: RUF009 - frozen
    routes: Mapping[str, tuple[ScriptedIndex, Mapping[str, Condition]]] = field(default_factory=dict)

    def run(self, *records: Any) -> BatchResult:
        """Process one batch."""
        routes = [
            IndexTarget(alias, BulkWriter(index, self.max_body_bytes), conditions)
            for alias, (index, conditions) in (self.routes or {ALIAS: (self.index, {})}).items()
        ]
        sync = BatchProcessor(routes, self.table, self.quarantine, KEY_NAMES, self.choice, NAMES, self.versions)
        return sync.process(records, self.deadline)
