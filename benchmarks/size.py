"""What is uploaded: the zip as `make package` builds it, and the peers' packages with their dependencies.

Ours holds its entries as they are; the peers' are deflated, as everybody does. boto3, which the managed runtime has, is
left out of theirs.
"""

import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from io import BytesIO
from pathlib import Path
from re import match
from typing import Final

from benchmarks.gates import Figures
from benchmarks.timing import ratio

ZIP: Final = Path(__file__).resolve().parents[1] / "build" / "stream-indexer.zip"
PEERS: Final = ("opensearch-py", "requests-aws4auth")


def measure() -> Figures:
    """Return our bytes over theirs."""
    ours, theirs = ZIP.stat().st_size, _zipped(_closure(PEERS))
    return {("zip", ""): ratio([ours], [theirs], f"{ours / 1e6:.2f} MB, peers {theirs / 1e6:.2f} MB")}


def _closure(names: tuple[str, ...]) -> list[Distribution]:
    """Return what is installed of `names` and all that they need, extras left out."""
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # only other systems or versions of Python need it
            continue
        needs = [need for need in found[name].requires or () if "extra ==" not in need]
        waiting += [named[0] for need in needs if (named := match(r"[\w.-]+", need))]
    return list(found.values())


def _zipped(distributions: list[Distribution]) -> int:
    """Return the size of a deflated zip of what the packages install, without bytecode and commands."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [path for one in distributions for path in one.files or ()]:
            if path.suffix != ".pyc" and path.parts[0] != "..":
                archive.write(path.locate(), str(path))
    return content.tell()
