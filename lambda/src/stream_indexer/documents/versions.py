"""Says which of two changes of an item is the newer one: by a number, the document's external version.

It is a pure function of the change, so that a replay has the same. It comes from the record, or from an attribute
that writers raise.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from stream_indexer.documents.records import Change, Operation
from stream_indexer.errors import MalformedRecordError

SEQUENCE_RANGE: Final = 10**9  # digits of a version; the second takes the other ten of a signed 64-bit long
COUNTER_DIGITS: Final = 20  # a sequence number ends in; before the counter is the record's ordinal
MAX_CLOCK_SKEW_SECONDS: Final = 60  # how far DynamoDB's clock may step back between two changes of an item
MAX_VERSION: Final = 2**63 - 1  # OpenSearch's versions are signed 64-bit longs


@dataclass(frozen=True, slots=True)
class Versions:
    """Where versions come from.

    Attributes:
        attribute: a number of the item that every change raises; None takes the version from the record.
    """

    attribute: str | None = None

    def version_of(self, change: Change) -> int:
        """Return the version that makes OpenSearch keep the newest change, whatever order they arrive in.

        Without an attribute: seconds since the epoch x 10^9 + the ordinal modulo 10^9. The ordinal is the sequence
        number without its last 20 digits; it grows with each record of a shard and from a shard to its children. An
        ordinal of zero (DynamoDB Local) is replaced by the whole sequence number. Two changes compare the wrong way
        round where the ordinal wraps within their second or the clock steps back between them: see
        `may_be_out_of_order`.
        With one its value, of an item that is gone the last.

        Raises:
            MalformedRecordError: the attribute is not a version, or the record has no old image to find it in.
        """
        if self.attribute is None:
            return _by_record(change)
        if change.operation is not Operation.DELETE:
            return self._number(change.image)
        old = change.record["dynamodb"].get("OldImage")
        if old is None:
            raise MalformedRecordError("a REMOVE without OldImage: documents.version_attribute needs a stream with it")
        return self._number(old)

    def allows_equal(self, change: Change) -> bool:
        """Return whether the change is the newer one of two with the same version.

        A deletion has the version of what it deletes, where an attribute says it.
        """
        return self.attribute is not None and change.operation is Operation.DELETE

    def supersedes(self, change: Change, known: Change | None) -> bool:
        """Return whether `change`, which came after `known`, makes it needless; the index would say the same.

        Lambda delivers the changes of an item in order. A batch made by hand may not.

        Raises:
            MalformedRecordError: as for `of`.
        """
        has_number = self.attribute is not None and change.operation is not Operation.FETCH
        version = self.version_of(change) if has_number else 0
        if known is None:
            return True
        if has_number and known.operation is not Operation.FETCH:
            current = self.version_of(known)
            return version > current or (version == current and self.allows_equal(change))
        version, current = _by_record(change), _by_record(known)
        if version == current:
            return int(change.sequence_number) >= int(known.sequence_number)
        if may_be_out_of_order(current, version):
            return True
        return version > current and not may_be_out_of_order(version, current)

    def _number(self, image: Any) -> int:
        try:
            number = Decimal(image[self.attribute]["N"])
            if 0 <= number <= MAX_VERSION and number == number.to_integral_value():
                return int(number)
        except (KeyError, TypeError, ArithmeticError, ValueError):
            pass
        raise MalformedRecordError("documents.version_attribute is not an N, a whole number from 0 to 2^63 - 1")


def _by_record(change: Change) -> int:
    number = change.sequence_number
    digits = int(number[:-COUNTER_DIGITS] or 0) or int(number)
    return change.created_at * SEQUENCE_RANGE + digits % SEQUENCE_RANGE


def shared_ordinals(sequence_numbers: Iterable[str]) -> int:
    """Return how many of one shard's records have an ordinal that another record has too: no record should.

    AWS does not document the ordinal. Where records share one, their versions within a second say nothing of their
    order. Zero is no ordinal, and the same record twice is one record.
    """
    different = set(sequence_numbers)
    ordinals = {number[:-COUNTER_DIGITS] for number in different}
    if len(ordinals) == len(different):
        return 0
    counts = Counter(int(number[:-COUNTER_DIGITS] or 0) for number in different)
    return sum(count for ordinal, count in counts.items() if ordinal and count > 1)


def may_be_out_of_order(current: int, provided: int) -> bool:
    """Return whether `provided`, refused because the index has `current`, may be the newer change all the same.

    It may when both were made at about the same time and the ordinals, around the end of their nine digits, have
    `provided` less than half their range ahead: they are likelier to have wrapped than to have advanced farther.
    """
    ahead = (provided - current) % SEQUENCE_RANGE
    return are_close(current, provided) and 0 < ahead < SEQUENCE_RANGE // 2


def is_floor(version: int) -> bool:
    """Return whether the version may be a floor: of a document that was made from a read of its item.

    Its ordinal is the last of the range, so it is above every change of its second. A read that began well after that
    second saw each of them. One change in 10^9 has the ordinal by itself.
    """
    return version % SEQUENCE_RANGE == SEQUENCE_RANGE - 1


def are_close(current: int, provided: int) -> bool:
    """Return whether the two changes are so close that the clock does not say which is newer; `current` is higher."""
    return 0 <= current - provided < MAX_CLOCK_SKEW_SECONDS * SEQUENCE_RANGE
