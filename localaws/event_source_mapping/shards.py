"""Which shards of a stream may be read: a child only after all of its parent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from localaws.event_source_mapping.protocols import Json


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard as DescribeStream shows it."""

    shard_id: str
    parent: str | None
    closed: bool


def parse(description: Mapping[str, Json]) -> list[Shard]:
    """Read the shards of one page of DescribeStream."""
    return [
        Shard(
            shard["ShardId"],
            shard.get("ParentShardId"),
            "EndingSequenceNumber" in shard.get("SequenceNumberRange", {}),
        )
        for shard in description.get("Shards", [])
    ]


def readable(shards: Iterable[Shard], finished: Iterable[str]) -> list[Shard]:
    """Return the shards that may be read now: not finished, and no parent is left (a trimmed one is not listed)."""
    shards, done = list(shards), set(finished)
    listed = {shard.shard_id for shard in shards}
    return [
        shard
        for shard in shards
        if shard.shard_id not in done and (shard.parent is None or shard.parent not in listed or shard.parent in done)
    ]
