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

    from demo.stage import Stage, perform
    from drills.catalog import DRILLS
    from drills.scene import ROOT, Scene, kept_aws, kept_scene, leave_running, scene
    from localaws.settings import ENGINES
except ModuleNotFoundError as error:
    sys.exit(f"error: {missing_module(error)}")


def main() -> int:
    """List the drills, or play those named; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of a drill (default: list them), or `up` or `down`")
    parser.add_argument("--all", action="store_true", help="play every one")
    parser.add_argument("--engines", choices=ENGINES, default="embedded", help="default: %(default)s")
    options = parser.parse_args()
    stage = Stage(ROOT / "build" / "drills")
    if options.names in (["up"], ["down"]):
        act = {"up": lambda: _up(stage, options.engines), "down": lambda: _down(stage)}[options.names[0]]
        return perform(stage, act)
    unknown = [name for name in options.names if name not in DRILLS]
    if unknown:
        parser.error(f"there is no drill {unknown[0]}: choose from {', '.join(DRILLS)}")
    names = list(DRILLS) if options.all else options.names
    if not names:
        _list(stage)
        return 0
    return perform(stage, lambda: _play(stage, options.engines, names))


def _up(stage: Stage, engines: str) -> None:
    """Leave a stack running for drills, unless one runs."""
    if kept_aws(stage) is None:
        leave_running(stage, engines)
    stage.console.print(
        "The stack is up. [bold]make drill NAME=outage[/] plays on it, [bold]make drill-down[/] stops it."
    )


def _down(stage: Stage) -> None:
    """Stop what `up` left running and remove its files."""
    aws = kept_aws(stage)
    if aws is None:
        stage.console.print("Nothing is running.")
    else:
        with stage.step("Stop the local AWS", "local/gateway.log"):
            aws.stop()
    shutil.rmtree(stage.home, ignore_errors=True)


@contextmanager
def _stack(stage: Stage, engines: str) -> Iterator[Scene]:
    """Yield a scene on the stack that is up, or on one that is made for it and removed afterwards."""
    aws = kept_aws(stage)
    if aws is None:
        with scene(stage, engines) as ready:
            yield ready
        shutil.rmtree(stage.home)
        return
    with kept_scene(stage, aws) as ready:
        stage.console.print(
            f"On the stack that [bold]make drill-up[/] started, {ready.engines} engines: {aws.endpoint_url}"
        )
        ready.calm()  # where a drill before was broken off
        yield ready


def _list(stage: Stage) -> None:
    stage.console.print("Play one with [bold]make drill NAME=outage[/], all with [bold]make drills[/]:\n")
    table = Table(show_header=False, box=None, padding=(0, 2))
    for name, drill in DRILLS.items():
        table.add_row(name, escape(drill.title))
    stage.console.print(table)


def _play(stage: Stage, engines: str, names: list[str]) -> None:
    """Play the drills in turn and sum up."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 4))
    with _stack(stage, engines) as ready:
        for name in names:
            begun = time.monotonic()
            stage.console.print(f"\n[bold]{name}[/]: {escape(DRILLS[name].title)}", soft_wrap=True)
            DRILLS[name].play(ready)
            ready.calm()
            table.add_row(name, "[green]as told[/]", f"{time.monotonic() - begun:.0f} s")
        stage.console.print()
        stage.console.print(table)


if __name__ == "__main__":
    sys.exit(main())
