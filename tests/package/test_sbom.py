"""Unit: does the bill of materials list what is in the zip, the same each time?"""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.sbom import ROOT, bill


@pytest.fixture
def package(package_folder: Path) -> Path:
    return package_folder / "stream-indexer.zip"


def test_every_distribution_in_the_zip_is_named_with_version_and_licence(package: Path) -> None:
    """As the zip's own metadata has them, and as the requirements lock them."""
    told = {component["purl"]: component for component in bill(package)["components"]}
    with zipfile.ZipFile(package) as archive:
        folders = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    assert {f"pkg:pypi/{folder.removesuffix('.dist-info').replace('-', '@')}" for folder in folders} == set(told)
    locked = (ROOT / "lambda" / "requirements.txt").read_text()
    assert all(f"{component['name']}=={component['version']} \\" in locked for component in told.values())
    assert all(component["licenses"] for component in told.values())


def test_what_is_compiled_into_a_distribution_is_told_too(package: Path) -> None:
    """The JSON library brings its own bill: the crates in its compiled part."""
    (orjson,) = bill(package)["components"]
    assert "pyo3-ffi" in {crate["name"] for crate in orjson["components"]}


def test_the_bill_is_of_this_zip_and_the_same_each_time(package: Path, tmp_path: Path) -> None:
    told = bill(package)
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    assert told["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert told == bill(package)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("stream_indexer/handler.py", "")
    assert bill(other)["serialNumber"] != told["serialNumber"]
    assert bill(other)["components"] == []


def test_without_a_zip_it_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.sbom", str(tmp_path / "no.zip")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, f"There is no {tmp_path / 'no.zip'}: run `make package` first.\n")
