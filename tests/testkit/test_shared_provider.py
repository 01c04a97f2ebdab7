"""Does a provider run for as long as it is wanted, under the address that Terraform and OpenTofu each look for?"""

import json
from pathlib import Path

import pytest

from testkit.shared_provider import running_provider
from testkit.terraform import Terraform, TerraformError

ADDRESS = r"""{\"registry.terraform.io/shop/thing\": {\"Pid\": $$, \"Addr\": {\"String\": \"/nowhere\"}}}"""
SAYS = f"""echo "Starting"
echo "  TF_REATTACH_PROVIDERS='{ADDRESS}'"
"""


def initialised(work: Path, script: str) -> Terraform:
    """Return a configuration whose provider shop/thing is a shell script."""
    terraform = Terraform(work, work / "here", work)
    program = (
        terraform.root / ".terraform/providers/registry.terraform.io/shop/thing/1.0.0/any/terraform-provider-thing"
    )
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o755)
    return terraform


def test_the_provider_is_there_within_and_gone_afterwards(tmp_path: Path) -> None:
    terraform = initialised(tmp_path, f"trap 'touch {tmp_path}/ended; exit' TERM\n{SAYS}while :; do sleep 0.05; done\n")
    with running_provider(terraform, "shop/thing") as environment:
        attached = json.loads(environment["TF_REATTACH_PROVIDERS"])
        assert set(attached) == {"registry.terraform.io/shop/thing", "registry.opentofu.org/shop/thing"}
        assert not (tmp_path / "ended").exists()
    assert (tmp_path / "ended").exists()


def test_a_provider_that_does_not_start_is_told(tmp_path: Path) -> None:
    terraform = initialised(tmp_path, "exit 1\n")
    with (
        pytest.raises(TerraformError, match="ended before it said how to attach"),
        running_provider(terraform, "shop/thing"),
    ):
        pass


def test_a_configuration_that_is_not_initialised_is_told(tmp_path: Path) -> None:
    terraform = initialised(tmp_path, "")
    with (
        pytest.raises(TerraformError, match="not initialised with a provider shop/other"),
        running_provider(terraform, "shop/other"),
    ):
        pass


def test_a_provider_that_is_configured_often_is_given_no_certificates_of_the_team_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider aws fails when it is to use them a second time."""
    monkeypatch.setenv("AWS_CA_BUNDLE", "/somewhere/ca.pem")
    terraform = initialised(tmp_path, f'echo "${{AWS_CA_BUNDLE-none}}" > {tmp_path}/given\n{SAYS}')
    with running_provider(terraform, "shop/thing"):
        assert (tmp_path / "given").read_text() == "none\n"
