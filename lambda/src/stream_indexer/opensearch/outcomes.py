"""Classifies OpenSearch's results: one table from status to outcome.

A new status is a row in `OUTCOMES`, and a new permanent error is a row in `PERMANENT_ERRORS`. Unknown errors are
retried unless the document is proven to be the cause: see `may_be_document_error`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

NO_RESPONSE: Final = 0  # instead of a status
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
CONFLICT: Final = 409
TOO_LARGE: Final = 413  # for a whole request: OpenSearch's http.max_content_length
THROTTLED: Final = 429


class Outcome(Enum):
    """What to do with a record after OpenSearch's result for its document."""

    SUCCESS = "done"  # the index has this change
    STALE = "stale"  # the index has a newer version: nothing to do
    RETRY = "retry"  # the same request can succeed later
    REJECT = "quarantine"  # the same request can never succeed


@dataclass(frozen=True, slots=True)
class ItemResult:
    """OpenSearch's result for one document, or for a whole request.

    Attributes:
        status: HTTP status of the item or the request. NO_RESPONSE if there was no response.
        error_type: The error's `type`. Empty without an error.
        reason: The error's `reason`. It can quote the document, so it is never logged.
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
        ("delete", 404): Outcome.SUCCESS,  # does not exist: a delete is idempotent
        ("delete", 409): Outcome.STALE,
    }
)

# With status 400, the document is the cause of these errors. The cause of any other 400 can be the state of the index,
# such as a closed index or a missing pipeline.
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
# OpenSearch reports this error for documents and for the state of the index. These messages are about a document.
AMBIGUOUS_ERROR: Final = "illegal_argument_exception"
DOCUMENT_ERROR_PATTERNS: Final = re.compile(
    r"mapper \[|object mapping \[|non object mapping|Limit of |immense term|nested documents|nested fields"
    r"|object field|field name|Field \[|failed to parse|is too long|out of range"
)
# These statuses are about the index, its load or permissions, never about one document.
SHARED_STATUSES: Final = frozenset({401, 403, 404, 408, 409, 413, 429, 502, 503, 504, 507})
# So are these error types with any status: a shard or node that fails rejects some documents of a request.
SHARED_ERRORS: Final = re.compile(
    r"shard|node|transport|timeout|engine|closed|rejected|circuit|cluster|manager|master|translog|file|i_o_|e_o_f"
    r"|disk|security|authenti|index_(?!out_of)|interrupt|cancel|memory|connect|unavailable|block|primary|replica|corrupt"
)
# Message of a conflict: [id]: version conflict, current version [7] is higher or equal to the one provided [5].
CONFLICT_MESSAGE: Final = re.compile(r"current version \[(\d+)\] is higher")


def classify_item(answer: ItemResult, action: str) -> Outcome:
    """Return the outcome for a document's result. `action` is "index" or "delete"."""
    if answer.status == BAD_REQUEST:
        ambiguous = answer.error_type == AMBIGUOUS_ERROR and DOCUMENT_ERROR_PATTERNS.search(answer.reason)
        return Outcome.REJECT if ambiguous or answer.error_type in PERMANENT_ERRORS else Outcome.RETRY
    if answer.status == NOT_FOUND and answer.error_type:  # an index is missing, not a document
        return Outcome.RETRY
    return OUTCOMES.get((action, answer.status), Outcome.RETRY)


def may_be_document_error(answer: ItemResult, action: str) -> bool:
    """Return whether the document can be the cause of the error, so that a probe is worthwhile.

    It is the cause if the index accepts other documents at the same time and rejects this document again when it is
    sent by itself.
    """
    return (
        action == "index"
        and answer.status >= BAD_REQUEST
        and answer.status not in SHARED_STATUSES
        and bool(answer.error_type)
        and not SHARED_ERRORS.search(answer.error_type)
    )


def classify_request(answer: ItemResult) -> Outcome:
    """Return the outcome for a request that failed as a whole.

    REJECT means that a document of the request is the cause. If there are several, it is unknown which.
    """
    at_fault = answer.status == BAD_REQUEST and answer.error_type in PERMANENT_ERRORS
    return Outcome.REJECT if at_fault or answer.status == TOO_LARGE else Outcome.RETRY


def current_version(answer: ItemResult) -> int | None:
    """Return the version in the index from the message of a conflict (409)."""
    found = CONFLICT_MESSAGE.search(answer.reason)
    return int(found[1]) if found else None
