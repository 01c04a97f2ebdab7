"""Have the mappings caught up with their streams as of one moment? Asked again until nothing is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from localaws.event_source_mapping.poller import Poller, State


@dataclass(slots=True)
class Drain:
    """A moment before which every written record must be processed."""

    pollers: Sequence[Poller]
    _looks: dict[str, int] = field(default_factory=dict)
    _targets: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._looks = {poller.mapping_id: poller.poll_now() for poller in self.pollers}

    def missing(self) -> list[str]:
        """Return what is not caught up, a sentence for each mapping and shard."""
        return [
            f"mapping {poller.mapping_id} ({poller.config.function_arn.split(':function:')[-1]}), {behind}"
            for poller in self.pollers
            if poller.state not in {State.DISABLED, State.DELETING}
            for behind in self._behind(poller)
        ]

    def _behind(self, poller: Poller) -> list[str]:
        look = self._looks[poller.mapping_id]
        if poller.state is not State.ENABLED or poller.looked < look:
            return [f"state {poller.state.value}: its shards have not been listed yet"]
        behind = []
        for run in poller.runs():
            key = poller.mapping_id, run.shard_id
            seen, begun = run.tip
            if seen < look and key not in self._targets and not run.finished:
                behind.append(f"shard {run.shard_id}: not read to its tip, {_progress(run.status())}")
                continue
            target = self._targets.setdefault(key, begun)
            if run.progress.completed < target:
                behind.append(
                    f"shard {run.shard_id}: {target - run.progress.completed} records behind, {_progress(run.status())}"
                )
        return behind + [
            f"shard {shard_id}: waits for its parent, or for its restart" for shard_id in poller.blocked_shards()
        ]


def _progress(status: dict[str, object]) -> str:
    return f"{status['in_flight']} in flight, last done {status['checkpoint'] or 'none'}"
