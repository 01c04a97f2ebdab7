"""Unit: does every answer of OpenSearch have its one verdict?"""

import pytest
from stream_indexer.opensearch.outcomes import (
    OUTCOMES,
    PERMANENT_ERRORS,
    ItemResult,
    Outcome,
    classify_item,
    classify_request,
    current_version,
)

DONE, STALE, RETRY, QUARANTINE = Outcome.SUCCESS, Outcome.STALE, Outcome.RETRY, Outcome.REJECT
MAPPER = "mapper_parsing_exception"
CONFLICT = "version_conflict_engine_exception"
NO_WRITE_INDEX = "no write index is defined for alias [orders]. The write index may be explicitly disabled"


@pytest.mark.parametrize(
    ("action", "status", "fault", "verdict"),
    [
        ("index", 200, "", DONE),
        ("index", 201, "", DONE),
        ("delete", 200, "", DONE),
        ("delete", 404, "", DONE),
        ("index", 409, CONFLICT, STALE),
        ("delete", 409, CONFLICT, STALE),
        ("index", 404, "", RETRY),
        ("index", 404, "index_not_found_exception", RETRY),
        ("delete", 404, "index_not_found_exception", RETRY),
        ("delete", 201, "", RETRY),
        ("index", 400, MAPPER, QUARANTINE),
        ("delete", 400, "illegal_argument_exception", RETRY),
        ("index", 400, "", RETRY),
        ("index", 400, "index_closed_exception", RETRY),
        ("index", 400, "never_heard_of_exception", RETRY),
        ("index", 401, "security_exception", RETRY),
        ("index", 403, "security_exception", RETRY),
        ("index", 403, "cluster_block_exception", RETRY),
        ("index", 408, "", RETRY),
        ("index", 413, "", RETRY),
        ("index", 429, "es_rejected_execution_exception", RETRY),
        ("index", 429, "cluster_block_exception", RETRY),
        ("delete", 429, "", RETRY),
        ("index", 500, "", RETRY),
        ("index", 502, "", RETRY),
        ("index", 503, "unavailable_shards_exception", RETRY),
        ("delete", 504, "", RETRY),
        ("index", 0, "", RETRY),
        ("index", 100, "", RETRY),
        ("index", 202, "", RETRY),
        ("index", 204, "", RETRY),
        ("index", 302, "", RETRY),
        ("index", 418, "", RETRY),
        ("index", 599, "", RETRY),
    ],
)
def test_an_items_status_decides(action: str, status: int, fault: str, verdict: Outcome) -> None:
    """What is not known to be done or rejected permanently is retried."""
    assert classify_item(ItemResult(status, fault), action) is verdict


@pytest.mark.parametrize("fault", sorted(PERMANENT_ERRORS))
def test_a_document_at_fault_goes_to_the_quarantine(fault: str) -> None:
    """These, with a status 400, the same document will meet again and again."""
    assert classify_item(ItemResult(400, fault, "reason"), "index") is QUARANTINE
    assert classify_request(ItemResult(400, fault, "reason")) is QUARANTINE


def test_an_argument_that_opensearch_does_not_know_is_no_documents_fault() -> None:
    """It refuses every request alike: the batch would end in the quarantine whole."""
    reason = "request [/orders/_bulk] contains unrecognized parameter: [require_alias]"
    assert classify_request(ItemResult(400, "illegal_argument_exception", reason)) is RETRY


@pytest.mark.parametrize("fault", sorted(PERMANENT_ERRORS))
def test_a_permanent_faults_name_alone_decides_nothing(fault: str) -> None:
    assert classify_item(ItemResult(500, fault), "index") is RETRY
    assert classify_request(ItemResult(503, fault)) is RETRY


@pytest.mark.parametrize(
    "reason",
    [
        NO_WRITE_INDEX,
        "pipeline with id [enrich] does not exist",
        "Validation Failed: 1: this action would add [2] total shards",
        "never heard of",
    ],
)
def test_an_illegal_argument_of_the_index_is_no_documents_fault(reason: str) -> None:
    """OpenSearch has one name for both; an operator will fix the index, and every document would meet it."""
    answer = ItemResult(400, "illegal_argument_exception", reason)
    assert classify_item(answer, "index") is RETRY
    assert classify_request(answer) is RETRY


@pytest.mark.parametrize(
    "reason",
    [
        "mapper [total] cannot be changed from type [double] to [text]",
        "can't merge a non object mapping [a] with an object mapping",
        "Limit of total fields [1000] has been exceeded",
        'Document contains at least one immense term in field="note" (whose UTF8 encoding is longer than 32766)',
        "object field starting or ending with a [.] makes object resolution ambiguous: [.a]",
        "The number of nested documents has exceeded the allowed limit of [10000].",
    ],
)
def test_an_illegal_argument_of_a_document_goes_to_the_quarantine(reason: str) -> None:
    assert classify_item(ItemResult(400, "illegal_argument_exception", reason), "index") is QUARANTINE


@pytest.mark.parametrize(
    ("status", "fault", "verdict"),
    [
        (400, "parse_exception", QUARANTINE),
        (400, "", RETRY),
        (400, "never_heard_of_exception", RETRY),
        (401, "security_exception", RETRY),
        (403, "security_exception", RETRY),
        (403, "cluster_block_exception", RETRY),
        (404, "index_not_found_exception", RETRY),
        (404, "", RETRY),
        (405, "", RETRY),
        (408, "", RETRY),
        (409, "", RETRY),
        (413, "", QUARANTINE),
        (429, "", RETRY),
        (500, "", RETRY),
        (502, "", RETRY),
        (503, "", RETRY),
        (504, "", RETRY),
        (0, "", RETRY),
        (201, "", RETRY),
        (301, "", RETRY),
    ],
)
def test_a_whole_requests_status_decides(status: int, fault: str, verdict: Outcome) -> None:
    """None says that anything was done: a whole request that is not 200 never is."""
    assert classify_request(ItemResult(status, fault)) is verdict


def test_nothing_is_done_without_an_acknowledgement() -> None:
    """Of all statuses, only these few let a record go."""
    passed = {
        (action, status)
        for action in ("index", "delete")
        for status in range(1000)
        if classify_item(ItemResult(status), action) is not RETRY
    }
    assert passed == set(OUTCOMES)
    assert not any(classify_request(ItemResult(status)) in {DONE, STALE} for status in range(1000))


@pytest.mark.parametrize(
    ("reason", "version"),
    [
        ("[a]: version conflict, current version [7] is higher or equal to the one provided [5]", 7),
        ("[a]: version conflict, current version [7] is higher than the one provided [5]", 7),
        ("[current version [1]]: current version [1767225600000000007] is higher", 1767225600000000007),
        ("", None),
        ("current version [x] is higher", None),
        ("required seqNo [5], primary term [1]. current document has seqNo [6]", None),
        ("current version [-1] is higher", None),
    ],
)
def test_a_conflict_says_the_version_that_is_there(reason: str, version: int | None) -> None:
    assert current_version(ItemResult(409, CONFLICT, reason)) == version
