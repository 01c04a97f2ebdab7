"""How long a shard waits before it is read again after one of its tasks failed."""

from dataclasses import dataclass, field

from localaws.event_source_mapping.retry_policy import back_off


@dataclass(frozen=True, slots=True)
class _Backoff:
    """One shard's.

    Attributes:
        failures: consecutive failures without a completed record between them.
        passed: number of completed records.
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
