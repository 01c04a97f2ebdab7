"""What the function's answers do (RESP-*) and how retries are counted (RET-*)."""

import itertools
from typing import Any

import pytest

from localaws.tests.event_source_mapping.cases import CASES, expected, settings
from localaws.tests.event_source_mapping.fakes import DAY, QUEUE, START, Call, World, failing

REPORTING = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
TO_QUEUE = {"DestinationConfig": {"OnFailure": {"Destination": QUEUE}}}
FAILURES = ["RESP-F1", "RESP-F2", "RESP-F3", "RESP-F6"]
SUCCESSES = ["RESP-S1", "RESP-S2", "RESP-S4"]


@pytest.mark.parametrize("case_id", FAILURES, ids=str)
def test_resp_f1_f2_f3_f6_the_whole_batch_fails(case_id: str) -> None:
    """So do an identifier that is not in the batch, an empty one, null, and an exception; retries are counted."""
    _whole_batch_fails(settings(case_id), CASES[case_id]["input"].get("function_returns_always", ValueError()), case_id)


@pytest.mark.parametrize("answer", [{"batchItemFailures": [{"foo": 123}]}, {"batchItemFailures": [{"foo": None}]}])
def test_an_unknown_key_fails_the_whole_batch(answer: Any) -> None:
    """A failure without `itemIdentifier` is documented as complete failure."""
    _whole_batch_fails(settings("RESP-F1"), answer, "RESP-F1")


def _whole_batch_fails(config: dict[str, Any], answer: Any, case_id: str) -> None:
    world, wanted = World(), expected(case_id)
    sequence = world.stream.put()
    world.function.answer = lambda _: answer
    world.create(**config)
    world.drain()
    assert world.function.batches == [[sequence]] * wanted["invocations"]
    assert len(world.outbox.documents) == 1
    document = world.outbox.documents[0]
    assert document["requestContext"]["condition"] == wanted["dlq"]["condition"]
    assert document["requestContext"]["approximateInvokeCount"] == wanted["dlq"]["approximateInvokeCount"]
    assert document["responseContext"] == wanted["dlq"]["responseContext"]
    assert document["DDBStreamBatchInfo"]["batchSize"] == wanted["dlq"]["batchSize"]


@pytest.mark.parametrize("case_id", SUCCESSES, ids=str)
def test_resp_s1_s2_s4_empty_answers_are_success(case_id: str) -> None:
    """An empty list, null, and an empty list of failures: one invocation, nothing again."""
    _succeeds(settings(case_id), CASES[case_id]["input"]["function_returns"])


@pytest.mark.parametrize("answer", [{}, {"batchItemFailures": None}, b"", {"anything": "else"}])
def test_answers_without_failures_are_success(answer: Any) -> None:
    """No answer, and one that says nothing of failures, are success."""
    _succeeds(settings("RESP-S1"), answer)


def test_resp_d1_a_partial_answer_is_ignored_unless_asked_for() -> None:
    """Without ReportBatchItemFailures the answer's content does not matter."""
    _succeeds({"MaximumRetryAttempts": 2}, {"batchItemFailures": [{"itemIdentifier": ""}]})


def _succeeds(config: dict[str, Any], answer: Any) -> None:
    world = World()
    sequence = world.stream.put()
    world.function.answer = lambda _: answer
    world.create(**config)
    world.run(600)
    assert world.function.batches == [[sequence]]
    assert world.get()["LastProcessingResult"] == "OK"


def test_resp_d2_everything_from_the_lowest_named_record_is_tried_again() -> None:
    """Several identifiers in any order: the lowest is the checkpoint, and the records after it come again as well."""
    world = World()
    sequences = [world.stream.put() for _ in range(5)]
    answers = iter([failing(sequences[3], sequences[1], sequences[4]), None])
    world.function.answer = lambda _: next(answers)
    world.create(**REPORTING)
    world.drain()
    assert world.function.batches == [sequences, sequences[1:]]


@pytest.mark.parametrize(
    "answer",
    [
        b'"abc"',
        5,
        True,
        [1],
        {"batchItemFailures": "x"},
        {"batchItemFailures": {"itemIdentifier": "1"}},
        {"batchItemFailures": ["1"]},
        b"{no json",
    ],
    ids=str,
)
def test_decided_an_answer_that_makes_no_sense_fails_the_whole_batch(answer: Any) -> None:
    """RESP-U1 is undetermined; the choice is in docs/decisions/0404-invalid-responses.md."""
    world = World()
    world.stream.put()
    world.function.answer = lambda _: b"5" if answer == 5 else answer
    world.create(MaximumRetryAttempts=0, **REPORTING, **TO_QUEUE)
    world.drain()
    assert len(world.outbox.documents) == 1


def test_decided_one_unknown_identifier_beside_a_valid_one_fails_the_whole_batch() -> None:
    """RESP-U2 is undetermined; the choice is in docs/decisions/0404-invalid-responses.md."""
    world = World()
    sequences = [world.stream.put() for _ in range(3)]
    answers = iter([failing(sequences[2], "123"), None])
    world.function.answer = lambda _: next(answers)
    world.create(**REPORTING)
    world.drain()
    assert world.function.batches == [sequences, sequences]


def test_ret_01_a_batch_is_invoked_once_and_once_for_every_retry() -> None:
    """One retry: two invocations, one message."""
    world, wanted = World(), expected("RET-01")
    world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.create(**settings("RET-01"))
    world.drain()
    assert len(world.function.calls) == wanted["invocations"]
    assert len(world.outbox.documents) == wanted["dlq_messages"]
    count = world.outbox.documents[0]["requestContext"]["approximateInvokeCount"]
    assert count == wanted["approximateInvokeCount"]


def test_ret_02_the_count_starts_afresh_when_the_checkpoint_moves() -> None:
    """The last of six records always fails: it is delivered five times, and the message says four."""
    world, wanted = World(), expected("RET-02")
    sequences = [world.stream.put(key=f"testId{number}") for number in range(6)]
    world.function.answer = lambda call: failing(sequences[5]) if sequences[5] in call.sequences else None
    world.create(**settings("RET-02"))
    world.drain()
    delivered = [sum(sequence in batch for batch in world.function.batches) for sequence in sequences]
    assert delivered == [
        *[wanted["deliveries_per_record"]["testId0..4"]] * 5,
        wanted["deliveries_per_record"]["testId5"],
    ]
    document = world.outbox.documents[0]
    assert document["requestContext"]["condition"] == wanted["dlq"]["condition"]
    assert document["requestContext"]["approximateInvokeCount"] == wanted["dlq"]["approximateInvokeCount"]
    assert document["responseContext"]["functionError"] is None
    info = document["DDBStreamBatchInfo"]
    assert (info["batchSize"], info["startSequenceNumber"], info["endSequenceNumber"]) == (
        1,
        sequences[5],
        sequences[5],
    )


def test_ret_03_without_a_limit_it_is_retried_until_the_stream_has_lost_it() -> None:
    """The shard is blocked at the record for 24 hours and then continues with the next record."""
    world = World()
    lost = world.stream.put()
    world.function.answer = lambda call: ValueError() if lost in call.sequences else None
    world.create(BatchSize=1, MaximumRetryAttempts=-1, **TO_QUEUE)
    world.run(1)
    world.simulation.run(DAY - 60)
    later = world.stream.put()
    world.run(30)
    assert {batch[0] for batch in world.function.batches} == {lost}
    world.run(60)
    assert world.function.batches[-1] == [later]
    assert world.function.calls[-2].time < START + DAY
    assert world.outbox.documents == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_ret_04_a_throttle_is_no_attempt(status: int) -> None:
    """Invocations that do not reach the function are repeated until they do, whatever the quota of retries."""
    world = World()
    sequence = world.stream.put()
    world.function.answer = lambda call: status if call.time < START + 3600 else ValueError()
    world.create(MaximumRetryAttempts=1, BisectBatchOnFunctionError=True, **TO_QUEUE)
    world.run(2 * 3600)
    assert len(world.function.refused) > 10
    assert world.function.batches == [[sequence]] * 2
    assert world.outbox.documents[0]["requestContext"]["approximateInvokeCount"] == 2


def test_ret_05_the_waits_grow() -> None:
    """A function that raises at once is invoked eight times in a record's 60 seconds; the waits never shrink."""
    world = World()
    world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.create(**settings("RET-05"), **TO_QUEUE)
    world.run(120)
    times = [call.time for call in world.function.calls]
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert len(times) == expected("RET-05")["invocations_within_about_60s"]
    assert waits == sorted(waits)
    assert waits[0] > 0.1


def test_ret_06_one_shard_stands_still_while_the_others_go_on() -> None:
    """A failing batch blocks only its own shard."""
    world = World(shards=2)
    bad = world.stream.put(0)
    world.function.answer = lambda call: ValueError() if bad in call.sequences else None
    world.create(BatchSize=1)
    world.run(10)
    behind = world.stream.put(0)
    others = [world.stream.put(1) for _ in range(5)]
    world.run(60)
    delivered = {sequence for batch in world.function.batches for sequence in batch}
    assert set(others) <= delivered
    assert behind not in delivered


def test_a_success_after_failures_goes_on_as_if_nothing_had_been() -> None:
    """The next batch has its own count."""
    world = World()
    sequences = [world.stream.put() for _ in range(2)]
    tries: dict[str, int] = {}

    def answer(call: Call) -> Any:
        tries[call.sequences[0]] = tries.get(call.sequences[0], 0) + 1
        return ValueError() if tries[call.sequences[0]] < 3 else None

    world.function.answer = answer
    world.create(BatchSize=1, MaximumRetryAttempts=2, **TO_QUEUE)
    world.drain()
    assert tries == dict.fromkeys(sequences, 3)
    assert world.outbox.documents == []


def test_decided_an_answer_too_deep_to_be_read_fails_the_whole_batch() -> None:
    """Like any other answer that makes no sense, and the shard continues after it."""
    _whole_batch_fails(settings("RESP-F1"), b"[" * 200_000, "RESP-F1")
