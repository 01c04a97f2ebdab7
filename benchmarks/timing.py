"""Times cases side by side: each in its own process, as functions are in Lambda, round after round in turn.

CPU time of the process counts, not the clock's; a ratio is taken within each round, and the median of the rounds is the
figure: whatever else the machine does meets all. The garbage collector is on and runs when it likes.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from typing import Any, Final, NamedTuple

ROUNDS: Final = 15  # counted
WARM_UP: Final = 2  # rounds before them


@dataclass(frozen=True, slots=True)
class Task:
    """What a case does in each round.

    Attributes:
        prepare: makes a fresh input; not timed.
        run: takes the input; timed.
        records: how many the input has: times are per record.
    """

    prepare: Callable[[], Any]
    run: Callable[[Any], object]
    records: int


class Times(NamedTuple):
    """The seconds per record of one case, by round."""

    cpu: list[float]
    wall: list[float]


class Measured(NamedTuple):
    """A figure, the least and greatest of the rounds, and what else is worth telling."""

    figure: float
    least: float
    greatest: float
    remark: str = ""


def times(cases: Mapping[str, Callable[[], Task]]) -> dict[str, Times]:
    """Return the times of each of `cases`; each makes its task in its process, and so must be picklable."""
    found = {name: Times([], []) for name in cases}
    with ExitStack() as stack:
        processes = {name: stack.enter_context(_process()) for name in cases}
        for name, case in cases.items():
            processes[name].submit(_Process.set_up, case).result()
        for number in range(WARM_UP + ROUNDS):
            for name, process in processes.items():
                cpu, wall = process.submit(_Process.turn).result()
                if number >= WARM_UP:
                    found[name].cpu.append(cpu)
                    found[name].wall.append(wall)
    return found


def ratio(over: Sequence[float], under: Sequence[float], remark: str = "") -> Measured:
    """Return the median of the ratios, round by round."""
    ratios = [upper / lower for upper, lower in zip(over, under, strict=True)]
    return Measured(median(ratios), min(ratios), max(ratios), remark)


def micros(seconds: Sequence[float]) -> str:
    """Return the median in words."""
    return f"{median(seconds) * 1e6:.3g} µs"


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


class _Process:
    """What a process keeps between its turns."""

    task: Task

    @classmethod
    def set_up(cls, case: Callable[[], Task]) -> None:
        cls.task = case()

    @classmethod
    def turn(cls) -> tuple[float, float]:
        """Return the CPU time and the time of one run, in seconds per record."""
        given = cls.task.prepare()
        wall, cpu = time.perf_counter(), time.process_time()
        result = cls.task.run(given)  # kept until the time is taken
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        del result
        return cpu / cls.task.records, wall / cls.task.records
