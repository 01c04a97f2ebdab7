"""Fetches what the real engines run on, and compiles their two short programs: once for each content of `jvm/`.

Maven resolves the versions that `jvm/*/pom.xml` lock. The result is a folder below build/ named by the content's hash,
which appears whole or not at all; two processes that need it at once wait for one another.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.engines.real_java import INSTALL, maven
from local.errors import LocalAwsError

SOURCES: Final = Path(__file__).with_name("jvm")
BUILD: Final = Path(__file__).resolve().parents[2] / "build" / "jvm"
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
    folder = build / _hash_of(files)
    if not folder.exists():
        build.mkdir(parents=True, exist_ok=True)
        with (build / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file is closed, also by a crash
            if not folder.exists():
                _make(java, files, folder)
    return {name: Program(java, folder / name, main) for name, main in PROGRAMS.items()}


def _make(java: Path, files: list[Path], folder: Path) -> None:
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    log = folder.parent / "fetch.log"
    fetch = [str(maven()), "--batch-mode", "--no-transfer-progress", "--strict-checksums", "--file", str(SOURCES)]
    fetch += [f"-Dengines.home={partial}", "dependency:copy-dependencies"]
    _run(fetch, log, f"Maven could not fetch the real engines: {log} says why; try again once the network answers.")
    for name in PROGRAMS:
        jars = os.pathsep.join(str(jar) for jar in sorted((partial / name / "lib").glob("*.jar")))
        sources = [str(path) for path in files if path.suffix == ".java" and path.parent.name in {"jvm", name}]
        compiler = [str(java), "--module", "jdk.compiler/com.sun.tools.javac.Main", "-proc:none", "-encoding", "UTF-8"]
        compiler += ["-cp", jars, "-d", str(partial / name / "classes"), *sources]
        _run(compiler, log, f"{java} could not compile the real engines' programs, see {log}: {INSTALL}.")
    partial.rename(folder)


def _run(command: list[str], log: Path, complaint: str) -> None:
    with log.open("wb") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise LocalAwsError(complaint)


def _hash_of(files: list[Path]) -> str:
    content = hashlib.sha256()
    for path in files:
        content.update(f"{path.relative_to(SOURCES)}\0{path.stat().st_size}\0".encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:16]
