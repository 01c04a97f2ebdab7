"""The soak itself: load, chaos and samples side by side, then what must hold."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from demo.steps import Step
from drills.environment import DrillEnvironment
from soak.chaos import Chaos, FaultWindow
from soak.load import Load
from soak.samples import Samples
from testkit.consistency import Comparison

# What a process may have at most, in MB, however long it runs.
FUNCTION_MEGABYTES: Final = 100
GATEWAY_MEGABYTES: Final = 300  # after all drills too, in whose stack the tests soak
GATEWAY_GROWTH_MEGABYTES: Final = 20  # from the first half to the second, whatever was written in it
ENGINE_MEGABYTES: Final = 1536


@dataclass(frozen=True, slots=True)
class SoakResult:
    """What came of it; see `Samples` for the units.

    Attributes:
        poisoned: writes that OpenSearch rejects.
        quarantined: records of such writes in the quarantine.
        innocent: other records in the quarantine.
    """

    seed: int
    seconds: float
    writes: int
    agreement: Comparison
    poisoned: int
    quarantined: int
    innocent: int
    discarded_batches: int
    windows: Sequence[FaultWindow]
    lags: Sequence[tuple[float, float]]
    megabytes: dict[str, list[tuple[float, float]]]
    drain_seconds: float

    def maximum(self, name: str) -> float:
        """Return the peak memory of the processes with this name, in MB."""
        return max(size for _, size in self.megabytes[name])

    def growth(self, name: str) -> float:
        """Return how much more memory it had in the second half of the run than in the first, in MB."""
        sizes = self.megabytes.get(name, [])
        halves = [[size for moment, size in sizes if (moment > self.seconds / 2) is later] for later in (False, True)]
        return max(halves[1], default=0.0) - max(halves[0], default=0.0)

    def limit(self, name: str) -> float:
        """Return the memory limit of the processes with this name, in MB."""
        match name:
            case "function":
                return FUNCTION_MEGABYTES
            case "gateway":
                return GATEWAY_MEGABYTES
        return ENGINE_MEGABYTES

    def problems(self) -> list[str]:
        """Return what does not hold, a sentence each; none when all is well."""
        said = [
            f"{name} had {self.maximum(name):.0f} MB, more than {self.limit(name):.0f}"
            for name in self.megabytes
            if self.maximum(name) > self.limit(name)
        ]
        if self.growth("gateway") > GATEWAY_GROWTH_MEGABYTES:
            said.append(f"the gateway grew by {self.growth('gateway'):.0f} MB in the second half")
        if not self.agreement:
            said.append(f"index and table differ: {self.agreement}")
        if self.innocent:
            said.append(f"{self.innocent} records are in the quarantine that OpenSearch takes")
        if self.poisoned and not self.quarantined:
            said.append(f"none of {self.poisoned} rejected records is in the quarantine")
        if self.discarded_batches:
            said.append(f"{self.discarded_batches} batches were discarded")
        if not self.windows or not self.lags or {"function", "gateway"} - set(self.megabytes):
            said.append("nothing was broken or nothing was measured: the soak shows nothing")
        return said


def run(env: DrillEnvironment, seconds: float, seed: int, step: Step | None = None) -> SoakResult:
    """Write for `seconds` under faults, then drain and compare."""
    load, chaos, samples = Load(env.pipeline, seed), Chaos(env, seed), Samples(env)
    begun = time.monotonic()
    for part in (load, chaos, samples):
        part.start()
    try:
        while (passed := time.monotonic() - begun) < seconds:
            if step:
                last = f", lag {samples.lags[-1][1]:.1f} s" if samples.lags else ""
                step.progress(
                    f"{passed:.0f} of {seconds:.0f} s, {load.writes} writes, {len(chaos.windows)} faults{last}"
                )
            time.sleep(min(0.5, seconds - passed))
    finally:
        chaos.stop()
        lags = list(samples.lags)  # without heartbeats the newest one ages, however current the index is
        load.stop()
    drained = time.monotonic()
    agreement = env.pipeline.agreement()
    drain_seconds = time.monotonic() - drained
    samples.stop()
    at_fault = [_is_poison(kept["record"]) for kept in env.pipeline.quarantined()]
    return SoakResult(
        seed,
        seconds,
        load.writes,
        agreement,
        load.poisoned,
        at_fault.count(True),
        at_fault.count(False),
        len(env.pipeline.discarded_batches()),
        chaos.windows,
        lags,
        dict(samples.megabytes),
        drain_seconds,
    )


def _is_poison(record: Mapping[str, Any]) -> bool:
    return str(record["dynamodb"]["Keys"]["order_id"]["S"]).endswith("-poison")
