"""Is a local AWS isolated: its own port, only loopback, nothing left behind however it ends?"""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from localaws.errors import LocalAwsError
from localaws.stack import LocalAws
from localaws.tests.pipelines import Pipeline
from localaws.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]


def test_two_run_side_by_side_and_know_nothing_of_each_other(tmp_path: Path) -> None:
    """The same names in both, each on free ports, each with its own records."""
    with LocalAws.start(home=tmp_path / "one") as one, LocalAws.start(home=tmp_path / "two") as two:
        assert one.endpoint_url != two.endpoint_url
        assert one.opensearch_url != two.opensearch_url
        pipelines = []
        for aws in (one, two):
            folder = tmp_path / aws.home.name / "test"
            folder.mkdir()
            pipelines.append(Pipeline.create(aws, folder, "orders"))
            pipelines[-1].connect()
            pipelines[-1].put(aws.home.name)
        for pipeline in pipelines:
            pipeline.aws.wait_until_drained()
        assert [pipeline.batches for pipeline in pipelines] == [[["one"]], [["two"]]]


def test_nothing_listens_beyond_loopback(tmp_path: Path) -> None:
    """Every listening socket of every process of a stack is bound to 127.0.0.1."""
    with LocalAws.start(home=tmp_path / "aws") as aws:
        pipeline = Pipeline.create(aws, tmp_path, "orders")
        pipeline.connect()
        pipeline.put("a")
        aws.wait_until_drained()
        ports = [urlsplit(url).port or 0 for url in (aws.endpoint_url, aws.opensearch_url)]
        ports.append(int(pipeline.events[0]["runtime_api"].rpartition(":")[2]))
        assert [_answers("127.0.0.1", port) for port in ports] == [True] * len(ports)
        reached = [(address, port) for address in _other_addresses() for port in ports if _answers(address, port)]
    assert reached == []


def test_everything_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    """SIGKILL leaves no chance to clean up: but gateway, OpenSearch and function process end."""
    script = f"from localaws.tests.test_stack import hold; hold({str(tmp_path)!r})"
    holder = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder, holder.stdout:
        pids = [int(pid) for pid in holder.stdout.readline().split()]
        opensearch_port = int(holder.stdout.readline())
        assert len(pids) == 2
        assert _answers("127.0.0.1", opensearch_port)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    wait_until(lambda: not any(map(_runs, pids)), "gateway and function process have ended")
    wait_until(lambda: not _answers("127.0.0.1", opensearch_port), "OpenSearch has ended")


def hold(folder: str) -> None:
    """Start a stack with a warm function process, print what runs, and wait to be killed."""
    aws = LocalAws.start(home=Path(folder) / "aws")
    pipeline = Pipeline.create(aws, Path(folder), "orders")
    pipeline.connect()
    pipeline.put("a")
    aws.wait_until_drained()
    (process,) = aws.status()["processes"]
    lines = f"{aws.admin('GET', 'state')[1]['pid']} {process['pid']}\n{urlsplit(aws.opensearch_url).port}\n"
    os.write(1, lines.encode())
    signal.pause()


def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path) -> None:
    """The command says which port, and what to do."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalAwsError, match=rf"^Port {port} on 127\.0\.0\.1 is taken: .*--port.*\.$"):
            LocalAws.start(home=tmp_path / "aws", port=port)
        run = _command("up", "--port", str(port), "--home", str(tmp_path / "aws"))
    assert run.returncode == 1
    assert re.fullmatch(rf"error: Port {port} .*\n", run.stderr)
    assert run.stdout == ""


def test_the_command_leaves_one_running_shows_it_and_stops_it(tmp_path: Path) -> None:
    """`up --detach`, `status`, `down`; afterwards both say in one sentence that none runs."""
    home = ("--home", str(tmp_path / "aws"))
    up = _command("up", "--detach", *home)
    assert up.returncode == 0, up.stderr
    endpoint = re.search(r"^export AWS_ENDPOINT_URL=(\S+)$", up.stdout, re.MULTILINE)
    assert endpoint is not None
    assert _command("status", *home).stdout.startswith("{")
    assert _command("down", *home).stdout == "stopped\n"
    assert not _answers("127.0.0.1", urlsplit(endpoint[1]).port or 0)
    for command in ("status", "down"):
        run = _command(command, *home)
        assert (run.returncode, run.stdout) == (1, "")
        assert run.stderr == (
            f"error: No local AWS runs with its home in {home[1]}: start one with `python -m localaws up`.\n"
        )


def _command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "localaws", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _answers(address: str, port: int) -> bool:
    try:
        with closing(socket.create_connection((address, port), timeout=1)):
            return True
    except OSError:
        return False


def _other_addresses() -> list[str]:
    """Return addresses of this machine that a server bound to 127.0.0.1 does not answer on."""
    found = {"127.0.0.2"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
        try:
            unsent.connect(("192.0.2.1", 9))  # chooses the way out, sends nothing
            found.add(unsent.getsockname()[0])
        except OSError:
            pass  # no way out of this machine
    return sorted(found)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
