"""Unit: does every document end with the right verdict, whatever the index answers, and in time?"""

from collections.abc import Sequence

import pytest
from stream_indexer.connection import Response
from stream_indexer.deadline import LONGEST_WAIT_SECONDS
from stream_indexer.documents.actions import Document, delete_document, index_document
from stream_indexer.documents.records import parse_record
from stream_indexer.errors import ResponseTooLargeError
from stream_indexer.metrics import BatchMetrics
from stream_indexer.opensearch.bulk import REQUIRE_ALIAS_ACTION
from stream_indexer.opensearch.bulk_writer import MAX_ATTEMPTS, MAX_PROBES, BulkWriter, WriteResult
from stream_indexer.opensearch.outcomes import ItemResult, Outcome

from tests.unit.fakes import (
    NAMES,
    TAKEN,
    ManualDeadline,
    Reply,
    ScriptedIndex,
    Sent,
    by_id,
    done,
    each,
    record,
    unreachable,
    whole,
)

BAD = (400, "mapper_parsing_exception", "failed to parse")
NEVER = "action_request_validation_exception"


def documents(names: str) -> list[Document]:
    """Return a small document for each letter."""
    return [index_document(name, parse_record(record(name)), 1, {"x": {"S": name}}, NAMES) for name in names]


def too_large_for(most: int) -> Reply:
    """Take requests of up to `most` documents, and say 413 to larger ones."""
    return lambda asked: done(asked) if len(asked) <= most else Response(413, b"")


def refusing(bad: str) -> Reply:
    """Refuse a request as a whole while one of these documents is in it."""

    def reply(asked: Sequence[Sent]) -> Response:
        is_bad = any(one.document_id in bad for one in asked)
        return whole(400, NEVER, "no such thing")(asked) if is_bad else done(asked)

    return reply


class Run:
    """Sends a document for each letter of `names` to an index with this script."""

    def __init__(
        self,
        names: str,
        *script: Reply,
        deadline: ManualDeadline | None = None,
        max_body_bytes: int = 10**7,
        sender: BulkWriter | None = None,
    ) -> None:
        """Send, with the sender of an invocation before if one is given."""
        self.index = ScriptedIndex(*script)
        self.deadline = deadline or ManualDeadline()
        self.tally = BatchMetrics()
        self.sender = sender or BulkWriter(self.index, max_body_bytes)
        self.sender.index = self.index
        self.results: list[WriteResult] = list(self.sender.write(documents(names), self.deadline, self.tally))

    def names(self, verdict: Outcome) -> str:
        """Return the documents with this verdict."""
        return "".join(sorted(one.document.document_id for one in self.results if one.outcome is verdict))

    @property
    def requests(self) -> list[str]:
        """The documents of each request."""
        return ["".join(ids) for ids in self.index.ids]


def test_one_request_carries_all_documents() -> None:
    run = Run("abc")
    assert run.requests == ["abc"]
    assert run.names(Outcome.SUCCESS) == "abc"
    assert run.deadline.sleeps == []


def test_nothing_to_send_sends_nothing() -> None:
    assert Run("").requests == []


def test_a_throttled_document_is_sent_again_alone() -> None:
    run = Run("abc", by_id({"b": (429, "es_rejected_execution_exception", "")}), done)
    assert run.requests == ["abc", "b"]
    assert run.names(Outcome.SUCCESS) == "abc"
    assert run.tally.documents_throttled == 1
    assert len(run.deadline.sleeps) == 1


def test_a_throttled_request_is_sent_again() -> None:
    run = Run("ab", whole(429), whole(429), done)
    assert run.requests == ["ab"] * 3
    assert run.names(Outcome.SUCCESS) == "ab"
    assert run.tally.documents_throttled == 4


@pytest.mark.parametrize("status", [403, 404, 408, 500, 502, 503, 504])
def test_a_refused_request_is_sent_again(status: int) -> None:
    run = Run("ab", whole(status), done)
    assert run.requests == ["ab", "ab"]
    assert run.names(Outcome.SUCCESS) == "ab"
    assert run.tally.documents_throttled == run.tally.connection_errors == 0


def test_tries_come_to_an_end() -> None:
    """Then the sequence number goes back to Lambda, whose own back-off takes over."""
    run = Run("ab", by_id({"b": 503}))
    assert run.requests == ["ab"] + ["b"] * (MAX_ATTEMPTS - 1)
    assert run.names(Outcome.SUCCESS) == "a"
    assert run.names(Outcome.RETRY) == "b"


def test_waits_grow_and_are_bounded() -> None:
    run = Run("a", by_id({"a": 429}))
    assert run.deadline.sleeps == sorted(run.deadline.sleeps)
    assert len(set(run.deadline.sleeps)) == MAX_ATTEMPTS - 1
    assert max(run.deadline.sleeps) <= LONGEST_WAIT_SECONDS


def test_each_document_has_its_own_verdict() -> None:
    run = Run("abcd", each(201, BAD, 409, 503), by_id({}))
    assert run.names(Outcome.SUCCESS) == "ad"
    assert run.names(Outcome.REJECT) == "b"
    assert run.names(Outcome.STALE) == "c"
    assert {result.item for result in run.results if result.outcome is Outcome.REJECT} == {ItemResult(*BAD)}


def test_a_body_too_large_is_halved_until_it_fits() -> None:
    run = Run("abcdefg", too_large_for(2))
    assert run.names(Outcome.SUCCESS) == "abcdefg"
    taken = [request for request in run.requests if len(request) <= 2]
    assert "".join(taken) == "abcdefg", "in the order they came"
    assert run.requests[0] == "abcdefg"


def test_a_single_document_too_large_goes_to_the_quarantine() -> None:
    """No smaller request can carry it."""
    run = Run("a", whole(413))
    assert run.requests == ["a"]
    assert [(result.outcome, result.item.status) for result in run.results] == [(Outcome.REJECT, 413)]


def test_one_document_too_large_costs_no_neighbour() -> None:
    run = Run("abcd", lambda asked: whole(413)(asked) if any(one.document_id == "c" for one in asked) else done(asked))
    assert run.names(Outcome.SUCCESS) == "abd"
    assert run.names(Outcome.REJECT) == "c"


@pytest.mark.parametrize("bad", ["a", "d", "h", "ah", "de", "abcdefgh"])
def test_a_request_refused_for_one_document_is_cut_down_to_it(bad: str) -> None:
    """OpenSearch says 400 to the whole: halves find out whose fault it is."""
    names = "abcdefgh"
    run = Run(names, refusing(bad))
    assert run.names(Outcome.REJECT) == bad
    assert run.names(Outcome.SUCCESS) == "".join(sorted(set(names) - set(bad)))
    assert len(run.requests) <= 2 * len(names) - 1


def test_a_request_refused_for_the_indexs_state_quarantines_nothing() -> None:
    run = Run("ab", whole(400, "index_closed_exception"))
    assert run.names(Outcome.RETRY) == "ab"
    assert run.requests == ["ab"] * MAX_ATTEMPTS


def test_an_unreachable_index_stops_the_try() -> None:
    """The second body is not sent into the same silence; both are in the next try."""
    one = len(documents("a")[0].payload)
    run = Run("abcd", unreachable, done, max_body_bytes=2 * one + len(REQUIRE_ALIAS_ACTION))
    assert run.requests == ["ab", "ab", "cd"]
    assert run.names(Outcome.SUCCESS) == "abcd"
    assert run.tally.connection_errors == 1


def test_an_index_that_goes_away_while_a_request_is_halved_stops_the_try() -> None:
    run = Run("abcd", whole(413), unreachable, done)
    assert run.requests == ["abcd", "ab", "abcd"]
    assert run.names(Outcome.SUCCESS) == "abcd"


@pytest.mark.parametrize("status", [403, 429, 503])
def test_an_index_that_refuses_a_body_whole_gets_no_other_in_that_try(status: int) -> None:
    run = Run("abc", whole(status), done, max_body_bytes=1)
    assert run.requests == ["a", "a", "b", "c"]
    assert run.names(Outcome.SUCCESS) == "abc"


DOWN = [unreachable, whole(403), whole(429), whole(503)]


@pytest.mark.parametrize("down", DOWN)
def test_an_index_that_was_down_is_asked_once_and_the_batch_goes_back_at_once(down: Reply) -> None:
    """The mapping backs off; a function that waits and asks again is paid for and has no use."""
    first = Run("ab", down, max_body_bytes=1)
    assert first.requests == ["a"] * MAX_ATTEMPTS
    second = Run("cd", down, max_body_bytes=1, sender=first.sender)
    assert second.requests == ["c"]
    assert second.deadline.sleeps == []
    assert second.names(Outcome.RETRY) == "cd"


@pytest.mark.parametrize("down", DOWN)
def test_an_index_that_is_up_again_is_trusted_again(down: Reply) -> None:
    first = Run("a", down)
    second = Run("bc", by_id({"b": 503}), done, sender=first.sender)
    assert second.requests == ["bc", "b"]
    assert second.names(Outcome.SUCCESS) == "bc"
    third = Run("d", down, sender=first.sender)
    assert third.requests == ["d"] * MAX_ATTEMPTS


def test_documents_that_are_refused_do_not_mean_that_the_index_is_down() -> None:
    first = Run("ab", by_id({"a": 429, "b": 503}))
    second = Run("c", whole(503), sender=first.sender)
    assert second.requests == ["c"] * MAX_ATTEMPTS


def test_a_body_too_large_does_not_mean_that_the_index_is_down() -> None:
    first = Run("a", whole(413))
    second = Run("c", whole(503), sender=first.sender)
    assert second.requests == ["c"] * MAX_ATTEMPTS


def test_an_index_that_stays_unreachable_gives_all_back() -> None:
    run = Run("ab", unreachable)
    assert run.names(Outcome.RETRY) == "ab"
    assert run.tally.connection_errors == MAX_ATTEMPTS


@pytest.mark.parametrize(
    "reply",
    [each(200), each(200, 200, 200), each(), lambda _: Response(200, b""), lambda _: Response(200, b'{"items":[{"ind')],
    ids=["fewer items", "more items", "no items", "nothing", "cut off"],
)
def test_an_answer_that_does_not_fit_counts_nothing_as_done(reply: Reply) -> None:
    """Not even the items that seem to be there: all are sent again in halves, which is harmless."""
    run = Run("ab", _more(reply), done)
    assert run.requests == ["ab", "a", "b"]
    assert run.names(Outcome.SUCCESS) == "ab"
    assert run.tally.connection_errors == 0


def _more(reply: Reply) -> Reply:
    """Answer as if the request had had one action more."""
    return lambda asked: reply([*asked, asked[0]])


def test_nothing_is_sent_once_the_time_is_spent() -> None:
    run = Run("ab", deadline=ManualDeadline(0))
    assert run.requests == []
    assert run.names(Outcome.RETRY) == "ab"


def test_time_that_runs_out_between_two_bodies_gives_the_rest_back() -> None:
    deadline = ManualDeadline(9)

    def slow(asked: Sequence[Sent]) -> Response:
        deadline.time += 9
        return done(asked)

    run = Run("abcd", slow, deadline=deadline, max_body_bytes=1)
    assert run.requests == ["a"]
    assert run.names(Outcome.SUCCESS) == "a"
    assert run.names(Outcome.RETRY) == "bcd"


def test_time_that_runs_out_while_a_request_is_halved_gives_the_rest_back() -> None:
    deadline = ManualDeadline(9)

    def slow(asked: Sequence[Sent]) -> Response:
        deadline.time += 3
        return too_large_for(1)(asked)

    run = Run("abcd", slow, deadline=deadline)
    assert run.requests == ["abcd", "ab", "a"]
    assert run.names(Outcome.SUCCESS) == "a"
    assert run.names(Outcome.RETRY) == "bcd"


def test_no_wait_reaches_into_the_reserve() -> None:
    """Lambda is answered before it ends the invocation."""
    deadline = ManualDeadline(0.3)
    run = Run("a", whole(503), deadline=deadline)
    assert run.names(Outcome.RETRY) == "a"
    assert deadline.remaining() > 0
    assert len(run.requests) == 2


def test_an_answer_too_large_to_be_read_is_asked_for_in_halves() -> None:
    """OpenSearch quotes what it refuses: the answers to fewer documents are smaller."""

    def wordy(asked: Sequence[Sent]) -> Response:
        if len(asked) > 1:
            raise ResponseTooLargeError("OpenSearch answered with more than 4194304 bytes")
        return done(asked)

    run = Run("abcd", wordy)
    assert run.requests == ["abcd", "ab", "a", "b", "cd", "c", "d"]
    assert run.names(Outcome.SUCCESS) == "abcd"
    assert not run.sender.circuit_open


def test_an_answer_without_an_end_stops_the_try() -> None:
    """Also to one document: this is not about documents, and nothing more is sent."""

    def endless(_: Sequence[Sent]) -> Response:
        raise ResponseTooLargeError("OpenSearch answered with more than 4194304 bytes")

    run = Run("abcd", endless)
    assert run.requests[:4] == ["abcd", "ab", "a", "abcd"]
    assert run.names(Outcome.RETRY) == "abcd"
    assert run.tally.connection_errors == MAX_ATTEMPTS


def test_a_result_knows_when_it_was_answered() -> None:
    deadline = ManualDeadline()

    def later(asked: Sequence[Sent]) -> Response:
        deadline.time += 3
        return by_id({"b": 503})(asked) if len(asked) > 1 else done(asked)

    run = Run("ab", later, deadline=deadline)
    moments = {result.document.document_id: result.answered_at for result in run.results}
    assert moments["b"] == deadline.now()
    assert moments["b"] - moments["a"] == pytest.approx(3 + sum(deadline.sleeps))


def garbled(bad: str) -> Reply:
    """Give no readable answer while one of these documents is in the request."""
    return lambda asked: Response(200, b"<html>") if any(one.document_id in bad for one in asked) else done(asked)


@pytest.mark.parametrize("bad", ["a", "c", "h", "ae"])
def test_a_document_whose_answer_stays_unreadable_holds_up_no_other(bad: str) -> None:
    run = Run("abcdefgh", garbled(bad))
    assert run.names(Outcome.RETRY) == bad
    assert run.names(Outcome.SUCCESS) == "".join(sorted(set("abcdefgh") - set(bad)))
    assert run.tally.connection_errors == MAX_ATTEMPTS * len(bad)


def test_an_index_that_answers_nothing_readable_is_down() -> None:
    """A proxy's page: it is not about documents."""
    run = Run("abcdefgh", lambda _: Response(200, b"<html>"))
    assert run.requests[:6] == ["abcdefgh", "abcd", "ab", "a", "b", "abcdefgh"]
    assert run.names(Outcome.RETRY) == "abcdefgh"
    assert run.sender.circuit_open


# What OpenSearch 2.19.1 answered to documents under mappings and ingest pipelines, and others of the kind.
OWN: list[tuple[int, str]] = [
    (400, "illegal_argument_exception"),
    (400, "script_exception"),
    (400, "pattern_syntax_exception"),
    (400, "mapper_exception"),
    (400, "never_heard_of_exception"),
    (422, "never_heard_of_exception"),
    (500, "fail_processor_exception"),
    (500, "find_match"),
    (500, "illegal_state_exception"),
    (500, "array_index_out_of_bounds_exception"),
    (500, "null_pointer_exception"),
    (501, "unsupported_operation_exception"),
]
SHARED: list[tuple[int, str]] = [
    (401, "never_heard_of_exception"),
    (403, "cluster_block_exception"),
    (404, "index_not_found_exception"),
    (404, "never_heard_of_exception"),
    (408, "never_heard_of_exception"),
    (429, "es_rejected_execution_exception"),
    (429, "never_heard_of_exception"),
    (502, "never_heard_of_exception"),
    (503, "never_heard_of_exception"),
    (504, "never_heard_of_exception"),
    (507, "never_heard_of_exception"),
    (400, "index_closed_exception"),
    (500, "already_closed_exception"),
    (500, "node_disconnected_exception"),
    (500, "receive_timeout_transport_exception"),
    (500, "no_such_file_exception"),
    (500, "i_o_exception"),
    (500, "shard_not_in_primary_mode_exception"),
    (500, "translog_exception"),
    (500, "circuit_breaking_exception"),
    (400, "task_cancelled_exception"),
    (500, "out_of_memory_error"),
    (500, ""),
]


@pytest.mark.parametrize(("status", "fault"), OWN)
@pytest.mark.parametrize("names", ["b", "abc"])
def test_a_document_that_is_refused_while_the_index_takes_others_is_at_fault_itself(
    names: str, status: int, fault: str
) -> None:
    """Whatever the type of error: it was sent again by itself, with an action that the index would take."""
    run = Run(names, by_id({"b": (status, fault, "because")}))
    assert run.requests == [names] + ["b%"] * (1 if status < 500 else MAX_PROBES)
    assert run.names(Outcome.REJECT) == "b"
    assert run.names(Outcome.SUCCESS) == names.replace("b", "")
    (refused,) = [one for one in run.results if one.outcome is Outcome.REJECT]
    assert refused.item == ItemResult(status, fault, "because")


@pytest.mark.parametrize(("status", "fault"), SHARED)
def test_what_is_said_of_an_index_a_node_or_the_load_is_no_documents_fault(status: int, fault: str) -> None:
    """Also while others are taken: they may be in another shard."""
    run = Run("abc", by_id({"b": (status, fault, "because") if fault else status}))
    assert run.names(Outcome.RETRY) == "b"
    assert run.requests == ["abc"] + ["b"] * (MAX_ATTEMPTS - 1)


STATE = (400, "illegal_argument_exception", "pipeline with id [nope] does not exist")


def refusing_all(asked: Sequence[Sent]) -> Response:
    """Refuse every index action, as where a pipeline is missing; a delete passes no pipeline."""
    return each(*(STATE if one.action == "index" else 200 for one in asked))(asked)


@pytest.mark.parametrize("names", ["a", "abcd"])
def test_a_state_of_the_index_quarantines_nothing(names: str) -> None:
    """The probe is refused too, once a try: the other documents are not sent again."""
    run = Run(names, refusing_all)
    assert run.names(Outcome.RETRY) == names
    assert run.requests == [names, "a%"] * MAX_ATTEMPTS


def test_a_delete_that_passes_is_no_witness() -> None:
    deletion = delete_document("x", parse_record(record("x", event="REMOVE")), 1)
    index = ScriptedIndex(refusing_all)
    results = list(BulkWriter(index, 10**7).write([*documents("a"), deletion], ManualDeadline(), BatchMetrics()))
    assert {one.document.document_id: one.outcome for one in results} == {"a": Outcome.RETRY, "x": Outcome.SUCCESS}


def test_a_document_taken_by_the_same_answer_is_a_witness_where_the_probe_is_refused() -> None:
    """A pipeline may refuse the probe, which has no attribute."""
    faulty = (400, "script_exception", "runtime error")
    run = Run("abc", by_id({"b": faulty, "%": faulty}))
    assert run.names(Outcome.REJECT) == "b"
    assert Run("b", by_id({"b": faulty, "%": faulty})).names(Outcome.RETRY) == "b"


def test_a_conflict_is_a_witness() -> None:
    faulty = (400, "script_exception", "runtime error")
    run = Run("ab", by_id({"a": (409, "version_conflict_engine_exception", "x"), "b": faulty, "%": faulty}))
    assert run.names(Outcome.REJECT) == "b"


@pytest.mark.parametrize(
    ("alone", "verdict"),
    [
        (done, Outcome.SUCCESS),
        (each((400, "another_exception", ""), TAKEN), Outcome.RETRY),
        (each((500, "script_exception", ""), TAKEN), Outcome.RETRY),
        (each((429, "rejected", ""), TAKEN), Outcome.RETRY),
        (each(200), Outcome.RETRY),
        (whole(503), Outcome.RETRY),
        (whole(400, "script_exception"), Outcome.RETRY),
        (unreachable, Outcome.RETRY),
    ],
)
def test_a_document_that_is_not_refused_again_alike_is_not_given_up(alone: Reply, verdict: Outcome) -> None:
    run = Run("ab", by_id({"b": (400, "script_exception", "")}), alone)
    assert run.names(verdict) == ("ab" if verdict is Outcome.SUCCESS else "b")
    assert run.names(Outcome.REJECT) == ""


def test_a_server_s_error_that_passes_is_not_given_up() -> None:
    """A machine's fault may look like a document's for a moment."""
    fault = by_id({"b": (500, "null_pointer_exception", "")})
    run = Run("ab", fault, fault, fault, done)
    assert run.names(Outcome.SUCCESS) == "ab"
    assert len(run.deadline.sleeps) == MAX_PROBES - 1


def test_no_document_is_examined_once_the_time_is_spent() -> None:
    deadline = ManualDeadline(9)

    def slow(asked: Sequence[Sent]) -> Response:
        deadline.time += 9
        return by_id({"b": (400, "script_exception", "")})(asked)

    run = Run("ab", slow, deadline=deadline)
    assert run.requests == ["ab"]
    assert run.names(Outcome.RETRY) == "b"


def test_a_request_refused_as_a_whole_examines_nothing() -> None:
    run = Run("a", whole(400, "illegal_argument_exception", "unrecognized parameter"))
    assert run.requests == ["a"] * MAX_ATTEMPTS
