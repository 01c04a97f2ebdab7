"""`python -m drills [NAME ...] [--all] [--engines jvm]`: see the Makefile's drill targets."""

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from localaws.errors import missing_module

try:
    from rich.markup import escape
    from rich.table import Table

    from demo.steps import StepRunner, run_cli
    from drills.catalog import DRILLS
    from drills.environment import ROOT, DrillEnvironment, environment, leave_running, running_aws, running_environment
    from localaws.settings import ENGINES
except ModuleNotFoundError as error:
    sys.exit(f"error: {missing_module(error)}")


def main() -> int:
    """List the drills, or run the given ones; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="name of a drill, or `up` or `down` (default: list the drills)"
    )
    parser.add_argument("--all", action="store_true", help="run all drills")
    parser.add_argument("--engines", choices=ENGINES, default="embedded", help="(default: %(default)s)")
    options = parser.parse_args()
    runner = StepRunner(ROOT / "build" / "drills")
    if options.names in (["up"], ["down"]):
        act = {"up": lambda: _up(runner, options.engines), "down": lambda: _down(runner)}[options.names[0]]
        return run_cli(runner, act)
    unknown = [name for name in options.names if name not in DRILLS]
    if unknown:
        parser.error(f"drill {unknown[0]} does not exist: choose from {', '.join(DRILLS)}")
    names = list(DRILLS) if options.all else options.names
    if not names:
        _list(runner)
        return 0
    return run_cli(runner, lambda: _play(runner, options.engines, names))


def _up(runner: StepRunner, engines: str) -> None:
    """Leave a stack running for drills, unless one runs."""
    if running_aws(runner) is None:
        leave_running(runner, engines)
    runner.console.print(
        "The stack is up. [bold]make drill NAME=outage[/] runs on it, [bold]make drill-down[/] stops it."
    )


def _down(runner: StepRunner) -> None:
    """Stop what `up` left running and remove its files."""
    aws = running_aws(runner)
    if aws is None:
        runner.console.print("Nothing is running.")
    else:
        with runner.step("Stop the local AWS", "local/gateway.log"):
            aws.stop()
    shutil.rmtree(runner.home, ignore_errors=True)


@contextmanager
def _stack(runner: StepRunner, engines: str) -> Iterator[DrillEnvironment]:
    """Yield a environment on the stack that is up, or on one that is made for it and removed afterwards."""
    aws = running_aws(runner)
    if aws is None:
        with environment(runner, engines) as ready:
            yield ready
        shutil.rmtree(runner.home)
        return
    with running_environment(runner, aws) as ready:
        runner.console.print(
            f"On the stack that [bold]make drill-up[/] started, {ready.engines} engines: {aws.endpoint_url}"
        )
        ready.reset()  # where a drill before was broken off
        yield ready


def _list(runner: StepRunner) -> None:
    runner.console.print("Run one with [bold]make drill NAME=outage[/], all with [bold]make drills[/]:\n")
    table = Table(show_header=False, box=None, padding=(0, 2))
    for name, drill in DRILLS.items():
        table.add_row(name, escape(drill.title))
    runner.console.print(table)


def _play(runner: StepRunner, engines: str, names: list[str]) -> None:
    """Run the drills in turn and print a summary."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 4))
    with _stack(runner, engines) as ready:
        for name in names:
            begun = time.monotonic()
            runner.console.print(f"\n[bold]{name}[/]: {escape(DRILLS[name].title)}")
            DRILLS[name].play(ready)
            ready.reset()
            table.add_row(name, "[green]passed[/]", f"{time.monotonic() - begun:.0f} s")
        runner.console.print()
        runner.console.print(table)


if __name__ == "__main__":
    sys.exit(main())
