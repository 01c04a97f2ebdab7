"""Unit: which items have a document, which of their attributes does it have, and which deletions does it outlive?"""

from typing import Any

import pytest
from stream_indexer.documents.projection import Condition, DocumentRules, is_ttl_delete

from tests.unit.fakes import expiry, record

ABSENT = None


@pytest.mark.parametrize(
    ("value", "wanted", "holds"),
    [
        ({"S": "paid"}, "paid", True),
        ({"S": "paid "}, "paid", False),
        ({"S": "Paid"}, "paid", False),
        ({"S": ""}, "", True),
        ({"S": "1.0"}, "1", False),
        ({"S": "true"}, "true", True),
        ({"N": "1"}, "1", True),
        ({"N": "1.0"}, "1", True),
        ({"N": "1"}, "1E0", True),
        ({"N": "-0"}, "0", True),
        ({"N": "9007199254740993"}, "9007199254740992", False),
        ({"N": "1E-130"}, "0", False),
        ({"N": "0.10000000000000000000000000000000000001"}, "0.1", False),
        ({"N": "1"}, "one", False),
        ({"N": "NaN"}, "NaN", False),
        ({"N": "sNaN"}, "1", False),
        ({"BOOL": True}, "true", True),
        ({"BOOL": False}, "false", True),
        ({"BOOL": True}, "false", False),
        ({"BOOL": True}, "True", False),
        ({"BOOL": True}, "1", False),
        ({"NULL": True}, "true", False),
        ({"NULL": True}, "", False),
        ({"B": "YQ=="}, "YQ==", False),
        ({"SS": ["paid"]}, "paid", False),
        ({"L": [{"S": "paid"}]}, "paid", False),
        ({"M": {}}, "", False),
        (ABSENT, "", False),
    ],
)
def test_equals_compares_text_as_text_and_numbers_by_value(value: Any, wanted: str, *, holds: bool) -> None:
    """To the last of 38 digits; other types equal nothing."""
    assert Condition(equals=(wanted,)).matches(value) is holds


def test_equals_takes_any_of_its_values_and_none_without_one() -> None:
    paid = Condition(equals=("paid", "2", "shipped"))
    assert paid.matches({"S": "shipped"})
    assert paid.matches({"N": "2.0"})
    assert not paid.matches({"S": "placed"})
    assert not Condition(equals=()).matches({"S": ""})


@pytest.mark.parametrize("value", [{"S": ""}, {"NULL": True}, {"BOOL": False}, {"N": "0"}, {"L": []}, {"M": {}}])
def test_an_attribute_exists_whatever_its_value(value: Any) -> None:
    assert Condition(exists=True).matches(value)
    assert not Condition(exists=False).matches(value)


def test_an_attribute_that_is_not_there_does_not_exist() -> None:
    assert Condition(exists=False).matches(ABSENT)
    assert not Condition(exists=True).matches(ABSENT)


@pytest.mark.parametrize(
    ("value", "prefix", "holds"),
    [
        ({"S": "ORDER#1"}, "ORDER#", True),
        ({"S": "ORDER#"}, "ORDER#", True),
        ({"S": "ORDER"}, "ORDER#", False),
        ({"S": "AN ORDER#1"}, "ORDER#", False),
        ({"S": "order#1"}, "ORDER#", False),
        ({"S": ""}, "", True),
        ({"N": "12"}, "1", False),
        ({"B": "YQ=="}, "Y", False),
        ({"SS": ["ORDER#1"]}, "ORDER#", False),
        (ABSENT, "", False),
    ],
)
def test_begins_with_is_of_text_alone(value: Any, prefix: str, *, holds: bool) -> None:
    assert Condition(begins_with=prefix).matches(value) is holds


@pytest.mark.parametrize("value", [{"S": "x"}, {"N": "1"}, ABSENT])
def test_a_condition_that_asks_nothing_always_holds(value: Any) -> None:
    assert Condition().matches(value)


def test_all_that_a_condition_asks_must_hold() -> None:
    condition = Condition(equals=("ab", "ac"), exists=True, begins_with="ab")
    assert condition.matches({"S": "ab"})
    assert not condition.matches({"S": "ac"})
    assert not Condition(exists=False, begins_with="a").matches({"S": "ab"})


@pytest.mark.parametrize(
    "value", [None, 7, "S", ["S"], {}, {"S": 7}, {"N": 1}, {"N": "\ud800"}, {"BOOL": "true"}, {"X": "x"}]
)
def test_a_value_that_is_none_meets_no_condition_of_its_contents(value: Any) -> None:
    """Nothing is raised for it: without a document it has no effect, and with one it goes to the quarantine."""
    assert not Condition(equals=("7", "true")).matches(value)
    assert not Condition(begins_with="").matches(value)


FILTER = {"status": Condition(equals=("paid",)), "hidden": Condition(exists=False)}


@pytest.mark.parametrize(
    ("image", "has_document"),
    [
        ({"status": {"S": "paid"}}, True),
        ({"status": {"S": "paid"}, "hidden": {"NULL": True}}, False),
        ({"status": {"S": "placed"}}, False),
        ({"hidden": {"NULL": True}}, False),
        ({}, False),
    ],
)
def test_an_item_has_a_document_when_all_conditions_hold(image: Any, *, has_document: bool) -> None:
    assert DocumentRules(FILTER).project(image) == (image if has_document else None)


def test_no_item_has_no_document_and_without_conditions_every_item_has_one() -> None:
    assert DocumentRules().project(None) is None
    assert DocumentRules(FILTER).project(None) is None
    assert DocumentRules().project({}) == {}


IMAGE: Any = {"a": {"S": "1"}, "b": {"S": "2"}, "c": {"M": {"a": {"S": "3"}}}}


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        (DocumentRules(), "abc"),
        (DocumentRules(include=["a", "c", "missing"]), "ac"),
        (DocumentRules(include=[]), ""),
        (DocumentRules(exclude=["b", "missing"]), "ac"),
        (DocumentRules(include=["a", "b"], exclude=["b", "c"]), "a"),
        (DocumentRules({"b": Condition(exists=True)}, include=["a"]), "a"),
        (DocumentRules({"b": Condition(exists=True)}, exclude=["b"]), "ac"),
    ],
)
def test_a_document_has_the_included_attributes_without_the_excluded(choice: DocumentRules, left: str) -> None:
    """At the top: what is within an attribute stays. Conditions see all attributes. The item itself stays whole."""
    before = dict(IMAGE)
    assert choice.project(IMAGE) == {name: IMAGE[name] for name in left}
    assert before == IMAGE


KEEPS = DocumentRules(ignores_ttl_deletes=True)


def test_a_deletion_by_time_to_live_is_ignored_where_documents_outlive_it() -> None:
    assert KEEPS.skips(expiry())
    assert not DocumentRules().skips(expiry())


@pytest.mark.parametrize(
    "identity",
    [
        None,
        {},
        "dynamodb.amazonaws.com",
        ["Service"],
        {"type": "Service"},
        {"principalId": "dynamodb.amazonaws.com"},
        {"type": "Service", "principalId": "replication.dynamodb.amazonaws.com"},
        {"type": "AssumedRole", "principalId": "dynamodb.amazonaws.com"},
    ],
)
def test_what_anybody_else_deletes_is_deleted(identity: Any) -> None:
    given: Any = {**record(event="REMOVE"), "userIdentity": identity}
    assert not is_ttl_delete(given)
    assert not KEEPS.skips(given)
    assert not KEEPS.skips(record(event="REMOVE"))


def test_a_write_is_never_ignored_whoever_made_it() -> None:
    """DynamoDB itself writes too: imports, replication of global tables."""
    given: Any = {**expiry(), "eventName": "MODIFY"}
    assert not KEEPS.skips(given)
