"""A table, its stream, Lambda's delivery, an index with OpenSearch's version rules, and faults: one small world.

Time does not pass between the steps; the caller makes every choice, so a failure can be repeated.
"""

# ruff: noqa: D102 - the protocols document their methods

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import orjson
from stream_indexer.batch_processor import BatchProcessor, BatchResult, IndexTarget, sequence_number
from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline
from stream_indexer.documents.projection import Condition, DocumentRules
from stream_indexer.documents.records import Image, StreamRecord
from stream_indexer.documents.versions import Versions
from stream_indexer.errors import ConnectionFailedError, TransientError
from stream_indexer.opensearch.bulk_writer import BulkWriter
from stream_indexer.rejection import Rejection

from tests.unit.fakes import (
    ALIAS,
    KEY_NAMES,
    MISSING,
    NAMES,
    PROBED,
    SECOND,
    TAKEN,
    ManualDeadline,
    Sent,
    expiry,
    guarded,
    key,
    read_bulk,
    record,
)

EVERY_ITEM: Final = DocumentRules()
SHOWN: Final = DocumentRules({"shown": Condition(equals=("true",))})
OUTLIVING: Final = DocumentRules(ignores_ttl_deletes=True)
SHOWN_OUTLIVING: Final = DocumentRules(SHOWN.conditions, ignores_ttl_deletes=True)
ONE_INDEX: Final[Mapping[str, Mapping[str, Condition]]] = {ALIAS: {}}
TWO_SIDES: Final = {
    "left": {"side": Condition(equals=("left", "both"))},
    "right": {"side": Condition(equals=("right", "both"))},
}
REVISION: Final = Versions("revision")

PLENTY_OF_SECONDS: Final = 60.0
INVOCATIONS: Final = 100  # more than records, faults and failures together: who takes more never drains


@dataclass(frozen=True, slots=True)
class Rules:
    """What has a document, in which indexes, and which of two is the newer one."""

    choice: DocumentRules = EVERY_ITEM
    routes: Mapping[str, Mapping[str, Condition]] = field(default_factory=lambda: ONE_INDEX)
    versions: Versions = Versions()  # noqa: RUF009 - frozen


class State(Enum):
    """What an item is after a change."""

    GOOD = "good"
    GONE = "gone"
    EXPIRED = "expired"  # gone by time to live
    POISON = "poison"  # OpenSearch refuses the document
    TOXIC = "toxic"  # OpenSearch refuses the whole request it is in
    HUGE = "huge"  # no request may be as large
    BROKEN = "broken"  # it cannot be written as JSON

    @property
    def exists(self) -> bool:
        """Whether the table has the item."""
        return self not in {State.GONE, State.EXPIRED}

    @property
    def can_be_indexed(self) -> bool:
        """Whether the index can ever hold it."""
        return self is State.GOOD or not self.exists


class Fault(Enum):
    """What happens to one bulk request."""

    NONE = "none"
    THROTTLED = "429 to the request"
    SOME_THROTTLED = "429 to every second document"
    UNAVAILABLE = "503 to the request"
    FORBIDDEN = "403 to the request"
    LOST_BEFORE = "it never arrives"
    LOST_AFTER = "it is done and its answer is lost"
    CUT_OFF = "it is done and its answer cut off"
    FEWER = "it is done and its answer has an item too few"
    SLOW = "it is done after a long time"


@dataclass(frozen=True, slots=True)
class Write:
    """One change of the table.

    Attributes:
        is_shown: the attribute that filters ask for.
        side: the attribute that routes ask for.
        gap: how far the ordinal advances.
        ticks: how far the clock advances, in seconds; it may step back.
    """

    item: str
    state: State
    is_shown: bool
    side: str
    gap: int
    ticks: int


@dataclass
class VersionedIndex:
    """Documents and tombstones by id, each with its version, written as OpenSearch's external versions allow."""

    faults: Iterator[Fault]
    documents: dict[str, tuple[int, Any]] = field(default_factory=dict)  # the source, None of a tombstone
    deadline: ManualDeadline = field(default_factory=ManualDeadline)

    def bulk(self, content: bytes, deadline: Deadline) -> Response:
        asked = read_bulk(content)
        fault = next(self.faults, Fault.NONE)
        if fault is Fault.LOST_BEFORE:
            raise ConnectionFailedError("lost")
        if fault is Fault.SLOW:
            self.deadline.time += min(30.0, deadline.remaining())
        return REFUSALS.get(fault) or _refusal(asked) or self._answer(asked, fault)

    def _answer(self, asked: Sequence[Sent], fault: Fault) -> Response:
        items = [
            {one.action: _failed(429, "rejected", "") if fault is Fault.SOME_THROTTLED and place % 2 else self._do(one)}
            for place, one in enumerate(asked)
        ]
        if fault is Fault.LOST_AFTER:
            raise ConnectionFailedError("lost")
        if fault is Fault.FEWER:
            items.pop()
        answer = orjson.dumps({"items": guarded(items, asked)})
        return Response(200, answer[:-3] if fault is Fault.CUT_OFF else answer)

    def sources(self) -> dict[str, Any]:
        """Return what a search finds, by id."""
        return {name: source for name, (_, source) in self.documents.items() if source is not None}

    def _do(self, one: Sent) -> dict[str, Any]:
        if _is(one, State.POISON):
            return _failed(400, "mapper_parsing_exception", "failed to parse field [state]")
        if one is PROBED:
            return _failed(*TAKEN)
        current = self.documents.get(one.document_id, (-1, None))
        refuses = current[0] > one.version or (current[0] == one.version and one.version_type == "external")
        if refuses:
            said = f"current version [{current[0]}] is higher or equal to the one provided [{one.version}]"
            return _failed(409, "version_conflict_engine_exception", f"[{one.document_id}]: version conflict, {said}")
        self.documents[one.document_id] = one.version, one.source
        if one.action == "delete":
            return {"status": 404 if current[1] is None else 200}
        return {"status": 201 if current[1] is None else 200}


REFUSALS: Final = {
    Fault.THROTTLED: Response(429, b""),
    Fault.UNAVAILABLE: Response(503, b"<html>"),
    Fault.FORBIDDEN: Response(403, orjson.dumps({"error": {"type": "security_exception"}})),
}


def _refusal(asked: Sequence[Sent]) -> Response | None:
    if any(_is(one, State.HUGE) for one in asked):
        return Response(413, b"")
    if any(_is(one, State.TOXIC) for one in asked):
        return Response(
            400, orjson.dumps({"error": {"type": "action_request_validation_exception", "reason": "toxic"}})
        )
    return None


def _is(one: Sent, state: State) -> bool:
    return one.source is not None and one.source.get("state") == state.value


def _failed(status: int, fault: str, reason: str) -> dict[str, Any]:
    return {"status": status, "error": {"type": fault, "reason": reason}}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the index is to hold of an item, and the record that changed it."""

    state: State
    image: Image
    record: StreamRecord


@dataclass
class Shard:
    """A part of the stream.

    Attributes:
        items: whose changes it has, until a split gives them to its children.
        parent: must be drained before this one is read.
        place: where Lambda continues.
    """

    items: str
    parent: "Shard | None" = None
    records: list[StreamRecord] = field(default_factory=list)
    place: int = 0

    @property
    def is_drained(self) -> bool:
        """Whether every record is processed."""
        return self.place == len(self.records)


@dataclass
class World:
    """A table with a stream of two shards that may split, and what keeps an index equal to it.

    Attributes:
        view: the stream's view type.
        rules: of the indexes.
        indexes: by alias.
        hiccups: whether the next use of the quarantine or the table fails.
        number: the ordinal of the next change.
    """

    view: str
    rules: Rules
    indexes: Mapping[str, VersionedIndex]
    hiccups: Iterator[bool]
    number: int
    second: int = SECOND
    table: dict[str, Image] = field(default_factory=dict)
    wanted: dict[tuple[str, str], Wanted] = field(default_factory=dict)  # by alias and item
    shards: list[Shard] = field(default_factory=lambda: [Shard("ac"), Shard("b")])  # parents first
    kept: list[tuple[StreamRecord, str]] = field(default_factory=list)  # with the alias
    changes: int = 0

    def write(self, change: Write) -> None:
        """Change the table; what changes nothing leaves no record."""
        old = self.table.pop(change.item, None)
        if not change.state.exists and old is None:
            return
        self.changes += 1
        self.number += change.gap
        self.second += change.ticks
        new = self._image(change) if change.state.exists else None
        if new is not None:
            self.table[change.item] = new
        members: dict[str, Any] = {
            "SequenceNumber": f"{self.number}{self.changes * 11:020}",
            "ApproximateCreationDateTime": float(self.second),
            "StreamViewType": self.view,
            "NewImage": new if new is not None and self.view in {"NEW_IMAGE", "NEW_AND_OLD_IMAGES"} else MISSING,
            "OldImage": old if old is not None and self.view in {"OLD_IMAGE", "NEW_AND_OLD_IMAGES"} else MISSING,
        }
        event = "REMOVE" if new is None else "INSERT" if old is None else "MODIFY"
        made = expiry if change.state is State.EXPIRED else record
        told = made(change.item, self.changes, event, **members)
        newest = next(shard for shard in reversed(self.shards) if change.item in shard.items)
        newest.records.append(told)
        self._want(change, new, told)

    def _want(self, change: Write, new: Image | None, told: StreamRecord) -> None:
        if change.state is State.EXPIRED and self.rules.choice.ignores_ttl_deletes:
            return
        is_chosen = new is not None and (change.is_shown or not self.rules.choice.conditions)
        for alias in self.indexes:
            self.wanted.pop((alias, change.item), None)
            if new is not None and is_chosen and (alias == ALIAS or change.side in {alias, "both"}):
                self.wanted[alias, change.item] = Wanted(change.state, new, told)

    def split(self, shard: Shard) -> None:
        """Move a shard's items to two new ones; a shard that has split has no items left."""
        if not any(child.parent is shard for child in self.shards):
            self.shards += [Shard(shard.items[:1], shard), Shard(shard.items[1:], shard)]

    def deliver(self, shard: Shard, size: int, *, seconds: float, answer_is_lost: bool) -> None:
        """Invoke the function with the next batch of a shard, as Lambda does."""
        batch = shard.records[shard.place : shard.place + size]
        if not batch or (shard.parent and not shard.parent.is_drained):
            return
        report = self.invoke(batch, seconds)
        restart_at = report.checkpoint()
        if answer_is_lost or restart_at == "":
            return
        if restart_at is None:
            shard.place += len(batch)
        else:
            shard.place += [sequence_number(one) for one in batch].index(restart_at)

    def rewind(self, shard: Shard, count: int) -> None:
        """Let Lambda go back: records are delivered at least once; not in a shard whose children it reads."""
        if not (shard.is_drained and any(child.parent is shard for child in self.shards)):
            shard.place = max(0, shard.place - count)

    def drain(self, size: int) -> None:
        """Deliver until there is nothing left."""
        for _ in range(INVOCATIONS):
            behind = [shard for shard in self.shards if not shard.is_drained]
            if not behind:
                return
            self.deliver(behind[0], size, seconds=PLENTY_OF_SECONDS, answer_is_lost=False)
        raise AssertionError("the stream does not drain")

    def differences(self) -> set[tuple[str, str]]:
        """Return index and item wherever the document is not what the table and the rules say."""
        expected = {place: _plain(one.image) for place, one in self.wanted.items()}
        found = {
            (alias, name[0]): source
            for alias, index in self.indexes.items()
            for name, source in index.sources().items()
        }
        return {place for place in expected.keys() | found.keys() if expected.get(place) != found.get(place)}

    @property
    def kept_items(self) -> set[str]:
        """The items that the quarantine has a record of."""
        return {one["dynamodb"]["Keys"]["customer_id"]["S"] for one, _ in self.kept}

    def read(self, keys: Mapping[str, Image], deadline: Deadline) -> Iterator[Mapping[str, Image | None]]:
        """Yield slices of one item, until a hiccup or the end."""
        del deadline
        for name, wanted in keys.items():
            if next(self.hiccups, False):
                raise TransientError("the table cannot be read")
            yield {name: self.table.get(wanted["customer_id"]["S"])}

    def keep(self, rejected: Sequence[tuple[StreamRecord, Rejection]], deadline: Deadline) -> Sequence[str]:
        del deadline
        return [self._keep(record, reason) for record, reason in rejected]

    def _keep(self, record: StreamRecord, reason: Rejection) -> str:
        if next(self.hiccups, False):
            return "S3 did not take a record"
        self.kept.append((record, reason.alias))
        return ""

    def invoke(self, batch: Sequence[StreamRecord], seconds: float) -> BatchResult:
        """Let the function process a batch."""
        deadline = ManualDeadline(seconds)
        routes = []
        for alias, index in self.indexes.items():
            index.deadline = deadline
            routes.append(IndexTarget(alias, BulkWriter(index, 400), self.rules.routes[alias]))
        sync = BatchProcessor(routes, self, self, KEY_NAMES, self.rules.choice, NAMES, self.rules.versions)
        return sync.process(batch, deadline)

    def _image(self, change: Write) -> Image:
        image: dict[str, Any] = {
            **key(change.item),
            "state": {"S": change.state.value},
            "count": {"N": str(self.changes)},
            "shown": {"BOOL": change.is_shown},
            "side": {"S": change.side},
            "revision": {"N": str(self.changes)},
        }
        return {**image, "broken": {"X": "of no type"}} if change.state is State.BROKEN else image


def _plain(image: Image) -> dict[str, Any]:
    return {
        name: int(content) if "N" in value else content for name, value in image.items() for content in value.values()
    }
