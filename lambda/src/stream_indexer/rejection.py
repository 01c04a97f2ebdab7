"""Why a record is not indexed: what the quarantine stores and the log names."""

from dataclasses import dataclass
from typing import Final

HELD: Final = "held"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a record can never be indexed, or not in one of several indexes.

    Attributes:
        kind: "malformed" (found here), "refused" (by OpenSearch), or HELD: it is retried and holds up its shard.
        fault: OpenSearch's error type; empty for a malformed record.
        detail: in words; it may quote the record, so it goes to the quarantine and not to the log.
        status: OpenSearch's; 0 for a malformed record.
        index: alias of the index that has no document of it; empty where that goes for every index.
    """

    kind: str
    detail: str
    fault: str = ""
    status: int = 0
    index: str = ""
