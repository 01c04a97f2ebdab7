"""Says what is in the function's zip, as a CycloneDX bill of materials next to it: `make sbom`.

Read from the zip itself, so it shows what ships: every distribution with its version and licence, and within it what
its own bill of materials says (that of orjson names its Rust crates). The same zip gives the same bytes.
"""

import argparse
import email
import hashlib
import json
import sys
import tomllib
import uuid
import zipfile
from email.message import Message
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
ZIP: Final = ROOT / "build" / "stream-indexer.zip"
FORMAT: Final = {
    "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
}


def main() -> int:
    """Write the bill of the zip next to it; return 1 if the zip does not exist."""
    parser = argparse.ArgumentParser(prog="python -m tools.sbom", description=__doc__)
    parser.add_argument(
        "package", nargs="?", type=Path, default=ZIP, help="the zip (default: build/stream-indexer.zip)"
    )
    package: Path = parser.parse_args().package
    if not package.is_file():
        print(f"There is no {package}: run `make package` first.", file=sys.stderr)  # noqa: T201 - a command talks to its terminal
        return 1
    target = package.with_suffix(".cdx.json")
    target.write_text(json.dumps(bill(package), indent=2, ensure_ascii=False) + "\n")
    print(target)  # noqa: T201 - as above
    return 0


def bill(package: Path) -> dict[str, Any]:
    """Return the bill of materials of the zip at `package`, as CycloneDX 1.6 has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    shipped = {
        "type": "application",
        "bom-ref": package.name,
        "name": project["name"],
        "version": project["version"],
        "hashes": [{"alg": "SHA-256", "content": digest}],
        **_licence(project["license"]),
    }
    components = _distributions(package)
    dependencies = [
        {"ref": package.name, "dependsOn": [component["bom-ref"] for component in components]},
        *({"ref": component["bom-ref"]} for component in components),
    ]
    # The bill has no time, because the same zip must give the same bytes.
    serial = uuid.uuid5(uuid.NAMESPACE_OID, digest)
    return {
        **FORMAT,
        "serialNumber": f"urn:uuid:{serial}",
        "metadata": {"component": shipped},
        "components": components,
        "dependencies": dependencies,
    }


def _distributions(package: Path) -> list[dict[str, Any]]:
    found = []
    with zipfile.ZipFile(package) as archive:
        names = sorted(archive.namelist())
        for name in names:
            folder, _, file = name.partition(".dist-info/")
            if file == "METADATA":
                within = [
                    component
                    for each in names
                    if each.startswith(f"{folder}.dist-info/sboms/") and each.endswith(".cyclonedx.json")
                    for component in json.loads(archive.read(each)).get("components", [])
                ]
                found.append(_distribution(email.message_from_bytes(archive.read(name)), within))
    return found


def _distribution(metadata: Message, within: list[dict[str, Any]]) -> dict[str, Any]:
    name, version = metadata["Name"], metadata["Version"]
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return {**component, **_licence(metadata["License-Expression"]), **({"components": within} if within else {})}


def _licence(expression: str | None) -> dict[str, Any]:
    """Return the licence, an SPDX expression, in the form of CycloneDX; empty if the package names no licence."""
    return {"licenses": [{"expression": expression}]} if expression else {}


if __name__ == "__main__":
    sys.exit(main())
