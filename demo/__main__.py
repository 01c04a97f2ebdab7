"""`python -m demo run | up | down`: see the Makefile's demo targets."""

import argparse
import sys

from localaws.errors import missing_module

try:
    from demo import running, story
    from demo.stage import Stage, perform
except ModuleNotFoundError as error:
    sys.exit(f"error: {missing_module(error)}")


def main() -> int:
    """Run one of the three commands and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("command", choices=("run", "up", "down"))
    command = parser.parse_args().command
    act, home = {"run": (story.run, "demo"), "up": (running.up, "demo-up"), "down": (running.down, "demo-up")}[command]
    stage = Stage(story.ROOT / "build" / home)
    return perform(stage, lambda: act(stage))


if __name__ == "__main__":
    sys.exit(main())
