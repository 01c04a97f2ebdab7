"""Says which of two changes of an item is the newer one: by a number, the document's external version.

It is a pure function of the change, so that a replay has the same. It comes from the record, or from an attribute
that writers raise.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from stream_indexer.errors import MalformedRecordError
from stream_indexer.records import Change, Kind

SEQUENCE_DIGITS: Final = 9  # of a version; the second takes the other ten of a signed 64-bit long
SEQUENCE_RANGE: Final = 10**SEQUENCE_DIGITS
CLOCK_SECONDS: Final = 60  # how far DynamoDB's clock may step back between two changes of an item
LARGEST: Final = 2**63 - 1  # OpenSearch's versions are signed 64-bit longs


@dataclass(frozen=True, slots=True)
class Versions:
    """Where versions come from.

    Attributes:
        attribute: a number of the item that every change raises; None takes the version from the record.
    """

    attribute: str | None = None

    def of(self, change: Change) -> int:
        """Return the version that makes OpenSearch keep the newest change, whatever order they arrive in.

        Without an attribute seconds since the epoch x 10^9 + the sequence number's last nine digits. Two changes within
        one second whose sequence numbers wrap those digits compare the wrong way round, and so do two between which the
        clock stepped back: see `looks_reversed`.
        With one its value, of an item that is gone the last.

        Raises:
            MalformedRecordError: the attribute is not a version, or the record has no old image to find it in.
        """
        if self.attribute is None:
            return change.created * SEQUENCE_RANGE + int(change.sequence_number[-SEQUENCE_DIGITS:])
        if change.kind is not Kind.REMOVE:
            return self._number(change.image)
        old = change.record["dynamodb"].get("OldImage")
        if old is None:
            raise MalformedRecordError("a REMOVE without OldImage: documents.version_attribute needs a stream with it")
        return self._number(old)

    def allows_same(self, change: Change) -> bool:
        """Return whether the change is the newer one of two with the same version.

        A deletion has the version of what it deletes, where an attribute says it.
        """
        return self.attribute is not None and change.kind is Kind.REMOVE

    def supersedes(self, change: Change, known: Change | None) -> bool:
        """Return whether `change`, which came after `known`, makes it needless; the index would say the same.

        Raises:
            MalformedRecordError: as for `of`.
        """
        if self.attribute is None or change.kind is Kind.READ:
            return True
        version = self.of(change)
        if known is None or known.kind is Kind.READ:
            return True
        current = self.of(known)
        return version > current or (version == current and self.allows_same(change))

    def _number(self, image: Any) -> int:
        try:
            number = Decimal(image[self.attribute]["N"])
            if 0 <= number <= LARGEST and number == number.to_integral_value():
                return int(number)
        except (KeyError, TypeError, ArithmeticError, ValueError):
            pass
        raise MalformedRecordError("documents.version_attribute is not an N, a whole number from 0 to 2^63 - 1")


def looks_reversed(current: int, provided: int) -> bool:
    """Return whether `provided`, refused because the index has `current`, may be the newer change all the same.

    It may when both were made at about the same time and the sequence numbers, around the end of their nine digits,
    have `provided` less than half their range ahead: they are likelier to have wrapped than to have advanced farther.
    """
    ahead = (provided - current) % SEQUENCE_RANGE
    return 0 < current - provided < CLOCK_SECONDS * SEQUENCE_RANGE and 0 < ahead < SEQUENCE_RANGE // 2
