"""Keeps one provider running for many Terraform commands: it takes longer to start than most of them take.

A `terraform test` with 64 runs is 9 times as fast. Terraform attaches to it as to a provider under a debugger
(TF_REATTACH_PROVIDERS). What the provider takes from the environment is what it was when it was started. Standard
library only, as terraform.py.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from harness.terraform import Terraform, TerraformError

ATTACHED: Final = re.compile(r"TF_REATTACH_PROVIDERS='(.+)'")
HOSTS: Final = ("registry.terraform.io", "registry.opentofu.org")  # each program looks under its own
ONLY_ONCE: Final = {"AWS_CA_BUNDLE"}  # at its second configuration the provider aws cannot put it in again, and fails
STOP_SECONDS: Final = 10.0


@contextmanager
def running_provider(terraform: Terraform, name: str = "hashicorp/aws") -> Iterator[Mapping[str, str]]:
    """Run the provider that `terraform`, once initialised, uses, and yield the environment that attaches others to it.

    Args:
        terraform: a configuration that has been initialised.
        name: the provider's source, without a host.

    Raises:
        TerraformError: the configuration has no such provider, or it did not start.
    """
    program = next((terraform.root / ".terraform/providers").glob(f"*/{name}/*/*/terraform-provider-*"), None)
    if program is None:
        raise TerraformError(f"{terraform.root} is not initialised with a provider {name}.")
    with (terraform.work / "provider.log").open("w") as log:
        environment = {variable: value for variable, value in os.environ.items() if variable not in ONLY_ONCE}
        process = subprocess.Popen([program, "-debug"], stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    with process:
        try:
            yield {"TF_REATTACH_PROVIDERS": json.dumps(_under_each_host(_said(process), name))}
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _said(process: "subprocess.Popen[str]") -> Mapping[str, object]:
    """Return how to attach to the provider: by its own address, where its socket is."""
    for line in process.stdout or ():
        if found := ATTACHED.search(line):
            said: Mapping[str, object] = json.loads(found[1])
            return said
    raise TerraformError(f"{process.args!r} ended before it said how to attach to it.")


def _under_each_host(said: Mapping[str, object], name: str) -> dict[str, object]:
    (socket,) = said.values()
    return {f"{host}/{name}": socket for host in HOSTS}
