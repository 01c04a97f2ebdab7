"""Does every validation have a run that is refused and one that passes, in its module's tests?

Terraform says of a refused run which variable it was, not which rule. So a run counts for a rule whose field it sets;
that each rule's own message is said is asserted in test_refusals.py. Where a rule's words name a range, runs have to
are at its edges and a step beyond.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

import hcl2
import pytest

from tests.plan.configurations import ROOT
from tools.limits import Range, Rule, rules
from tools.module_interface import Attribute, Input, inputs, read_hcl


@cache
def runs(module: str) -> list[tuple[set[str], Mapping[str, Any]]]:
    """Return of each run of the module's tests the variables that are refused, and all that it sets."""
    found = []
    for file in sorted((ROOT / "modules" / module / "tests").glob("*.tftest.hcl")):
        parsed = hcl2.loads(file.read_text())
        given = plain(parsed.get("variables", [{}])[0])
        for block in parsed["run"]:
            ((_, run),) = [(name, body) for name, body in block.items() if not name.startswith("__")]
            refused = set(re.findall(r"(?:var\.)?(\w[\w.]*)", str(run.get("expect_failures", ""))))
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
        path = name.partition(" ")[0].split(".")  # "alarms.thresholds in percent" is about alarms.thresholds
        if rule.variable in path:  # which the root may have in an object that the module has not
            yield path[path.index(rule.variable) :]
        elif "." in rule.variable:  # of a resource or output, which looks at several
            yield path
            yield path[1:]


def sets(given: Any, path: list[str]) -> bool:
    """Return whether the path leads to a value, by any key of a map; an expression may hold anything."""
    if not path or not isinstance(given, Mapping):
        return given is not None
    if path[0] in given:
        return sets(given[path[0]], path[1:])
    return any(isinstance(value, Mapping) and sets(value, path) for value in given.values())


def at(given: Any, path: list[str]) -> Iterator[Any]:
    """Yield every value that the path leads to, by any key of a map."""
    if not path:
        yield given
    elif isinstance(given, Mapping) and path[0] in given:
        yield from at(given[path[0]], path[1:])
    elif isinstance(given, Mapping):
        for value in given.values():
            yield from at(value, path)


def size(value: Any, asked: Range) -> int | float | None:
    """Return the number, or how many elements or characters there are; None where that is not to be seen."""
    if isinstance(value, str):
        made = COUNTED.search(value)  # by an expression: as many as it counts to
        if made:
            return int(made["elements"] or made["characters"])
        return len(value.strip('"')) if asked.is_length and "${" not in value else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return len(value) if isinstance(value, list | Mapping) and not asked.is_length else None


def is_input(module: str, path: list[str]) -> bool:
    """Return whether the module has the setting; a message may name a setting of the root."""
    attributes: Sequence[Input | Attribute] = inputs(ROOT / "modules" / module)
    for name in path:
        found = next((each for each in attributes if each.name == name), None)
        if found is None:
            return False
        if not found.attributes:
            return True
        attributes = found.attributes
    return True


RULES = rules()
COUNTED: Final = re.compile(r"range\((?P<elements>\d+)\)|%(?P<characters>\d+)s")
# A rule's words, and why no run's value can be measured against them.
NOT_MEASURED: Final = {
    "make statements of at most 7000 characters": "of what the module writes; the runs are named for it",
    "make an environment of at most 4096 bytes": "of whole objects; the runs are named for it",
    "each make a pattern of at most 4096 characters": "of what the module writes; the runs are named for it",
    "have aliases of": "of the keys of a map",
    "each have a name of": "of the keys of a map",
    "have keys and non_key_attributes with names of": "of names in several places; the runs are named for it",
    "have range keys and non_key_attributes with names of": "the same",
    "be / or /NAMES/, at most 512": "of slashes too",
    "be at most 4096 characters": "of what jsonencode makes; the runs are named for it",
    "be 10 or more": "in steps of 5",
    "have at most 100 non_key_attributes together": "of all indexes; the runs are named for it",
    "be 1 to 5, function.vpc.security_group counted in": "of two settings",
    "be one for each node and at most 3": "of two settings",
    "be at most 100": "of every threshold in percent",
    "be multiples of 5, at most 1440": "of every threshold in minutes",
}
EDGES: Final = [
    (rule, asked)
    for rule in RULES
    for asked in rule.ranges
    if not any(rule.allowed.startswith(words) for words in NOT_MEASURED)
]


@pytest.mark.parametrize(
    ("rule", "asked"), EDGES, ids=[f"{rule.module}: {rule.field} {asked.of}" for rule, asked in EDGES]
)
def test_the_edges_of_every_range_pass_and_a_step_beyond_is_refused(rule: Rule, asked: Range) -> None:
    """A comparison that is off by one is seen only at the edge."""
    sizes: dict[bool, set[int | float | None]] = {False: set(), True: set()}
    for refused, given in runs(rule.module):
        for path in filter(None, fields(rule)):
            if path[0] in given and (not refused or rule.variable in refused):
                values = at(given[path[0]], [*path[1:], *asked.of.split()])
                sizes[bool(refused)].update(size(value, asked) for value in values)
    edges = {edge: edge + step for edge, step in ((asked.lowest, -1), (asked.highest, 1)) if edge is not None}
    assert edges.keys() - sizes[False] == set(), "no run passes there"
    assert set(edges.values()) - sizes[True] == set(), "no run is refused there"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.module}: {rule.field} {rule.allowed[:40]}")
def test_every_rule_has_a_run_that_is_refused_and_one_that_passes(rule: Rule) -> None:
    """Both set the field that the rule is about."""
    paths = [path for path in fields(rule) if path and is_input(rule.module, path)]
    whole = not paths or [rule.variable] in paths  # such a rule may refuse that it is left out
    setting = [(refused, not paths or any(sets(given, path) for path in paths)) for refused, given in runs(rule.module)]
    assert [refused for refused, is_set in setting if rule.variable in refused and (is_set or whole)]
    assert [refused for refused, is_set in setting if not refused and is_set]


@pytest.mark.parametrize("module", sorted(path.name for path in (ROOT / "modules").iterdir()))
def test_no_validation_looks_at_the_form_of_what_may_be_unknown_at_plan(module: str) -> None:
    """A validation refuses a destroy as well: such rules are preconditions."""
    text = read_hcl(ROOT / "modules" / module / "variables.tf")
    conditions = [found.split("error_message")[0] for found in text.split("validation {")[1:]]
    assert [each for each in conditions if "regex(" in each and re.search(r"(_arns?|_ids?|endpoint)\b", each)] == []
