"""Unit: is a stream record read as what it says, and rejected if it is not one?"""

from typing import Any

import pytest
from stream_indexer.documents.records import LATEST_SECOND, Operation, is_sequence_number, parse_record
from stream_indexer.errors import MalformedRecordError

from tests.unit import malformed
from tests.unit.fakes import MISSING, SECOND, key, number, record


@pytest.mark.parametrize("event", ["INSERT", "MODIFY"])
@pytest.mark.parametrize("view", ["NEW_IMAGE", "NEW_AND_OLD_IMAGES"])
def test_a_new_image_is_written(event: str, view: str) -> None:
    """INSERT and MODIFY are the same to the index: the item's whole new image."""
    given = record("a", 7, event, StreamViewType=view)
    change = parse_record(given)
    assert change.operation is Operation.INDEX
    assert change.keys == key("a")
    assert change.image == {**key("a"), "number": {"N": "7"}}
    assert change.sequence_number == number(7)
    assert change.created_at == SECOND
    assert change.record is given


@pytest.mark.parametrize("view", ["NEW_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY", "OLD_IMAGE"])
def test_a_remove_is_a_remove_in_every_view(view: str) -> None:
    change = parse_record(record(event="REMOVE", StreamViewType=view))
    assert change.operation is Operation.DELETE
    assert change.image is None


@pytest.mark.parametrize("view", ["KEYS_ONLY", "OLD_IMAGE"])
@pytest.mark.parametrize("event", ["INSERT", "MODIFY"])
def test_a_view_without_a_new_image_asks_for_a_read(view: str, event: str) -> None:
    """The old image says what the item was, never what it is."""
    change = parse_record(record(event=event, NewImage=MISSING, OldImage=key(), StreamViewType=view))
    assert change.operation is Operation.FETCH
    assert change.image is None


def test_an_item_of_its_key_alone_is_written() -> None:
    assert parse_record(record(NewImage=key())).image == key()


def test_an_empty_image_is_an_image() -> None:
    """Only a missing image asks for a read: an image without attributes is one."""
    assert parse_record(record(NewImage={})).operation is Operation.INDEX


@pytest.mark.parametrize(
    ("moment", "second"), [(SECOND, SECOND), (SECOND + 0.999, SECOND), (0, 0), (LATEST_SECOND, LATEST_SECOND)]
)
def test_the_moment_is_cut_to_its_second(moment: float, second: int) -> None:
    assert parse_record(record(ApproximateCreationDateTime=moment)).created_at == second


@pytest.mark.parametrize("number", ["0", "1", "100000000000017454423009", "9" * 40])
def test_a_sequence_number_has_up_to_forty_digits(number: str) -> None:
    assert is_sequence_number(number)
    assert parse_record(record(SequenceNumber=number)).sequence_number == number


@pytest.mark.parametrize("given", malformed.RECORDS.values(), ids=malformed.RECORDS)
def test_a_malformed_record_is_refused(given: Any) -> None:
    with pytest.raises(MalformedRecordError):
        parse_record(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "dynamodb is missing"),
        (record(Keys=MISSING), "Keys is missing"),
        (record(SequenceNumber=7), "SequenceNumber"),
        (record(ApproximateCreationDateTime=SECOND * 1000), "seconds"),
        ({**record(), "eventName": "UPDATE"}, "eventName"),
        (record(NewImage=MISSING), "NewImage"),
        ([], "wrong type"),
    ],
)
def test_the_refusal_names_the_member(given: Any, said: str) -> None:
    with pytest.raises(MalformedRecordError, match=said):
        parse_record(given)


@pytest.mark.parametrize(
    "given",
    [
        {**record("secret"), "eventName": "secret"},
        {**record(), "dynamodb": "secret"},
        record("secret", ApproximateCreationDateTime="secret"),
        record("secret", SequenceNumber="secret"),
        record("secret", NewImage=MISSING, StreamViewType="secret"),
    ],
)
def test_a_refusal_quotes_no_contents(given: Any) -> None:
    with pytest.raises(MalformedRecordError) as caught:
        parse_record(given)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("absent", ["eventID", "eventVersion", "eventSource", "awsRegion", "eventSourceARN"])
def test_members_that_are_not_needed_may_be_missing(absent: str) -> None:
    given: Any = {name: value for name, value in record().items() if name != absent}
    assert parse_record(given).operation is Operation.INDEX
