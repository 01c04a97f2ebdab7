"""A table and its stream as AWS describes them: shards that roll over and split, and sequence numbers of the real form.

A sequence number is an ordinal and a counter of 20 digits. The ordinal grows by one a record and from parent to child;
the counter grows in a shard and jumps where a new one begins. Creation times are whole seconds, and the clocks of two
shards differ.
"""

from dataclasses import dataclass, field
from math import floor
from random import Random
from typing import Any, Final

Image = dict[str, Any]  # attribute name -> {type: value}
Record = dict[str, Any]

NAMES: Final = ("k0", "a|b", "%41", "#1", "~AA==", "ü \ud83d")
ARN: Final = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
TEXTS: Final = ("plain", "two\nlines", "\ud83d", 'quote "', "")
ORDINALS: Final = (1, 205, 8_204, 252_294, 28_994_290, 10**9 - 12)  # the last one passes nine digits soon
COUNTERS: Final = (10**5, 4 * 10**10)
RECORD_STEPS: Final = (1, 11, 120, 1_600)
SHARD_STEPS: Final = (1, 2, 8_000)


def key_of(name: str) -> Image:
    """Return the primary key of an item."""
    return {"pk": {"S": name}, "sk": {"N": "1"}}


@dataclass(slots=True)
class Lane:
    """The records of one shard that are delivered one after the other, and how far they are.

    Attributes:
        place: of the next record.
        limit: where the next batch must end, after a batch was cut in two.
    """

    records: list[Record] = field(default_factory=list)
    place: int = 0
    limit: int | None = None

    @property
    def is_drained(self) -> bool:
        """Whether every record is done."""
        return self.place >= len(self.records)


@dataclass(slots=True, eq=False)
class Shard:
    """A shard.

    Attributes:
        names: of the items whose changes it has.
        skew: how far its clock is ahead, in seconds.
    """

    names: list[str]
    parent: "Shard | None"
    ordinal: int
    counter: int
    skew: float
    lanes: list[Lane]
    is_open: bool = True

    def is_readable(self) -> bool:
        """Say whether all shards before it are drained."""
        parent = self.parent
        return parent is None or (all(lane.is_drained for lane in parent.lanes) and parent.is_readable())


@dataclass(slots=True)
class Source:
    """A table with a stream.

    Attributes:
        view: the stream's view type.
        most_skew: how far a shard's clock may be wrong, in seconds.
        items: what the table has, by name.
        past: every document that an item was ever to have.
        expired: the last image of items that time to live deleted.
    """

    dice: Random
    view: str
    most_skew: float
    lanes: int
    now: float
    items: dict[str, Image] = field(default_factory=dict)
    past: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    expired: dict[str, Image] = field(default_factory=dict)
    shards: list[Shard] = field(default_factory=list)  # parents first
    names: list[str] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.names = self.dice.sample(NAMES, self.dice.choice((1, 2, 4, 6)))
        self._open(self.names, None)

    def write(self, name: str, kind: str) -> None:
        """Change one item: `put`, a `poison` or a `huge` one, `same` (no change), `delete`, or `expire`."""
        old, new = self.items.get(name), None
        if kind in ("delete", "expire", "same"):
            if old is None or kind == "same":
                return  # nothing changes: no record
            del self.items[name]
        else:
            self.count += 1
            new = self.items[name] = self._image(name, kind)
            self.past.setdefault(name, []).append(document_of(new))
        self.expired.pop(name, None)
        if kind == "expire" and old is not None:
            self.expired[name] = old
        shard = next(shard for shard in self.shards if shard.is_open and name in shard.names)
        record = self._record(shard, name, old, new)
        if kind == "expire":
            record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
        shard.lanes[self.names.index(name) % self.lanes].records.append(record)

    def follow(self) -> None:
        """Close an open shard: one or two others follow it."""
        shard = self.dice.choice([shard for shard in self.shards if shard.is_open])
        shard.is_open = False
        cut = self.dice.randrange(len(shard.names)) if self.dice.random() < 0.5 else 0
        for names in (shard.names[:cut], shard.names[cut:]):
            if names:
                self._open(names, shard)

    def step_clock(self) -> None:
        """Set the clock of an open shard ahead or back."""
        shard = self.dice.choice([shard for shard in self.shards if shard.is_open])
        shard.skew = self.dice.uniform(-1, 1) * self.most_skew

    def _open(self, names: list[str], parent: Shard | None) -> None:
        dice = self.dice
        ordinal = parent.ordinal + dice.choice(SHARD_STEPS) if parent else dice.choice(ORDINALS)
        skew = dice.uniform(-1, 1) * self.most_skew
        lanes = [Lane() for _ in range(self.lanes)]
        self.shards.append(Shard(names, parent, ordinal, dice.randrange(*COUNTERS), skew, lanes))

    def _image(self, name: str, kind: str) -> Image:
        dice = self.dice
        image = {
            **key_of(name),
            "n": {"N": str(self.count)},
            "shown": {"BOOL": dice.random() < 0.7},
            "side": {"S": dice.choice(("left", "right", "both", "none"))},
            "text": {"S": dice.choice(TEXTS)},
            "kind": {"S": kind},
        }
        return {**image, "filler": {"S": "x" * 3000}} if kind == "huge" else image

    def _record(self, shard: Shard, name: str, old: Image | None, new: Image | None) -> Record:
        shard.ordinal += 1
        shard.counter += self.dice.choice(RECORD_STEPS)
        change: dict[str, Any] = {
            "ApproximateCreationDateTime": float(floor(self.now + shard.skew)),
            "Keys": key_of(name),
            "SequenceNumber": f"{shard.ordinal}{shard.counter:020}",
            "SizeBytes": 100,
            "StreamViewType": self.view,
        }
        if new is not None and self.view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"):
            change["NewImage"] = new
        if old is not None and self.view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"):
            change["OldImage"] = old
        return {
            "eventID": f"{self.dice.getrandbits(128):032x}",
            "eventName": "REMOVE" if new is None else "INSERT" if old is None else "MODIFY",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-west-1",
            "dynamodb": change,
            "eventSourceARN": ARN,
        }


def document_of(image: Image) -> dict[str, Any]:
    """Return what a search finds of an item."""
    return {name: int(value["N"]) if "N" in value else next(iter(value.values())) for name, value in image.items()}
