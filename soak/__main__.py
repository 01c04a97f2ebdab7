"""`python -m soak [--minutes N] [--seed N] [--engines jvm]`: see the Makefile's soak target."""

import argparse
import random
import sys

from localaws.errors import missing_module

try:
    from demo.steps import StepRunner, run_cli
    from drills.environment import ROOT, environment
    from localaws.settings import ENGINES
    from soak import report
    from soak.run import run
except ModuleNotFoundError as error:
    sys.exit(f"error: {missing_module(error)}")

HOME = ROOT / "build" / "soak"


def main() -> int:
    """Soak, write the report, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="duration in minutes (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="seed of writes and faults (default: random, and printed)")
    parser.add_argument("--engines", choices=ENGINES, default="embedded", help="(default: %(default)s)")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 30) if options.seed is None else options.seed
    runner = StepRunner(HOME)
    runner.console.print(f"Seed {seed}")
    status = run_cli(runner, lambda: _soak(runner, options.engines, options.minutes, seed))
    if status == 1:
        runner.console.print(f"Repeat with: make soak SEED={seed}")
    return status


def _soak(runner: StepRunner, engines: str, minutes: float, seed: int) -> None:
    with environment(runner, engines, time_scale=1) as ready:
        with runner.step(f"Write for {minutes:g} minutes under faults") as step:
            outcome = run(ready, minutes * 60, seed, step)
            step.result = f"{outcome.writes} writes, {len(outcome.windows)} faults; {outcome.agreement}"
        with runner.step("Write the report") as step:
            step.result = str(report.write(outcome, HOME).relative_to(ROOT))
        with runner.step("Nothing lost, no ghosts, memory bounded"):
            if said := outcome.problems():
                raise AssertionError("; ".join(said))


if __name__ == "__main__":
    sys.exit(main())
