"""`python -m demo run | up | down`: see the Makefile's demo targets."""

import argparse
import signal
import sys

from demo import running, story
from demo.stage import Stage, StepError
from local.settings import forget_the_users_account


def main() -> int:
    """Run one of the three commands and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("command", choices=("run", "up", "down"))
    command = parser.parse_args().command
    forget_the_users_account()
    for number in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal is an interruption too
        signal.signal(number, signal.default_int_handler)
    act, home = {"run": (story.run, "demo"), "up": (running.up, "demo-up"), "down": (running.down, "demo-up")}[command]
    stage = Stage(story.ROOT / "build" / home)
    try:
        act(stage)
    except StepError:
        return 1  # the stage has told
    except KeyboardInterrupt:
        stage.console.print("\nInterrupted. Everything that was started has been stopped.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
