"""Finds a filesystem mirror of Terraform providers on a machine that has no way to the registry."""

import os
from pathlib import Path
from typing import Final

VARIABLE: Final = "TF_PLUGIN_MIRROR"
REGISTRY: Final = "registry.terraform.io"
USUAL_PARENTS: Final = ("~/.terraform.d", "~", "/usr/local/share", "/usr/share", "/usr/local/lib", "/opt")


def mirror() -> Path | None:
    """Return the folder that holds `registry.terraform.io/`, or None to let Terraform ask the registry.

    The environment variable TF_PLUGIN_MIRROR decides; without it the usual plugin folders are looked
    through: each folder below which programs keep their files, one level deep.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    for parent in (Path(name).expanduser() for name in USUAL_PARENTS):
        for found in sorted(parent.glob(f"*/{REGISTRY}/hashicorp/aws")):
            return found.parents[2]
    return None
