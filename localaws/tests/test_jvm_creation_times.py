"""Is a creation time between the arrival of its write and its making, whatever happens in which order?"""

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from localaws.engines.jvm.creation_times import CreationTimes

if TYPE_CHECKING:
    from localaws.engines.jvm.dynamodb_local import DynamoDbLocal

STREAM = "arn:aws:dynamodb:ddblocal:000000000000:table/orders/stream/2026-01-01T00:00:00.000"
# What happens: time passes, the stream is read, a write takes so long, time to live deletes an item.
STEPS = st.one_of(
    st.tuples(st.just("wait"), st.floats(0.01, 90)),
    st.tuples(st.just("read"), st.floats(0, 3)),
    st.tuples(st.just("write"), st.floats(0, 3)),
    st.tuples(st.just("expire"), st.just(0.0)),
)


@dataclass
class FakeDynamoDb:
    """One stream whose numbers have gaps, and its clock; `made` has number, arrival and making of each record."""

    now: float = 1_800_000_000.0
    number: int = 0
    made: list[tuple[int, float, float]] = field(default_factory=list)

    def call(self, _region: str, _service: str, operation: str, _parameters: Any) -> Any:
        """Answer what `CreationTimes` asks."""
        if operation == "DescribeStream":
            return {"StreamDescription": {"Shards": [{"ShardId": "shardId-1", "SequenceNumberRange": {}}]}}
        position = f"shardId-1|{self.number + 1:021}|{self.now:.0f}".encode()
        return {"ShardIterator": f"{STREAM}|001|{base64.b64encode(position).decode()}"}

    def record(self, arrival: float) -> None:
        """Make a record now."""
        self.number += 3
        self.made.append((self.number, arrival, self.now))


@given(st.lists(STEPS, max_size=40))
def test_a_time_is_never_before_the_write_arrived_nor_after_the_record_was_made(steps: list[tuple[str, float]]) -> None:
    """To the second; for what no request wrote, never before the minute that DynamoDB Local gives."""
    fake = FakeDynamoDb()
    times = CreationTimes("eu-west-1", cast("DynamoDbLocal", fake), lambda: fake.now)
    times.opened(STREAM)
    for kind, seconds in steps:
        match kind:
            case "wait":
                fake.now += seconds
            case "read":
                begun = times.now()
                fake.now += seconds
                times.saw_tip(STREAM, fake.number + 1, begun)
            case "write":
                arrival = fake.now
                times.sample()
                fake.now += seconds
                fake.record(arrival)
            case "expire":
                fake.record(fake.now // 60 * 60)
    for number, arrival, making in fake.made:
        second = times.second(STREAM, number, making // 60 * 60)
        assert int(arrival) <= second <= making
