"""Which process runs which tests: those that share a stack go to one, and what takes longest begins first."""

from typing import Final

from xdist.scheduler import LoadScopeScheduling

TESTS: Final = "tests/"
# Each has one stack for all its files.
SHARED: Final = (
    "tests/flow",
    "tests/drills",
    "tests/apply/minimal",
    "tests/apply/existing_table",
    "localaws/tests/engines",
)
ALONE: Final = ("tests/flow/test_security_role.py",)  # has its own domain
# Begun in this order, so that no process is left with a long one at the end; then all other folders.
SLOWEST_FIRST: Final = ("flow", "drills", "apply", "plan", "demo", "localaws")


class Schedule(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out whole files, or a whole folder where its files share a stack."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


def unit(nodeid: str) -> str:
    """Return what is run by one process: the folder or the file of a test."""
    path = nodeid.partition("::")[0]
    if path in ALONE:
        return path
    return next((folder for folder in SHARED if path.startswith(f"{folder}/")), path)


def rank(nodeid: str) -> int:
    """Return where the folder of a test comes in the order of the run."""
    folder = nodeid.removeprefix(TESTS).partition("/")[0]
    return SLOWEST_FIRST.index(folder) if folder in SLOWEST_FIRST else len(SLOWEST_FIRST)
