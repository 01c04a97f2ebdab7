"""Are misspelt attributes of objects noticed, wherever they are written, and nothing else?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.lint_attributes import UnreadableError, below
from tools.module_interface import inputs

ROOT = Path(__file__).resolve().parents[2]
MODULE = """
variable "batching" {
  type = object({
    batch_size = optional(number, 1000) # at most
    window     = optional(number)
  })
  default = {}
}

variable "table" {
  type = object({
    hash_key = object({ name = string, type = string })
    filters  = optional(map(object({ equals = optional(list(string)) })), {})
    replicas = optional(list(object({
      region = string
    })), [])
  })
}

variable "tags" {
  type = map(string)
}

variable "anything" {
  type = any
}
"""


def found(tree: Path, caller: str, file: str = "main.tf") -> list[str]:
    """Return the findings for a `caller` next to the module, each with its line and the nearest right name."""
    (tree / "module").mkdir()
    (tree / "module" / "variables.tf").write_text(MODULE)
    (tree / file).parent.mkdir(exist_ok=True)
    (tree / file).write_text(caller)
    return [f"{each.line} {each.name} -> {each.right}" for each in below(tree)]


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("batching = { batchsize = 1 }", ["4 module.m.batching.batchsize -> batch_size"]),
        ('batching = { "batchsize" = 1 }', ["4 module.m.batching.batchsize -> batch_size"]),
        ("batching = { zzz = 1 }", ["4 module.m.batching.zzz -> None"]),
        ('table = {\n  hash_key = { nam = "id" }\n}', ["5 module.m.table.hash_key.nam -> name"]),
        ('table = { filters = { status = { equal = ["x"] } } }', ["4 module.m.table.filters[].equal -> equals"]),
        ('table = { replicas = [{ regio = "x" }] }', ["4 module.m.table.replicas[].regio -> region"]),
        ("table = { replicas = [for r in var.all : { regio = r }] }", ["4 module.m.table.replicas[].regio -> region"]),
        (
            "table = { filters = { for k, v in var.all : k => { equal = v } } }",
            ["4 module.m.table.filters[].equal -> equals"],
        ),
        ("batching = var.large ? { batchsize = 1 } : {}", ["4 module.m.batching.batchsize -> batch_size"]),
        ("batching = merge({ batchsize = 1 }, var.more)", ["4 module.m.batching.batchsize -> batch_size"]),
        ("batching = ({ batchsize = 1 })", ["4 module.m.batching.batchsize -> batch_size"]),
        (
            "batching = local.batching\n}\nlocals {\n  batching = { batchsize = 1 }",
            ["7 module.m.batching.batchsize -> batch_size"],
        ),
    ],
)
def test_a_misspelt_attribute_is_reported_with_its_line_and_the_nearest_name(
    tmp_path: Path, argument: str, expected: list[str]
) -> None:
    """In an object, in one within it, in a collection of them, and in what a value may come to be."""
    assert found(tmp_path, f'module "m" {{\n  source = "./module"\n\n{argument}\n}}\n') == expected


@pytest.mark.parametrize(
    "argument",
    [
        "batching = { batch_size = 1, window = 2 }",
        'table = { hash_key = { name = "id", type = "S" }, filters = { whatever = { equals = ["x"] } } }',
        'tags = { whatever = "x" }',
        "anything = { whatever = 1 }",
        "batching = { (var.name) = 1 }",
        "batching = var.batching",
        "batching = module.other.batching",
        "batching = null",
        "unknown = { whatever = 1 }",
    ],
)
def test_what_is_right_or_computed_or_refused_by_terraform_is_left_alone(tmp_path: Path, argument: str) -> None:
    """Keys of maps are the caller's own; an unknown argument is refused with Terraform's own hint."""
    assert found(tmp_path, f'module "m" {{\n  source = "./module"\n  {argument}\n}}\n') == []


def test_values_of_a_root_module_are_read_too(tmp_path: Path) -> None:
    """A user who applies the module itself sets its inputs in a *.tfvars file."""
    assert found(tmp_path, "batching = { batchsize = 1 }\n", "module/live.tfvars") == [
        "1 batching.batchsize -> batch_size"
    ]


def test_variables_of_terraform_tests_are_read_too(tmp_path: Path) -> None:
    """A misspelt value there tests the default."""
    text = """
        variables {
          batching = { windo = 1 }
        }
        run "some" {
          variables {
            batching = { batchsize = 1 }
          }
        }
    """
    (tmp_path / "module" / "tests").mkdir(parents=True)
    (tmp_path / "module" / "variables.tf").write_text(MODULE)
    (tmp_path / "module" / "tests" / "t.tftest.hcl").write_text(text)
    assert [f"{each.line} {each.name}" for each in below(tmp_path)] == ["3 batching.windo", "7 batching.batchsize"]


def test_a_published_module_is_read_where_init_has_put_it(tmp_path: Path) -> None:
    """In the version that the caller pins; before `terraform init` it cannot be known, which is said."""
    caller = 'module "m" {\n  source = "github.com/example/m?ref=v1"\n  batching = { batchsize = 1 }\n}\n'
    with pytest.raises(UnreadableError, match=r'main\.tf: module "m" is not on this machine: run `terraform init`'):
        found(tmp_path, caller)
    downloaded = tmp_path / ".terraform" / "modules"
    downloaded.mkdir(parents=True)
    (tmp_path / "module").rename(downloaded / "m")
    modules = [{"Key": "", "Source": "", "Dir": "."}, {"Key": "m", "Source": "…", "Dir": ".terraform/modules/m"}]
    (downloaded / "modules.json").write_text(json.dumps({"Modules": modules}))
    assert [each.name for each in below(tmp_path)] == ["module.m.batching.batchsize"]


@pytest.mark.parametrize(("content", "code"), [("module {", 2), ("locals {}", 0)])
def test_a_file_that_cannot_be_read_is_no_clean_one(tmp_path: Path, content: str, code: int) -> None:
    (tmp_path / "main.tf").write_text(content)
    run = subprocess.run(
        [sys.executable, "-m", "tools.lint_attributes", tmp_path], cwd=ROOT, capture_output=True, check=False
    )
    assert run.returncode == code, run.stderr


def test_our_own_configurations_spell_every_attribute_right() -> None:
    """Root, modules with their tests, examples; the READMEs' blocks are read in tests/plan."""
    assert [str(each) for each in below(ROOT)] == []


def test_the_hook_runs_what_make_runs() -> None:
    """Teams take it by pre-commit; the packages it needs are those that the tests run with."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert f'{hook["entry"]} = "tools.lint_attributes:main"' in (ROOT / "pyproject.toml").read_text()
    locked = (ROOT / "requirements" / "test.txt").read_text()
    assert all(f"\n{package} \\" in locked for package in hook["additional_dependencies"])


RENAMED = json.loads((ROOT / "renamed-inputs.json").read_text())


@pytest.mark.parametrize("old", RENAMED)
def test_a_renamed_setting_is_reported_with_its_new_name(tmp_path: Path, old: str) -> None:
    """Terraform refuses an old input without a hint, and drops an old attribute without a word."""
    name, *path = old.split(".")
    (tmp_path / "main.tf").write_text(f'module "m" {{\n  source = "{ROOT}"\n  {name} = {nested(path)}\n}}\n')
    said = [str(each) for each in below(tmp_path)]
    assert f"{tmp_path}/main.tf:3: module.m.{old} was renamed: use {RENAMED[old]}." in said


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("live.tfvars", "routes = {{}}\n{}\n"),
        ("tests/t.tftest.hcl", "variables {{\n  routes = {{}}\n  {}\n}}\n"),
    ],
)
def test_a_renamed_setting_is_reported_where_the_module_is_the_root(tmp_path: Path, file: str, text: str) -> None:
    """Terraform only warns of an unknown variable in a *.tfvars file."""
    for name in ("variables.tf", "renamed-inputs.json"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text.format("index = { number_fields = {} }"))
    assert [(each.name, each.right, each.is_renamed) for each in below(tmp_path)] == [
        ("routes", "indices", True),
        ("index.number_fields", "index.numeric_fields", True),
    ]


def nested(path: list[str]) -> str:
    """Return an object with one attribute at the end of the path."""
    return f"{{ {path[0]} = {nested(path[1:])} }}" if path else "null"


@pytest.mark.parametrize("new", sorted({new for new in RENAMED.values() if " " not in new}))
def test_a_new_name_exists(new: str) -> None:
    name, *path = new.split(".")
    attributes = next(each for each in inputs(ROOT) if each.name == name).attributes
    for part in path:
        attributes = next(each for each in attributes if each.name == part).attributes


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("jsonencode({ dynamodb = { NewImage = {} } })", "Empty objects are not allowed"),
        ('jsonencode({ eventName = "INSERT" })', '"eventName" must be an object or an array'),
        (
            'jsonencode({ dynamodb = { NewImage = { a = { M = { b = { S = [{ begins_with = "x" }] } } } } } })',
            "Unrecognized match type begins_with",
        ),
        ('"{\\"eventName\\": []}"', "Empty arrays are not allowed"),
        ('jsonencode({ eventName = ["INSERT"], "$or" = [{ a = [1] }] })', "There must have at least 2 Objects in $or"),
    ],
)
def test_a_pattern_that_lambda_refuses_is_reported(tmp_path: Path, pattern: str, fault: str) -> None:
    """At any depth, and in $or."""
    (one,) = said_of_pattern(tmp_path, pattern)
    assert one.startswith(f"{tmp_path}/main.tf:4: module.m.filters[0].pattern: {fault}")


@pytest.mark.parametrize(
    "pattern",
    [
        'jsonencode({ eventName = ["INSERT"], dynamodb = { Keys = { id = { S = [{ prefix = "a" }] } } } })',
        "jsonencode({ eventName = var.names })",
        "var.pattern",
        'file("pattern.json")',
    ],
)
def test_a_right_pattern_and_one_that_is_computed_are_not_reported(tmp_path: Path, pattern: str) -> None:
    assert said_of_pattern(tmp_path, pattern) == []


def said_of_pattern(tree: Path, pattern: str) -> list[str]:
    """Return what is said of a filter with the pattern."""
    called = f'module "m" {{\n  source = "{ROOT}"\n  filters = [\n    {{ pattern = {pattern} }},\n  ]\n}}\n'
    (tree / "main.tf").write_text(called)
    return [str(each) for each in below(tree)]
