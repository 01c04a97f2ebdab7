"""Does a command that cannot have its folder say why and do nothing?"""

import io
import signal
from pathlib import Path

import pytest
from rich.console import Console

from demo import server
from demo.steps import StepError, StepRunner, run_cli
from localaws.home import exclusive


@pytest.fixture(name="runner")
def _stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StepRunner:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return StepRunner(tmp_path / "build" / "demo", Console(file=io.StringIO(), width=200))


def shown(runner: StepRunner) -> str:
    """Return what was printed."""
    assert isinstance(runner.console.file, io.StringIO)
    return runner.console.file.getvalue()


def never() -> None:
    """Fail: nothing may be done."""
    raise AssertionError


def test_a_second_command_leaves_the_folder_of_the_first_alone(runner: StepRunner) -> None:
    """It names the process and what to do; when the first has ended it runs."""

    def meanwhile() -> None:
        assert run_cli(runner, never) == 1
        assert f"Another command uses {runner.home} (process " in shown(runner)

    assert run_cli(runner, meanwhile) == 0
    assert run_cli(runner, lambda: None) == 0


def test_a_checkout_that_cannot_be_written_is_named(tmp_path: Path, runner: StepRunner) -> None:
    """In a sentence, whether the folder cannot be made or a step cannot write in it."""
    (tmp_path / "build").touch()
    assert run_cli(runner, never) == 1
    assert f"{tmp_path}/build cannot be written to (" in shown(runner)
    (tmp_path / "build").unlink()

    def read_only() -> None:
        raise PermissionError(13, "Permission denied", str(runner.home))

    assert run_cli(runner, read_only) == 1
    assert f"{runner.home} cannot be written to (Permission denied)" in shown(runner)


def test_a_fault_of_another_kind_is_not_hidden(runner: StepRunner) -> None:
    """Its traceback is what a developer needs."""

    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        run_cli(runner, full)


def test_a_demo_that_was_interrupted_while_it_came_up_says_so(
    runner: StepRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs has no index yet: its outputs are not asked for."""
    monkeypatch.setattr(server, "_running", lambda _: object())
    with pytest.raises(StepError):
        server.up(runner)
    assert "make demo-down" in shown(runner)


def test_a_lock_ends_with_its_block(tmp_path: Path) -> None:
    """Whatever the block does."""
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "lock"):
        _ = 1 / 0
    with exclusive(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text().strip().isdecimal()


@pytest.mark.parametrize("result", ["short", "seventeen words that say what the step did " * 4])
def test_a_terminal_of_80_columns_shows_a_step_without_a_broken_word(tmp_path: Path, result: str) -> None:
    """A result that does not fit next to its step is below it."""
    file = io.StringIO()
    runner = StepRunner(tmp_path, Console(file=file, width=80))
    with runner.step("Compare index and table, item by item") as step:
        step.result = result
    lines = file.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert " ".join(lines).split()[-len(result.split()) :] == result.split()
