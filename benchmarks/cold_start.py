"""What an import costs in a fresh process: the handler with its parts built, and the peers with a client.

Neither opens a connection. CPU time, without the interpreter's own start.
"""

import subprocess
import sys
from types import MappingProxyType
from typing import Final

from benchmarks.gates import Figures
from benchmarks.timing import ROUNDS, ratio

OURS: Final = "from stream_indexer.handler import application; application()"
PEERS: Final = """
import boto3
from opensearchpy import OpenSearch, RequestsHttpConnection
from requests_aws4auth import AWS4Auth
made = boto3.Session().get_credentials()
auth = AWS4Auth(made.access_key, made.secret_key, "eu-central-1", "es", session_token=made.token)
url = "https://search-bench.eu-central-1.es.amazonaws.com"
OpenSearch(url, http_auth=auth, connection_class=RequestsHttpConnection)
"""
POWERTOOLS: Final = f"""
{OURS}
from aws_lambda_powertools import Logger, Metrics
Logger(service="bench"), Metrics(namespace="bench", service="bench")
"""
PROGRAMS: Final = MappingProxyType({"ours": OURS, "peers": PEERS, "with Powertools": POWERTOOLS})
TIMED: Final = "import time; start = time.process_time()\n{}\nprint(time.process_time() - start)"


def measure() -> Figures:
    """Return the handler's import over the peers', and over itself with Powertools in place of metrics by hand."""
    found: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for number in range(ROUNDS + 1):
        for name, program in PROGRAMS.items():
            seconds = _run(program)
            if number:  # the first one writes bytecode
                found[name].append(seconds)
    millis = {name: f"{sorted(seconds)[ROUNDS // 2] * 1000:.0f} ms" for name, seconds in found.items()}
    return {
        ("import", ""): ratio(found["ours"], found["peers"], f"{millis['ours']}, peers {millis['peers']}"),
        ("import with EMF", ""): ratio(
            found["ours"], found["with Powertools"], f"with Powertools {millis['with Powertools']}"
        ),
    }


def _run(program: str) -> float:
    command = [sys.executable, "-c", TIMED.format(program)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(run.stdout)
