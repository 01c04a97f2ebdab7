"""A stream, a function and a destination in memory; a simulation in which time passes only when everybody sleeps."""

# ruff: noqa: D101, D102 - the protocols document their methods

import math
import random
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from localaws.errors import AwsError
from localaws.event_source_mapping.protocols import Delivery, Invocation, Task
from localaws.event_source_mapping.service import EventSourceMappings

REGION = "eu-west-1"
STREAM = f"arn:aws:dynamodb:{REGION}:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:indexer"
QUEUE = f"arn:aws:sqs:{REGION}:123456789012:failures"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:failures"
BUCKET = "arn:aws:s3:::failures"
START = 1_767_225_600.0  # 2026-01-01
FIRST_NUMBER = 100_000_000_000_017_454_423_009
DAY = 24 * 3600

Answer = Any  # what a function returns; an Exception is raised; an int is an HTTP status that never reaches it


@dataclass
class _Sleeper:
    wake: float
    name: str
    task: Task
    wakeup: threading.Event


class Simulation:
    """A clock and a runner: tasks step by step, in an order that the seed decides; time jumps to who wakes next."""

    def __init__(self, seed: int | None = None, start: float = START) -> None:
        """Start without tasks."""
        self.now = start
        self._random = random.Random(seed) if seed is not None else None  # noqa: S311 - no secret
        self._sleepers: list[_Sleeper] = []

    def time(self) -> float:
        return self.now

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.run(seconds)
        return event.is_set()

    def start(self, name: str, task: Task, wakeup: threading.Event) -> None:
        self._sleepers.append(_Sleeper(self.now, name, task, wakeup))

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass, until `until` holds if that is earlier."""
        end = self.now + seconds
        while not until():
            ready = [sleeper for sleeper in self._sleepers if sleeper.wakeup.is_set() or sleeper.wake <= self.now]
            if ready:
                self._step(self._random.choice(ready) if self._random else ready[0])
                continue
            wake = min((sleeper.wake for sleeper in self._sleepers), default=math.inf)
            if wake > end:
                self.now = end
                return
            self.now = wake

    def step_back(self, seconds: float) -> None:
        """Set the clock back; sleeping tasks do not wake later."""
        self.now -= seconds
        for sleeper in self._sleepers:
            sleeper.wake -= seconds

    @property
    def names(self) -> list[str]:
        return [sleeper.name for sleeper in self._sleepers]

    def _step(self, sleeper: _Sleeper) -> None:
        sleeper.wakeup.clear()
        self._sleepers.remove(sleeper)
        try:
            sleeper.wake = self.now + next(sleeper.task)
        except StopIteration:
            return
        self._sleepers.append(sleeper)


@dataclass
class FakeShard:
    parent: str | None
    records: list[dict[str, Any]] = field(default_factory=list)
    closed: bool = False


class FakeStream:
    """DynamoDB Streams: shards, iterators that expire, pages."""

    def __init__(self, clock: Simulation, shards: int = 1, page: int = 1000) -> None:
        """Open a stream of `shards` shards, whose answers hold at most `page` records."""
        self.clock = clock
        self.page = page
        self.gone = False
        self.fault: Callable[[str], None] = lambda _: None
        self.calls: list[tuple[float, str, str]] = []
        self.shards = {f"shardId-{number:020}-root": FakeShard(None) for number in range(shards)}
        self._number = FIRST_NUMBER

    @property
    def shard_ids(self) -> list[str]:
        return list(self.shards)

    def put(self, shard: int | str = 0, key: object = None, *, view: str = "NEW_IMAGE", **more: Any) -> str:
        """Write one record; return its sequence number."""
        shard_id = shard if isinstance(shard, str) else self.shard_ids[shard]
        self._number += 11
        sequence = str(self._number)
        item = {"id": {"S": str(key if key is not None else sequence)}}
        change = {"Keys": item, "NewImage": item, "SequenceNumber": sequence, "SizeBytes": 46, "StreamViewType": view}
        change |= {"ApproximateCreationDateTime": int(self.clock.now), **more.pop("dynamodb", {})}
        record = {
            "eventID": uuid.UUID(int=self._number).hex,
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "dynamodb": change,
            **more,
        }
        assert not self.shards[shard_id].closed
        self.shards[shard_id].records.append(record)
        return sequence

    def split(self, shard: int | str = 0, children: int = 2) -> list[str]:
        """Close a shard and open its children."""
        shard_id = shard if isinstance(shard, str) else self.shard_ids[shard]
        self.shards[shard_id].closed = True
        made = [f"shardId-{len(self.shards) + number:020}-child" for number in range(children)]
        self.shards |= {child: FakeShard(shard_id) for child in made}
        return made

    def describe_stream(self, stream_arn: str, exclusive_start_shard_id: str | None = None) -> Any:
        self._called("describe_stream", stream_arn)
        if self.gone or stream_arn != STREAM:
            raise AwsError("ResourceNotFoundException", f"Requested resource not found: Stream: {stream_arn} not found")
        ids = self.shard_ids
        start = ids.index(exclusive_start_shard_id) + 1 if exclusive_start_shard_id else 0
        page = ids[start : start + 2]  # few a page, so that paging is seen
        more = {"LastEvaluatedShardId": page[-1]} if start + 2 < len(ids) else {}
        return {"StreamDescription": {"StreamArn": STREAM, "Shards": [self._described(one) for one in page], **more}}

    def _described(self, shard_id: str) -> dict[str, Any]:
        shard = self.shards[shard_id]
        numbers = {"StartingSequenceNumber": "1"} | ({"EndingSequenceNumber": "9"} if shard.closed else {})
        parent = {"ParentShardId": shard.parent} if shard.parent else {}
        return {"ShardId": shard_id, "SequenceNumberRange": numbers, **parent}

    def get_shard_iterator(
        self, stream_arn: str, shard_id: str, iterator_type: str, sequence_number: str | None = None
    ) -> str:
        self._called("get_shard_iterator", f"{shard_id} {iterator_type}")
        if self.gone or stream_arn != STREAM:
            raise AwsError("ResourceNotFoundException", "Stream not found")
        records = self.shards[shard_id].records
        match iterator_type:
            case "TRIM_HORIZON":
                place = 0
            case "LATEST":
                place = len(records)
            case _:
                place = [record["dynamodb"]["SequenceNumber"] for record in records].index(sequence_number)
                place += iterator_type == "AFTER_SEQUENCE_NUMBER"
        return self._iterator(shard_id, place)

    def get_records(self, iterator: str, limit: int = 1000) -> Any:
        shard_id, place, issued = iterator.split("|")
        self._called("get_records", shard_id)
        if self.gone:
            raise AwsError("ResourceNotFoundException", "Stream not found")
        if self.clock.now - float(issued) > 900:
            raise AwsError("ExpiredIteratorException", "Iterator expired.")
        shard, start = self.shards[shard_id], int(place)
        records = shard.records[start : start + min(limit, self.page)]
        end = start + len(records)
        following = (
            {} if shard.closed and end == len(shard.records) else {"NextShardIterator": self._iterator(shard_id, end)}
        )
        return {"Records": orjson.loads(orjson.dumps(records)), **following}

    def _iterator(self, shard_id: str, place: int) -> str:
        return f"{shard_id}|{place}|{self.clock.now}"

    def _called(self, call: str, what: str) -> None:
        self.calls.append((self.clock.now, call, what))
        self.fault(call)


@dataclass
class Call:
    """One invocation that reached the function."""

    time: float
    arn: str
    event: dict[str, Any]
    payload: bytes

    @property
    def sequences(self) -> list[str]:
        return [record["dynamodb"]["SequenceNumber"] for record in self.event["Records"]]


class FakeFunction:
    """A function whose answers a test decides."""

    def __init__(self, clock: Simulation) -> None:
        """Answer null to everything."""
        self.clock = clock
        self.calls: list[Call] = []
        self.refused: list[float] = []
        self.answer: Callable[[Call], Answer] = lambda _: None

    def invoke(self, function_arn: str, payload: bytes) -> Invocation:
        call = Call(self.clock.now, function_arn, orjson.loads(payload), payload)
        answer = self.answer(call)
        request_id = str(uuid.uuid4())
        if isinstance(answer, int) and not isinstance(answer, bool):
            self.refused.append(self.clock.now)
            return Invocation(answer, b'{"message":"Rate exceeded"}', None, "", request_id)
        self.calls.append(call)
        if isinstance(answer, Exception):
            return Invocation(200, b'{"errorMessage":"..."}', "Unhandled", "$LATEST", request_id)
        body = answer if isinstance(answer, bytes) else orjson.dumps(answer)
        return Invocation(200, body, None, "$LATEST", request_id)

    @property
    def batches(self) -> list[list[str]]:
        return [call.sequences for call in self.calls]


class Outbox:
    """A destination that keeps what it gets."""

    def __init__(self, clock: Simulation) -> None:
        """Start empty and in order."""
        self.clock = clock
        self.deliveries: list[Delivery] = []
        self.tries: list[float] = []
        self.broken = 0

    def send(self, delivery: Delivery) -> None:
        self.tries.append(self.clock.now)
        if self.broken:
            self.broken -= 1
            raise OSError("no such bucket")
        self.deliveries.append(delivery)

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [orjson.loads(delivery.message) for delivery in self.deliveries]


class Counts:
    """An observer that keeps everything."""

    def __init__(self) -> None:
        """Start empty."""
        self.data: list[tuple[str, float]] = []

    def count(self, region: str, dimensions: Mapping[str, str], name: str, value: float, unit: str) -> None:
        assert region == REGION
        assert unit in {"Count", "Milliseconds"}
        assert list(dimensions) in (["FunctionName"], ["EventSourceMappingUUID"])
        self.data.append((name, value))

    def total(self, name: str) -> float:
        return sum(value for kind, value in self.data if kind == name)


class Names:
    """The functions that exist."""

    def resolve(self, function_name: str, region: str) -> str | None:
        assert region == REGION
        name = function_name.rpartition(":function:")[2]
        return f"{FUNCTION.rpartition(':')[0]}:{name}" if name.split(":")[0] in {"indexer", "other"} else None


@dataclass(frozen=True)
class Request:
    operation: str
    parameters: Mapping[str, Any]
    region: str = REGION


class World:
    """One mapping's surroundings, and the mapping."""

    def __init__(self, seed: int | None = None, shards: int = 1, page: int = 1000) -> None:
        """Open a stream; nothing reads it yet."""
        self.simulation = Simulation(seed)
        self.stream = FakeStream(self.simulation, shards, page)
        self.function = FakeFunction(self.simulation)
        self.outbox = Outbox(self.simulation)
        self.counts = Counts()
        self.mappings = EventSourceMappings(
            self.stream, self.function, self.outbox, Names(),
            clock=self.simulation, runner=self.simulation, observer=self.counts,
        )  # fmt: skip
        self.uuid = ""
        self.begun = self.simulation.now

    def call(self, operation: str, **parameters: Any) -> Any:
        """Call the API; return the document."""
        name = "ListEventSourceMappings" if operation == "List" else f"{operation}EventSourceMapping"
        return self.mappings.call(Request(name, parameters))[1]

    def create(self, **settings: Any) -> Any:
        """Make the mapping."""
        request = {"FunctionName": "indexer", "EventSourceArn": STREAM, "StartingPosition": "TRIM_HORIZON", **settings}
        document = self.call("Create", **request)
        self.uuid = document["UUID"]
        return document

    def get(self) -> Any:
        return self.call("Get", UUID=self.uuid)

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        self.simulation.run(seconds, until)

    def drain(self, timeout: float = 60) -> None:
        self.mappings.wait_until_drained(timeout)


def failing(*sequences: str) -> Answer:
    """Return the answer that names these records."""
    return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in sequences]}
