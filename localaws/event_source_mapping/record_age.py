"""Which records are too old to be tried again: older than the mapping allows, or than a stream keeps.

What AWS leaves open of this is in docs/decisions/0406-ages.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from localaws.event_source_mapping.records import Record

RETENTION_SECONDS: Final = 24 * 3600  # DynamoDB developer guide: a stream keeps records for 24 hours


class ExpiryReason(Enum):
    """Why a record is too old."""

    MAXIMUM_AGE = "maximum age"  # the mapping's own limit: it goes to the destination
    RETENTION = "retention"  # the stream has lost it: it goes nowhere


@dataclass(frozen=True, slots=True)
class RecordAgeLimit:
    """The limits of one mapping; -1 leaves the stream's own."""

    maximum_record_age_seconds: int

    @property
    def limit(self) -> ExpiryReason:
        """Which limit a record meets first."""
        own = self.maximum_record_age_seconds
        return ExpiryReason.MAXIMUM_AGE if own != -1 and own < RETENTION_SECONDS else ExpiryReason.RETENTION

    @property
    def seconds(self) -> float:
        """At which age a record is too old."""
        return self.maximum_record_age_seconds if self.limit is ExpiryReason.MAXIMUM_AGE else RETENTION_SECONDS

    def expired(self, records: Sequence[Record], now: float) -> int:
        """Return how many records at the start are too old; the stream gives them in the order of their age."""
        horizon = now - self.seconds
        count = 0
        while count < len(records) and records[count].created <= horizon:
            count += 1
        return count

    def seconds_until_expiry(self, records: Sequence[Record], now: float) -> float:
        """Return in how many seconds the first of `records` will be too old."""
        return max(0.0, records[0].created + self.seconds - now)
