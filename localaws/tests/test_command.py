"""Does the command do by hand to a running stack what `LocalAws` does from Python?"""

import subprocess
import sys
from pathlib import Path

import pytest

import localaws.__main__
from localaws.bench import Figures
from localaws.stack import LocalAws
from localaws.tests.pipelines import Pipeline
from localaws.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = "arn:aws:dynamodb:eu-west-1:123456789012:table/nothing/stream/2026-01-01T00:00:00.000"


def command(aws: LocalAws, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a subcommand on a running stack."""
    line = [sys.executable, "-m", "localaws", *arguments, "--home", str(aws.home)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def test_kill_and_hang_reach_the_busy_processes(embedded: LocalAws, tmp_path: Path) -> None:
    """Each says how many; a process that hangs can still be killed, and its batch comes again."""
    pipeline = Pipeline.create(embedded, tmp_path, "victim")
    mapping_id = pipeline.connect()
    assert command(embedded, "kill", "victim").stdout == "killed 0\n"
    pipeline.put("one", waits=1)
    wait_until(lambda: len(pipeline.batches) == 1, "the function is busy")
    assert command(embedded, "hang", "victim").stdout == "hung 1\n"
    assert command(embedded, "kill", "victim").stdout == "killed 1\n"
    embedded.wait_until_drained()
    assert pipeline.batches == [["one"], ["one"]]
    embedded.client("lambda").delete_event_source_mapping(UUID=mapping_id)


def test_replay_gives_the_last_batches_again(embedded: LocalAws, tmp_path: Path) -> None:
    """The latest first, as many as asked for."""
    pipeline = Pipeline.create(embedded, tmp_path, "replayed")
    mapping_id = pipeline.connect(BatchSize=1)
    for key in ("one", "two"):
        pipeline.put(key)
    embedded.wait_until_drained()
    assert command(embedded, "replay", "replayed", "--batches", "2").stdout == "replayed 2\n"
    assert pipeline.batches == [["one"], ["two"], ["two"], ["one"]]
    embedded.client("lambda").delete_event_source_mapping(UUID=mapping_id)


def test_one_that_stays_in_its_terminal_is_stopped_from_another(tmp_path: Path) -> None:
    """Both commands end, and neither says that anything failed."""
    line = [sys.executable, "-m", "localaws", "up", "--home", str(tmp_path)]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout
        assert "Ctrl-C stops it.\n" in iter(up.stdout.readline, "")
        assert command(LocalAws.find(tmp_path), "down").stdout == "stopped\n"
        assert up.wait(timeout=30) == 0


@pytest.mark.parametrize(("min_rate", "status"), [(None, 0), (200, 0), (201, 1)])
def test_bench_fails_when_no_round_is_as_fast_as_asked(
    min_rate: int | None, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fastest round decides: the others may have met other work on the machine."""
    monkeypatch.setattr(localaws.__main__, "rounds", lambda *_: [Figures(1000, 10, None), Figures(1000, 5, 2.5)])
    gate = [] if min_rate is None else ["--min-rate", str(min_rate)]
    monkeypatch.setattr(sys, "argv", ["localaws", "bench", *gate])
    assert localaws.__main__.main() == status
    shown = capsys.readouterr()
    assert "embedded: 200 records/s (1,000 in 5.0 s), 400 a second of CPU (2.5 s)" in shown.out
    assert ("The fastest round must reach 201 records/s (got 200)." in shown.err) is bool(status)


@pytest.mark.parametrize("module", ["localaws", "localaws.faults", "localaws.server", "demo", "drills", "soak"])
def test_a_python_without_the_packages_is_told_what_it_lacks(module: str) -> None:
    """As outside the virtual environment, which `-S` leaves out: one sentence with the way out, and no traceback."""
    line = [sys.executable, "-S", "-m", module]
    ended = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    said = ended.stdout if module == "localaws.server" else ended.stderr
    assert "has no module" in said
    assert "use make or .venv/bin/python" in said
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(("name", "count"), [("split-shard", 2), ("roll-shard", 1)])
def test_a_shard_is_closed_and_the_new_ones_are_named(
    embedded: LocalAws, tmp_path: Path, name: str, count: int
) -> None:
    """They are the stream's own; of a stream that is not there one sentence says so."""
    arn = Pipeline.create(embedded, tmp_path, name).stream_arn
    children = command(embedded, name, arn).stdout.split()
    shards = embedded.client("dynamodbstreams").describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    assert len(children) == count
    assert set(children) == {shard["ShardId"] for shard in shards if "ParentShardId" in shard}
    refused = command(embedded, name, UNKNOWN)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("error: ")
    assert refused.stderr.count("\n") == 1


def test_records_age_when_time_advances(tmp_path: Path) -> None:
    """After two minutes at once, a record is too old for a mapping that allows one; the clock can be set back."""
    with LocalAws.start(home=tmp_path / "aws") as aws:
        pipeline = Pipeline.create(aws, tmp_path, "aged")
        pipeline.put("old")
        assert command(aws, "advance-time", "120").stdout == "advanced 120 s\n"
        pipeline.put("new")
        pipeline.connect(MaximumRecordAgeInSeconds=60)
        aws.wait_until_drained()
        assert command(aws, "advance-time", "-120").stdout == "advanced -120 s\n"
    assert pipeline.batches == [["new"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("advance-time", "nan"), "must be a finite number of seconds (got nan)"),
        (("replay", "any", "--batches", "9"), "must be 1 to 8 (got 9)"),
        (("up", "--time-scale", "0"), "--time-scale: must be above 0 (got 0)"),
        (("up", "--time-scale", "inf"), "--time-scale: must be above 0 (got inf)"),
        (("up", "--stream-shards", "0"), "--stream-shards: must be 1 or more (got 0)"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused_with_its_range(
    embedded: LocalAws, arguments: tuple[str, ...], said: str
) -> None:
    """No request reaches the stack."""
    refused = command(embedded, *arguments)
    assert refused.returncode == 2
    assert said in refused.stderr
