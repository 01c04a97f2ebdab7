"""What each answer of OpenSearch means for the record behind it: one table from status to verdict.

Decides and does nothing else. A new status is a row in `OUTCOMES`, a new permanent fault a row in `PERMANENT_ERRORS`.
The unknown case is retried, unless it is proven to be the document's own: see `may_be_document_error`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

NO_RESPONSE: Final = 0  # in place of a status
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
CONFLICT: Final = 409
TOO_LARGE: Final = 413  # of the whole request; OpenSearch's http.max_content_length
THROTTLED: Final = 429


class Outcome(Enum):
    """What to do with a record once its document has been answered."""

    SUCCESS = "done"  # the index holds this change
    STALE = "stale"  # the index holds something newer: done too
    RETRY = "retry"  # the same request may succeed later
    REJECT = "quarantine"  # the same request can never succeed


@dataclass(frozen=True, slots=True)
class ItemResult:
    """OpenSearch's answer for one document, or for a whole request.

    Attributes:
        status: the HTTP status, of the item where there is one; NO_RESPONSE where there is none.
        error_type: the error's `type`, empty without an error.
        reason: the error's `reason`; it may quote the document, so it is never logged.
    """

    status: int
    error_type: str = ""
    reason: str = ""


OUTCOMES: Final[Mapping[tuple[str, int], Outcome]] = MappingProxyType(
    {
        ("index", 200): Outcome.SUCCESS,
        ("index", 201): Outcome.SUCCESS,
        ("index", 409): Outcome.STALE,
        ("delete", 200): Outcome.SUCCESS,
        ("delete", 404): Outcome.SUCCESS,  # already gone: a delete is idempotent
        ("delete", 409): Outcome.STALE,
    }
)

# With status 400 these say that the document itself is at fault. Any other 400 may be the index's state, such as a
# closed index or a missing pipeline, which someone will fix.
PERMANENT_ERRORS: Final = frozenset(
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
AMBIGUOUS_ERROR: Final = "illegal_argument_exception"
DOCUMENT_ERROR_PATTERNS: Final = re.compile(
    r"mapper \[|object mapping \[|non object mapping|Limit of |immense term|nested documents|nested fields"
    r"|object field|field name|Field \[|failed to parse|is too long|out of range"
)
# These statuses are about the index, its load or a right, never about one document.
SHARED_STATUSES: Final = frozenset({401, 403, 404, 408, 409, 413, 429, 502, 503, 504, 507})
# So are these types of error, whatever their status: a shard or a node that fails refuses some documents of a request.
SHARED_ERRORS: Final = re.compile(
    r"shard|node|transport|timeout|engine|closed|rejected|circuit|cluster|manager|master|translog|file|i_o_|e_o_f"
    r"|disk|security|authenti|index_(?!out_of)|interrupt|cancel|memory|connect|unavailable|block|primary|replica|corrupt"
)
# A conflict says: [id]: version conflict, current version [7] is higher or equal to the one provided [5].
CONFLICT_MESSAGE: Final = re.compile(r"current version \[(\d+)\] is higher")


def classify_item(answer: ItemResult, action: str) -> Outcome:
    """Return what becomes of a record whose document got `answer`; `action` is "index" or "delete"."""
    if answer.status == BAD_REQUEST:
        ambiguous = answer.error_type == AMBIGUOUS_ERROR and DOCUMENT_ERROR_PATTERNS.search(answer.reason)
        return Outcome.REJECT if ambiguous or answer.error_type in PERMANENT_ERRORS else Outcome.RETRY
    if answer.status == NOT_FOUND and answer.error_type:  # an index is missing, not a document
        return Outcome.RETRY
    return OUTCOMES.get((action, answer.status), Outcome.RETRY)


def may_be_document_error(answer: ItemResult, action: str) -> bool:
    """Return whether an item that was refused by `answer` may be at fault itself, so that it is worth a proof.

    It is proven where the index takes other documents at the same moment, and refuses this one again when it is sent
    alone.
    """
    return (
        action == "index"
        and answer.status >= BAD_REQUEST
        and answer.status not in SHARED_STATUSES
        and bool(answer.error_type)
        and not SHARED_ERRORS.search(answer.error_type)
    )


def classify_request(answer: ItemResult) -> Outcome:
    """Return what becomes of the records of a request that failed as a whole.

    QUARANTINE says that a document of it is at fault: of several, nobody knows which.
    """
    at_fault = answer.status == BAD_REQUEST and answer.error_type in PERMANENT_ERRORS
    return Outcome.REJECT if at_fault or answer.status == TOO_LARGE else Outcome.RETRY


def current_version(answer: ItemResult) -> int | None:
    """Return the version that the index has, where a conflict (409) says it."""
    found = CONFLICT_MESSAGE.search(answer.reason)
    return int(found[1]) if found else None
