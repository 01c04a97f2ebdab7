"""Do the function's modules import only what is below them?"""

import ast
from pathlib import Path
from typing import Final

import pytest

SOURCE: Final = Path(__file__).resolve().parents[2] / "lambda" / "src" / "stream_indexer"
# A module imports its own package and lower layers. What Lambda calls is the top, and no module imports it.
LAYERS: Final = (
    ("errors", "jsontext"),
    ("documents",),
    ("deadline", "metrics", "rejection"),
    ("connection",),
    ("aws",),
    ("opensearch",),
    ("config",),
    ("admin", "batch_processor"),
    ("handler",),
)
ENTRY_POINTS: Final = ("handler", "admin.security_role")
# These decide about records. The same record gives the same document at any time, on any machine.
PURE: Final = (
    "documents",
    "errors",
    "jsontext",
    "rejection",
    "opensearch.bulk",
    "opensearch.outcomes",
    "admin.index_mappings",
)
IMPURE: Final = {"boto3", "botocore", "http", "logging", "os", "random", "socket", "time", "urllib"}
SDKS: Final = {"boto3", "botocore", "s3transfer", "urllib3"}


def module_name(path: Path) -> str:
    """Return the module's name below the package."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


MODULES: Final = {
    module_name(path): path for path in SOURCE.rglob("*.py") if path.parent != SOURCE or path.stem != "__init__"
}


def imports(name: str) -> set[str]:
    """Return what a module imports: of this package the module below it, of another library its first name."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            own = {one for one in inner if one.removeprefix("stream_indexer.") in MODULES}
            found |= own or {node.module}
    own = {one.removeprefix("stream_indexer.") for one in found if one.startswith("stream_indexer.")}
    return own | {one.split(".")[0] for one in found if not one.startswith("stream_indexer.")}


def package(name: str) -> str:
    """Return the package of a module, or the module if it is in no package."""
    return name.split(".", maxsplit=1)[0]


def is_pure(name: str) -> bool:
    return name in PURE or package(name) in PURE


def layer(name: str) -> int:
    """Return the number of a module's layer, from the bottom."""
    return next(number for number, names in enumerate(LAYERS) if package(name) in names)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_its_package_and_lower_layers(name: str) -> None:
    above = {
        other
        for other in imports(name) & MODULES.keys()
        if package(other) != package(name) and layer(other) >= layer(name)
    }
    assert above == set()


@pytest.mark.parametrize("name", sorted(filter(is_pure, MODULES)))
def test_a_pure_module_has_no_clock_environment_or_network(name: str) -> None:
    assert imports(name) & IMPURE == set()
    assert all(map(is_pure, imports(name) & MODULES.keys()))


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_module_imports_an_sdk(name: str) -> None:
    """Lambda chooses the SDK's version, and no deadline ends its retries or a slow response."""
    assert imports(name) & SDKS == set()


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_no_module_imports_an_entry_point(entry_point: str) -> None:
    assert [name for name in MODULES if entry_point in imports(name)] == []


def test_the_function_that_writes_the_security_role_knows_no_records() -> None:
    """Its role may grant access to anyone: the less code it has, the better."""
    assert {
        name for name in imports("admin.security_role") if name.startswith(("documents", "batch_processor"))
    } == set()
    assert {"aws.quarantine", "aws.table", "aws.bucket", "admin.index_setup"} & imports("admin.security_role") == set()
