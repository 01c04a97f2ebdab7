"""Fetches what the JVM engines run on, and compiles their two short programs: once for each content of this folder.

Maven resolves the versions that `*/pom.xml` lock. The result is a folder below build/ named by the content's hash,
which appears whole or not at all; two processes that need it at once wait for one another.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from localaws.engines.jvm.toolchain import INSTALL, maven
from localaws.errors import LocalAwsError

SOURCES: Final = Path(__file__).parent
BUILD: Final = Path(__file__).resolve().parents[3] / "build" / "jvm"
SUFFIXES: Final = {".xml", ".java"}
PROGRAMS: Final = {"dynamodb": "DynamoDb", "opensearch": "OpenSearch"}  # folder -> main class


@dataclass(frozen=True, slots=True)
class Program:
    """One engine's program, ready to run.

    Attributes:
        java: what runs it.
        folder: its lib/ and classes/.
        main: its main class.
    """

    java: Path
    folder: Path
    main: str

    def command(self, options: Sequence[str], *arguments: str) -> list[str]:
        """Return the command line with these options of the virtual machine."""
        library = self.folder / "lib"
        classpath = os.pathsep.join([str(self.folder / "classes"), f"{library}/*"])
        return [str(self.java), *options, f"-Djava.library.path={library}", "-cp", classpath, self.main, *arguments]


def programs(java: Path, build: Path = BUILD) -> dict[str, Program]:
    """Return both programs by the folder's name, fetched and compiled if they are not there.

    Raises:
        LocalAwsError: Maven is missing, the download failed, or this Java cannot compile.
    """
    files = sorted(path for path in SOURCES.rglob("*") if path.suffix in SUFFIXES)
    folder = build / hash_of(files, SOURCES)
    make_once(folder, lambda partial: _make(java, files, partial))
    return {name: Program(java, folder / name, main) for name, main in PROGRAMS.items()}


def make_once(folder: Path, make: Callable[[Path], None]) -> None:
    """Let `make` fill a folder that stands for `folder` until it is whole, unless that is there already."""
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file is closed, also by a crash
        if not folder.exists():
            partial = folder.with_name(f"{folder.name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            make(partial)
            partial.rename(folder)


def fetch(arguments: list[str], log: Path) -> None:
    """Let Maven fetch.

    Raises:
        LocalAwsError: it is missing, or could not.
    """
    command = [str(maven()), "--batch-mode", "--no-transfer-progress", *arguments]
    _run(command, log, f"Maven could not fetch the JVM engines: {log} says why; try again once the network answers.")


def compile_java(java: Path, sources: list[Path], classpath: list[Path], folder: Path, log: Path) -> None:
    """Compile programs into `folder`.

    Raises:
        LocalAwsError: this Java cannot.
    """
    command = [str(java), "--module", "jdk.compiler/com.sun.tools.javac.Main", "-proc:none", "-encoding", "UTF-8"]
    command += ["-cp", os.pathsep.join(map(str, classpath)), "-d", str(folder), *map(str, sources)]
    _run(command, log, f"{java} could not compile the JVM engines' programs, see {log}: {INSTALL}.")


def _make(java: Path, files: list[Path], partial: Path) -> None:
    log = partial.parent / "fetch.log"
    fetch(
        ["--strict-checksums", "--file", str(SOURCES), f"-Dengines.home={partial}", "dependency:copy-dependencies"], log
    )
    for name in PROGRAMS:
        jars = sorted((partial / name / "lib").glob("*.jar"))
        sources = [path for path in files if path.suffix == ".java" and path.parent in {SOURCES, SOURCES / name}]
        compile_java(java, sources, jars, partial / name / "classes", log)


def _run(command: list[str], log: Path, complaint: str) -> None:
    with log.open("wb") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise LocalAwsError(complaint)


def hash_of(files: list[Path], root: Path) -> str:
    """Return a name for the content of files below `root`."""
    content = hashlib.sha256()
    for path in files:
        content.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:16]
