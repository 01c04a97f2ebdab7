"""Does the test kit say in one sentence what to do when Terraform or its provider is not as needed?"""

from pathlib import Path

import pytest

from testkit.terraform import Terraform, TerraformError, changes, check_version

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
"""


def a_terraform(folder: Path, version: str, name: str = "terraform") -> None:
    """Put a program into `folder` that says it is a Terraform of that version."""
    program = folder / name
    program.write_text(f'#!/bin/sh\necho \'{{"terraform_version": "{version}"}}\'\n')
    program.chmod(0o755)


def test_a_missing_terraform_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TERRAFORM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        TerraformError, match=r"^Terraform 1\.9 or newer is needed and no terraform is there: install it"
    ):
        check_version()


def test_an_old_terraform_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a_terraform(tmp_path, "1.8.5")
    monkeypatch.delenv("TERRAFORM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(TerraformError, match=r"^Terraform 1\.9 or newer is needed and terraform is 1\.8\.5: install"):
        check_version()


@pytest.mark.parametrize("version", ["1.9.0", "1.11.4", "2.0.0"])
def test_a_terraform_that_is_new_enough_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str) -> None:
    a_terraform(tmp_path, version)
    monkeypatch.delenv("TERRAFORM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    check_version()


def test_another_program_is_run_where_the_environment_names_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """OpenTofu is one, or a second version."""
    a_terraform(tmp_path, "1.9.1", "tofu")
    monkeypatch.setenv("TERRAFORM", str(tmp_path / "tofu"))
    check_version()
    a_terraform(tmp_path, "1.7.0", "tofu")
    with pytest.raises(TerraformError, match=r"and \S+/tofu is 1\.7\.0: install a newer one\.$"):
        check_version()


def test_a_provider_that_cannot_be_found_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sentence, with the two ways out of it."""
    tree, mirror = tmp_path / "tree", tmp_path / "mirror"
    (tree / "here").mkdir(parents=True)
    mirror.mkdir()
    (tree / "here" / "main.tf").write_text(CONFIGURATION)
    monkeypatch.setenv("TF_PLUGIN_MIRROR", str(mirror))
    terraform = Terraform(tree, tree / "here", tmp_path / "work")
    with pytest.raises(
        TerraformError, match=r"^A provider cannot be found: let Terraform reach its registry, or set TF_PLUGIN"
    ):
        terraform.init()
    assert terraform.log.is_file()


def test_a_configuration_that_is_wrong_is_told_in_terraforms_words(tmp_path: Path) -> None:
    """Also where these words speak of providers."""
    (tmp_path / "tree" / "here").mkdir(parents=True)
    (tmp_path / "tree" / "here" / "main.tf").write_text('provider "aws" {\n  region = \n}\n')
    with pytest.raises(TerraformError, match=r"Invalid expression"):
        Terraform(tmp_path / "tree", tmp_path / "tree" / "here", tmp_path / "work").init()


def test_what_stays_as_it_is_is_no_change() -> None:
    plan = {
        "resource_changes": [
            {"address": "a.stays", "change": {"actions": ["no-op"]}},
            {"address": "data.b.is_read", "change": {"actions": ["read"]}},
            {"address": "c.changes", "change": {"actions": ["update"]}},
        ]
    }
    assert [(change.address, change.actions) for change in changes(plan)] == [("c.changes", ("update",))]


@pytest.mark.parametrize("there", [True, False])
def test_settings_that_are_not_there_are_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, there: bool
) -> None:
    """OpenTofu would warn of them where its JSON is read."""
    settings, program = tmp_path / "settings", tmp_path / "tofu"
    program.write_text('#!/bin/sh\necho "{\\"named\\": {\\"value\\": \\"$TF_CLI_CONFIG_FILE\\"}}"\n')
    program.chmod(0o755)
    if there:
        settings.touch()
    monkeypatch.setenv("TERRAFORM", str(program))
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(settings))
    terraform = Terraform(tmp_path, tmp_path, tmp_path / "work")
    terraform.root.mkdir(parents=True)
    assert terraform.outputs() == {"named": str(settings) if there else ""}


@pytest.mark.parametrize(("status", "found"), [(0, []), (2, [("c.changes", ("update",))])])
def test_an_empty_plan_is_not_read_as_json(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: int, found: list[tuple[str, tuple[str, ...]]]
) -> None:
    """Terraform's exit status says that it is empty."""
    change = '{"resource_changes": [{"address": "c.changes", "change": {"actions": ["update"]}}]}'
    program = tmp_path / "tofu"
    program.write_text(f"#!/bin/sh\necho $1 >> {tmp_path}/called\n[ $1 = show ] && echo '{change}' || exit {status}\n")
    program.chmod(0o755)
    monkeypatch.setenv("TERRAFORM", str(program))
    terraform = Terraform(tmp_path, tmp_path, tmp_path / "work")
    terraform.root.mkdir(parents=True)
    assert [(change.address, change.actions) for change in terraform.changes()] == found
    assert (tmp_path / "called").read_text().split() == (["plan", "show"] if status else ["plan"])
