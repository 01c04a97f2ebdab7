"""One OpenSearch node with its security plugin, as a domain with fine-grained access control has it.

No part of a stack: what a role may do is tried on it. Users prove who they are by a password, for AWS's own way of
telling IAM roles is not public; what they may do is decided by the plugin, as in a domain.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import urllib3

from localaws.engines.jvm.maven import BUILD, compile_java, fetch, hash_of, make_once, programs
from localaws.engines.jvm.toolchain import java
from localaws.errors import LocalAwsError
from localaws.managed_process import ManagedProcess

SOURCE: Final = Path(__file__).with_name("SecuredOpenSearch.java")
PLUGIN: Final = "org.opensearch.plugin:opensearch-security:2.19.1.0:zip"  # of the version of the JVM engines
SHA256: Final = (
    "94a04f12ac6033902209fac1e4e512618d45beee604bbf0e42c3ed79c55220cf"  # Maven Central has no checksum of it
)
COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
OPTIONS: Final = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
START_SECONDS: Final = 120.0
PASSWORD: Final = "admin"
HASH: Final = "$2a$12$VcCDgh2NDk07JGN0rjGbM.Ad41qVR/YFJcgHp0UGns5JDymv..TOG"  # the same by bcrypt
KEYS_PASSWORD: Final = "changeit"
ADMIN: Final = "admin"
# May administer the plugin and nothing else: OpenSearch Service's own role of that name.
SECURITY_MANAGER: Final = "security_manager"


@dataclass(frozen=True, slots=True)
class SecuredOpenSearch:
    """A running node."""

    url: str
    child: ManagedProcess

    @classmethod
    def start(cls, home: Path, users: dict[str, list[str]]) -> "SecuredOpenSearch":
        """Start one and wait until it knows its users: `admin`, who may do anything, and those given.

        Args:
            home: the only folder that is written to.
            users: backend roles by name; a user with the backend role `security_manager` may administer the plugin.

        Raises:
            LocalAwsError: Java or Maven is missing, the download failed, or it does not start.
        """
        program = java()
        engine = programs(program)["opensearch"].folder
        folder = _made(program, engine)
        _configure(program, folder, home / "config", {ADMIN: [ADMIN], **users})
        classpath = [folder / "classes", engine / "classes", *_jars(folder, engine)]
        command = [str(program), *OPTIONS, "-cp", os.pathsep.join(map(str, classpath)), "SecuredOpenSearch"]
        child = ManagedProcess.start(
            "OpenSearch with security", [*command, str(home), KEYS_PASSWORD], home / "log", START_SECONDS
        )
        started = cls(child.ready["url"], child)
        started._wait(START_SECONDS)
        return started

    def stop(self) -> None:
        """Stop it."""
        self.child.stop()

    def call(self, method: str, path: str, document: Any = None, user: str = ADMIN) -> tuple[int, Any]:
        """Send a request as `user`; return status and answer."""
        headers = urllib3.make_headers(basic_auth=f"{user}:{PASSWORD}")
        answer = urllib3.request(method, f"{self.url}{path}", json=document, headers=headers, retries=False, timeout=30)
        return answer.status, json.loads(answer.data or b"null")

    def _wait(self, seconds: float) -> None:
        """Wait until the plugin has read its configuration: before that it answers 503 to everybody."""
        deadline = time.monotonic() + seconds
        while urllib3.request("GET", f"{self.url}/_plugins/_security/health", retries=False).json()["status"] != "UP":
            if time.monotonic() > deadline:
                raise LocalAwsError("OpenSearch's security plugin does not come up: see the log in its home.")
            time.sleep(0.1)


def _made(program: Path, engine: Path) -> Path:
    """Return the folder of the plugin and the program, fetched and compiled if it is not there."""
    folder = BUILD / f"security-{hash_of([SOURCE], SOURCE.parent)}-{SHA256[:8]}"
    make_once(folder, lambda partial: _make(program, engine, partial))
    return folder


def _make(program: Path, engine: Path, partial: Path) -> None:
    log = partial.parent / "fetch.log"
    fetch([COPY, f"-Dartifact={PLUGIN}", f"-DoutputDirectory={partial}"], log)
    (archive,) = partial.glob("*.zip")
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != SHA256:
        raise LocalAwsError(f"{archive.name} is not what it was: its SHA-256 is {found}, not {SHA256}.")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(partial / "plugin")
    archive.unlink()
    classpath = [engine / "classes", *_jars(partial, engine)]
    compile_java(program, [SOURCE], classpath, partial / "classes", log)


def _jars(folder: Path, engine: Path) -> list[Path]:
    """Return the libraries of OpenSearch, and of the plugin those that are not among them."""
    found = {_artifact(path): path for path in sorted((folder / "plugin").glob("*.jar"))}
    found |= {_artifact(path): path for path in sorted((engine / "lib").glob("*.jar"))}
    return list(found.values())


def _artifact(jar: Path) -> str:
    """Return a library's name without its version."""
    return re.sub(r"-\d.*", "", jar.stem)


def _configure(program: Path, folder: Path, config: Path, users: dict[str, list[str]]) -> None:
    """Write the plugin's configuration, its own with these users in place of its examples, and a certificate."""
    security = config / "opensearch-security"
    shutil.copytree(folder / "plugin" / "config", security)
    mapped = {"all_access": ADMIN, SECURITY_MANAGER: SECURITY_MANAGER}
    written: dict[str, dict[str, Any]] = {
        "internal_users": {name: {"hash": HASH, "backend_roles": roles} for name, roles in users.items()},
        "roles_mapping": {role: {"backend_roles": [backend_role]} for role, backend_role in mapped.items()},
        "roles": {SECURITY_MANAGER: {"cluster_permissions": []}},
    }
    for name, entries in written.items():
        kind = name.replace("_", "")
        document = {"_meta": {"type": kind, "config_version": 2}, **entries}
        (security / f"{name}.yml").write_text(json.dumps(document))  # which is YAML too
    keytool = [str(program.with_name("keytool")), "-storetype", "PKCS12", "-storepass", KEYS_PASSWORD]
    node, certificate = config / "node.p12", config / "node.crt"
    generate = ["-genkeypair", "-keystore", str(node), "-alias", "node", "-keyalg", "EC", "-dname", "CN=local"]
    export = ["-exportcert", "-keystore", str(node), "-alias", "node", "-file", str(certificate)]
    trust = ["-importcert", "-noprompt", "-keystore", str(config / "trusted.p12"), "-file", str(certificate)]
    for command in (generate, export, trust):
        subprocess.run([keytool[0], *command, *keytool[1:]], check=True, capture_output=True)
