"""How long a shard rests before it is read anew, after a task of it has ended by an error of the mapping's own."""

from dataclasses import dataclass, field

from localaws.event_source_mapping.retry_policy import back_off


@dataclass(frozen=True, slots=True)
class _Backoff:
    """One shard's.

    Attributes:
        failures: in a row, without a record dealt with in between.
        passed: how many records had been dealt with.
        begun: seconds since the epoch, as `until`.
    """

    failures: int
    passed: int
    begun: float
    until: float


@dataclass(slots=True)
class ShardBackoff:
    """Those of all shards of a mapping."""

    _of: dict[str, _Backoff] = field(default_factory=dict)

    def begin(self, shard_id: str, passed: int, now: float) -> None:
        """Let a shard rest from now on: longer each time, unless it has come further (`passed`) since the last."""
        last = self._of.get(shard_id)
        failures = last.failures if last and last.passed == passed else 0
        self._of[shard_id] = _Backoff(failures + 1, passed, now, now + back_off(failures))

    def over(self, shard_id: str, now: float) -> bool:
        """Say whether a shard may be read."""
        rest = self._of.get(shard_id)
        return rest is None or not rest.begun <= now < rest.until  # the clock may have stepped back
