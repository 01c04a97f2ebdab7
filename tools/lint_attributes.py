"""Reports attributes of objects that no module asks for, and wrong filter patterns: `make lint-inputs DIR=path`.

Terraform refuses an unknown argument of a module, but drops an unknown attribute of an object without a word, and the
default holds. Read are the module blocks of *.tf, *.tfvars, and the variables of *.tftest.hcl; what a value that is
computed elsewhere will hold is not known here, and not reported. It does not depend on this project: any module's
objects are checked, as they are in the version that the caller pins. A module that renamed inputs lists them by their
old names in `renamed-inputs.json`, and the report says the new ones. `lint_patterns.py` checks the patterns.
"""

import argparse
import difflib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import hcl2
from hcl2.rules.base import AttributeRule, BlockRule
from hcl2.rules.containers import ObjectElemKeyRule, ObjectRule, TupleRule
from hcl2.rules.expressions import ConditionalRule, ExprTermRule
from hcl2.rules.for_expressions import ForObjectExprRule, ForTupleExprRule
from hcl2.rules.functions import FunctionCallRule
from hcl2.rules.indexing import GetAttrExprTermRule
from lark.exceptions import LarkError

from tools.lint_patterns import wrong_patterns

RENAMED: Final = "renamed-inputs.json"  # of a module: old names and new names, as paths such as "index.mappings"
NOT_READ: Final = {"build", "node_modules"}  # and hidden folders
# Functions whose value has the attributes of what they are given.
PASSING: Final = {"merge", "coalesce", "try"}

Expression: TypeAlias = Any  # a rule of python-hcl2, which ships no types that mypy could follow


@dataclass(frozen=True, slots=True)
class ForEach:
    """A map, list or set: every element has the shape `element`."""

    element: "Shape"


# An object's attributes by name, a collection, or None for what holds no object that is known.
Shape: TypeAlias = Mapping[str, "Shape"] | ForEach | None


class UnreadableError(Exception):
    """A file or module cannot be read; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An attribute that is asked for nowhere; `right` is its new name, or the nearest name that exists, or None."""

    file: Path
    line: int
    name: str
    right: str | None = None
    is_renamed: bool = False
    fault: str = ""

    def __str__(self) -> str:
        """Say what Terraform does not."""
        if self.fault:
            return f"{self.file}:{self.line}: {self.name}{self.fault}"
        if self.is_renamed:
            return f"{self.file}:{self.line}: {self.name} was renamed: use {self.right}."
        hint = f": did you mean {self.right}?" if self.right else "."
        return f"{self.file}:{self.line}: nothing asks for {self.name}, and Terraform drops it without a word{hint}"


def main() -> int:
    """Print what is found below the paths given; return 1 where there is any, 2 where something cannot be read."""
    parser = argparse.ArgumentParser(description="Reports attributes of objects that no module asks for.")
    parser.add_argument("folders", nargs="*", type=Path, default=[Path()], help="read with all below them; default: .")
    try:
        found = [found for folder in parser.parse_args().folders for found in below(folder)]
    except UnreadableError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command talks to its terminal
        return 2
    for each in found:
        print(each)  # noqa: T201 - as above
    return 1 if found else 0


def below(folder: Path) -> Iterator[Finding]:
    """Yield what is found in `folder` and all folders below.

    Raises:
        UnreadableError: there is no such folder, a file is no HCL, or a module that is called is not on this machine.
    """
    if not folder.is_dir():
        raise UnreadableError(f"{folder} is no folder.")
    for name, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if each not in NOT_READ and not each.startswith("."))
        for file in sorted(Path(name) / each for each in files):
            yield from _in_file(file)


def _in_file(file: Path) -> Iterator[Finding]:
    here = file.parent
    if file.suffix == ".tf":
        for block in _blocks(_body(file), "module"):
            label = _text(block.labels[1])
            arguments = _attributes(block.body)
            if "source" in arguments:
                module = _called(here, label, _text(arguments["source"].expression), file)
                yield from _in_arguments(file, arguments, _shapes(module), f"module.{label}.", _renamed(module))
    elif file.suffix == ".tfvars":
        yield from _in_arguments(file, _attributes(_body(file)), _shapes(here), "", _renamed(here))
    elif file.name.endswith(".tftest.hcl"):
        module = here.parent if here.name == "tests" else here
        bodies = [_body(file), *(run.body for run in _blocks(_body(file), "run") if not _blocks(run.body, "module"))]
        for body in bodies:
            for block in _blocks(body, "variables"):
                yield from _in_arguments(file, _attributes(block.body), _shapes(module), "", _renamed(module))


def _in_arguments(
    file: Path,
    arguments: Mapping[str, Expression],
    shapes: Mapping[str, Shape],
    prefix: str,
    renamed: Mapping[str, str],
) -> Iterator[Finding]:
    # An argument that is asked for nowhere is refused by Terraform itself, without its new name.
    for name, argument in arguments.items():
        if name == "filters" and prefix and name in shapes:  # a module's own tests give wrong ones
            for line, fault in wrong_patterns(argument.expression):
                yield Finding(file, line, prefix, fault=fault)
        if name in shapes:
            found = _unknown(argument.expression, shapes[name], f"{prefix}{name}", file)
        elif name in renamed:
            line = argument._meta.line  # noqa: SLF001 - it has no other way
            yield Finding(file, line, f"{prefix}{name}", renamed[name], is_renamed=True)
            found = _unknown(argument.expression, {}, f"{prefix}{name}", file)
        else:
            continue
        for each in found:
            new = renamed.get(each.name.removeprefix(prefix))
            if new is not None:
                yield replace(each, right=new, is_renamed=True)
            elif name in shapes:
                yield each


def _unknown(value: Expression, shape: Shape, name: str, file: Path) -> Iterator[Finding]:
    """Yield the attributes written in `value` that `shape` lacks; `name` is what the value is of."""
    if isinstance(value, GetAttrExprTermRule):
        for where, written in _local(file.parent, str(value.serialize())):
            yield from _unknown(written, shape, name, where)
    elif isinstance(value, ObjectRule) and isinstance(shape, Mapping):
        for element in value.elements:
            if isinstance(element.key, ObjectElemKeyRule):  # else its name is computed
                yield from _unknown_attribute(element, shape, name, file)
    else:
        for part in _same(value):
            yield from _unknown(part, shape, name, file)
        if isinstance(shape, ForEach):
            for part in _elements(value):
                yield from _unknown(part, shape.element, f"{name}[]", file)


def _unknown_attribute(element: Expression, shape: Mapping[str, Shape], name: str, file: Path) -> Iterator[Finding]:
    key = _text(element.key)
    if key in shape:
        yield from _unknown(element.expression, shape[key], f"{name}.{key}", file)
    else:
        right = next(iter(difflib.get_close_matches(key, shape, n=1)), None)
        yield Finding(file, element.key._meta.line, f"{name}.{key}", right)  # noqa: SLF001 - it has no other way


def _same(value: Expression) -> list[Expression]:
    """Return the expressions whose value `value` may take."""
    match value:
        case ExprTermRule():
            return [value.expression]
        case ConditionalRule():
            return [value.if_true, value.if_false]
        case FunctionCallRule() if _function(value) in PASSING:
            return _arguments(value)
    return []


def _elements(value: Expression) -> list[Expression]:
    """Return the expressions of the elements of `value`, a collection."""
    match value:
        case ObjectRule():
            return [element.expression for element in value.elements]
        case TupleRule():
            return list(value.elements)
        case ForObjectExprRule() | ForTupleExprRule():
            return [value.value_expr]
    return []


@cache
def _renamed(module: Path) -> Mapping[str, str]:
    """Return the new names of the module's renamed inputs, by their old names."""
    listed = module / RENAMED
    return dict(json.loads(listed.read_text())) if listed.is_file() else {}


@cache
def _shapes(module: Path) -> dict[str, Shape]:
    """Return the shape of each variable of the module in the folder `module`."""
    return {
        _text(block.labels[1]): _shape(_attributes(block.body)["type"].expression)
        for file in sorted(module.glob("*.tf"))
        for block in _blocks(_body(file), "variable")
        if "type" in _attributes(block.body)
    }


def _shape(written: Expression) -> Shape:
    """Return the shape that a type constraint asks for."""
    match written:
        case ExprTermRule():
            return _shape(written.expression)
        case FunctionCallRule() if _function(written) == "optional":
            return _shape(_arguments(written)[0])
        case FunctionCallRule() if _function(written) in {"map", "list", "set"}:
            return ForEach(_shape(_arguments(written)[0]))
        case FunctionCallRule() if _function(written) == "object":
            asked = _arguments(written)[0].expression
            return {_text(element.key): _shape(element.expression) for element in asked.elements}
    return None


def _called(here: Path, label: str, source: str, file: Path) -> Path:
    """Return the folder of the module that a block in `here` calls."""
    if source.startswith((".", "/")):
        return here / source
    manifest = here / ".terraform" / "modules" / "modules.json"
    if manifest.is_file():
        for module in json.loads(manifest.read_text())["Modules"]:
            if module["Key"] == label:
                return here / str(module["Dir"])
    raise UnreadableError(f'{file}: module "{label}" is not on this machine: run `terraform init` in its folder first.')


def _local(here: Path, reference: str) -> Iterator[tuple[Path, Expression]]:
    """Yield the file that says what `local.name` stands for, and what; nothing where `reference` is something else."""
    kind, _, name = reference.strip("${}").partition(".")
    for file in sorted(here.glob("*.tf")) if kind == "local" else []:
        for block in _blocks(_body(file), "locals"):
            if name in (values := _attributes(block.body)):
                yield file, values[name].expression


@cache
def _body(file: Path) -> Any:
    try:
        return hcl2.parses(file.read_text()).body
    except LarkError as error:
        raise UnreadableError(f"{file} cannot be read: {str(error).splitlines()[0]}") from error


def _blocks(body: Any, kind: str) -> list[Any]:
    return [block for block in body.children if isinstance(block, BlockRule) and _text(block.labels[0]) == kind]


def _attributes(body: Any) -> dict[str, Any]:
    found = [child for child in body.children if isinstance(child, AttributeRule)]
    return {_text(attribute.identifier): attribute for attribute in found}


def _function(call: Any) -> str:
    return "::".join(map(_text, call.identifiers))


def _arguments(call: Any) -> list[Expression]:
    return list(call.arguments.arguments) if call.arguments else []


def _text(rule: Any) -> str:
    return str(rule.serialize()).strip('"')


if __name__ == "__main__":
    sys.exit(main())
