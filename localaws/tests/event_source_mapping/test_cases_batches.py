"""When a batch is sent and what it holds (BAT-*), and how a failing one is cut in two (BIS-*)."""

from typing import Any

import pytest

from localaws.event_source_mapping.records import MAX_PAYLOAD_BYTES
from localaws.tests.event_source_mapping.cases import settings
from localaws.tests.event_source_mapping.fakes import QUEUE, START, Call, World, failing

REPORTING = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
BISECTING = {"BisectBatchOnFunctionError": True}
TO_QUEUE = {"DestinationConfig": {"OnFailure": {"Destination": QUEUE}}}
MEGABYTE = 1_000_000


def raising_for(*bad: str) -> Any:
    """Return a function that raises for batches that hold one of these records."""
    return lambda call: ValueError() if set(bad) & set(call.sequences) else None


def test_bat_01_without_a_window_a_record_is_sent_as_soon_as_it_is_there() -> None:
    """A shard is looked at four times a second; a batch of one is a batch."""
    world = World()
    world.create(BatchSize=100)
    world.run(10)
    sequence = world.stream.put()
    world.run(0.25)
    assert world.function.batches == [[sequence]]
    looks = [call for call in world.stream.calls if call[1] == "get_records"]
    assert 38 <= len(looks) <= 44


def test_bat_02_a_full_batch_does_not_wait_for_the_window() -> None:
    """BatchSize reached: it is sent."""
    world = World()
    world.create(BatchSize=3, MaximumBatchingWindowInSeconds=300)
    world.run(1)
    sequences = [world.stream.put() for _ in range(3)]
    world.run(0.25)
    assert world.function.batches == [sequences]


def test_bat_02_the_window_ends_a_batch_that_is_not_full() -> None:
    """It opens with the first record; those that come until it closes are in the batch."""
    world = World()
    world.create(BatchSize=100, MaximumBatchingWindowInSeconds=10)
    world.run(60)
    sequences = [world.stream.put()]
    world.run(5)
    sequences.append(world.stream.put())
    world.run(4)
    assert world.function.batches == []
    world.run(2)
    assert world.function.batches == [sequences]


def test_bat_02_six_megabytes_end_the_window_early() -> None:
    """The payload's limit is reached before the batch is full."""
    world = World()
    world.create(BatchSize=100, MaximumBatchingWindowInSeconds=300)
    sequences = [world.stream.put(dynamodb=_large(MEGABYTE)) for _ in range(7)]
    world.run(1)
    assert world.function.batches == [sequences[:6]]


def test_bat_02_the_next_window_opens_when_the_invocation_has_ended() -> None:
    """A batch that was tried for twenty seconds: what came meanwhile waits for a whole window from then on."""
    world = World()
    world.stream.put()
    world.function.answer = lambda call: 429 if call.time < START + 20 else None
    world.create(BatchSize=10, MaximumBatchingWindowInSeconds=5)
    world.run(10)
    later = world.stream.put()
    world.drain()
    first, second = world.function.calls
    assert first.time >= START + 20
    assert second.sequences == [later]
    assert second.time == first.time + 5


@pytest.mark.parametrize(("size", "batches"), [(10_000, [2500]), (1500, [1500, 1000])])
def test_bat_04_a_batch_is_gathered_over_several_pages(size: int, batches: list[int]) -> None:
    """GetRecords gives at most a thousand; the batch may be larger, also without a window."""
    world = World()
    for _ in range(2500):
        world.stream.put()
    world.create(BatchSize=size)
    world.drain()
    assert [len(batch) for batch in world.function.batches] == batches


def test_bat_05_a_batch_holds_one_shards_records_in_order() -> None:
    """Two shards written in turn: no batch mixes them, each is in the order of its sequence numbers."""
    world = World(shards=2)
    written: list[list[str]] = [[], []]
    for number in range(40):
        written[number % 2].append(world.stream.put(number % 2))
    world.create(BatchSize=7)
    world.drain()
    for sequences in written:
        batches = [batch for batch in world.function.batches if batch[0] in sequences]
        assert [sequence for batch in batches for sequence in batch] == sequences


def test_decided_the_record_that_would_pass_six_megabytes_opens_the_next_batch() -> None:
    """BAT-06 is undetermined: bytes are counted as the function gets them, docs/decisions/0403-batches.md."""
    world = World()
    sequences = [world.stream.put(dynamodb=_large(MEGABYTE * 2)) for _ in range(5)]
    world.create(BatchSize=10_000)
    world.drain()
    assert world.function.batches == [sequences[:3], sequences[3:]]
    assert all(len(call.payload) <= MAX_PAYLOAD_BYTES for call in world.function.calls)


def test_bis_01_a_failing_batch_is_cut_in_two_and_the_halves_are_tried_in_order() -> None:
    """Down to the record that fails; cutting uses up no retry."""
    world = World()
    sequences = [world.stream.put() for _ in range(4)]
    world.function.answer = raising_for(sequences[2])
    world.create(MaximumRetryAttempts=1, **BISECTING, **TO_QUEUE)
    world.drain()
    one, two, three, four = sequences
    assert world.function.batches == [[one, two, three, four], [one, two], [three, four], [three], [three], [four]]
    info = world.outbox.documents[0]["DDBStreamBatchInfo"]
    assert (info["startSequenceNumber"], info["batchSize"]) == (three, 1)


def test_bis_02_an_exception_cuts_in_two_also_where_failures_are_reported() -> None:
    """ReportBatchItemFailures changes nothing about an exception."""
    world = World()
    sequences = [world.stream.put() for _ in range(2)]
    world.function.answer = raising_for(sequences[1])
    world.create(MaximumRetryAttempts=0, **settings("BIS-02"))
    world.drain()
    assert world.function.batches == [sequences, sequences[:1], sequences[1:]]


def test_bis_03_a_partial_answer_cuts_where_it_says() -> None:
    """From the reported record on, and no halves."""
    world = World()
    sequences = [world.stream.put() for _ in range(6)]
    answers = iter([failing(sequences[4]), None])
    world.function.answer = lambda _: next(answers)
    world.create(**settings("BIS-03"))
    world.drain()
    assert world.function.batches == [sequences, sequences[4:]]


def test_bis_05_neighbours_that_are_given_up_are_told_of_together() -> None:
    """One message for all four records, as they follow each other."""
    world = World()
    sequences = [world.stream.put() for _ in range(4)]
    world.function.answer = lambda _: ValueError()
    world.create(MaximumRetryAttempts=0, **settings("BIS-05"))
    world.drain()
    (document,) = world.outbox.documents
    info = document["DDBStreamBatchInfo"]
    assert info["batchSize"] == 4
    assert (info["startSequenceNumber"], info["endSequenceNumber"]) == (sequences[0], sequences[-1])


def test_decided_an_odd_batch_leaves_the_odd_record_in_the_first_half() -> None:
    """BIS-U is undetermined: the choice is in docs/decisions/0402-bisect.md."""
    world = World()
    sequences = [world.stream.put() for _ in range(3)]
    world.function.answer = raising_for(sequences[2])
    world.create(MaximumRetryAttempts=0, **BISECTING)
    world.drain()
    assert world.function.batches == [sequences, sequences[:2], sequences[2:]]


def test_without_bisect_the_whole_batch_is_given_up() -> None:
    """All of its records in one message."""
    world = World()
    sequences = [world.stream.put() for _ in range(3)]
    world.function.answer = raising_for(sequences[1])
    world.create(MaximumRetryAttempts=1, **TO_QUEUE)
    world.drain()
    assert world.function.batches == [sequences, sequences]
    assert world.outbox.documents[0]["DDBStreamBatchInfo"]["batchSize"] == 3


def test_a_partial_answer_that_never_gets_further_is_given_up_from_there() -> None:
    """The first record reported, always: the quota counts, then the rest goes to the destination."""
    world = World()
    sequences = [world.stream.put() for _ in range(3)]

    def answer(call: Call) -> Any:
        return failing(sequences[1]) if sequences[1] in call.sequences else None

    world.function.answer = answer
    world.create(MaximumRetryAttempts=2, **REPORTING, **TO_QUEUE)
    world.drain()
    assert world.function.batches == [sequences] + [sequences[1:]] * 3
    info = world.outbox.documents[0]["DDBStreamBatchInfo"]
    assert (info["batchSize"], info["startSequenceNumber"]) == (2, sequences[1])


def _large(size: int) -> dict[str, Any]:
    """Return what makes a record of about `size` bytes."""
    return {"NewImage": {"id": {"S": "x"}, "text": {"S": "x" * size}}, "SizeBytes": size}
