"""Unit: is a record that can never be indexed kept whole, once, under its own key?"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws
from stream_indexer.errors import TransientError
from stream_indexer.quarantine import S3Quarantine, object_key

from tests.unit import malformed
from tests.unit.fakes import BAD, MISSING, REFUSED, SECOND, number, record

BUCKET = "orders-quarantine"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)


@pytest.fixture(name="s3")
def _s3() -> Iterator[Any]:
    """Yield an S3 client of a made-up account with the bucket in it."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def kept(s3: Any) -> dict[str, bytes]:
    """Return what the bucket holds, by key."""
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def quarantine(s3: Any, version: str = "7") -> S3Quarantine:
    """Return the quarantine of that bucket, for a version of the function."""
    return S3Quarantine(lambda: s3, BUCKET, "orders-indexer", version, lambda: MOMENT)


def test_a_record_is_kept_whole_with_its_reason(s3: Any) -> None:
    given = record("a", 7)
    quarantine(s3).keep(given, REFUSED)
    ((key, content),) = kept(s3).items()
    assert json.loads(content) == {
        "format": 1,
        "functionName": "orders-indexer",
        "functionVersion": "7",
        "firstSeen": "2026-01-02T03:04:05.678+00:00",
        "reason": {"kind": "refused", "detail": BAD[2], "fault": BAD[1], "status": 400, "index": "orders"},
        "record": given,
    }
    assert s3.head_object(Bucket=BUCKET, Key=key)["ContentType"] == "application/json"


def test_a_replay_changes_nothing(s3: Any) -> None:
    """A record that is delivered many times is kept once, as it was when it first came."""
    for version in ("7", "8", "9"):
        quarantine(s3, version).keep(record("a", 7), REFUSED)
    ((_, content),) = kept(s3).items()
    assert json.loads(content)["functionVersion"] == "7"


def test_two_records_are_two_objects(s3: Any) -> None:
    """Also of two tables whose sequence numbers happen to agree."""
    given = [record("a", 7), record("b", 7), record("a", 8), None, {}, record(SequenceNumber=MISSING)]
    for one in given:
        quarantine(s3).keep(one, REFUSED)
    assert [json.loads(content)["record"] for content in kept(s3).values()].count(given[0]) == 1
    assert len(kept(s3)) == len(given)


def test_the_key_is_the_records_day_and_number() -> None:
    """In UTC, wherever the function runs."""
    given = record("a", 7, ApproximateCreationDateTime=float(SECOND + 58 * 86_400 - 1))
    key = object_key("orders-indexer", given, "")
    place, digest = key.rsplit("-", 1)
    assert place == f"quarantine/orders-indexer/2026/02/27/{number(7)}"
    assert len(digest) == len("0123456789abcdef.json")


def test_a_record_of_no_day_has_a_key_too() -> None:
    assert object_key("orders-indexer", record(ApproximateCreationDateTime=MISSING), "").startswith(
        "quarantine/orders-indexer/malformed-"
    )


@pytest.mark.parametrize("given", malformed.ALL.values(), ids=malformed.ALL)
def test_whatever_a_record_is_it_can_be_kept(given: Any) -> None:
    """S3 takes keys of up to 1,024 bytes."""

    class Client:
        def put_object(self, **parameters: Any) -> None:
            """Check what S3 would."""
            assert len(parameters["Key"].encode()) <= 1024
            assert isinstance(parameters["Body"], bytes)
            assert json.loads(parameters["Body"])["reason"]["status"] == 400

    quarantine(Client()).keep(given, REFUSED)


def test_text_that_is_no_unicode_is_kept_as_it_is(s3: Any) -> None:
    given = record("a", NewImage={"x": {"S": "\ud800"}})
    quarantine(s3).keep(given, REFUSED)
    ((_, content),) = kept(s3).items()
    assert json.loads(content)["record"] == given


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "secret"}}, "PutObject"), "AccessDenied"),
        (EndpointConnectionError(endpoint_url="https://s3"), "EndpointConnectionError"),
    ],
)
def test_a_failing_s3_is_a_transient_fault(error: Exception, told: str) -> None:
    """The record is then given back, never passed over; AWS's code says why, its message may quote the record."""

    class Client:
        def put_object(self, **_: Any) -> None:
            """Fail."""
            raise error

    with pytest.raises(TransientError, match=f": {told}$"):
        quarantine(Client()).keep(record(), REFUSED)


def test_a_bucket_that_is_not_there_is_a_transient_fault(s3: Any) -> None:
    with pytest.raises(TransientError):
        S3Quarantine(lambda: s3, "another", "orders-indexer", "7", lambda: MOMENT).keep(record(), REFUSED)


def test_a_client_that_cannot_be_made_is_a_transient_fault() -> None:
    def no_client() -> Any:
        raise EndpointConnectionError(endpoint_url="https://s3")

    with pytest.raises(TransientError):
        S3Quarantine(no_client, BUCKET, "orders-indexer", "7", lambda: MOMENT).keep(record(), REFUSED)
