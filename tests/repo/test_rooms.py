"""Do the function's rooms keep to their walls?"""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "lambda" / "src" / "stream_indexer"
CORE = ("records", "choosing", "names", "attributes", "versions", "documents", "mappings", "bulk", "outcomes")
OUTER = {
    "handler",
    "access",
    "deadline",
    "connection",
    "aws",
    "bucket",
    "sync",
    "opensearch",
    "quarantine",
    "table",
    "setup",
    "asking",
    "config",
}
IMPURE = {"boto3", "botocore", "http", "logging", "os", "random", "socket", "time", "urllib"}


def imports(path: Path) -> set[str]:
    """Return the first name below the package, or the top-level module, of each import."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} if node.module != "stream_indexer" else {f"x.{alias.name}" for alias in node.names}
    return {name.split(".")[1] if name.startswith(("stream_indexer.", "x.")) else name.split(".")[0] for name in names}


@pytest.mark.parametrize("room", CORE)
def test_the_core_imports_no_outer_room(room: str) -> None:
    """What decides about records knows nothing of Lambda, the network or the order of the steps."""
    assert imports(SOURCE / f"{room}.py") & OUTER == set()


@pytest.mark.parametrize("room", CORE)
def test_the_core_has_no_clock_environment_or_network(room: str) -> None:
    """The same record gives the same document at any time, in any place."""
    assert imports(SOURCE / f"{room}.py") & IMPURE == set()


@pytest.mark.parametrize("room", sorted(path.stem for path in SOURCE.glob("*.py")))
def test_no_room_depends_on_the_sdk_of_the_runtime(room: str) -> None:
    """Its version is Lambda's choice, and neither its retries nor a slow answer end by a deadline."""
    assert imports(SOURCE / f"{room}.py") & {"boto3", "botocore", "s3transfer", "urllib3"} == set()


@pytest.mark.parametrize("entrance", ["handler", "access"])
def test_what_lambda_calls_is_imported_by_no_other_room(entrance: str) -> None:
    """These two know Lambda, and nothing depends on them."""
    assert [path.name for path in SOURCE.glob("*.py") if entrance in imports(path)] == []


def test_the_function_that_writes_security_knows_nothing_of_records() -> None:
    """It runs as a role that may admit anybody: the less it can do, the better."""
    assert imports(SOURCE / "access.py") & {*CORE, "sync", "quarantine", "table", "setup", "aws"} == set()
