"""Which records filters let through (FIL-*), and EventBridge's own answers to patterns (EP-*)."""

import json
from collections import Counter
from typing import Any

import pytest

from localaws.errors import AwsError
from localaws.event_source_mapping.event_pattern import compile_pattern
from localaws.event_source_mapping.matching import PatternError
from localaws.tests.event_source_mapping.cases import CASES, PATTERNS, expected, settings
from localaws.tests.event_source_mapping.fakes import World

RECORDED = ["FIL-01", "FIL-03", "FIL-04", "FIL-06", "FIL-07", "FIL-09"]


@pytest.mark.parametrize("case_id", RECORDED)
def test_fil_01_fil_03_fil_04_fil_06_fil_07_fil_09_what_passes_is_what_passed(case_id: str) -> None:
    """The puts that reached the function on AWS reach it here."""
    world, wanted = World(), expected(case_id)
    seen: dict[str, dict[str, Any]] = {}
    sequences = []
    for item in CASES[case_id]["input"]["puts"]:
        before = seen.get(item["id"]["S"])
        if before == item:
            continue  # no record for a write that changes nothing
        change = {"Keys": {"id": item["id"]}, "NewImage": item} | ({"OldImage": before} if before else {})
        sequences.append(
            world.stream.put(view="NEW_AND_OLD_IMAGES", eventName="MODIFY" if before else "INSERT", dynamodb=change)
        )
        seen[item["id"]["S"]] = item
    world.create(**settings(case_id))
    world.drain()
    assert len(world.function.calls) == wanted["invocations"]
    assert world.function.batches == [[sequences[number - 1]] for number in wanted["passed_puts"]]


@pytest.mark.parametrize("case_id", ["FIL-10", "FIL-11"])
def test_fil_10_fil_11_what_is_no_pattern_is_refused(case_id: str) -> None:
    """Text that is no JSON object makes no mapping."""
    with pytest.raises(AwsError) as refused:
        World().create(FilterCriteria={"Filters": [{"Pattern": CASES[case_id]["config"]["pattern_text"]}]})
    wanted = expected(case_id)
    assert (refused.value.code, refused.value.message) == (wanted["error"], wanted["message"])
    assert refused.value.status == wanted["http"]


def test_fil_12_an_empty_list_of_filters_is_none() -> None:
    """It is accepted and not shown."""
    assert "FilterCriteria" not in World().create(FilterCriteria={"Filters": []})


def test_fil_13_filters_are_alternatives() -> None:
    """A record passes if any filter matches; within one filter everything must hold."""
    world = World()
    passing = [world.stream.put(eventName="INSERT"), world.stream.put(eventName="REMOVE")]
    world.stream.put(eventName="MODIFY")
    patterns = [{"eventName": ["INSERT"], "eventSource": ["aws:dynamodb"]}, {"eventName": ["REMOVE"]}]
    patterns.append({"eventName": ["MODIFY"], "eventSource": ["elsewhere"]})
    world.create(FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)} for pattern in patterns]})
    world.drain()
    assert world.function.batches == [passing]


@pytest.mark.parametrize(("count", "length", "valid"), [(10, 4096, True), (11, 30, False), (1, 4097, False)])
def test_fil_13_there_is_a_limit_to_filters_and_to_their_length(count: int, length: int, valid: bool) -> None:  # noqa: FBT001
    """Ten filters of 4,096 characters."""
    pattern = json.dumps({"eventName": ["x"]})
    pattern = pattern.replace("x", "x" * (length - len(pattern) + 1))
    filters = {"Filters": [{"Pattern": pattern}] * count}
    if valid:
        assert World().create(FilterCriteria=filters)["FilterCriteria"] == filters
    else:
        with pytest.raises(AwsError):
            World().create(FilterCriteria=filters)


def test_fil_14_the_checkpoint_passes_records_that_nobody_wants() -> None:
    """Without a match there is no invocation, and the shard is not behind."""
    world = World()
    last = [world.stream.put() for _ in range(5)][-1]
    world.create(FilterCriteria={"Filters": [{"Pattern": '{"eventName":["REMOVE"]}'}]})
    world.drain()
    assert world.function.calls == []
    assert world.mappings.status()[0]["shards"][0]["checkpoint"] == last


def test_fil_14_with_a_window_unwanted_records_take_no_place_in_the_batch() -> None:
    """A record is filtered before it joins the batch."""
    world = World()
    world.create(
        BatchSize=3,
        MaximumBatchingWindowInSeconds=60,
        FilterCriteria={"Filters": [{"Pattern": '{"eventName":["REMOVE"]}'}]},
    )
    world.run(1)
    wanted = []
    for _ in range(3):
        world.stream.put()
        wanted.append(world.stream.put(eventName="REMOVE"))
        world.run(1)
    world.run(1)
    assert world.function.batches == [wanted]


def test_fil_15_a_filter_can_tell_a_delete_by_time_to_live() -> None:
    """The member userIdentity is seen by filters in the event's spelling."""
    world = World()
    world.stream.put(eventName="REMOVE")
    identity = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
    expired = world.stream.put(eventName="REMOVE", userIdentity=identity)
    world.create(**settings("FIL-15"))
    world.drain()
    assert world.function.batches == [[expired]]


def test_fil_ep_so_many_answers_of_eventbridge_are_in_the_file() -> None:
    """103 of the 155 that were recorded."""
    assert len(PATTERNS) == 103
    assert Counter(case["aws_result"] for case in PATTERNS) == {"match": 42, "no_match": 32, "invalid": 29}


@pytest.mark.parametrize("case", PATTERNS, ids=lambda case: case["id"])
def test_fil_ep_patterns_do_what_eventbridge_does(case: dict[str, Any]) -> None:
    """Match, no match, or refused with EventBridge's reason."""
    message = None
    try:
        result = "match" if compile_pattern(json.dumps(case["pattern"])).matches(case["event"]) else "no_match"
    except PatternError as error:
        result, message = "invalid", f"Event pattern is not valid. Reason: {error}"
    assert (result, message) == (case["aws_result"], case["aws_message"])


@pytest.mark.parametrize(
    ("pattern", "event", "passes"),
    [
        ('{"a":["1"],"a":["2"]}', {"a": "2"}, True),
        ('{"a":["1"],"a":["2"]}', {"a": "1"}, False),
        ('{"d":{"a":["1"]},"d":{"b":["2"]}}', {"d": {"a": "1", "b": "2"}}, True),
        ('{"d":{"a":["1"]},"d":{"b":["2"]}}', {"d": {"a": "0", "b": "2"}}, False),
        ('{"a":{"b":[1],"c":[2]}}', {"a": [{"b": 1, "c": 3}, {"b": 3, "c": 2}]}, False),
        ('{"a":{"b":[1],"c":[2]}}', {"a": [{"b": 1, "c": 2}]}, True),
        ('{"a":[300]}', {"a": 3.0e2}, True),
        ('{"a":[1]}', {"a": True}, False),
        ('{"a":[true]}', {"a": 1}, False),
        ('{"a":[{"wildcard":"a\\\\*b*"}]}', {"a": "a*b!"}, True),
        ('{"a":[{"wildcard":"a\\\\*b*"}]}', {"a": "axb!"}, False),
        ('{"a":[{"anything-but":["x"]}]}', {"a": ["x", "y"]}, True),
        ('{"$or":[{"a":[1]},{"b":[1]}],"c":[1]}', {"b": 1, "c": 1}, True),
        ('{"$or":[{"a":[1]},{"b":[1]}],"c":[1]}', {"b": 1, "c": 2}, False),
        ('{"a":["10.0.0.1"]}', {"a": "10.0.0.1"}, True),
        ('{"a":[{"cidr":"10.0.0.0/8"}]}', {"a": "10.200.3.4"}, True),
    ],
)
def test_patterns_as_the_published_rule_engine_reads_them(pattern: str, event: dict[str, Any], passes: bool) -> None:  # noqa: FBT001
    """Names given twice, arrays of objects, numbers by value, escapes."""
    assert compile_pattern(pattern).matches(event) is passes


def either(fields: str) -> dict[str, Any]:
    """Ask for 1 in one of the fields, each named by a letter."""
    return {"$or": [{field: [1]} for field in fields]}


THOUSAND = {place: either("abcdefghij") for place in "xyz"}


def test_a_thousand_combinations_of_or_are_a_pattern() -> None:
    """Three $or of ten each; the last combination is among them."""
    pattern = compile_pattern(json.dumps(THOUSAND))
    assert len(pattern.alternatives) == 1000
    assert pattern.matches({"x": {"j": 1}, "y": {"j": 1}, "z": {"j": 1}})
    assert not pattern.matches({"x": {"j": 1}, "y": {"j": 1}})


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        (THOUSAND | {"w": either("ab")}, 2000),
        ({"$or": [THOUSAND, {"e": [1]}]}, 1001),
        ({str(place): either("ab") for place in range(100)}, 2**100),
    ],
    ids=["siblings", "nested", "more than memory holds"],
)
def test_decided_more_than_a_thousand_combinations_of_or_are_refused(pattern: dict[str, Any], count: int) -> None:
    """They are counted before they are made: the message gives the number."""
    with pytest.raises(PatternError, match=rf"\$or .* 1 to 1000 combinations, not {count}$"):
        compile_pattern(json.dumps(pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{}",
        "[]",
        "1",
        "{",
        '{"a":{}}',
        '{"a":[[1]]}',
        '{"a":[{}]}',
        '{"a":[{"exists":"yes"}]}',
        '{"$or":[{"a":[1]}]}',
        '{"a":[{"numeric":[">"]}]}',
        '{"a":[{"numeric":[]}]}',
        '{"a":[{"numeric":[">",5,"<",1]}]}',
        '{"a":[NaN]}',
        '{"a":[{"cidr":"10.0.0.0/32"}]}',
        '{"a":[{"cidr":"300.0.0.0/8"}]}',
        '{"a":[{"prefix":"a","suffix":"b"}]}',
    ],
)
def test_what_is_no_pattern_is_refused_by_the_api_in_one_sentence(pattern: str) -> None:
    """Whatever is wrong with a pattern, Lambda says the same."""
    with pytest.raises(AwsError, match=r"Invalid filter pattern definition\."):
        World().create(FilterCriteria={"Filters": [{"Pattern": pattern}]})
