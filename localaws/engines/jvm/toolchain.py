"""Finds what the JVM engines need installed: Java 17 or newer with its compiler, and Maven."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from localaws.errors import LocalAwsError

MINIMUM: Final = 17  # the byte code of DynamoDB Local 3
VERSION: Final = re.compile(r'version "(?:1\.)?(?P<major>\d+)[^"]*"')  # "1.8.0_402", "17.0.15", "21"
INSTALL: Final = f"install a JDK of version {MINIMUM} or newer and put its `java` on the PATH or set JAVA_HOME"
ANSWER_SECONDS: Final = 60.0


def java() -> Path:
    """Return the `java` of JAVA_HOME or else of the PATH.

    Raises:
        LocalAwsError: Java is missing or too old.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if found is None:
        where = f"JAVA_HOME ({home}) has no bin/java" if home else "there is no `java` on the PATH"
        raise LocalAwsError(f"The JVM engines run on Java and {where}: {INSTALL}.")
    said = _output_of([found, "-version"])
    version = VERSION.search(said)
    if version is None:
        raise LocalAwsError(f"{found} -version does not say a version but {said.strip()[:200]!r}: {INSTALL}.")
    if int(version["major"]) < MINIMUM:
        raise LocalAwsError(f"The JVM engines need Java {MINIMUM}, {found} is {version['major']}: {INSTALL}.")
    return Path(found)


def maven() -> Path:
    """Return the `mvn` of the PATH.

    Raises:
        LocalAwsError: Maven is missing.
    """
    found = shutil.which("mvn")
    if found is None:
        raise LocalAwsError(
            "Maven fetches the JVM engines, once, and there is no `mvn` on the PATH: install Maven 3.6 or newer."
        )
    return Path(found)


def _output_of(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LocalAwsError(f"{command[0]} cannot be run ({error}): {INSTALL}.") from error
    return done.stdout
