"""Unit: are services found where AWS has them, passing refusals retried in time, and errors named by codes only?"""

from collections.abc import Sequence

import botocore.session
import pytest
from stream_indexer.aws.api import MAX_ATTEMPTS, endpoint, error_code, send_with_retry
from stream_indexer.connection import Response
from stream_indexer.errors import ConnectionFailedError

from tests.unit.fakes import ManualDeadline

XML = b"<?xml version='1.0'?>\n<Error><Code>%b</Code><Message>secret <Code>x</Code></Message></Error>"
JSON = b'{"__type":"com.amazonaws.dynamodb.v20120810#%b","message":"secret"}'


@pytest.mark.parametrize("service", ["dynamodb", "s3"])
def test_every_region_s_endpoint_is_botocores(service: str) -> None:
    """Also where the domain is another; us-east-1 has an older name for S3 besides."""
    data = botocore.session.get_session().get_data("endpoints")
    regions = [region for partition in data["partitions"] for region in partition["regions"]]
    assert len(regions) > 30
    for partition in data["partitions"]:
        for region in partition["regions"]:
            expected = f"https://{service}.{region}.{partition['dnsSuffix']}"
            assert endpoint(service, region) == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (XML % b"AccessDenied", "AccessDenied"),
        (JSON % b"ResourceNotFoundException", "ResourceNotFoundException"),
        (b'{"__type": "AccessDeniedException"}', "AccessDeniedException"),
        (b"<html>secret</html>", "status 418"),
        (b"", "status 418"),
        (b'{"__type":"' + b"x" * 1000 + b'"}', "status 418"),
    ],
)
def test_an_error_is_named_by_its_code_and_nothing_else(content: bytes, code: str) -> None:
    assert error_code(Response(418, content)) == code


def calling(answers: Sequence[Response | None], deadline: ManualDeadline) -> tuple[Response, int]:
    """Return the answer and the number of attempts; None stands for no answer."""
    script = list(answers)
    sent = 0

    def send() -> Response:
        nonlocal sent
        sent += 1
        response = script.pop(0) if len(script) > 1 else script[0]
        if response is None:
            raise ConnectionFailedError("S3 cannot be reached: TimeoutError")
        return response

    return send_with_retry(send, deadline), sent


OK = Response(200, b"")
PASSING = [
    None,
    Response(500, b""),
    Response(503, XML % b"SlowDown"),
    Response(400, JSON % b"ProvisionedThroughputExceededException"),
    Response(400, JSON % b"ThrottlingException"),
    Response(409, XML % b"ConditionalRequestConflict"),
]


@pytest.mark.parametrize("passing", PASSING)
def test_what_may_pass_is_tried_again(passing: Response | None) -> None:
    deadline = ManualDeadline()
    assert calling([passing, passing, OK], deadline) == (OK, 3)
    assert deadline.sleeps == sorted(deadline.sleeps)
    assert len(deadline.sleeps) == 2


@pytest.mark.parametrize("answer", [OK, Response(412, b""), Response(403, XML % b"AccessDenied"), Response(301, b"")])
def test_an_answer_for_good_is_taken_at_once(answer: Response) -> None:
    assert calling([answer], ManualDeadline()) == (answer, 1)


@pytest.mark.parametrize("passing", PASSING[1:])
def test_attempts_end_with_the_last_answer(passing: Response) -> None:
    assert calling([passing], ManualDeadline()) == (passing, MAX_ATTEMPTS)


def test_attempts_without_any_answer_end_with_its_reason() -> None:
    deadline = ManualDeadline()
    with pytest.raises(ConnectionFailedError, match="TimeoutError"):
        calling([None], deadline)
    assert len(deadline.sleeps) == MAX_ATTEMPTS - 1


@pytest.mark.parametrize("passing", PASSING)
def test_no_retry_outlasts_the_deadline(passing: Response | None) -> None:
    deadline = ManualDeadline(0.5)
    if passing is None:
        with pytest.raises(ConnectionFailedError):
            calling([passing], deadline)
    else:
        assert calling([passing], deadline) == (passing, 2)
    assert deadline.remaining() > 0
