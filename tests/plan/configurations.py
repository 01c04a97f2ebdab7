"""Configurations of the tree, each initialised once, with made-up credentials and a stand-in for the zip."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from testkit.terraform import Terraform

ROOT: Final = Path(__file__).resolve().parents[2]
ZIPS: Final = ("stream-indexer.zip", "notify.zip")
# The real provider, so that policies are the real ones; it has no account to ask.
PROVIDER: Final = """
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "made-up"
  secret_key                  = "made-up"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
"""


@dataclass(slots=True)
class Configurations:
    """Root configurations of the tree, each initialised at its first use.

    Attributes:
        work: where the copies go.
        environment: variables for Terraform, such as those that attach it to a running provider.
    """

    work: Path
    environment: Mapping[str, str]
    _ready: dict[tuple[str, frozenset[tuple[str, str]]], Terraform] = field(default_factory=dict)

    def of(self, folder: str, files: Mapping[str, str] | None = None) -> Terraform:
        """Return the configuration in `folder` of the tree, with `files` added to the copy by name."""
        overrides = {"test_provider.tf": PROVIDER, **(files or {})}
        key = (folder, frozenset(overrides.items()))
        if key not in self._ready:
            work = self.work / f"{Path(folder).name or 'root'}-{len(self._ready)}"
            work.mkdir()
            terraform = Terraform(ROOT, ROOT / folder, work, self.environment, overrides=overrides)
            terraform.init()
            for name in ZIPS:
                _stand_in_zip(work / "tree" / "build" / name)
            self._ready[key] = terraform
        return self._ready[key]


def _stand_in_zip(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stream_indexer/handler.py", "def handle(event, context):\n    return {}\n")


def in_the_tree(block: str) -> str:
    """Return a block with this tree in place of the published module and a downloaded zip."""
    local = re.sub(r'"github\.com/example/[\w-]+(?:/(/[\w/-]+))?\?ref=[\w.]+"', r'"../..\1"', block)
    return local.replace('"stream-indexer.zip"', '"../../build/stream-indexer.zip"')
