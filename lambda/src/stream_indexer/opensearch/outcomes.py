"""What each answer of OpenSearch means for the record behind it: one table from status to verdict.

Decides and does nothing else. A new status is a row in `VERDICTS`, a new permanent fault a row in `PERMANENT_FAULTS`.
The unknown case is retried, unless it is proven to be the document's own: see `may_be_own`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

NO_ANSWER: Final = 0  # in place of a status
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
CONFLICT: Final = 409
TOO_LARGE: Final = 413  # of the whole request; OpenSearch's http.max_content_length
THROTTLED: Final = 429


class Verdict(Enum):
    """What to do with a record once its document has been answered."""

    DONE = "done"  # the index holds this change
    STALE = "stale"  # the index holds something newer: done too
    RETRY = "retry"  # the same request may succeed later
    QUARANTINE = "quarantine"  # the same request can never succeed


@dataclass(frozen=True, slots=True)
class Answer:
    """OpenSearch's answer for one document, or for a whole request.

    Attributes:
        status: the HTTP status, of the item where there is one; NO_ANSWER where there is none.
        fault: the error's `type`, empty without an error.
        reason: the error's `reason`; it may quote the document, so it is never logged.
    """

    status: int
    fault: str = ""
    reason: str = ""


VERDICTS: Final[Mapping[tuple[str, int], Verdict]] = MappingProxyType(
    {
        ("index", 200): Verdict.DONE,
        ("index", 201): Verdict.DONE,
        ("index", 409): Verdict.STALE,
        ("delete", 200): Verdict.DONE,
        ("delete", 404): Verdict.DONE,  # already gone: a delete is idempotent
        ("delete", 409): Verdict.STALE,
    }
)

# With status 400 these say that the document itself is at fault. Any other 400 may be the index's state, such as a
# closed index or a missing pipeline, which someone will fix.
PERMANENT_FAULTS: Final = frozenset(
    {
        "mapper_parsing_exception",
        "strict_dynamic_mapping_exception",
        "document_parsing_exception",
        "action_request_validation_exception",
        "parse_exception",
        "parsing_exception",
        "x_content_parse_exception",
        "json_parse_exception",
        "not_x_content_exception",
    }
)
# OpenSearch says this of documents and of the index's state alike; these words are about a document.
AMBIGUOUS_FAULT: Final = "illegal_argument_exception"
DOCUMENT_REASONS: Final = re.compile(
    r"mapper \[|object mapping \[|non object mapping|Limit of |immense term|nested documents|nested fields"
    r"|object field|field name|Field \[|failed to parse|is too long|out of range"
)
# These statuses are about the index, its load or a right, never about one document.
SHARED_STATUSES: Final = frozenset({401, 403, 404, 408, 409, 413, 429, 502, 503, 504, 507})
# So are these types of error, whatever their status: a shard or a node that fails refuses some documents of a request.
SHARED_FAULTS: Final = re.compile(
    r"shard|node|transport|timeout|engine|closed|rejected|circuit|cluster|manager|master|translog|file|i_o_|e_o_f"
    r"|disk|security|authenti|index_(?!out_of)|interrupt|cancel|memory|connect|unavailable|block|primary|replica|corrupt"
)
# A conflict says: [id]: version conflict, current version [7] is higher or equal to the one provided [5].
CONFLICT_REASON: Final = re.compile(r"current version \[(\d+)\] is higher")


def judge(answer: Answer, action: str) -> Verdict:
    """Return what becomes of a record whose document got `answer`; `action` is "index" or "delete"."""
    if answer.status == BAD_REQUEST:
        ambiguous = answer.fault == AMBIGUOUS_FAULT and DOCUMENT_REASONS.search(answer.reason)
        return Verdict.QUARANTINE if ambiguous or answer.fault in PERMANENT_FAULTS else Verdict.RETRY
    if answer.status == NOT_FOUND and answer.fault:  # an index is missing, not a document
        return Verdict.RETRY
    return VERDICTS.get((action, answer.status), Verdict.RETRY)


def may_be_own(answer: Answer, action: str) -> bool:
    """Return whether an item that was refused by `answer` may be at fault itself, so that it is worth a proof.

    It is proven where the index takes other documents at the same moment, and refuses this one again when it is sent
    alone.
    """
    return (
        action == "index"
        and answer.status >= BAD_REQUEST
        and answer.status not in SHARED_STATUSES
        and bool(answer.fault)
        and not SHARED_FAULTS.search(answer.fault)
    )


def judge_request(answer: Answer) -> Verdict:
    """Return what becomes of the records of a request that failed as a whole.

    QUARANTINE says that a document of it is at fault: of several, nobody knows which.
    """
    at_fault = answer.status == BAD_REQUEST and answer.fault in PERMANENT_FAULTS
    return Verdict.QUARANTINE if at_fault or answer.status == TOO_LARGE else Verdict.RETRY


def current_version(answer: Answer) -> int | None:
    """Return the version that the index has, where a conflict (409) says it."""
    found = CONFLICT_REASON.search(answer.reason)
    return int(found[1]) if found else None
