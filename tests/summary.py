"""The last lines of a test run: how long each part took, the slowest tests, and how to run a failed one again."""

import shlex
from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

SHOWN: Final = 10
REASON_CHARACTERS: Final = 120
TESTS: Final = "tests/"


@dataclass(eq=False)
class Summary:
    """A pytest plugin that collects the reports of all processes.

    Attributes:
        seconds: setup, call and teardown of each test, by node id.
        failed: reason of each failure, by node id.
        recorded: lines that tests recorded as properties, such as the seeds of what they tried.
    """

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    failed: dict[str, str] = field(default_factory=dict)
    recorded: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of a test; a process of xdist reports to this one."""
        self.seconds[report.nodeid] += report.duration
        if report.when == "call":
            self.recorded += [f"{name}: {value}" for name, value in report.user_properties]
        if report.failed:
            self.failed.setdefault(report.nodeid, reason(report))

    @pytest.hookimpl(wrapper=True)
    def pytest_report_to_serializable(self) -> Generator[None, Any, Any]:
        """Escape lone surrogates on the way to another process: xdist cannot send them, and would end the whole run."""
        report = yield
        return printable(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be imported."""
        if report.failed:
            self.failed.setdefault(report.nodeid, reason(report))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> object:
        """Write after everything else but pytest's closing line."""
        result = yield
        if self.seconds:
            terminalreporter.section("seconds of each part, setup and teardown included")
            terminalreporter.write("".join(f"{line}\n" for line in parts(self.seconds)))
            terminalreporter.section(f"the {SHOWN} slowest tests")
            terminalreporter.write("".join(f"{line}\n" for line in slowest(self.seconds)))
        if self.recorded:
            terminalreporter.section("recorded by tests")
            terminalreporter.write("".join(f"{line}\n" for line in self.recorded))
        if self.failed:
            terminalreporter.section("failures, each with the command that runs only it")
            terminalreporter.write("".join(f"{line}\n" for line in failures(self.failed)))
        return result


def printable(value: Any) -> Any:
    """Return the report's data with lone surrogates escaped."""
    if isinstance(value, dict):
        return {name: printable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(printable(each) for each in value)
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value


def parts(seconds: dict[str, float]) -> list[str]:
    """Return a line for each folder below `tests/`, the slowest first."""
    sums: dict[str, list[float]] = defaultdict(list)
    for nodeid, taken in seconds.items():
        sums[nodeid.removeprefix(TESTS).partition("/")[0]].append(taken)
    in_order = sorted(sums.items(), key=lambda part: -sum(part[1]))
    return [f"{sum(taken):8.1f}  {name} ({len(taken)} tests)" for name, taken in in_order]


def slowest(seconds: dict[str, float]) -> list[str]:
    """Return a line for each of the slowest tests; the first test of a fixture pays for its setup."""
    in_order = sorted(seconds.items(), key=lambda test: -test[1])
    return [f"{taken:8.1f}  {nodeid}" for nodeid, taken in in_order[:SHOWN]]


def failures(failed: dict[str, str]) -> list[str]:
    """Return a line for each failure: the test, the reason, the command that runs only this test."""
    return [f"FAILED {nodeid} - {said} | {command(nodeid)}" for nodeid, said in failed.items()]


def command(nodeid: str) -> str:
    """Return the command that runs one test or file; make reads `$$` as `$`."""
    return f"make test ONLY={shlex.quote(nodeid.replace('$', '$$'))}"


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return the first line of what went wrong."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else report.longreprtext.strip().rpartition("\n")[2]
    return str(text).strip().partition("\n")[0][:REASON_CHARACTERS]
