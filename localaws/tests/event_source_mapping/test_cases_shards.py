"""Which order is kept (ORD-*), what runs at the same time (PAR-*), where reading starts (SP-*)."""

from collections import Counter

import pytest

from localaws.errors import AwsError
from localaws.event_source_mapping.records import lane_of
from localaws.tests.event_source_mapping.cases import settings
from localaws.tests.event_source_mapping.fakes import Call, World

KEYS = [f"item-{number}" for number in range(30)]


def keys_of(call: Call) -> list[str]:
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in call.event["Records"]]


@pytest.mark.parametrize("seed", range(20))
def test_par_01_with_lanes_every_item_stays_in_order(seed: int) -> None:
    """Whichever lane runs first: the changes of an item come in their order, whatever fails in between."""
    world = World(seed)
    written: dict[str, list[str]] = {key: [] for key in KEYS}
    for _ in range(5):
        for key in KEYS:
            written[key].append(world.stream.put(key=key))
    tries: Counter[str] = Counter()

    def answer(call: Call) -> object:
        tries.update(call.sequences)
        return ValueError() if tries[call.sequences[0]] == 1 and int(call.sequences[0]) % 3 == 0 else None

    world.function.answer = answer
    world.create(BatchSize=4, ParallelizationFactor=4)
    world.drain(600)
    first: dict[str, list[str]] = {key: [] for key in KEYS}
    for call in world.function.calls:
        for key, sequence in zip(keys_of(call), call.sequences, strict=True):
            if sequence not in first[key]:
                first[key].append(sequence)
    assert first == written


def test_par_01_the_lane_is_decided_by_the_whole_key() -> None:
    """Items that share a partition key may be in different lanes; the same item never is."""
    keys = [{"customer": {"S": "c"}, "order": {"S": str(number)}} for number in range(100)]
    lanes = [lane_of(key, 4) for key in keys]
    assert set(lanes) == {0, 1, 2, 3}
    assert lanes == [lane_of(dict(reversed(key.items())), 4) for key in keys]


def test_par_01_a_failing_lane_does_not_stop_the_others() -> None:
    """Up to ParallelizationFactor batches of a shard are under way; the checkpoint waits for the slowest."""
    world = World()
    sequences = {key: world.stream.put(key=key) for key in KEYS}
    poison = KEYS[0]
    world.function.answer = lambda call: ValueError() if poison in keys_of(call) else None
    world.create(BatchSize=1, ParallelizationFactor=2)
    world.run(120)
    lanes = {key: lane_of({"id": {"S": key}}, 2) for key in KEYS}
    delivered = {key for call in world.function.calls for key in keys_of(call)} - {poison}
    assert delivered == {key for key in KEYS if lanes[key] != lanes[poison]}
    (shard,) = world.mappings.status()[0]["shards"]
    assert shard["checkpoint"] is None  # the poison record is the shard's first
    assert shard["behind"] == len(sequences)


def test_par_02_one_batch_of_a_shard_at_a_time() -> None:
    """Without parallelization a failing batch holds back everything after it."""
    world = World()
    first = world.stream.put()
    world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.create(BatchSize=1, **settings("PAR-02"))
    world.run(120)
    assert {batch[0] for batch in world.function.batches} == {first}


@pytest.mark.parametrize("seed", range(20))
def test_ord_01_a_child_is_read_after_all_of_its_parent(seed: int) -> None:
    """Also while the parent's last batch is still being retried, through two generations."""
    world = World(seed)
    parents = [world.stream.put() for _ in range(3)]
    children = world.stream.split()
    first = [world.stream.put(child) for child in children]
    grandchildren = world.stream.split(children[0])
    second = [world.stream.put(child) for child in grandchildren]
    world.function.answer = lambda call: ValueError() if call.time < world.begun + 30 else None
    world.create(BatchSize=1)
    world.drain(600)
    taken = [call.sequences[0] for call in world.function.calls if call.time >= world.begun + 30]
    places = {sequence: taken.index(sequence) for sequence in taken}
    assert max(places[one] for one in parents) < min(places[one] for one in first)
    assert places[first[0]] < min(places[one] for one in second)


def test_ord_02_a_closed_shard_that_was_read_is_never_read_again() -> None:
    """No iterator follows: the shard is finished."""
    world = World()
    sequence = world.stream.put()
    (parent,) = world.stream.shard_ids
    world.stream.split()
    world.create()
    world.drain()
    before = [call for call in world.stream.calls if call[2] == parent]
    world.run(3600)
    assert [call for call in world.stream.calls if call[2] == parent] == before
    assert world.function.batches == [[sequence]]


def test_ord_04_a_record_comes_again_when_its_answer_was_lost() -> None:
    """At least once: a connection that breaks after the function ran brings the batch again."""
    world = World()
    sequence = world.stream.put()
    ran: list[list[str]] = []

    def answer(call: Call) -> object:
        ran.append(call.sequences)
        if len(ran) == 1:
            raise ConnectionResetError
        return None

    world.function.answer = answer
    world.create(MaximumRetryAttempts=0)
    world.drain()
    assert ran == [[sequence], [sequence]]


def test_sp_01_trim_horizon_starts_at_the_oldest_record_of_every_shard() -> None:
    """Also of shards that are closed already."""
    world = World()
    sequences = [world.stream.put()]
    sequences += [world.stream.put(child) for child in world.stream.split()]
    world.create(**settings("SP-01"))
    world.drain()
    assert sorted(sequence for batch in world.function.batches for sequence in batch) == sequences


def test_sp_02_latest_starts_at_what_is_new() -> None:
    """Nothing of the past; of shards that open later everything."""
    world = World()
    world.stream.put()
    world.create(**settings("SP-02"))
    world.run(1)
    sequences = [world.stream.put()]
    sequences += [world.stream.put(child) for child in world.stream.split()]
    world.drain()
    assert sorted(sequence for batch in world.function.batches for sequence in batch) == sequences


def test_an_iterator_that_expired_is_replaced_where_reading_was() -> None:
    """A batch that is retried for hours: what comes after it is read, once."""
    world = World()
    sequences = [world.stream.put() for _ in range(3)]
    world.function.answer = lambda call: 429 if call.time < world.begun + 7200 else None
    world.create(BatchSize=1)
    world.run(3600)
    sequences.append(world.stream.put())
    world.run(7200)
    world.drain()
    assert world.function.batches == [[sequence] for sequence in sequences]


def test_reading_goes_on_after_the_stream_refused() -> None:
    """Throttled and broken calls are repeated; nothing is lost and nothing doubled."""
    world = World()
    sequences = [world.stream.put() for _ in range(5)]
    faults = [AwsError("ProvisionedThroughputExceededException", "slower"), OSError("reset")] * 3

    def fault(_: str) -> None:
        if faults:
            raise faults.pop()

    world.create(BatchSize=2)
    world.stream.fault = fault
    world.drain(600)
    assert [sequence for batch in world.function.batches for sequence in batch] == sequences


def test_a_stream_whose_records_were_trimmed_is_read_from_its_new_beginning() -> None:
    """What was lost is logged; what is there is delivered."""
    world = World()
    world.create()
    world.run(1)
    faults = [AwsError("TrimmedDataAccessException", "trimmed")]

    def fault(call: str) -> None:
        if call == "get_records" and faults:
            raise faults.pop()

    world.stream.fault = fault
    sequence = world.stream.put()
    world.drain()
    assert world.function.batches == [[sequence]]
