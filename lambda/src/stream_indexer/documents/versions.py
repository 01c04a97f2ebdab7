"""Derives the external version of a document, which shows OpenSearch which of two changes is newer.

The version is a pure function of the change, so that a replay has the same version. It comes from the record, or from
an attribute that writers increase.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from stream_indexer.documents.records import Change, Operation
from stream_indexer.errors import MalformedRecordError

SEQUENCE_RANGE: Final = 10**9  # a version is second x 10^9 + 9 digits, which fits a signed 64-bit long
ORDINAL_RANGE: Final = SEQUENCE_RANGE - 1  # the last number of each second is left for a floor
COUNTER_DIGITS: Final = 20  # at the end of a sequence number, after the record's ordinal
MAX_CLOCK_SKEW_SECONDS: Final = 60  # how far DynamoDB's clock can step back between two changes
MAX_VERSION: Final = 2**63 - 1  # OpenSearch's versions are signed 64-bit longs


@dataclass(frozen=True, slots=True)
class Versions:
    """Source of versions.

    Attributes:
        attribute: Name of a number that every change increases. None derives the version from the record.
    """

    attribute: str | None = None

    def version_of(self, change: Change) -> int:
        """Return the version. With it, OpenSearch keeps the newest change in any order of arrival.

        Without an attribute, the version is seconds since the epoch x 10^9 + the ordinal modulo 10^9 - 1. The ordinal
        is the sequence number without its last 20 digits. It increases with each record of a shard, and from a shard to
        its children. If the ordinal is zero (DynamoDB Local), the whole sequence number replaces it. Two changes
        compare wrongly if the ordinal wraps within their second or the clock steps back between them: see
        `may_be_out_of_order`.

        With an attribute, the version is its value. For a deletion it is the value in the old image.

        Raises:
            MalformedRecordError: The attribute is not a valid version, or the record lacks the old image.
        """
        if self.attribute is None:
            return _by_record(change)
        if change.operation is not Operation.DELETE:
            return self._number(change.image)
        old = change.record["dynamodb"].get("OldImage")
        if old is None:
            raise MalformedRecordError(
                "a REMOVE without OldImage: documents.version_attribute requires a stream view with old images"
            )
        return self._number(old)

    def allows_equal(self, change: Change) -> bool:
        """Return whether the change is newer than another change with the same version.

        With a version attribute, a deletion has the version of the item that it deletes.
        """
        return self.attribute is not None and change.operation is Operation.DELETE

    def supersedes(self, change: Change, known: Change | None) -> bool:
        """Return whether `change`, which came after `known`, makes `known` unnecessary. The index decides equally.

        Lambda delivers the changes of an item in order. A batch that you build yourself can have another order.

        Raises:
            MalformedRecordError: As for `version_of`.
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
        raise MalformedRecordError("documents.version_attribute must be an N, a whole number from 0 to 2^63 - 1")


def _by_record(change: Change) -> int:
    number = change.sequence_number
    digits = int(number[:-COUNTER_DIGITS] or 0) or int(number)
    return change.created_at * SEQUENCE_RANGE + digits % ORDINAL_RANGE


def shared_ordinals(sequence_numbers: Iterable[str]) -> int:
    """Return how many records of a shard share their ordinal with another record. The expected number is zero.

    AWS does not document the ordinal. If records share an ordinal, their versions do not show their order within a
    second. Zero does not count as an ordinal, and a record that is delivered twice counts once.
    """
    different = set(sequence_numbers)
    ordinals = {number[:-COUNTER_DIGITS] for number in different}
    if len(ordinals) == len(different):
        return 0
    counts = Counter(int(number[:-COUNTER_DIGITS] or 0) for number in different)
    return sum(count for ordinal, count in counts.items() if ordinal and count > 1)


def may_be_out_of_order(current: int, provided: int) -> bool:
    """Return whether `provided`, rejected because the index has `current`, can be the newer change.

    It can be newer if both were made at about the same time and the ordinal of `provided` is less than half the range
    ahead. Then the ordinal more likely wrapped than advanced farther.
    """
    ahead = (provided % SEQUENCE_RANGE - current % SEQUENCE_RANGE) % ORDINAL_RANGE
    return are_close(current, provided) and 0 < ahead < ORDINAL_RANGE // 2


def is_floor(version: int) -> bool:
    """Return whether the version is a floor, the version of a document made from a read of its item.

    A floor has the last number of its second, which no change has. It is above every change of its second. A read that
    began well after that second saw each of these changes.
    """
    return version % SEQUENCE_RANGE == ORDINAL_RANGE


def are_close(current: int, provided: int) -> bool:
    """Return whether two changes are too close in time for the clock to show which is newer. `current` is higher.

    A floor is no change: its read saw everything that it rejects.
    """
    return 0 <= current - provided < MAX_CLOCK_SKEW_SECONDS * SEQUENCE_RANGE and not is_floor(current)
