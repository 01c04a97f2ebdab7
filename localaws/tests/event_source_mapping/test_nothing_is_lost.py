"""Under any failure, split, stop or change, each record is processed or reported, in order for each item."""

import json
from collections import Counter, defaultdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from localaws.tests.event_source_mapping.fakes import BUCKET, Call, World, failing

KEYS = ["a", "b", "c", "d", "e"]
FOREVER = 10**6
SETTINGS = {
    "BatchSize": st.integers(1, 7),
    "MaximumBatchingWindowInSeconds": st.integers(0, 2),
    "ParallelizationFactor": st.integers(1, 3),
    "MaximumRetryAttempts": st.integers(0, 3),
    "BisectBatchOnFunctionError": st.booleans(),
}
RESPONSES = st.sampled_from([[], ["ReportBatchItemFailures"]])
STEPS = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(KEYS), st.sampled_from([0, 0, 0, 0, 1, 2, FOREVER])),
    st.tuples(st.just("run"), st.floats(0, 20)),
    st.tuples(st.just("split"), st.sampled_from(KEYS)),
    st.tuples(st.just("change"), st.fixed_dictionaries(SETTINGS)),
    st.tuples(st.just("enable"), st.booleans()),
    st.tuples(st.just("throttle"), st.integers(1, 3)),
)


class Trial:
    """A mapping whose function fails as each record says: what was written, processed and reported."""

    def __init__(self, seed: int, config: dict[str, Any]) -> None:
        """Create the mapping over a stream of two shards."""
        self.world = World(seed, shards=2, page=3)
        first, second = self.world.stream.shard_ids
        self.shards = {key: (first, second)[number % 2] for number, key in enumerate(KEYS)}
        self.written: dict[str, list[str]] = defaultdict(list)
        self.taken: dict[str, list[str]] = defaultdict(list)
        self.failures: dict[str, int] = {}
        self.tries: Counter[str] = Counter()
        self.throttles = 0
        self.reports = bool(config["FunctionResponseTypes"])
        self.world.function.answer = self.answer
        self.world.create(**config, DestinationConfig={"OnFailure": {"Destination": BUCKET}})

    def put(self, key: str, failures: int) -> None:
        """Write a change of an item, which the function will fail at so many times."""
        sequence = self.world.stream.put(self.shards[key], key)
        self.written[key].append(sequence)
        self.failures[sequence] = failures

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.world.run(seconds)

    def split(self, key: str) -> None:
        """Split the shard that an item is in."""
        shard = self.shards[key]
        children = self.world.stream.split(shard)
        inside = [one for one in KEYS if self.shards[one] == shard]
        self.shards |= {one: children[number % 2] for number, one in enumerate(inside)}

    def change(self, config: dict[str, Any]) -> None:
        """Change the mapping's settings, as soon as it can be."""
        self.world.run(3600, until=lambda: self.world.get()["State"] in {"Enabled", "Disabled"})
        self.world.call("Update", UUID=self.world.uuid, **config)

    def enable(self, enabled: bool) -> None:  # noqa: FBT001 - it is the step's one value
        """Switch the mapping on or off."""
        self.change({"Enabled": enabled})

    def throttle(self, times: int) -> None:
        """Let the next invocations not reach the function."""
        self.throttles += times

    def answer(self, call: Call) -> Any:
        """Fail at the first record that has failures left; the records before it are taken if it can be reported."""
        if self.throttles:
            self.throttles -= 1
            return 429
        self.tries.update(call.sequences)
        bad = [one for one in call.sequences if self.tries[one] <= self.failures[one]]
        count = call.sequences.index(bad[0]) if bad else len(call.sequences)
        if bad and not self.reports:
            return ValueError()
        for record in call.event["Records"][:count]:
            change = record["dynamodb"]
            self.taken[change["Keys"]["id"]["S"]].append(change["SequenceNumber"])
        return failing(*bad)

    def reported(self) -> set[str]:
        """Return the sequence numbers that are in the bucket."""
        payloads = [json.loads(delivery.object_body)["payload"] for delivery in self.world.outbox.deliveries]
        return {record["dynamodb"]["SequenceNumber"] for text in payloads for record in json.loads(text)["Records"]}


@given(
    seed=st.integers(0, 1 << 16),
    config=st.fixed_dictionaries({**SETTINGS, "FunctionResponseTypes": RESPONSES}),
    steps=st.lists(STEPS, max_size=40),
)
@settings(max_examples=150, deadline=None)
def test_every_record_is_processed_or_reported_and_items_stay_in_order(
    seed: int, config: dict[str, Any], steps: list[tuple[Any, ...]]
) -> None:
    """Once drained: nothing written is missing, and the changes of an item were first taken in their order."""
    trial = Trial(seed, config)
    for kind, *values in steps:
        getattr(trial, kind)(*values)
    trial.enable(enabled=True)
    trial.world.drain(7200)
    reported = trial.reported()
    for key, written in trial.written.items():
        first_taken = list(dict.fromkeys(trial.taken[key]))
        assert first_taken == [one for one in written if one in first_taken]
        assert set(first_taken) | reported >= set(written)
    assert all(shard["behind"] == 0 for shard in trial.world.mappings.status()[0]["shards"])
