"""Every shape of a malformed stream record that we could think of, by what is wrong with it."""

from typing import Any, Final

from tests.unit.fakes import MISSING, SECOND, key, number, record

NOT_OBJECTS: Final[dict[str, Any]] = {"null": None, "a text": "x", "a number": 7, "a list": [1], "a boolean": True}
EMPTY: Final[dict[str, Any]] = {}


def nested(depth: int) -> dict[str, Any]:
    """Return a string in `depth` maps."""
    value: dict[str, Any] = {"S": "core"}
    for _ in range(depth):
        value = {"M": {"inner": value}}
    return value


def image(**attributes: Any) -> dict[str, Any]:
    """Return an image with its key and these attributes."""
    return {**key(), **attributes}


def _without(member: str) -> Any:
    return {name: value for name, value in record().items() if name != member}


# What `records.read` refuses.
RECORDS: Final[dict[str, Any]] = {
    **{f"the record is {name}": value for name, value in NOT_OBJECTS.items()},
    "the record is empty": {},
    "dynamodb is missing": _without("dynamodb"),
    **{f"dynamodb is {name}": {**record(), "dynamodb": value} for name, value in NOT_OBJECTS.items()},
    "eventName is missing": _without("eventName"),
    **{
        f"eventName is {name}": {**record(), "eventName": value}
        for name, value in {**NOT_OBJECTS, "lower case": "modify", "empty": "", "an object": EMPTY}.items()
    },
    "Keys is missing": record(Keys=MISSING),
    "SequenceNumber is missing": record(SequenceNumber=MISSING),
    **{
        f"SequenceNumber is {name}": record(SequenceNumber=value)
        for name, value in {
            **NOT_OBJECTS,
            "a number of the right size": int(number(1)),
            "empty": "",
            "negative": "-1",
            "a decimal": "1.0",
            "spaced": " 1",
            "in Arabic digits": "\u0661\u0662",
            "longer than 40 digits": "1" * 41,
        }.items()
    },
    "ApproximateCreationDateTime is missing": record(ApproximateCreationDateTime=MISSING),
    **{
        f"ApproximateCreationDateTime is {name}": record(ApproximateCreationDateTime=value)
        for name, value in {
            "null": None,
            "a list": [SECOND],
            "an object": EMPTY,
            "a date in words": "2026-01-01T00:00:00Z",
            "digits in a text": str(SECOND),
            "in milliseconds": SECOND * 1000,
            "one second past what a version holds": 9_223_372_036,
            "before 1970": -1,
            "not a number": float("nan"),
            "infinite": float("inf"),
        }.items()
    },
    "NewImage is missing from a NEW_IMAGE view": record(NewImage=MISSING),
    "NewImage is missing from a NEW_AND_OLD_IMAGES view": record(NewImage=MISSING, StreamViewType="NEW_AND_OLD_IMAGES"),
    "NewImage is null": record(NewImage=None),
    "NewImage and StreamViewType are missing": record(NewImage=MISSING, StreamViewType=MISSING),
    **{
        f"NewImage is missing and StreamViewType is {name}": record(NewImage=MISSING, StreamViewType=value)
        for name, value in {**NOT_OBJECTS, "an object": EMPTY}.items()
    },
}

# What has the shape of a record, and yet no document can be made of it: its key is invalid.
KEYS: Final[dict[str, Any]] = {
    **{f"Keys is {name}": value for name, value in NOT_OBJECTS.items()},
    "Keys is empty": {},
    "a key attribute is missing": {"customer_id": {"S": "a"}},
    "a key attribute has another name": {"customer_id": {"S": "a"}, "order": {"S": "1"}},
    "Keys has one attribute too many": {**key(), "third": {"S": "x"}},
    **{f"a key attribute is {name}": {**key(), "order_id": value} for name, value in NOT_OBJECTS.items()},
    "a key attribute has no type": {**key(), "order_id": {}},
    "a key attribute has two types": {**key(), "order_id": {"S": "1", "N": "1"}},
    "a key attribute is of a type that keys cannot have": {**key(), "order_id": {"BOOL": True}},
    **{
        f"a text key is {name}": {**key(), "order_id": {"S": value}}
        for name, value in NOT_OBJECTS.items()
        if name != "a text"
    },
    **{
        f"a number key is {name}": {**key(), "order_id": {"N": value}}
        for name, value in {
            "null": None,
            "a list": [1],
            "words": "one",
            "empty": "",
            "NaN": "NaN",
            "infinite": "Infinity",
        }.items()
    },
    **{
        f"a binary key is {name}": {**key(), "order_id": {"B": value}}
        for name, value in {
            "null": None,
            "a list": [1],
            "cut off": "YQ=",
            "no base64": "a_b=",
            "a lone surrogate": "\ud800",
        }.items()
    },
}

# Nor of these: their image cannot be written as JSON.
IMAGES: Final[dict[str, Any]] = {
    **{f"NewImage is {name}": value for name, value in NOT_OBJECTS.items() if name != "null"},
    **{f"an attribute is {name}": image(bad=value) for name, value in NOT_OBJECTS.items()},
    "an attribute has no type": image(bad={}),
    "an attribute has an unknown type": image(bad={"X": "x"}),
    **{
        f"an attribute is a list of {kind}": image(bad=[kind])
        for kind in ("S", "N", "M", "L", "BOOL", "NULL", "NS", "B")
    },
    "a number has a line break": image(bad={"N": "1\n"}),
    "a number in a set has a line break": image(bad={"NS": ["1", "2\n"]}),
    "a nested number has a line break": image(bad={"M": {"a": {"L": [{"N": "\n1"}]}}}),
    "a number is a number": image(bad={"N": 1}),
    "a number is null": image(bad={"N": None}),
    "a number is a lone surrogate": image(bad={"N": "\ud800"}),
    "a number is a number, with a lone surrogate": image(good={"S": "\ud800"}, bad={"N": 1}),
    "a map is null": image(bad={"M": None}),
    "a map is a list": image(bad={"M": []}),
    "a list is null": image(bad={"L": None}),
    "a list is a text": image(bad={"L": "text"}),
    "a number set is null": image(bad={"NS": None}),
    "maps nest 300 deep": image(bad=nested(300)),
}

# All of them, as records of one stream.
ALL: Final[dict[str, Any]] = {
    **RECORDS,
    **{name: record(Keys=value) for name, value in KEYS.items()},
    **{name: record(NewImage=value) for name, value in IMAGES.items()},
}
