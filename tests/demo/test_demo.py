"""Does the demo do what the README says of it, and leave nothing behind, however it ends?"""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "demo"
TABLE = "orders"
PORT = re.compile(r"http://127\.0\.0\.1:(\d+)")


def run(command: str) -> str:
    """Run a command of the demo to its end and return what it printed."""
    process = start(command)
    shown, _ = process.communicate()
    assert process.returncode == 0, shown
    return shown


def start(command: str = "run", **environment: str) -> "subprocess.Popen[str]":
    """Start `make demo`'s program."""
    return subprocess.Popen(
        [sys.executable, "-m", "demo", command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "lambda" / "src"), "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )


def nobody_listens(shown: str) -> bool:
    """Return whether every port that the demo has shown is closed."""
    ports = {int(port) for port in PORT.findall(shown)}
    assert ports, shown
    return all(socket.socket().connect_ex(("127.0.0.1", port)) for port in ports)


def test_the_demo_shows_that_index_and_table_agree_and_leaves_nothing_behind() -> None:
    """It builds, applies, writes, searches, compares, destroys, and says how to look around by hand.

    Profiles, endpoints, proxies and variables of the user who runs it lead nowhere else.
    """
    process = start(
        AWS_PROFILE="nobody",
        AWS_ENDPOINT_URL_DYNAMODB="http://127.0.0.1:9",
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true",
        HTTP_PROXY="http://127.0.0.1:9",
        http_proxy="http://127.0.0.1:9",
        TF_VAR_opensearch_endpoint="https://example.com",
    )
    shown, _ = process.communicate()
    assert process.returncode == 0, shown
    assert "360 equal, 0 missing, 0 stale, 0 orphans" in shown
    for said in (
        "reads returned",
        "is gone",
        'Orders with a "lamp"',
        "cheapest first",
        "replication lag",
        "make demo-up",
    ):
        assert said in shown
    assert nobody_listens(shown)
    assert not HOME.exists()


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("Start the local AWS ...", signal.SIGINT),
        ("terraform init ...", signal.SIGTERM),
        ("terraform apply", signal.SIGHUP),  # Terraform is in its own session
        ("Write 400 orders", signal.SIGINT),
    ],
)
def test_ctrl_c_a_kill_and_a_terminal_that_closes_stop_everything(moment: str, number: signal.Signals) -> None:
    """Whatever it was doing: every process is stopped and no file is left."""
    process = start()
    shown = ""
    for line in process.stdout or ():
        shown += line
        if moment in line:
            process.send_signal(number)
            break
    shown += process.communicate()[0]
    assert process.returncode == 130, shown
    assert "Interrupted" in shown
    assert not PORT.findall(shown) or nobody_listens(shown)
    assert not list(HOME.glob("*/*"))


def test_a_failing_step_is_named_with_what_to_do_and_its_log(tmp_path: Path) -> None:
    """Without Terraform it says so in one sentence, and stops what it had started."""
    process = start(PATH=str(tmp_path))
    shown, _ = process.communicate()
    assert process.returncode == 1, shown
    assert "failed Build the zip: Terraform 1.9 or newer is needed and no terraform is there" in shown
    assert "Traceback" not in shown


def test_a_step_that_fails_later_names_its_log_and_stops_what_was_started(tmp_path: Path) -> None:
    """Terraform without its provider: the words of the test kit, the log, and nothing left running."""
    process = start(TF_PLUGIN_MIRROR=str(tmp_path))
    shown, _ = process.communicate()
    assert process.returncode == 1, shown
    assert "failed terraform init: A provider cannot be found" in shown
    assert str(HOME / "terraform" / "terraform.log") in shown
    assert nobody_listens(shown)


def test_the_demo_can_be_left_running_and_stopped() -> None:
    """Up says how to look around, again says it again, down ends it, and down again has nothing to do."""
    first = run("up")
    try:
        assert f"aws dynamodb put-item --table-name {TABLE}" in first
        assert "make demo-down" in first
        endpoint = PORT.findall(first)[0]
        assert f"AWS_ENDPOINT_URL=http://127.0.0.1:{endpoint}" in run("up")
    finally:
        down = run("down")
    assert "Stop the local AWS" in down
    assert nobody_listens(first)
    assert "Nothing is running" in run("down")
