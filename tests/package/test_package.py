"""Unit: is the zip the same bytes wherever it is built, and all that Lambda needs?"""

import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
LAMBDA: Final = ROOT / "lambda"
HERE: Final = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}[platform.machine().lower()]
THIS_PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
PEERS_BYTES: Final = 9_410_000  # boto3, opensearch-py and requests-aws4auth with what they need, zipped


def build(
    source: Path, output: Path, *options: str, environment: Mapping[str, str] | None = None, umask: int = 0o022
) -> subprocess.CompletedProcess[str]:
    """Run `package.py` of a copy of lambda/."""
    return subprocess.run(
        [sys.executable, str(source / "package.py"), "--output", str(output), *options],
        env={**os.environ, **(environment or {})},
        cwd=source.parent,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def package(package_folder: Path) -> Path:
    """Return the zip for the runtime that is the default."""
    return package_folder / "stream-indexer.zip"


def compiled(package: Path) -> list[str]:
    return [name for name in zipfile.ZipFile(package).namelist() if name.endswith(".so")]


def copied(folder: Path, umask: int) -> Path:
    """Copy lambda/ with the modes that `umask` gives, files in another order and with other times."""
    for path in sorted(LAMBDA.rglob("*"), reverse=bool(umask % 2)):
        if path.is_file() and "__pycache__" not in path.parts:
            target = folder / path.relative_to(LAMBDA)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            target.chmod(0o666 & ~umask)
            os.utime(target, (umask * 10_000_000, umask * 10_000_000))
    return folder


def test_the_same_inputs_give_the_same_bytes(package: Path, tmp_path: Path) -> None:
    """Whatever the folder, its depth, the umask, the time zone, the locale, the order and the times of the files.

    Caches, notes and the files that an editor leaves do not ship.
    """
    places = [
        (tmp_path / "a", 0o077, {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
        (tmp_path / "b c" / "d" / "lambda", 0o002, {"TZ": "America/Lima", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}),
        (
            tmp_path / "e",
            0o007,
            {"TZ": "UTC", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "3"},
        ),
    ]
    for place, umask, environment in places:
        output = tmp_path / f"{umask}.zip"
        source = copied(place, umask)
        for name in ("__pycache__/handler.cpython-313.pyc", "notes.txt", "handler.py~", ".handler.py.swp"):
            path = source / "src" / "stream_indexer" / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x")
        run = build(source, output, environment=environment, umask=umask)
        assert run.returncode == 0, run.stderr
        assert output.read_bytes() == package.read_bytes(), f"built in {place}"


def test_building_again_over_a_zip_is_the_same(package: Path, tmp_path: Path) -> None:
    """No earlier build shows, neither in the zip nor next to it. The output says what the zip is."""
    output = tmp_path / "again.zip"
    output.write_bytes(b"something old")
    run = build(LAMBDA, output, "--platform", "arm64", "--python", "3.13")
    assert run.returncode == 0, run.stderr
    assert re.fullmatch(rf"\S+again\.zip: {package.stat().st_size:,} bytes, sha256 [0-9a-f]{{64}}\n", run.stdout)
    assert output.read_bytes() == package.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.zip"]


def test_each_architecture_gets_its_own_code(package: Path, tmp_path: Path) -> None:
    """For Python 3.13, Lambda's runtime that is the default, as is arm64."""
    output = tmp_path / "x.zip"
    run = build(LAMBDA, output, "--platform", "x86_64")
    assert run.returncode == 0, run.stderr
    assert compiled(package) == ["orjson/orjson.cpython-313-aarch64-linux-gnu.so"]
    assert compiled(output) == ["orjson/orjson.cpython-313-x86_64-linux-gnu.so"]


def test_entries_are_sorted_and_have_fixed_times_and_modes(package: Path) -> None:
    """Readable to all: Lambda runs the code as another user. Stored: compressors differ between machines."""
    entries = zipfile.ZipFile(package).infolist()
    assert [entry.filename for entry in entries] == sorted({entry.filename for entry in entries})
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr for entry in entries} == {0o100644 << 16}
    assert {entry.create_system for entry in entries} == {3}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert not any(entry.extra or entry.comment for entry in entries)


def test_nothing_is_in_it_but_the_package_and_what_it_needs(package: Path) -> None:
    names = zipfile.ZipFile(package).namelist()
    ours = {name for name in names if name.startswith("stream_indexer/")}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"stream_indexer", "orjson"}
    assert ours == {
        path.relative_to(LAMBDA / "src").as_posix()
        for path in (LAMBDA / "src" / "stream_indexer").rglob("*")
        if path.suffix in {".py", ".json"}
    }


def test_the_zip_holds_the_sources_as_they_are(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        for path in (LAMBDA / "src").rglob("*.py"):
            assert archive.read(path.relative_to(LAMBDA / "src").as_posix()) == path.read_bytes()


def test_the_zip_is_small(package: Path) -> None:
    """Under a fifth of what the usual client libraries come to."""
    assert package.stat().st_size < PEERS_BYTES / 5


IMPORT: Final = """
import sys
sys.path[:] = [path for path in sys.path if "site-packages" not in path] + [sys.argv[1]]
from stream_indexer.handler import handle
import orjson, stream_indexer
for module in (orjson, stream_indexer):
    assert module.__file__.startswith(sys.argv[1]), module.__file__
try:
    handle({"another": "event"}, None)
except Exception as error:
    print(type(error).__name__, sorted({"boto3", "botocore", "urllib3"} & set(sys.modules)))
"""


def test_the_handler_runs_from_the_zip_alone(tmp_path: Path) -> None:
    """With the standard library and nothing else in reach: what is not in the zip is not there on Lambda either."""
    output = tmp_path / "here.zip"
    run = build(LAMBDA, output, "--platform", HERE, "--python", THIS_PYTHON)
    assert run.returncode == 0, run.stderr
    unpacked = tmp_path / "task"
    zipfile.ZipFile(output).extractall(unpacked)
    alone = [sys.executable, "-I", "-S", "-c", IMPORT, str(unpacked)]
    ran = subprocess.run(alone, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("IndexerError []\n", "")


def test_a_wheel_of_another_hash_is_refused_with_pips_reason(tmp_path: Path) -> None:
    """And there is no zip, nor half of one."""
    source = copied(tmp_path / "lambda", 0o022)
    requirements = source / "requirements.txt"
    requirements.write_text(re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", requirements.read_text()))
    run = build(source, tmp_path / "build" / "x.zip")
    assert run.returncode == 1
    assert run.stderr.startswith("error: pip cannot fetch the wheels for Python 3.13 on arm64: ")
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in run.stderr
    assert not (tmp_path / "build").exists()


def test_a_requirement_without_a_hash_is_refused(tmp_path: Path) -> None:
    source = copied(tmp_path / "lambda", 0o022)
    (source / "requirements.txt").write_text("orjson==3.13.0\n")
    run = build(source, tmp_path / "x.zip")
    assert run.returncode == 1
    assert "hash" in run.stderr.lower()


def test_a_python_without_a_wheel_is_refused(tmp_path: Path) -> None:
    run = build(LAMBDA, tmp_path / "x.zip", "--python", "3.5")
    assert run.returncode == 1
    assert run.stderr.startswith("error: pip cannot fetch the wheels for Python 3.5 on arm64: ")


def test_a_file_of_ours_may_not_hide_one_of_a_wheel(tmp_path: Path) -> None:
    source = copied(tmp_path / "lambda", 0o022)
    (source / "src" / "orjson").mkdir()
    (source / "src" / "orjson" / "__init__.py").touch()
    run = build(source, tmp_path / "x.zip")
    assert (run.returncode, run.stderr) == (1, "error: two inputs have a file orjson/__init__.py\n")


@pytest.mark.parametrize("options", [["--platform", "riscv"], ["--nonsense"]])
def test_a_wrong_option_is_refused(tmp_path: Path, options: list[str]) -> None:
    assert build(LAMBDA, tmp_path / "x.zip", *options).returncode == 2
