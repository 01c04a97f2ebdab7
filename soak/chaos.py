"""The faults: one at a time, drawn with a seed, with calm in between."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Final

from drills.environment import DrillEnvironment
from localaws.faults.fault import Fault, FaultKind

CALM_SECONDS: Final = (2.0, 6.0)
FAULT_SECONDS: Final = (1.0, 6.0)
SMALL_BODY_BYTES: Final = 8_000
MAX_SHARDS: Final = 6
DRIP_SECONDS: Final = 0.02  # before each byte: an answer of 200 bytes takes four seconds
KINDS: Final = tuple(kind for kind in FaultKind if kind is not FaultKind.REFUSE)
AWS_KINDS: Final = (
    FaultKind.UNAVAILABLE,
    FaultKind.THROTTLE,
    FaultKind.CLOSE,
    FaultKind.LOSE_ANSWER,
    FaultKind.RESET,
    FaultKind.DELAY,
    FaultKind.HANG,
    FaultKind.DRIP,
)  # of S3 and DynamoDB, as the function meets them


@dataclass(frozen=True, slots=True)
class FaultWindow:
    """One fault as it was: from when to when (seconds since the soak's start), and what."""

    begun: float
    ended: float
    name: str


@dataclass(slots=True)
class Chaos:
    """Injects faults into a drill environment until it is stopped; `windows` lists the faults."""

    env: DrillEnvironment
    seed: int
    windows: list[FaultWindow] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _errors: list[BaseException] = field(default_factory=list)

    def start(self) -> None:
        """Begin, with a calm."""
        self._thread = threading.Thread(target=self._run, args=(time.monotonic(),), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the faults.

        Raises:
            BaseException: The error that ended the thread.
        """
        self._stop.set()
        if self._thread:
            self._thread.join()
        if self._errors:
            raise self._errors[0]

    def _run(self, start: float) -> None:
        dice = random.Random(self.seed)  # noqa: S311 - no secret
        try:
            while not self._stop.wait(dice.uniform(*CALM_SECONDS)):
                name, fault = self._draw(dice)
                seconds, begun = dice.uniform(*FAULT_SECONDS), time.monotonic() - start
                with fault:
                    self._stop.wait(seconds)
                self.windows.append(FaultWindow(begun, time.monotonic() - start, name))
        except BaseException as error:  # noqa: BLE001 - told by `stop`
            self._errors.append(error)

    def _draw(self, dice: random.Random) -> tuple[str, AbstractContextManager[object]]:
        env, seed = self.env, dice.randrange(1 << 30)
        share = dice.choice((0.3, 1.0))
        kind = dice.choice(KINDS)
        body = SMALL_BODY_BYTES if kind is FaultKind.TOO_LARGE else 0
        wait = DRIP_SECONDS if kind is FaultKind.DRIP else 1.0
        some = Fault(kind, match="_bulk", share=share, seed=seed, above_bytes=body, delay_seconds=wait)
        of_aws = dice.choice(AWS_KINDS)
        of_all = Fault(of_aws, seed=seed, delay_seconds=DRIP_SECONDS if of_aws is FaultKind.DRIP else 1.0)
        kills = Fault(FaultKind.LOSE_ANSWER, match="_bulk", requests=2, seed=seed)
        proxied = (f"{kind.value}, {share:.0%} of requests", lambda: env.index_proxy.failing(some))
        choices: list[tuple[str, Callable[[], AbstractContextManager[object]]]] = [
            proxied,
            proxied,
            proxied,
            ("OpenSearch refuses connections", lambda: env.index_proxy.failing(Fault(FaultKind.REFUSE))),
            *[(f"AWS: {of_aws.value}", lambda: env.aws_proxy.failing(of_all))] * 2,
            ("a shard rolls over", self._roll_over),
            ("the function is killed", lambda: env.index_proxy.failing(kills, then=self._kill)),
        ]
        if self._can_split():
            choices.append(("a shard splits", self._split))
        name, make = dice.choice(choices)
        return name, make()

    def _kill(self) -> None:
        self.env.aws.kill(self.env.function_name)

    def _can_split(self) -> bool:
        shards = [shard for mapping in self.env.aws.status()["mappings"] for shard in mapping["shards"]]
        return len(shards) < MAX_SHARDS

    @contextmanager
    def _roll_over(self) -> Iterator[None]:
        self.env.aws.roll_shard(self.env.stream_arn)
        yield

    @contextmanager
    def _split(self) -> Iterator[None]:
        self.env.aws.split_shard(self.env.stream_arn)
        yield
