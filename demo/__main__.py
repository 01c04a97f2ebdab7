"""`python -m demo run | up | down`: see the Makefile's demo targets."""

import argparse
import sys

from localaws.errors import missing_module

try:
    from demo import scenario, server
    from demo.steps import StepRunner, run_cli
except ModuleNotFoundError as error:
    sys.exit(f"error: {missing_module(error)}")


def main() -> int:
    """Run one of the three commands and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("command", choices=("run", "up", "down"))
    command = parser.parse_args().command
    act, home = {"run": (scenario.run, "demo"), "up": (server.up, "demo-up"), "down": (server.down, "demo-up")}[command]
    runner = StepRunner(scenario.ROOT / "build" / home)
    return run_cli(runner, lambda: act(runner))


if __name__ == "__main__":
    sys.exit(main())
