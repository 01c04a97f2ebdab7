"""Keeps one provider running for many Terraform commands: it takes longer to start than most of them take.

A `terraform test` with 64 runs is 9 times as fast. Terraform attaches to it as to a provider under a debugger
(TF_REATTACH_PROVIDERS). The provider keeps the environment and the folder that it was started with: endpoints and
credentials of the environment are those of the first configuration, and relative paths start at its root. Standard
library only, as terraform.py.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
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
        terraform: a configuration that has been initialised; the provider starts in its root with its environment.
        name: the provider's source, without a host.

    Raises:
        TerraformError: the configuration has no such provider, or it did not start.
    """
    program = next((terraform.root / ".terraform/providers").glob(f"*/{name}/*/*/terraform-provider-*"), None)
    if program is None:
        raise TerraformError(f"{terraform.root} is not initialised with a provider {name}.")
    given = {**os.environ, **terraform.environment}
    environment = {variable: value for variable, value in given.items() if variable not in ONLY_ONCE}
    with (terraform.work / "provider.log").open("w") as log:
        process = subprocess.Popen(
            [program, "-debug"],
            cwd=terraform.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,  # Ctrl-C reaches Terraform first, which needs it until it has stopped
        )
    with process:
        try:
            yield {"TF_REATTACH_PROVIDERS": json.dumps(_under_each_host(_said(process), name))}
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def attached(terraform: Terraform) -> Iterator[Terraform]:
    """Run the provider of an initialised configuration, and yield the configuration attached to it."""
    with running_provider(terraform) as environment:
        yield replace(terraform, environment={**terraform.environment, **environment})


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
