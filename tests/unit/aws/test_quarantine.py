"""Unit: is a record that can never be indexed kept whole, once, under its own key, and are many kept side by side?"""

import json
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from stream_indexer.aws.bucket import CONNECTIONS, Bucket
from stream_indexer.aws.quarantine import NOT_SENT, S3Quarantine, object_key
from stream_indexer.aws.sigv4 import Credentials, Signer
from stream_indexer.rejection import HELD, Rejection

from tests.unit import malformed
from tests.unit.fakes import BAD, MISSING, REFUSED, SECOND, ManualDeadline, number, record
from tests.unit.loopback import RealDeadline, Server, Step, answer, reset, serving

BUCKET = "orders-quarantine"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
SECONDS = 20.0


@pytest.fixture(name="s3")
def _s3(aws_url: str) -> Any:
    """Return an S3 client of a made-up account with the bucket in it."""
    client = boto3.client("s3", region_name="us-east-1", endpoint_url=aws_url)
    client.create_bucket(Bucket=BUCKET)
    return client


def kept(s3: Any) -> dict[str, bytes]:
    """Return what the bucket holds, by key."""
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def bucket(endpoint: str, name: str = BUCKET) -> Bucket:
    """Return a bucket at that URL."""
    return Bucket(
        name, Signer("s3", "us-east-1", lambda: Credentials("id", "secret"), lambda: datetime.now(UTC)), endpoint
    )


def quarantine(endpoint: str, version: str = "7") -> S3Quarantine:
    """Return the quarantine there, for a version of the function."""
    return S3Quarantine(bucket(endpoint), "orders-indexer", version, lambda: MOMENT)


def keep(endpoint: str, *records: Any, version: str = "7") -> Sequence[str]:
    """Keep the records, and close all connections."""
    kept_in = quarantine(endpoint, version)
    failures = kept_in.keep([(one, REFUSED) for one in records], RealDeadline(SECONDS))
    kept_in.bucket.close()
    return failures


def test_a_record_is_kept_whole_with_its_reason(s3: Any, aws_url: str) -> None:
    given = record("a", 7)
    assert keep(aws_url, given) == [""]
    ((key, content),) = kept(s3).items()
    assert json.loads(content) == {
        "schemaVersion": 1,
        "functionName": "orders-indexer",
        "functionVersion": "7",
        "quarantinedAt": "2026-01-02T03:04:05.678+00:00",
        "reason": "rejected",
        "alias": "orders",
        "error": {"type": BAD[1], "message": BAD[2], "status": 400},
        "record": given,
    }
    assert s3.head_object(Bucket=BUCKET, Key=key)["ContentType"] == "application/json"


def test_a_replay_changes_nothing(s3: Any, aws_url: str) -> None:
    """A record that is delivered many times is kept once, as it was when it first came."""
    for version in ("7", "8", "9"):
        assert keep(aws_url, record("a", 7), version=version) == [""]
    ((_, content),) = kept(s3).items()
    assert json.loads(content)["functionVersion"] == "7"


def test_two_records_are_two_objects(s3: Any, aws_url: str) -> None:
    """Also of two tables whose sequence numbers happen to agree."""
    given = [record("a", 7), record("b", 7), record("a", 8), None, {}, record(SequenceNumber=MISSING)]
    assert keep(aws_url, *given) == [""] * len(given)
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


def test_whatever_records_are_they_can_be_kept() -> None:
    """S3 takes keys of up to 1,024 bytes."""
    with serving(answer()) as server:
        assert not any(keep(f"http://127.0.0.1:{server.port}", *malformed.ALL.values()))
    assert len(server.heard) == len(malformed.ALL)
    for heard in server.heard:
        assert len(heard.line.split()[1]) <= 1024
        assert json.loads(heard.body)["error"]["status"] == 400


def test_text_that_is_no_unicode_is_kept_as_it_is(s3: Any, aws_url: str) -> None:
    given = record("a", NewImage={"x": {"S": "\ud800"}})
    assert keep(aws_url, given) == [""]
    ((_, content),) = kept(s3).items()
    assert json.loads(content)["record"] == given


DENIED = answer(b"<Error><Code>AccessDenied</Code><Message>secret</Message></Error>", 403)


@pytest.mark.parametrize(
    ("step", "said"),
    [(DENIED, ": AccessDenied"), (answer(status=404), ": status 404"), (reset, "ConnectionResetError")],
)
def test_a_record_that_s3_does_not_take_is_named_by_the_error_s_code(step: Step, said: str) -> None:
    """The record is then retried, never skipped; the message may quote the record."""
    with serving(step) as server:
        kept_in = quarantine(f"http://127.0.0.1:{server.port}")
        (failure,) = kept_in.keep([(record(), REFUSED)], ManualDeadline())
    assert failure.endswith(said)


def test_a_bucket_that_is_not_there_is_a_failure(s3: Any, aws_url: str) -> None:
    del s3
    another = S3Quarantine(bucket(aws_url, "another"), "orders-indexer", "7", lambda: MOMENT)
    assert another.keep([(record(), REFUSED)], RealDeadline(SECONDS))[0].endswith(": NoSuchBucket")


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    """Yield a server that takes everything."""
    with serving() as server:
        yield server


def many(count: int) -> list[tuple[Any, Rejection]]:
    """Return so many records that are refused."""
    return [(record("a", number), REFUSED) for number in range(count)]


def test_records_are_written_side_by_side(server: Server) -> None:
    """Each of the connections waits for all the others, so one after another would never end."""
    together = threading.Barrier(CONNECTIONS)

    def step(connected: Any) -> bool:
        together.wait(SECONDS)
        return answer()(connected)

    server.script[:] = [step]
    kept_in = quarantine(f"http://127.0.0.1:{server.port}")
    assert kept_in.keep(many(3 * CONNECTIONS), RealDeadline(SECONDS)) == [""] * 3 * CONNECTIONS
    assert server.connections == CONNECTIONS
    kept_in.bucket.close()


def test_nothing_is_sent_after_the_first_failure(server: Server) -> None:
    """An S3 that refuses one record refuses them all: only what is under way meets it too."""
    server.script[:] = [DENIED]
    failures = quarantine(f"http://127.0.0.1:{server.port}").keep(many(500), RealDeadline(SECONDS))
    assert 1 <= len(server.heard) <= CONNECTIONS
    assert failures.count(NOT_SENT) == 500 - len(server.heard)
    assert len(failures) == 500


def test_nothing_is_sent_once_the_time_is_over(server: Server) -> None:
    assert quarantine(f"http://127.0.0.1:{server.port}").keep(many(3), ManualDeadline(0)) == [NOT_SENT] * 3
    assert server.heard == []


@pytest.mark.timeout(SECONDS / 2)
def test_an_s3_that_never_answers_costs_no_more_than_the_time(server: Server) -> None:
    server.script[:] = [server.silence]
    deadline = RealDeadline(0.3)
    failures = quarantine(f"http://127.0.0.1:{server.port}").keep(many(100), deadline)
    assert all(failures)
    assert deadline.remaining() > -SECONDS / 2


def test_a_record_that_is_still_retried_is_kept_apart(s3: Any, aws_url: str) -> None:
    """As evidence: the folders of days have what is not retried."""
    given = record("a", 7)
    quarantine_there = quarantine(aws_url)
    assert quarantine_there.keep([(given, Rejection(HELD, "blocked", alias="orders"))], RealDeadline(SECONDS)) == [""]
    quarantine_there.bucket.close()
    (key,) = kept(s3)
    assert key == object_key("orders-indexer", given, "orders").replace("orders-indexer/", "orders-indexer/held/")
