"""Do the patterns that the module writes let pass just what the typed conditions of `filters` say?

The patterns are those of a plan, and the local mapping's matcher, checked against EventBridge's answers, judges them.
What a condition says is worked out here a second time, plainly.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

import pytest

from localaws.event_source_mapping.filter_criteria import FilterCriteria
from tests.plan.configurations import Configurations

# One module for each filter, by name, in one plan.
CONFIGURATION: Final = """
variable "filters" {
  type = map(list(object({
    event_names = optional(list(string))
    keys        = optional(map(object({ type = optional(string, "S"), equals = optional(list(string)), not_equals = optional(list(string)), begins_with = optional(string), exists = optional(bool) })), {})
    new_image   = optional(map(object({ type = optional(string, "S"), equals = optional(list(string)), not_equals = optional(list(string)), begins_with = optional(string), exists = optional(bool) })), {})
    old_image   = optional(map(object({ type = optional(string, "S"), equals = optional(list(string)), not_equals = optional(list(string)), begins_with = optional(string), exists = optional(bool) })), {})
  })))
}

module "trigger" {
  source   = "../modules/event-source-mapping"
  for_each = var.filters

  stream_arn         = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
  function_name      = "notify"
  attach_policy      = false
  default_bucket_arn = "arn:aws:s3:::given-up"
  filters            = each.value
}

output "patterns" {
  value = { for name, trigger in module.trigger : name => trigger.patterns }
}
"""  # noqa: E501 - the type is the module's own
Condition = Mapping[str, Any]
CONDITIONS: Final[list[Condition]] = [
    {"equals": ["paid"]},
    {"equals": ["paid", "sent", ""]},
    {"equals": ["true"]},
    {"not_equals": ["paid"]},
    {"not_equals": ["paid", "12"]},
    {"begins_with": "pa"},
    {"begins_with": "1"},
    {"exists": True},
    {"exists": False},
    {"type": "N", "equals": ["12", "-3", "0"]},
    {"type": "N", "equals": ["12.5"]},
    {"type": "N", "not_equals": ["12"]},
    {"type": "N", "begins_with": "12"},
    {"type": "N", "begins_with": "-"},
    {"type": "N", "exists": True},
    {"type": "N", "exists": False},
    {"type": "B", "equals": ["cGFpZA=="]},
    {"type": "B", "begins_with": "cGF"},
    {"type": "B", "exists": False},
    {"type": "BOOL", "equals": ["true"]},
    {"type": "BOOL", "equals": ["false"]},
    {"type": "BOOL", "equals": ["true", "false"]},
    {"type": "BOOL", "exists": True},
    {"type": "BOOL", "exists": False},
]
# An attribute's value of every type; None: the item does not have it.
VALUES: Final[list[Mapping[str, Any] | None]] = [
    None,
    {"S": "paid"},
    {"S": "Paid"},
    {"S": "pa"},
    {"S": "sent"},
    {"S": ""},
    {"S": "12"},
    {"S": "true"},
    {"N": "12"},
    {"N": "12.5"},
    {"N": "125"},
    {"N": "-3"},
    {"N": "0"},
    {"B": "cGFpZA=="},
    {"B": "cGFzdA=="},
    {"BOOL": True},
    {"BOOL": False},
    {"NULL": True},
    {"M": {}},
    {"M": {"status": {"S": "paid"}, "S": {"S": "paid"}, "N": {"N": "12"}}},
    {"L": [{"S": "paid"}, {"N": "12"}, {"BOOL": True}]},
    {"SS": ["paid", "sent"]},
    {"NS": ["12", "-3"]},
    {"BS": ["cGFpZA=="]},
]
IMAGES: Final = {"keys": "Keys", "new_image": "NewImage", "old_image": "OldImage"}
FILTERS: Final[dict[str, list[dict[str, Any]]]] = {
    **{f"one-{number}": [{"new_image": {"status": asked}}] for number, asked in enumerate(CONDITIONS)},
    **{image: [{image: {"status": {"equals": ["paid"]}}}] for image in IMAGES},
    "names": [{"event_names": ["INSERT", "REMOVE"]}],
    "all-hold": [
        {
            "event_names": ["MODIFY"],
            "old_image": {"status": {"not_equals": ["paid"]}},
            "new_image": {"status": {"equals": ["paid"]}, "total": {"type": "N", "exists": False}},
        }
    ],
    "either": [{"event_names": ["REMOVE"]}, {"new_image": {"status": {"type": "N", "exists": True}}}],
}


def holds(asked: Condition, value: Mapping[str, Any] | None) -> bool:
    """Return what one condition says: only a value of its type exists, and a missing value passes no other test."""
    content = (value or {}).get(asked.get("type", "S"))
    if "exists" in asked:
        return (content is not None) is asked["exists"]
    if content is None:
        return False
    text = str(content).lower() if isinstance(content, bool) else str(content)
    if "equals" in asked:
        return text in asked["equals"]
    if "not_equals" in asked:
        return text not in asked["not_equals"]
    return text.startswith(asked["begins_with"])


def passes(asked: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Say whether all that one filter asks holds of the record."""
    return record["eventName"] in asked.get("event_names", [record["eventName"]]) and all(
        holds(condition, record["dynamodb"].get(IMAGES[image], {}).get(attribute))
        for image in IMAGES
        for attribute, condition in asked.get(image, {}).items()
    )


def records() -> Iterator[dict[str, Any]]:
    """Yield a record of each event with each value in each image that it has, and a few that have two attributes."""
    for event, value in product(("INSERT", "MODIFY", "REMOVE"), VALUES):
        item = {} if value is None else {"status": value}
        for other in ({}, {"status": {"S": "paid"}}, {"status": {"S": "sent"}, "total": {"N": "1"}}):
            images = {"Keys": item, "NewImage": item, "OldImage": other}
            if event == "INSERT":
                del images["OldImage"]
            if event == "REMOVE":
                del images["NewImage"]
            yield {"eventName": event, "eventSource": "aws:dynamodb", "dynamodb": images}
            yield {"eventName": event, "eventSource": "aws:dynamodb", "dynamodb": images | {"NewImage": other | item}}


@pytest.fixture(scope="module")
def patterns(configurations: Configurations) -> dict[str, list[str]]:
    """The patterns of each filter, as Lambda would get them."""
    plan = configurations.of("filters-under-test", {"main.tf": CONFIGURATION}).plan(filters=FILTERS)
    found: dict[str, list[str]] = plan["planned_values"]["outputs"]["patterns"]["value"]
    return found


@pytest.mark.parametrize("name", FILTERS)
def test_a_pattern_lets_pass_what_its_conditions_say_and_nothing_else(
    name: str, patterns: dict[str, list[str]]
) -> None:
    """Of a record with any value in any image."""
    filters = FilterCriteria.compile(patterns[name])
    chosen = {True: 0, False: 0}
    for record in records():
        wanted = any(passes(asked, record) for asked in FILTERS[name])
        assert filters.pass_on(record) == wanted, record
        chosen[wanted] += 1
    assert chosen[True], "the records hold one that passes"
    assert chosen[False], "and one that does not"


def test_numeric_on_an_n_which_is_refused_at_plan_would_never_hold() -> None:
    """A number is a string in a record."""
    filters = FilterCriteria.compile(['{"dynamodb": {"NewImage": {"status": {"N": [{"numeric": [">=", 0]}]}}}}'])
    assert not any(filters.pass_on(record) for record in records())
