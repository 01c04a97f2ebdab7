"""Does every validation have a run that is refused and one that passes, beside its module?

Terraform says of a refused run which variable it was, not which rule. So a run counts for a rule whose field it sets;
that each rule's own message is said is asserted in test_refusals.py.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import hcl2
import pytest

from tests.plan.configurations import ROOT
from tools.limits import Rule, rules


@cache
def runs(module: str) -> list[tuple[set[str], Mapping[str, Any]]]:
    """Return of each run of the module's tests the variables that are refused, and all that it sets."""
    found = []
    for file in sorted((ROOT / "modules" / module / "tests").glob("*.tftest.hcl")):
        parsed = hcl2.loads(file.read_text())
        given = plain(parsed["variables"][0])
        for block in parsed["run"]:
            ((_, run),) = [(name, body) for name, body in block.items() if not name.startswith("__")]
            refused = set(re.findall(r"var\.(\w+)", str(run.get("expect_failures", ""))))
            found.append((refused, given | plain(run.get("variables", [{}])[0])))
    return found


def plain(parsed: Any) -> Any:
    """Return what python-hcl2 read, its keys without quotes."""
    if isinstance(parsed, dict):
        return {key.strip('"'): plain(value) for key, value in parsed.items() if not key.startswith("__")}
    return parsed


def fields(rule: Rule) -> Iterator[list[str]]:
    """Yield the path of each setting that the rule names and its own module has."""
    for name in re.split(r", (?:and |or )?| and | or ", rule.field):
        path = name.split(".")
        if rule.variable in path:  # which the root may have in an object that the module has not
            yield path[path.index(rule.variable) :]


def sets(given: Any, path: list[str]) -> bool:
    """Return whether the path leads to a value, by any key of a map; an expression may hold anything."""
    if not path or not isinstance(given, Mapping):
        return given is not None
    if path[0] in given:
        return sets(given[path[0]], path[1:])
    return any(isinstance(value, Mapping) and sets(value, path) for value in given.values())


RULES = rules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.module}: {rule.field} {rule.allowed[:40]}")
def test_every_rule_has_a_run_that_is_refused_and_one_that_passes(rule: Rule) -> None:
    """Both set the field that the rule is about."""
    paths = list(fields(rule)) or [[rule.variable]]
    whole = [rule.variable] in paths  # such a rule may refuse that it is left out
    setting = [
        (refused, any(path[0] in given and sets(given[path[0]], path[1:]) for path in paths))
        for refused, given in runs(rule.module)
    ]
    assert [refused for refused, is_set in setting if rule.variable in refused and (is_set or whole)]
    assert [refused for refused, is_set in setting if not refused and is_set]
