"""Tumbling windows: a lane that hands a state from batch to batch and ends each window with one more invocation.

A window is a stretch of creation times. Its records are done only when its last invocation has succeeded; until then
the checkpoint stays before them. What AWS does not say is in docs/decisions/0410-ends-of-windows.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from localaws.event_source_mapping.batch_dispatcher import BatchDispatcher
from localaws.event_source_mapping.batch_response import BatchOutcome, ResponseKind, classify, parse
from localaws.event_source_mapping.protocols import Invocation, Json, Task
from localaws.event_source_mapping.records import CLOSING, Record, encode, payload
from localaws.event_source_mapping.retry_policy import back_off

MAX_STATE_BYTES: Final = 1_000_000  # developer guide: 1 MB a shard, above it the window is ended early
ASK_AGAIN_SECONDS: Final = 1.0  # whether all of a window has been read


@dataclass(frozen=True, slots=True)
class Window:
    """The records created in [start, start + seconds)."""

    start: int
    seconds: int

    @property
    def end(self) -> int:
        """The first second after it."""
        return self.start + self.seconds

    def shown(self) -> dict[str, str]:
        """Return the window in the form of an event."""
        return {"start": _time(self.start), "end": _time(self.end)}


def cut(records: Sequence[Record], seconds: int) -> Iterator[tuple[Window, list[Record]]]:
    """Cut a batch where a window ends."""
    for start, group in groupby(records, key=lambda record: int(record.created) // seconds * seconds):
        yield Window(start, seconds), list(group)


@dataclass(slots=True)
class WindowedDispatcher(BatchDispatcher):
    """A shard's only lane, when its mapping has tumbling windows."""

    _window: Window | None = None
    _state: Json = field(default_factory=dict)
    _held: list[Record] = field(default_factory=list)
    _final: bool = False
    _early: bool = False

    def run_to_end(self) -> Task:
        """Deliver until the shard ends or the run is stopped."""
        run, seconds = self.run, self.run.config.tumbling_window_seconds
        while (batch := run.next_batch(self.number)) is not None:
            if isinstance(batch, float):
                if self._window is None:
                    yield batch
                elif run.low_watermark(self.number) < self._window.end:
                    yield min(batch, ASK_AGAIN_SECONDS)
                else:
                    yield from self._end()
                continue
            for window, records in cut(batch, seconds):
                if self._window not in {None, window}:
                    yield from self._end()
                self._window = window
                yield from self._batch(records)
                if len(encode(self._state)) > MAX_STATE_BYTES:
                    self._early = True
                    yield from self._end()
            run.restart_window(self.number)
        if not run.stopping:
            yield from self._end()

    def _end(self) -> Task:
        """Invoke once more for the window, until that succeeds; then drop its state."""
        run = self.run
        failures = 0
        self._final = True
        while self._window is not None and not run.stopping:
            yield 0.0
            if run.ages.expired(self._held, run.dependencies.clock.time()) < len(self._held) or not self._held:
                invocation = self._invoke(())
                done = classify(invocation, (), report_batch_item_failures=False).kind is ResponseKind.DONE
                self.result.set(ok=done)
                if not done:
                    yield from self._pause(back_off(failures), stoppable=True)
                    failures += 1
                    continue
            run.finish(self._held)
            self._window, self._state, self._held, self._early = None, {}, [], False
        self._final = False

    def _classify(self, invocation: Invocation, records: Sequence[Record]) -> BatchOutcome:
        reporting = self.run.config.report_batch_item_failures
        verdict = classify(invocation, records, report_batch_item_failures=reporting)
        succeeded = verdict.kind in {ResponseKind.DONE, ResponseKind.PARTIAL}
        return BatchOutcome(ResponseKind.ERROR) if succeeded and "state" not in _answer(invocation) else verdict

    def _done(self, records: Sequence[Record], invocation: Invocation) -> None:
        self._held += records
        if records:
            state = _answer(invocation)["state"]
            self._state = {} if state is None else state

    def _payload(self, records: Sequence[Record]) -> bytes:
        window: dict[str, Json] = {
            "window": self._window.shown() if self._window else None,
            "state": self._state,
            "shardId": self.run.shard_id,
            "eventSourceARN": self.run.config.stream_arn,
            "isFinalInvokeForWindow": self._final,
            "isWindowTerminatedEarly": self._early,
        }
        return payload(records).removesuffix(CLOSING) + b"]," + encode(window)[1:]


def _answer(invocation: Invocation) -> Mapping[str, Json]:
    answer = parse(invocation.payload)
    return answer if isinstance(answer, dict) else {}


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
