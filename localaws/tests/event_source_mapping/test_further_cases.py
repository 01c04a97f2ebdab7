"""What no recording lists and a team may still meet: settings that meet each other, and errors that users have shown.

The texts of refusals and results are those that users of AWS have posted; see docs/decisions/0414-further-texts.md.
"""

from collections.abc import Callable
from typing import Any

import pytest

from localaws.errors import AwsError
from localaws.tests.event_source_mapping.fakes import BUCKET, FUNCTION, STREAM, Call, World, failing

ON_FAILURE = {"DestinationConfig": {"OnFailure": {"Destination": BUCKET}}}
REPORTING = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def poison(*numbers: int, world: World) -> tuple[list[str], Callable[[Call], Any]]:
    """Write four records; return their numbers, and a function that reports those that are poison."""
    sequences = [world.stream.put() for _ in range(4)]
    bad = {sequences[number] for number in numbers}
    return sequences, lambda call: failing(*[one for one in call.sequences if one in bad])


def test_no_retries_leave_one_try_for_what_a_partial_answer_left() -> None:
    """The checkpoint has moved: the rest is a new batch with its one retry left."""
    world = World()
    sequences, world.function.answer = poison(2, world=world)
    world.create(MaximumRetryAttempts=0, **REPORTING, **ON_FAILURE)
    world.drain(300)
    assert world.function.batches == [sequences, sequences[2:]]
    (told,) = world.outbox.documents
    assert told["requestContext"]["approximateInvokeCount"] == 1
    assert told["DDBStreamBatchInfo"]["batchSize"] == 2


def test_no_retries_and_bisect_find_the_one_poison_record() -> None:
    """Bisecting uses no retry: the neighbors are processed, and each failing part has its one retry."""
    world = World()
    sequences = [world.stream.put() for _ in range(4)]
    world.function.answer = lambda call: ValueError() if sequences[1] in call.sequences else None
    world.create(MaximumRetryAttempts=0, BisectBatchOnFunctionError=True, **ON_FAILURE)
    world.drain(300)
    first, second, *_ = sequences
    assert world.function.batches == [sequences, [first, second], [first], [second], sequences[2:]]
    (told,) = world.outbox.documents
    assert (
        told["DDBStreamBatchInfo"]["startSequenceNumber"] == told["DDBStreamBatchInfo"]["endSequenceNumber"] == second
    )


def test_throttles_alone_give_nothing_up_also_without_retries() -> None:
    """They are no attempts."""
    world = World()
    sequence = world.stream.put()
    answers = iter([429] * 5)
    world.function.answer = lambda _: next(answers, None)
    world.create(MaximumRetryAttempts=0, **ON_FAILURE)
    world.drain(300)
    assert (world.function.batches, world.outbox.documents) == ([[sequence]], [])


@pytest.mark.parametrize("times", [1, 2])
def test_the_same_identifier_twice_is_no_other_answer(times: int) -> None:
    """Nor is the order in which they are named."""
    world = World()
    sequences = [world.stream.put() for _ in range(4)]
    answers = iter([failing(sequences[3], *[sequences[1]] * times, sequences[2])])
    world.function.answer = lambda _: next(answers, None)
    world.create(**REPORTING)
    world.drain()
    assert world.function.batches == [sequences, sequences[1:]]


def test_an_identifier_of_an_earlier_batch_fails_the_whole_batch() -> None:
    """It is not in this one."""
    world = World()
    sequences = [world.stream.put() for _ in range(2)]
    answers = iter([None, failing(sequences[0])])
    world.function.answer = lambda _: next(answers, None)
    world.create(BatchSize=1, **REPORTING)
    world.drain()
    assert world.function.batches == [[sequences[0]], [sequences[1]], [sequences[1]]]


def test_a_number_is_no_identifier() -> None:
    """Sequence numbers are text: a function that answers them as numbers has rounded them."""
    world = World()
    sequence = world.stream.put()
    answers: Any = iter([{"batchItemFailures": [{"itemIdentifier": int(sequence) % 1000}]}])
    world.function.answer = lambda _: next(answers, None)
    world.create(**REPORTING)
    world.drain()
    assert world.function.batches == [[sequence]] * 2


def test_the_halves_of_a_batch_grow_too_old_one_by_one_and_each_is_told_of_once() -> None:
    """Bisect does not stop the clock; an expired record is delivered with its own condition and not merged."""
    world = World()
    old = [world.stream.put() for _ in range(2)]
    world.function.answer = lambda _: ValueError()
    world.create(BatchSize=4, MaximumRecordAgeInSeconds=60, BisectBatchOnFunctionError=True, **ON_FAILURE)
    world.run(30)
    young = [world.stream.put() for _ in range(2)]
    world.drain(600)
    told = [document["DDBStreamBatchInfo"] for document in world.outbox.documents]
    assert {document["requestContext"]["condition"] for document in world.outbox.documents} == {"RecordAgeExceeded"}
    assert sum(info["batchSize"] for info in told) == len(old + young)
    starts = [info["startSequenceNumber"] for info in told]
    assert starts == sorted(set(starts))


def test_records_that_nobody_wants_are_behind_the_mapping_at_once() -> None:
    """Whole pages are filtered out: no invocation, nothing behind, and after a stop they are not read again."""
    world = World()
    for _ in range(2500):
        world.stream.put()
    world.create(FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["REMOVE"]}'}]})
    world.drain()
    world.call("Update", UUID=world.uuid, Enabled=False)
    world.run(5)
    world.stream.calls.clear()
    world.call("Update", UUID=world.uuid, Enabled=True, FilterCriteria={"Filters": []})
    world.drain()
    assert world.function.batches == []
    assert [what for _, call, what in world.stream.calls if call == "get_shard_iterator"] == [
        f"{world.stream.shard_ids[0]} AFTER_SEQUENCE_NUMBER"
    ]


def test_a_mapping_that_is_switched_off_while_it_retries_goes_on_with_the_same_batch() -> None:
    """Nothing is discarded for it, and its attempts are counted from the start."""
    world = World()
    sequences = [world.stream.put() for _ in range(2)]
    world.function.answer = lambda _: ValueError()
    world.create(MaximumRetryAttempts=10, **ON_FAILURE)
    world.run(10)
    world.call("Update", UUID=world.uuid, Enabled=False)
    world.run(600)
    tried = len(world.function.calls)
    assert 1 < tried < 11
    world.run(600)
    assert len(world.function.calls) == tried
    world.call("Update", UUID=world.uuid, Enabled=True)
    world.drain(600)
    assert len(world.function.calls) == tried + 11
    (told,) = world.outbox.documents
    assert told["DDBStreamBatchInfo"]["batchSize"] == len(sequences)


def test_a_destination_that_is_added_while_a_batch_is_retried_gets_it() -> None:
    """The change is in place before the next try."""
    world = World()
    world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.create(MaximumRetryAttempts=50)
    world.run(5)
    world.call("Update", UUID=world.uuid, MaximumRetryAttempts=1, **ON_FAILURE)
    world.drain(300)
    assert len(world.outbox.documents) == 1


def test_another_function_takes_over_what_the_first_one_left() -> None:
    """From the first record that is not done."""
    world = World()
    sequences = [world.stream.put() for _ in range(3)]
    world.function.answer = lambda call: ValueError() if sequences[1] in call.sequences else None
    world.create(BatchSize=1)
    world.run(5)
    world.function.answer = lambda _: None
    world.call("Update", UUID=world.uuid, FunctionName="other")
    world.drain()
    taken = [call.sequences for call in world.function.calls if call.arn != FUNCTION]
    assert taken == [[sequence] for sequence in sequences[1:]]


def test_partial_answers_are_ignored_from_the_moment_they_are_switched_off() -> None:
    """The answer stays, its meaning goes."""
    world = World()
    sequences, world.function.answer = poison(1, world=world)
    world.create(**REPORTING)
    world.run(20)
    world.call("Update", UUID=world.uuid, FunctionResponseTypes=[])
    world.drain()
    assert world.function.batches[0] == sequences
    assert set(map(tuple, world.function.batches[1:])) == {tuple(sequences[1:])}


def test_a_stream_of_another_region_is_refused() -> None:
    """Although its table may well be there."""
    world = World()
    with pytest.raises(AwsError, match="Event source region must match Lambda region eu-west-1") as refused:
        world.create(EventSourceArn=STREAM.replace("eu-west-1", "us-east-1"))
    assert refused.value.code == "InvalidParameterValueException"


def test_a_function_that_was_deleted_is_named_in_the_last_result_and_nothing_is_given_up() -> None:
    """Once a function with its name exists again, the mapping continues."""
    world = World()
    sequence = world.stream.put()
    world.function.answer = lambda _: 404
    world.create(MaximumRetryAttempts=0, **ON_FAILURE)
    world.run(10)
    assert world.get()["LastProcessingResult"] == f"PROBLEM: Function not found: {FUNCTION}"
    world.function.answer = lambda _: None
    world.drain(60)
    assert (world.function.batches, world.outbox.documents) == ([[sequence]], [])
    assert world.get()["LastProcessingResult"] == "OK"


def test_a_stream_that_was_trimmed_while_the_mapping_was_off_is_read_from_what_is_left() -> None:
    """More than a day later; the log says which records are gone."""
    world = World()
    first = world.stream.put()
    world.create()
    world.drain()
    world.call("Update", UUID=world.uuid, Enabled=False)
    world.run(5)
    shard = world.stream.shards[world.stream.shard_ids[0]]
    world.stream.put()
    world.run(25 * 3600)
    shard.records.clear()
    kept = world.stream.put()

    def fault(call: str) -> None:
        if call == "get_shard_iterator" and world.stream.calls[-1][2].endswith("AFTER_SEQUENCE_NUMBER"):
            raise AwsError("TrimmedDataAccessException", "trimmed")

    world.stream.fault = fault
    world.call("Update", UUID=world.uuid, Enabled=True)
    world.drain()
    assert world.function.batches == [[first], [kept]]
