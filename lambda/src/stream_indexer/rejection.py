"""Why a record is not indexed: the reason and the error that the quarantine stores and the log names."""

from dataclasses import dataclass
from typing import Final

MALFORMED: Final = "malformed"
REJECTED: Final = "rejected"
HELD: Final = "held"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a record has no document in one index, or in any index.

    Attributes:
        reason: MALFORMED if the function rejects the record, REJECTED if OpenSearch does, HELD if the record is retried
            and blocks its shard.
        message: Text of the error. It can quote the record, so it is stored in the quarantine and never logged.
        error_type: OpenSearch's error type. Empty for an error of the function.
        status: OpenSearch's HTTP status. 0 for an error of the function.
        alias: Alias of the index that lacks the document. Empty if every index lacks it.
    """

    reason: str
    message: str
    error_type: str = ""
    status: int = 0
    alias: str = ""
