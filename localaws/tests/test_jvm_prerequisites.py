"""Is what the JVM engines need and do not find said in one sentence, and fetched once?"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localaws.engines.jvm import maven as fetching
from localaws.engines.jvm.maven import programs
from localaws.engines.jvm.toolchain import java, maven
from localaws.errors import LocalAwsError
from localaws.stack import LocalAws

SYSTEM_PATH = os.environ["PATH"]
ROOT = Path(__file__).resolve().parents[2]
# What Maven leaves behind, without Maven.
FETCHES = """echo run >> {count}
for argument in "$@"; do case $argument in -Dengines.home=*) home=${{argument#*=}};; esac; done
mkdir -p $home/dynamodb/lib $home/opensearch/lib"""
COMPILES = 'while [ $# -gt 1 ]; do if [ "$1" = -d ]; then mkdir -p "$2"; fi; shift; done'


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs in addition to the system's shell: without JAVA_HOME, java and mvn."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_java_the_sentence_says_what_to_install(bin_folder: Path, tmp_path: Path) -> None:
    """Reported by the whole stack, as its user sees it."""
    assert list(bin_folder.iterdir()) == []
    with pytest.raises(LocalAwsError) as refused:
        LocalAws.start(engines="jvm", home=tmp_path / "aws")
    assert str(refused.value) == (
        "The JVM engines run on Java and there is no `java` on the PATH: "
        "install a JDK of version 17 or newer and put its `java` on the PATH or set JAVA_HOME."
    )


@pytest.mark.parametrize(
    ("says", "version"),
    [('openjdk version "11.0.2" 2019-01-15', 11), ('java version "1.8.0_402"', 8), ('openjdk version "16" 2021', 16)],
)
def test_a_java_before_17_is_named_with_its_version(bin_folder: Path, says: str, version: int) -> None:
    """Version 8 still called itself 1.8."""
    found = _program(bin_folder / "java", f"echo '{says}' >&2")
    with pytest.raises(LocalAwsError) as refused:
        java()
    assert str(refused.value).startswith(f"The JVM engines need Java 17, {found} is {version}: install a JDK")


@pytest.mark.parametrize(
    "says", ['openjdk version "17.0.15" 2025-04-15', 'java version "21" 2023', 'x version "25-ea"']
)
def test_java_17_and_newer_is_taken(bin_folder: Path, says: str) -> None:
    """Early-access builds too."""
    assert java_says(bin_folder, says) == bin_folder / "java"


def test_java_home_comes_first(bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for Maven; one that has no java is named."""
    java_says(bin_folder, 'openjdk version "17"')
    home = tmp_path / "jdk"
    (home / "bin").mkdir(parents=True)
    monkeypatch.setenv("JAVA_HOME", str(home))
    with pytest.raises(LocalAwsError, match=r"JAVA_HOME \(.*jdk\) has no bin/java: install"):
        java()
    own = _program(home / "bin" / "java", "echo 'openjdk version \"21\"'")
    assert java() == own


def test_a_java_that_is_none_is_quoted(bin_folder: Path) -> None:
    """For instance a stub that only says where to get one."""
    _program(bin_folder / "java", "echo 'The operation could not be completed.'")
    with pytest.raises(LocalAwsError, match="does not say a version but 'The operation could not be completed"):
        java()


def test_without_maven_the_sentence_says_what_to_install(bin_folder: Path) -> None:
    """Only asked for when something has to be fetched."""
    assert list(bin_folder.iterdir()) == []
    with pytest.raises(LocalAwsError, match=r"no `mvn` on the PATH: install Maven 3\.6 or newer"):
        maven()


def test_a_failed_download_names_the_log_and_leaves_nothing_half_made(bin_folder: Path, tmp_path: Path) -> None:
    """So the next start tries again."""
    _program(bin_folder / "mvn", "echo 'Could not transfer artifact'; exit 1")
    build = tmp_path / "jvm"
    for _ in range(2):
        with pytest.raises(LocalAwsError) as refused:
            programs(Path("java"), build)
        assert str(refused.value) == (
            f"Maven could not fetch the JVM engines: {build}/fetch.log says why; try again once the network answers."
        )
    assert (build / "fetch.log").read_text() == "Could not transfer artifact\n"
    assert [path.name for path in build.iterdir() if path.is_dir() and path.suffix != ".partial"] == []


def test_a_java_without_compiler_is_told_to_be_a_jdk(bin_folder: Path, tmp_path: Path) -> None:
    """A runtime environment runs Maven, but cannot compile the two programs."""
    _program(bin_folder / "mvn", FETCHES.format(count=tmp_path / "count"))
    found = _program(bin_folder / "java", "echo 'Module jdk.compiler not found'; exit 1")
    with pytest.raises(LocalAwsError, match=r"could not compile the JVM engines' programs, see .*: install a JDK"):
        programs(found, tmp_path / "jvm")


def test_processes_that_start_at_once_fetch_once(bin_folder: Path, tmp_path: Path) -> None:
    """The second one waits for the first and takes what it made; so does every later start."""
    _program(bin_folder / "mvn", FETCHES.format(count=tmp_path / "count"))
    compiler = _program(bin_folder / "java", COMPILES)
    build = tmp_path / "jvm"
    script = (
        "import sys; from pathlib import Path; from localaws.engines.jvm.maven import programs; "
        "print(programs(Path(sys.argv[1]), Path(sys.argv[2]))['dynamodb'].folder)"
    )

    def start(_: int) -> str:
        command = [sys.executable, "-c", script, str(compiler), str(build)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(3) as pool:
        folders = set(pool.map(start, range(3)))
    (folder,) = folders
    assert Path(folder.strip()).is_dir()
    assert (tmp_path / "count").read_text() == "run\n"


def test_another_content_of_the_pom_is_fetched_anew(
    bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is named by the hash of everything in jvm/."""
    _program(bin_folder / "mvn", FETCHES.format(count=tmp_path / "count"))
    compiler = _program(bin_folder / "java", COMPILES)
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "pom.xml").write_text("<project/>")
    monkeypatch.setattr(fetching, "SOURCES", sources)
    first = programs(compiler, tmp_path / "jvm")["dynamodb"].folder
    assert programs(compiler, tmp_path / "jvm")["dynamodb"].folder == first
    (sources / "pom.xml").write_text("<project></project>")
    assert programs(compiler, tmp_path / "jvm")["dynamodb"].folder != first
    assert (tmp_path / "count").read_text() == "run\n" * 2


def java_says(folder: Path, text: str) -> Path:
    """Return what is found when `java` says this."""
    _program(folder / "java", f"echo '{text}' >&2")
    return java()


def _program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\nPATH={SYSTEM_PATH}\n{script}\n")
    path.chmod(0o755)
    return path
