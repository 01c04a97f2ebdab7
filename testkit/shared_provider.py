"""Keeps one provider running for many Terraform commands: it takes longer to start than most of them take.

A `terraform test` with 64 runs is 9 times as fast. Terraform attaches to it as to a provider under a debugger
(TF_REATTACH_PROVIDERS), through a proxy that leaves out the schemas of what the tree does not use. The provider keeps
the environment and the folder that it was started with: endpoints and credentials of the environment are those of
the first configuration, and relative paths start at its root.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from testkit.small_schemas import names_in, small_schemas
from testkit.terraform import Terraform, TerraformError

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
            said = _said(process)
            prefix = f"{name.rpartition('/')[2]}_"
            with small_schemas(said["Addr"]["String"], prefix, names_in(terraform.tree, prefix)) as path:
                said = {**said, "Addr": {**said["Addr"], "String": path}}
                yield {"TF_REATTACH_PROVIDERS": json.dumps({f"{host}/{name}": said for host in HOSTS})}
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


def _said(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return how to attach to the provider, and where its socket is."""
    for line in process.stdout or ():
        if found := ATTACHED.search(line):
            said: dict[str, dict[str, Any]] = json.loads(found[1])
            return next(iter(said.values()))
    raise TerraformError(f"{process.args!r} ended before it said how to attach to it.")
