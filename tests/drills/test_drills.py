"""Does each failure drill do what its text says, and can a user find and run it?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.steps import StepError
from drills.catalog import DRILLS
from drills.environment import DrillEnvironment, DrillError
from drills.stream import key_of, name_of
from localaws.faults.fault import Fault, FaultKind
from testkit.pipeline import write_concurrently

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", DRILLS)
def test_the_drill_goes_as_it_tells(ready: DrillEnvironment, name: str) -> None:
    """Inject, observe, see the alarm, clear, compare index and table: the drill itself asserts each step."""
    try:
        DRILLS[name].play(ready)
    finally:
        ready.reset()


def test_a_drill_notices_what_does_not_come_right(ready: DrillEnvironment) -> None:
    """An index that was written behind the pipeline's back does not agree, and the step says so."""
    (item,) = ready.write(1)
    ready.assert_consistent()
    ready.pipeline.index.delete(name_of(item))
    with pytest.raises(StepError) as told:
        ready.assert_consistent()
    assert isinstance(told.value.__cause__, DrillError)
    assert f"1 missing ['{name_of(item)}']" in str(told.value.__cause__)
    ready.rewrite([key_of(item)])
    ready.assert_consistent()


def test_several_shards_and_ten_lanes_of_each_keep_every_item_in_order(ready: DrillEnvironment) -> None:
    """Concurrent writers, many partitions, shards that split meanwhile, ten batches of each in flight."""
    with ready.pipeline.parallelization_factor(10):
        for _ in range(3):
            ready.aws.split_shard(ready.stream_arn)
            write_concurrently(ready.pipeline, writers=4, items=60)
        ready.assert_consistent()
        ((mapping),) = ready.aws.status()["mappings"]
    assert len(mapping["shards"]) >= 4


def test_calm_mends_what_a_drill_has_left(ready: DrillEnvironment) -> None:
    ready.index_proxy.inject(Fault(FaultKind.REFUSE))
    ready.aws_proxy.inject(Fault(FaultKind.UNAVAILABLE))
    ready.reset()
    assert ready.index_proxy.injections() + ready.aws_proxy.injections() == []
    ready.assert_consistent()


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "lambda" / "src")}
    line = [sys.executable, "-m", "drills", *arguments]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_they_are_listed_by_name_with_what_they_tell() -> None:
    listed = command().stdout
    assert [name for name, drill in DRILLS.items() if name not in listed or drill.title not in listed] == []


def test_what_cannot_be_played_is_refused() -> None:
    refused = command("earthquake")
    assert refused.returncode == 2
    assert "drill earthquake does not exist: choose from outage, " in refused.stderr


def test_the_readme_lists_them_all() -> None:
    readme = (ROOT / "drills" / "README.md").read_text()
    assert [name for name in DRILLS if f"| `{name}` |" not in readme] == []
