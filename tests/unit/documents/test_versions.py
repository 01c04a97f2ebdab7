"""Unit: does every change have the version that lets the newest win?"""

from typing import Any

import pytest
from stream_indexer.documents.records import LATEST_SECOND, Operation, parse_record
from stream_indexer.documents.versions import SEQUENCE_RANGE, Versions, may_be_out_of_order, shared_ordinals
from stream_indexer.errors import MalformedRecordError

from tests.unit.fakes import SECOND, key, keys_only, record


def versioned(number: int | str, second: int = SECOND) -> int:
    """Return the version of a change with this sequence number."""
    return Versions().version_of(parse_record(record(SequenceNumber=str(number), ApproximateCreationDateTime=second)))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("820400000000000001192334", 8204),
        ("26831200000000023725370094", 268_312),
        ("999999998" + "0" * 20, 999_999_998),
        ("999999999" + "7" * 20, 0),
        ("9" * 40, 99),
        # DynamoDB Local, and numbers by hand: no ordinal
        ("000000000000000000017", 17),
        ("000000000001234567890", 234_567_891),
        ("1999999997", 999_999_998),
        ("7", 7),
        ("0", 0),
    ],
)
def test_a_version_is_the_second_and_nine_digits_of_the_ordinal(number: str, expected: int) -> None:
    """Without an ordinal, of the whole number."""
    assert versioned(number) == SECOND * 10**9 + expected


# Shards one after another as DescribeStream showed them on AWS; between some the counter fell, the ordinal never.
ROLLOVERS = [
    [  # https://github.com/savaki/ddbstreams, testdata of 2018
        "25229400000000012670954371",
        "26091300000000012679033187",
        "26831200000000023725370094",
        "27589700000000038147978924",
        "28299600000000036635743275",
        "28994300000000013666365470",
    ],
    [  # API reference of DescribeStream
        "20500000000000000910398",
        "820400000000000001192334",
        "1683700000000000001135967",
        "2574600000000000000935255",
    ],
    ["4000000000000642977831", "757400000000005655171150"],  # reference of the AWS CLI
]


@pytest.mark.parametrize("chain", ROLLOVERS)
def test_a_change_in_a_child_shard_is_newer_than_one_in_its_parent_within_the_same_second(chain: list[str]) -> None:
    versions = [versioned(number) for number in chain]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], 0),
        ([f"7{1:020}"], 0),
        ([f"7{1:020}", f"8{1:020}", f"9{1:020}"], 0),
        ([f"7{1:020}", f"7{2:020}", f"8{3:020}", f"9{4:020}", f"9{5:020}", f"9{6:020}"], 5),
        ([f"7{1:020}", f"7{1:020}"], 0),
        ([f"0{1:020}", f"0{2:020}", "3", "4"], 0),
    ],
    ids=str,
)
def test_records_of_a_batch_that_share_an_ordinal_are_counted(numbers: list[str], expected: int) -> None:
    """Not the same record twice, and not the numbers of DynamoDB Local."""
    assert shared_ordinals(numbers) == expected


def test_a_version_fits_opensearchs_long() -> None:
    """It does to the last second that a record may have, in the year 2262."""
    assert versioned("9" * 40, LATEST_SECOND) <= 2**63 - 1
    assert versioned("0", 0) == 0


@pytest.mark.parametrize(
    ("current", "provided", "reversed_"),
    [
        (999_999_998, 0, True),
        (999_999_999, 0, False),  # a floor
        (700_000_001, 200_000_000, True),
        (700_000_000, 200_000_000, False),
        (500_000_001, 0, True),
        (500_000_000, 0, False),
        (7, 7, False),
        (8, 7, False),
        (7, 8, False),
        (0, 999_999_998, False),
    ],
)
def test_only_more_than_half_the_range_within_a_second_looks_reversed(
    current: int,
    provided: int,
    reversed_: bool,  # noqa: FBT001 - a row of the table
) -> None:
    base = SECOND * SEQUENCE_RANGE
    assert may_be_out_of_order(base + current, base + provided) is reversed_


@pytest.mark.parametrize(
    ("current", "provided", "reversed_"),
    [
        ((1, 7), (0, 8), True),
        ((59, 7), (0, 500_000_005), True),
        ((59, 7), (0, 500_000_006), False),
        ((59, 999_999_998), (0, 0), True),
        ((61, 7), (0, 8), False),
        ((1, 8), (0, 8), False),
        ((1, 8), (0, 7), False),
        ((0, 7), (1, 8), False),
    ],
)
def test_a_later_number_in_an_earlier_second_looks_reversed_as_far_as_a_clock_steps_back(
    current: tuple[int, int],
    provided: tuple[int, int],
    reversed_: bool,  # noqa: FBT001 - a row of the table
) -> None:
    base = SECOND * SEQUENCE_RANGE
    one, other = (base + second * SEQUENCE_RANGE + digits for second, digits in (current, provided))
    assert may_be_out_of_order(one, other) is reversed_


REVISION = Versions("revision")
LARGEST = 2**63 - 1


def revised(value: Any, event: str = "MODIFY", view: str = "NEW_AND_OLD_IMAGES") -> Any:
    """Return the record of a change whose one image has the attribute, the old one of a REMOVE."""
    image = {**key(), "revision": value}
    side = {"OldImage": image} if event == "REMOVE" else {"NewImage": image}
    return record("a", 1, event, StreamViewType=view, **side)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("-0", 0),
        ("7", 7),
        ("7.0", 7),
        ("1.2E+3", 1200),
        (str(LARGEST), LARGEST),
    ],
)
@pytest.mark.parametrize("event", ["INSERT", "MODIFY", "REMOVE"])
def test_an_attribute_of_the_item_is_its_version(text: str, expected: int, event: str) -> None:
    """Of one that is gone the last."""
    assert REVISION.version_of(parse_record(revised({"N": text}, event))) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"N": "-1"},
        {"N": "1.5"},
        {"N": str(LARGEST + 1)},
        {"N": "1E+125"},
        {"N": "1E-130"},
        {"N": "NaN"},
        {"N": "Infinity"},
        {"N": ""},
        {"N": None},
        {"N": [1]},
        {"S": "7"},
        {"NS": ["7"]},
        {"NULL": True},
        "7",
        None,
    ],
    ids=str,
)
@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_what_is_no_version_makes_the_record_malformed(value: Any, event: str) -> None:
    """The reason names the setting."""
    with pytest.raises(MalformedRecordError, match=r"documents\.version_attribute must be an N, a whole number from 0"):
        REVISION.version_of(parse_record(revised(value, event)))


def test_an_item_without_the_attribute_is_malformed() -> None:
    with pytest.raises(MalformedRecordError, match=r"documents\.version_attribute must be an N"):
        REVISION.version_of(parse_record(record()))


def test_a_removal_needs_the_old_image() -> None:
    """A stream without old images, which the module cannot always see: each removal is quarantined with that reason."""
    with pytest.raises(MalformedRecordError, match=r"REMOVE without OldImage: documents\.version_attribute requires"):
        REVISION.version_of(parse_record(record("a", 1, "REMOVE")))


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        (("MODIFY", 5), ("MODIFY", 6), True),
        (("MODIFY", 5), ("MODIFY", 5), False),
        (("MODIFY", 5), ("MODIFY", 4), False),
        (("MODIFY", 5), ("REMOVE", 5), True),
        (("MODIFY", 5), ("REMOVE", 4), False),
        (("REMOVE", 5), ("INSERT", 5), False),
        (("REMOVE", 5), ("INSERT", 6), True),
        (("REMOVE", 5), ("REMOVE", 5), True),
    ],
)
def test_within_a_batch_the_attribute_decides_as_the_index_would(
    earlier: tuple[str, int],
    later: tuple[str, int],
    expected: bool,  # noqa: FBT001 - a row of the table
) -> None:
    """A change that does not raise it is stale, but for the deletion of what has it."""
    known, change = (parse_record(revised({"N": str(number)}, event)) for event, number in (earlier, later))
    assert REVISION.supersedes(change, known) is expected


def numbered(number: str, second: int = SECOND, event: str = "MODIFY") -> Any:
    """Return a change with this sequence number."""
    return parse_record(record("a", 1, event, SequenceNumber=number, ApproximateCreationDateTime=second))


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ((f"8{1:020}", 0), (f"7{9:020}", 0)),  # the ordinal, whatever the counter
        ((f"8{1:020}", 0), (f"7{1:020}", 59)),  # the clock stepped back: the index would settle it so
        ((f"7{1:020}", 61), (f"8{1:020}", 0)),  # farther apart than a step
        ((f"1000000001{1:020}", 0), (f"999999999{1:020}", 0)),  # the ordinal's nine digits wrap
        ((f"7{2:020}", 0), (f"7{1:020}", 0)),  # one ordinal, which should not be: the counter
        (("2", 0), ("1", 0)),  # DynamoDB Local
    ],
)
@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_within_a_batch_the_newer_change_counts_whatever_their_order(
    newer: tuple[str, int], older: tuple[str, int], event: str
) -> None:
    """As in the index. Lambda delivers in order, a batch made by hand may not."""
    (late, late_second), (early, early_second) = newer, older
    newest = numbered(late, SECOND + late_second)
    oldest = numbered(early, SECOND + early_second, event)
    assert Versions().supersedes(newest, oldest)
    assert not Versions().supersedes(oldest, newest)
    assert Versions().supersedes(newest, newest), "the same record twice"


def test_an_item_that_is_still_to_be_read_is_the_newest() -> None:
    """What is read is at least as new as any change before it."""
    unread, removal = parse_record(keys_only()), parse_record(revised({"N": "5"}, "REMOVE"))
    assert unread.operation is Operation.FETCH
    assert REVISION.supersedes(unread, removal)
    assert REVISION.supersedes(removal, unread)
    assert REVISION.supersedes(removal, None)


def test_a_malformed_version_is_found_before_anything_is_coalesced() -> None:
    with pytest.raises(MalformedRecordError):
        REVISION.supersedes(parse_record(record(NewImage=key())), None)


@pytest.mark.parametrize(("event", "expected"), [("MODIFY", False), ("REMOVE", True)])
def test_only_a_deletion_may_have_the_version_that_is_there(event: str, expected: bool) -> None:  # noqa: FBT001
    change = parse_record(revised({"N": "5"}, event))
    assert REVISION.allows_equal(change) is expected
    assert not Versions().allows_equal(change)
