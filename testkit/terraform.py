"""Runs Terraform on a copy of a configuration: init, plan as JSON, apply, destroy, outputs.

A copy, because `terraform init` writes a lock file next to the configuration: the tree stays unchanged,
and runs can be concurrent. It needs only the standard library, so that you can take this file
into its own tests as it is (with `providers.py`).
"""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from testkit.providers import mirror

PROGRAM: Final = "TERRAFORM"  # environment variable that names another program, such as tofu
SETTINGS: Final = "TF_CLI_CONFIG_FILE"  # environment variable that names the program's own configuration
MINIMUM_VERSION: Final = (1, 9)  # validation rules that read other variables
COPIED_SUFFIXES: Final = {".tf", ".hcl", ".json", ".tftpl"}
NOT_COPIED: Final = {".git", ".terraform", ".venv", "build", "node_modules"}
STOP_SECONDS: Final = 20.0
PARALLELISM: Final = 30  # the provider dependencies 5 s for each function, in which another resource can be made
HAS_CHANGES: Final = 2  # exit status of `plan -detailed-exitcode`
NO_PROVIDER: Final = re.compile(r"Failed to (query available provider packages|install provider|resolve provider)")
ARROW: Final = re.compile(r'"\[root\] (.+?)(?: \(\w+\))?" -> "\[root\] (.+?)(?: \(\w+\))?"')
ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")


class TerraformError(RuntimeError):
    """Terraform refused or failed; the message has its own words and names the log."""


@dataclass(frozen=True, slots=True)
class Change:
    """One resource change of a plan; `actions` as Terraform's JSON has them, e.g. ("update",)."""

    address: str
    actions: tuple[str, ...]


@dataclass(slots=True)
class Terraform:
    """One root configuration of a tree, copied into its own folder.

    Attributes:
        tree: the folder whose Terraform files are copied (a repository's root).
        folder: the root configuration, below `tree`.
        work: where the copy, the state and the log go; made if need be.
        environment: variables for Terraform on top of this process's.
        symlinks: folders that the copy links to, by their names at the tree's top (what the configuration reads).
        overrides: extra files for the root configuration, by name, e.g. provider settings for a test.
    """

    tree: Path
    folder: Path
    work: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    symlinks: Mapping[str, Path] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """Everything Terraform printed."""
        return self.work / "terraform.log"

    @property
    def root(self) -> Path:
        """The copy of the root configuration."""
        return self.work / "tree" / self.folder.relative_to(self.tree)

    def init(self) -> None:
        """Copy the tree and initialise the configuration with its provider."""
        check_version()
        self._copy()
        plugins = mirror()
        arguments = [] if plugins is None else [f"-plugin-dir={plugins}"]
        try:
            self._run(["init", *arguments])
        except TerraformError as error:
            if not NO_PROVIDER.search(str(error)):
                raise
            raise TerraformError(
                "A provider cannot be found: let Terraform reach its registry, or set TF_PLUGIN_MIRROR to a folder "
                f"that holds registry.terraform.io/ with the version wanted; {_describe_mirror(plugins)} "
                f"(Terraform's own words are in {self.log})."
            ) from error

    def plan(self, **variables: object) -> dict[str, Any]:
        """Return the plan as Terraform's JSON.

        Raises:
            TerraformError: a variable or resource was refused; the message has the reason.
        """
        self._run(["plan", f"-out={self.work / 'plan'}", *_arguments(variables)])
        return self._show()

    def changes(self, **variables: object) -> list[Change]:
        """Return what an apply would change; an empty plan is not read again as JSON, which takes as long as the plan.

        Raises:
            TerraformError: a variable or resource was refused; the message has the reason.
        """
        command = ["plan", "-detailed-exitcode", f"-out={self.work / 'plan'}", *_arguments(variables)]
        status, _ = self._execute(command, accepted={0, HAS_CHANGES})
        return changes(self._show()) if status == HAS_CHANGES else []

    def apply(self, on_line: Callable[[str], None] | None = None, *, refresh: bool = True, **variables: object) -> None:
        """Apply the configuration, handing each line of output to `on_line`.

        Without `refresh` Terraform takes the state for what there is, which is quicker.
        """
        self._run(["apply", *_at_once(refresh=refresh), *_arguments(variables)], on_line)

    def destroy(
        self, on_line: Callable[[str], None] | None = None, *, refresh: bool = True, **variables: object
    ) -> None:
        """Destroy what was applied; without `refresh`, what the state says."""
        self._run(["destroy", *_at_once(refresh=refresh), *_arguments(variables)], on_line)

    def outputs(self) -> dict[str, Any]:
        """Return the outputs' values by name."""
        answer: dict[str, dict[str, Any]] = json.loads(self._run(["output", "-json"], logged=False))
        return {name: output["value"] for name, output in answer.items()}

    def schemas(self) -> str:
        """Return the schemas of the configuration's providers as JSON: of the provider aws, 13 MB."""
        return self._run(["providers", "schema", "-json"], logged=False)

    def resources(self) -> list[str]:
        """Return the addresses of all resources in the state, data sources left out."""
        addresses = self._run(["state", "list"], logged=False).split()
        return [address for address in addresses if ".data." not in f".{address}"]

    def dependencies(self) -> dict[str, set[str]]:
        """Return for each node of the plan's graph, such as a resource's address, the nodes that it depends on."""
        drawn = self._run(["graph", "-type=plan"], logged=False)
        next_to: dict[str, set[str]] = {}
        for node, other in ARROW.findall(drawn):
            next_to.setdefault(node, set()).add(other)
        return {node: _closure(node, next_to) for node in next_to}

    def test(self, folder: Path) -> str:
        """Run `terraform test` for the module in `folder` of the tree and return what it printed."""
        module = self.work / "tree" / folder.relative_to(self.tree)
        return self._run(["test", "-no-color"], folder=module)

    def _show(self) -> dict[str, Any]:
        shown = self._run(["show", "-json", str(self.work / "plan")], logged=False)
        plan: dict[str, Any] = json.loads(shown)
        return plan

    def _copy(self) -> None:
        shutil.rmtree(self.work / "tree", ignore_errors=True)
        for source in _terraform_files(self.tree):
            target = self.work / "tree" / source.relative_to(self.tree)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        for name, folder in self.symlinks.items():
            (self.work / "tree" / name).symlink_to(folder.resolve(), target_is_directory=True)
        self.root.mkdir(parents=True, exist_ok=True)  # a configuration may consist only of `overrides`
        for name, content in self.overrides.items():
            (self.root / name).write_text(content)

    def _run(
        self,
        command: list[str],
        on_line: Callable[[str], None] | None = None,
        *,
        folder: Path | None = None,
        logged: bool = True,
    ) -> str:
        return self._execute(command, on_line, folder=folder, logged=logged)[1]

    def _execute(
        self,
        command: list[str],
        on_line: Callable[[str], None] | None = None,
        *,
        folder: Path | None = None,
        logged: bool = True,
        accepted: Container[int] = (0,),
    ) -> tuple[int, str]:
        """Run one Terraform command; return its status and output, standard error included when it is logged."""
        process = subprocess.Popen(
            [program(), *command, *(["-no-color", "-input=false"] if _takes_input(command) else [])],
            cwd=folder or self.root,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if logged else subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C reaches only this program, which then stops Terraform
        )
        lines = []
        with self.log.open("a") as log, process:
            try:
                for line in process.stdout or ():
                    lines.append(line)
                    if logged:
                        log.write(line)
                    if on_line and any(map(str.isalnum, line)):
                        on_line(ANSI.sub("", line).rstrip())
            except BaseException:
                _stop(process)
                raise
        if process.returncode not in accepted:
            raise TerraformError(f"{program()} {command[0]} failed (log: {self.log})\n{_reason(lines)}")
        return process.returncode, "".join(lines)

    def _environment(self) -> dict[str, str]:
        cache = self.tree / "build" / "terraform-plugins"
        cache.mkdir(parents=True, exist_ok=True)
        environment = {
            "TF_PLUGIN_CACHE_DIR": str(cache),  # one download of a provider for all copies
            **os.environ,
            **self.environment,
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
        }
        if not Path(environment.get(SETTINGS, "")).is_file():
            environment.pop(SETTINGS, None)  # OpenTofu warns of it on its standard output, before the JSON
        return environment


def _stop(process: "subprocess.Popen[str]") -> None:
    """End Terraform after an interruption: first by a signal, so that it writes its state, then at once."""
    process.terminate()
    try:
        process.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its providers too


def program() -> str:
    """Return what is run as Terraform: the environment variable TERRAFORM, a name or a path, says another."""
    return os.environ.get(PROGRAM) or "terraform"


def check_version() -> None:
    """Check that Terraform is there and new enough.

    Raises:
        TerraformError: it is not; the message says what to install.
    """
    wanted = ".".join(map(str, MINIMUM_VERSION))
    if shutil.which(program()) is None:
        raise TerraformError(f"Terraform {wanted} or newer is needed and no {program()} is there: install it first.")
    shown = subprocess.run([program(), "version", "-json"], capture_output=True, text=True, check=True).stdout
    version = json.loads(shown[shown.index("{") :])["terraform_version"]
    if tuple(int(part) for part in version.split(".")[:2]) < MINIMUM_VERSION:
        raise TerraformError(
            f"Terraform {wanted} or newer is needed and {program()} is {version}: install a newer one."
        )


def _describe_mirror(plugins: Path | None) -> str:
    return "none was found here" if plugins is None else f"{plugins} was looked through"


def changes(plan: Mapping[str, Any]) -> list[Change]:
    """Return what a plan would do to resources, leaving out what stays as it is and what is only read."""
    found = [
        Change(change["address"], tuple(change["change"]["actions"])) for change in plan.get("resource_changes", [])
    ]
    return [change for change in found if change.actions not in {("no-op",), ("read",)}]


def _closure(start: str, next_to: Mapping[str, set[str]]) -> set[str]:
    """Return what can be reached from `start`."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        ahead += (new := next_to.get(ahead.pop(), set()) - found)
        found |= new
    return found


def _terraform_files(tree: Path) -> Iterable[Path]:
    for directory, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name not in NOT_COPIED]
        # Variables of the folder's owner do not belong to the copy.
        yield from (
            Path(directory, name)
            for name in files
            if Path(name).suffix in COPIED_SUFFIXES and not name.endswith(".tfvars.json")
        )


def _at_once(*, refresh: bool) -> list[str]:
    return ["-auto-approve", f"-parallelism={PARALLELISM}", *([] if refresh else ["-refresh=false"])]


def _arguments(variables: Mapping[str, object]) -> list[str]:
    return [
        f"-var={name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in variables.items()
    ]


def _takes_input(command: list[str]) -> bool:
    return command[0] in {"init", "plan", "apply", "destroy"}


def _reason(lines: list[str]) -> str:
    """Return the text of Terraform's errors without its frames, or the last lines if it has no error."""
    text = [ANSI.sub("", line).strip(" │╷╵\n") for line in lines]
    starts = [number for number, line in enumerate(text) if line.startswith("Error:")]
    return "\n".join(line for line in (text[starts[0] :] if starts else text[-5:]) if line)
