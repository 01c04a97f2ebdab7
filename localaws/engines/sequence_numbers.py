"""Makes the sequence numbers of one shard in the form of AWS's: an ordinal, then a counter of 20 digits.

AWS documents neither part. In every published sample of real numbers the ordinal grows by one with each record and is
higher in a child shard than in its parent; the counter grows by 1 to 1,600 and starts anywhere in a new shard, also
below where the parent's ended (docs/decisions/0306-sequence-numbers-of-the-local-aws.md).
"""

from dataclasses import dataclass
from random import Random
from typing import Final, Self

COUNTER: Final = 10**20  # the last 20 digits; the digits before them are the ordinal
MOST_ORDINAL_DIGITS: Final = 7  # of a stream's first shard: numbers of 21 to 28 digits have been seen
SHARD_STEP: Final = 10_000  # between the ordinals of parent and child about 8,000 have been seen
RECORD_STEP: Final = 1_600
COUNTERS: Final = (10**5, 4 * 10**10)


@dataclass(slots=True)
class SequenceNumbers:
    """Those of one shard.

    Attributes:
        upcoming: the number of the shard's next record.
    """

    dice: Random
    upcoming: int

    @classmethod
    def of_first_shard(cls, dice: Random) -> Self:
        """Begin a stream's first shard."""
        return cls(dice, _number(dice.randrange(1, 10 ** dice.randint(1, MOST_ORDINAL_DIGITS)), dice))

    def of_child(self) -> Self:
        """Begin a shard that follows this one."""
        return type(self)(self.dice, _number(self.upcoming // COUNTER + self.dice.randrange(SHARD_STEP), self.dice))

    def take(self) -> int:
        """Return the number of the next record."""
        number = self.upcoming
        self.upcoming += COUNTER + self.dice.randint(1, RECORD_STEP)
        return number


def _number(ordinal: int, dice: Random) -> int:
    return ordinal * COUNTER + dice.randrange(*COUNTERS)
