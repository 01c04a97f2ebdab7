"""Writes the names that the newest provider has for what the modules and examples use: `make provider-schema`.

From two wheels (see bindings.py); a test holds the tree to what is written here.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tools.provider_schema import Deprecations, Names, Schema, UnreadableError, places
from tools.provider_usage import reads, sets

ROOT: Final = Path(__file__).resolve().parents[1]
NAMES: Final = ROOT / "tests" / "plan" / "data" / "provider-6.json"
FOLDERS: Final = (
    ROOT,
    *sorted(ROOT.glob("modules/*")),
    *sorted(path.parent for path in ROOT.glob("examples/*/main.tf")),
)
TYPE: Final = re.compile(r"(?:data\.)?\w+")
LICENCES: Final = "names and reasons of cdktn-provider-aws (MPL-2.0, HashiCorp, Inc.) and pulumi-aws (Apache-2.0)"


def main() -> int:
    """Write the names; return 1 where a wheel does not hold what is looked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.provider_snapshot", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds a wheel of cdktn-provider-aws and one of pulumi-aws")
    folder: Path = parser.parse_args().folder
    try:
        text = written(_newest(folder, "cdktn_provider_aws"), _newest(folder, "pulumi_aws"), types())
    except UnreadableError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command talks to its terminal
        return 1
    NAMES.write_text(text)
    print(NAMES)  # noqa: T201 - as above
    return 0


def written(of_names: Path, of_reasons: Path, kinds: Iterable[str]) -> str:
    """Return the file's text, a line for each place, from the wheel of its names and that of the deprecated ones."""
    schema, deprecations = Schema(of_names), Deprecations(of_reasons)
    told = {
        place: _row(names, deprecations.at(place)) for kind in kinds for place, names in places(kind, schema.code(kind))
    }
    head = {
        "provider": schema.version,
        "from": [of_names.name, of_reasons.name],
        "licences": LICENCES,
    }
    lines = ",\n".join(f"    {json.dumps(place)}: {json.dumps(row)}" for place, row in told.items())
    return f'{json.dumps(head, indent=2)[:-2]},\n  "places": {{\n{lines}\n  }}\n}}\n'


def types() -> list[str]:
    """Return the types that the modules and examples use: `aws_sqs_queue`, `data.aws_iam_policy_document`."""
    used = {use.place for folder in FOLDERS for uses in (sets, reads) for use in uses(folder)}
    return sorted({place[: len(found[0])] for place in used if (found := TYPE.match(place))})


def _newest(folder: Path, name: str) -> Path:
    wheels = sorted(folder.glob(f"{name}-*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    if not wheels:
        raise UnreadableError(f"{folder} has no wheel of {name}: run `make provider-schema`.")
    return wheels[-1]


def _row(names: Names, deprecated: Mapping[str, str]) -> dict[str, Any]:
    reasons = {
        name: deprecated[written]
        for name in (*names.required, *names.optional, *names.read)
        for written in (name, f"{name}s", f"{name.removesuffix('y')}ies")
        if written in deprecated
    }
    return {kind: value for kind, value in {**asdict(names), "deprecated": reasons}.items() if value}


if __name__ == "__main__":
    sys.exit(main())
