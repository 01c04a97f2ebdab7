"""Writes which settings the provider keeps where a configuration leaves them out: `make kept` (it calls them computed).

The answers come from the provider itself, in a minute, for the types that the modules use. What its schema does not
say is which blocks it keeps.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from testkit.terraform import Terraform
from tools.provider_snapshot import ROOT
from tools.provider_usage import settings

KEPT: Final = ROOT / "tests" / "plan" / "data" / "kept-by-the-provider.json"
MODULES: Final = sorted(ROOT.glob("modules/*"))


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as work:
        terraform = Terraform(ROOT, ROOT / "examples" / "minimal", Path(work))
        terraform.init()
        schema = json.loads(terraform.schemas())["provider_schemas"]["registry.terraform.io/hashicorp/aws"]
    lines = (f"  {json.dumps(kind)}: {json.dumps(kept(kind, schema['resource_schemas'][kind]))}" for kind in types())
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def types() -> list[str]:
    """Return the types of the resources that the modules make with the provider."""
    kinds = {setting.place.split(".")[0] for module in MODULES for setting in settings(module)}
    return sorted(kind for kind in kinds if kind.startswith("aws_"))


def kept(place: str, resource: Mapping[str, Any]) -> list[str]:
    """Return the settings, `aws_dynamodb_table.replica.kms_key_arn`, whose value stays without a configured value."""
    return sorted(_in_block(place, resource["block"]))


def _in_block(place: str, block: Mapping[str, Any]) -> Iterator[str]:
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("optional") and attribute.get("computed"):
            yield f"{place}.{name}"
    for name, inner in block.get("block_types", {}).items():
        yield from _in_block(f"{place}.{name}", inner["block"])


if __name__ == "__main__":
    main()
