"""Do the workflows and the hooks call only make targets?"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FROM_MATRIX = "${{ matrix.command }}"
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def jobs(workflow: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(workflow.read_text())["jobs"]
    return found


def versions(job: dict[str, Any]) -> list[dict[str, str]]:
    """Return what a job is run with: versions of Terraform, and the command for each."""
    rows: list[dict[str, str]] = job.get("strategy", {}).get("matrix", {}).get("include", [])
    return rows


def commands() -> Iterator[str]:
    """Yield all that the workflows and the hooks run."""
    for workflow in WORKFLOWS:
        for job in jobs(workflow).values():
            run = [step["run"] for step in job.get("steps", []) if "run" in step]
            by_version = [row["command"] for row in versions(job) if "command" in row]
            yield from (command for step in run for command in (by_version if step == FROM_MATRIX else [step]))
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]:
        assert repository["repo"] == "local"
        yield from (hook["entry"] for hook in repository["hooks"])


def test_every_step_is_a_make_target() -> None:
    """What fails there can be run by hand, by the same name."""
    run = list(commands())
    assert {command.partition(" ")[0] for command in run} == {"make"}
    assert {command.split(" ")[1] for command in run} <= targets()
    assert {
        "make checkov",
        "make tflint",
        "make test-unit",
        "make test-terraform",
        "make test-local",
        "make test-e2e",
        "make package",
        "make sbom",
        "make release-draft",
        "make release-upload",
        "make release-publish",
    } <= set(run)


def test_all_targets_are_phony_and_tell_what_they_do() -> None:
    """`make help` shows each."""
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == targets() == set(re.findall(r"^([a-z0-9-]+):.*## \w", makefile, re.MULTILINE))


def test_the_list_of_targets_fits_a_terminal_of_80_columns() -> None:
    """No line is broken within a word."""
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert max(len(line) for line in shown.splitlines()) <= 80


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit(workflow: Path) -> None:
    """A tag can be moved to other code; the comment says which version the commit was."""
    used = re.findall(r"uses: (.+)$", workflow.read_text(), re.MULTILINE)
    assert used
    assert [action for action in used if not action.startswith("./") and not PINNED.fullmatch(action)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_unless_a_job_says_otherwise(workflow: Path) -> None:
    """Only the jobs that release may write, and their checkouts keep no credentials."""
    assert yaml.safe_load(workflow.read_text())["permissions"] == {"contents": "read"}
    assert {name for name, job in jobs(workflow).items() if "permissions" in job} <= {"draft", "package", "release"}
    checkouts = [
        step
        for job in jobs(workflow).values()
        for step in job.get("steps", [])
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert checkouts
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


@pytest.mark.parametrize("job", ["terraform", "end-to-end"])
def test_the_floor_that_the_modules_name_is_tested(job: str) -> None:
    """The tests that run Terraform run on the oldest version that the modules accept and on the newest."""
    matrix = [row["terraform"] for row in versions(jobs(ROOT / ".github" / "workflows" / "checks.yml")[job])]
    floor = re.search(r'required_version = ">= (\d+\.\d+)"', (ROOT / "versions.tf").read_text())
    assert floor is not None
    assert [version for version in matrix if version.startswith(f"{floor[1]}.")]
    assert "latest" in matrix


def test_each_folder_of_tests_belongs_to_one_part() -> None:
    """The targets of the parts together run what `make test` runs."""
    makefile = (ROOT / "Makefile").read_text()
    parts = re.findall(r"^(?:UNIT|TERRAFORM|LOCAL|END_TO_END) := (.*)$", makefile, re.MULTILINE)
    assert len(parts) == 4
    folders = {f"tests/{path.parent.name}" for path in (ROOT / "tests").glob("*/test_*.py")} | {"localaws/tests"}
    folders |= set(re.findall(r"--ignore (\S+)", makefile))
    assert sorted(folder for part in parts for folder in part.split()) == sorted(folders)


def test_what_is_released_is_attested_before() -> None:
    """The zip's provenance and its bill of materials are signed, of the same file that is published."""
    job = jobs(ROOT / ".github" / "workflows" / "release.yml")["package"]
    names = [step.get("run") or step["uses"].partition("@")[0] for step in job["steps"]]
    assert names[-5:] == ["make package", "make sbom", "actions/attest", "actions/attest", "make release-upload"]
    attested = [step["with"] for step in job["steps"] if step.get("uses", "").startswith("actions/attest@")]
    published = {"subject-path": "${{ env.ZIP }}"}
    assert attested == [published, {**published, "sbom-path": job["env"]["ZIP"].replace(".zip", ".cdx.json")}]


# In the place of GitHub's own: keeps one release, as a file that lists what was uploaded.
GH = """#!/bin/sh
set -eu
release="$(dirname "$0")/release"
case "$2" in
  view) [ -e "$release" ] ;;
  create) [ ! -e "$release" ] && : > "$release" ;;
  upload)
    for name in "$4" "$5"; do
      if grep -qx "$name" "$release"; then [ "${6:-}" = --clobber ]; else echo "$name" >> "$release"; fi
    done ;;
esac
"""


def test_a_release_job_that_failed_can_be_run_again(tmp_path: Path) -> None:
    """The draft is there then, and what was put into it."""
    gh = tmp_path / "gh"
    gh.write_text(GH)
    gh.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TAG": "v1.2.3", "ZIP": "build/a.zip"}
    for target in ("release-draft", "release-upload") * 2:
        subprocess.run(["make", target], cwd=ROOT, env=environment, check=True)
    assert (tmp_path / "release").read_text() == "build/a.zip\nbuild/a.cdx.json\n"


def test_what_is_pinned_is_asked_for_anew() -> None:
    """A pinned commit never gets fixes by itself."""
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    assert [(update["package-ecosystem"], update["directory"]) for update in updates] == [("github-actions", "/")]


def test_a_release_has_a_zip_for_all_that_the_function_runs_on() -> None:
    """Its compiled part differs from one to the other; no release without one is published."""
    variables = (ROOT / "modules" / "indexer" / "variables.tf").read_text()
    allowed = {
        name: re.findall(r'"(?:python)?([\w.]+)"', found[1])
        for name, setting in (("platform", "architecture"), ("runtime", "runtime"))
        if (found := re.search(rf"contains\(\[(.*?)\], var\.function\.{setting}\)", variables))
    }
    for workflow in ("checks.yml", "release.yml"):
        assert jobs(ROOT / ".github" / "workflows" / workflow)["package"]["strategy"]["matrix"] == allowed
    released = jobs(ROOT / ".github" / "workflows" / "release.yml")
    assert [released[name].get("needs") for name in ("draft", "package", "release")] == ["checks", "draft", "package"]
