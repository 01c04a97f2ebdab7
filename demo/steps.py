"""Output of the demo and the drills: one line for each step, its progress, and what to do after a failure.

Colours and the moving line appear on a terminal only; elsewhere each step is two plain lines.
"""

import errno
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.status import Status
from rich.text import Text

from localaws.home import HeldError, exclusive
from localaws.settings import clear_aws_environment

WIDTH_OF_A_LOG: Final = 140
UNWRITABLE: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST})


class StepError(RuntimeError):
    """A step failed and its error was printed; `__cause__` is the reason."""


@dataclass(slots=True)
class Step:
    """What a step says of itself while it runs and when it is done."""

    title: str
    status: Status
    result: str = ""

    def progress(self, text: str) -> None:
        """Show `text` next to the title of the step until the next call."""
        self.status.update(f"{self.title}  [dim]{escape(text.strip()[:100])}[/]")


def _console() -> Console:
    """Return the console: as wide as the terminal is, and wide enough for every line without a terminal."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH_OF_A_LOG)


@dataclass(slots=True)
class StepRunner:
    """Runs the steps, counts them, and knows the folder where they keep their logs and state."""

    home: Path
    console: Console = field(default_factory=_console)
    done: int = 0
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, title: str, log: str = "") -> Iterator[Step]:
        """Run one step; `log` names its log file below `home`, named to the person should it fail.

        Raises:
            StepError: The step failed. Its error was printed.
        """
        begun = time.monotonic()
        if not self.console.is_terminal:
            self.console.print(f"      {title} ...")
        try:
            with self.console.status(title) as status:
                step = Step(title, status)
                yield step
        except Exception as error:
            said, place = str(error) or type(error).__name__, self.home / log
            self.console.print(f"[bold red]failed[/] {title}: {escape(said)}", soft_wrap=True)
            if place.exists() and str(place) not in said:
                self.console.print(f"       its log: {place}", soft_wrap=True)
            raise StepError(title) from error
        self.done += 1
        took = time.monotonic() - begun
        self._report(Text(f"{self.done:3} {title:<48}{took:6.1f} s"), step.result)

    def _report(self, line: Text, result: str) -> None:
        """Print a finished step, with its result below it where the terminal is too narrow for both."""
        line.stylize("green", 0, 3)
        if result and line.cell_len + 2 + cell_len(result) <= self.console.width:
            line.append(f"  {result}")
            result = ""
        self.console.print(line)
        if result:
            self.console.print(Padding(Text(result), (0, 0, 0, 4)))

    def fail(self, reason: str) -> None:
        """Print why the command ends."""
        self.console.print(f"[bold red]failed[/] {escape(reason)}", soft_wrap=True)

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self.started


def run_cli(runner: StepRunner, act: Callable[[], None]) -> int:
    """Do `act` away from the user's account, to its end, a failing step or an interruption; return the exit status.

    Only one process at a time uses the runner's folder.
    """
    clear_aws_environment()
    for number in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal is an interruption too
        signal.signal(number, signal.default_int_handler)
    try:
        runner.home.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(runner.home.with_name(f".{runner.home.name}.lock")):
            act()
    except StepError:
        return 1  # the step has printed the error
    except HeldError as error:
        wait = "Wait until it has ended, or use another checkout."
        runner.fail(f"Another command uses {runner.home} (process {error}). {wait}")
        return 1
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        runner.fail(f"{error.filename} cannot be written to ({error.strerror}). Use a checkout that you can write to.")
        return 1
    except KeyboardInterrupt:
        runner.console.print("\nInterrupted. Everything that was started has been stopped.")
        return 130
    return 0
