"""Is an input that was renamed kept under its old name as docs/compatibility.md says?"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tools.module_interface import Input, inputs

ROOT: Final = Path(__file__).resolve().parents[2]
OLD: Final = "deprecated_variables.tf"
USE: Final = re.compile(r"DEPRECATED, use `?([\w.]+)")
# A module whose `batch` is `batching.batch_size` now.
MODULE: Final = {
    "variables.tf": 'variable "batching" {\n  type = object({\n    batch_size = optional(number)\n  })\n}\n',
    OLD: 'variable "batch" {\n  description = "DEPRECATED, use batching.batch_size"\n  default     = null\n}\n',
    "main.tf": "locals {\n  batch_size = coalesce(var.batching.batch_size, var.batch)\n}\n",
    "tests/renamed.tftest.hcl": "variables {\n  batch = 10\n}\n",
}


def faults(module: Path) -> Iterator[str]:
    """Yield what is not as it should be with the old names of the module in `module`."""
    new = inputs(module)
    names = {variable.name for variable in new}
    names |= {f"{variable.name}.{attribute.name}" for variable in new for attribute in variable.attributes}
    yield from (f"{variable.name} belongs in {OLD}" for variable in new if "DEPRECATED" in variable.description)
    for variable in inputs(module, OLD) if (module / OLD).exists() else []:
        yield from (f"{variable.name} {fault}" for fault in _faults(module, variable, names))


def _faults(module: Path, old: Input, names: set[str]) -> Iterator[str]:
    use = USE.match(old.description)
    if use is None:
        yield "must say first: DEPRECATED, use X"
    elif use[1] not in names:
        yield f"names {use[1]}, which is not there"
    if old.default != "null":
        yield "must be null by default"
    if not any(re.search(rf"\bvar\.{old.name}\b", file.read_text()) for file in module.glob("*.tf")):
        yield "is read nowhere"
    tests = [*module.glob("tests/*.tftest.hcl"), *module.glob("tests/plan/*.py")]  # the module's, or the root's
    if not any(re.search(rf"\b{old.name} *=", file.read_text()) for file in tests):
        yield "is set by no test"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module with an input that was renamed."""
    (tmp_path / "tests").mkdir()
    for name, text in MODULE.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("module", [ROOT, *sorted(ROOT.glob("modules/*"))], ids=lambda path: path.name)
def test_old_names_are_kept_as_they_should_be(module: Path) -> None:
    """In every module, whichever has any."""
    assert list(faults(module)) == []


def test_an_old_name_that_says_what_replaces_it_is_in_order(module: Path) -> None:
    assert list(faults(module)) == []


@pytest.mark.parametrize(
    ("file", "right", "wrong", "fault"),
    [
        (OLD, "DEPRECATED, use", "Use", "batch must say first: DEPRECATED, use X"),
        (OLD, "batching.batch_size", "batching.size", "batch names batching.size, which is not there"),
        (OLD, "null", "10", "batch must be null by default"),
        ("main.tf", "var.batch)", "1000)", "batch is read nowhere"),
        ("tests/renamed.tftest.hcl", "batch =", "size =", "batch is set by no test"),
        ("variables.tf", "  type", '  description = "DEPRECATED, use x"\n  type', f"batching belongs in {OLD}"),
    ],
)
def test_what_is_not_in_order_is_noticed(module: Path, file: str, right: str, wrong: str, fault: str) -> None:
    text = (module / file).read_text()
    assert right in text
    (module / file).write_text(text.replace(right, wrong))
    assert list(faults(module)) == [fault]
