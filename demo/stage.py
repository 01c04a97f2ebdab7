"""How the demo talks to a person: one line a step, progress while it runs, what to do when it fails.

Colours and the moving line appear on a terminal only; elsewhere each step is two plain lines.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.status import Status


class StepError(RuntimeError):
    """A step of the demo failed and has been told to the person; `__cause__` is why."""


@dataclass(slots=True)
class Step:
    """What a step says of itself while it runs and when it is done."""

    title: str
    status: Status
    result: str = ""

    def progress(self, text: str) -> None:
        """Show `text` beside the step's title until the next one."""
        self.status.update(f"{self.title}  [dim]{escape(text.strip()[:100])}[/]")


@dataclass(slots=True)
class Stage:
    """Runs the steps, counts them, and knows the folder where they keep their logs and state."""

    home: Path
    console: Console = field(default_factory=lambda: Console(highlight=False))
    done: int = 0
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, title: str, log: str = "") -> Iterator[Step]:
        """Run one step; `log` names its log file below `home`, named to the person should it fail.

        Raises:
            StepError: the step raised; told already.
        """
        begun = time.monotonic()
        if not self.console.is_terminal:
            self.console.print(f"      {title} ...")
        try:
            with self.console.status(title) as status:
                step = Step(title, status)
                yield step
        except Exception as error:
            self.console.print(f"[bold red]failed[/] {title}: {escape(str(error) or type(error).__name__)}")
            self.console.print(f"       its log: {self.home / log}")
            raise StepError(title) from error
        self.done += 1
        took = time.monotonic() - begun
        self.console.print(f"[green]{self.done:3}[/] {title:<44}[dim]{took:6.1f} s[/]  {escape(step.result)}")

    def elapsed(self) -> float:
        """Seconds since the stage was set."""
        return time.monotonic() - self.started
