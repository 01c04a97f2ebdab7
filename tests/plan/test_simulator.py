"""Does the simulator that judges our policies judge as IAM does?"""

from typing import Any

import pytest

from tests.plan.simulator import Request, allowed

READ: dict[str, Any] = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b.c/a?/*"}


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:GetObject", "arn:aws:s3:::b.c/a1/x", True),
        ("S3:getobject", "arn:aws:s3:::b.c/a1/x", True),
        ("s3:PutObject", "arn:aws:s3:::b.c/a1/x", False),
        ("s3:GetObject", "arn:aws:s3:::B.c/a1/x", False),
        ("s3:GetObject", "arn:aws:s3:::bxc/a1/x", False),
        ("s3:GetObject", "arn:aws:s3:::b.c/a/x", False),
        ("s3:GetObject", "arn:aws:s3:::b.c/a1/x/y", True),
    ],
)
def test_actions_have_no_case_resources_have_and_only_stars_and_question_marks_stand_for_others(
    action: str, resource: str, *, expected: bool
) -> None:
    assert allowed(Request(action, resource), [{"Statement": READ}]) is expected


def test_a_deny_wins_over_any_allow() -> None:
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    documents = [{"Statement": [READ]}, {"Statement": [deny]}]
    request = Request("s3:GetObject", "arn:aws:s3:::b.c/a1/x", {"aws:securetransport": "true"})
    assert allowed(request, documents)
    assert not allowed(Request(request.action, request.resource, {"aws:SecureTransport": "false"}), documents)


@pytest.mark.parametrize(
    ("context", "expected"), [({"k": "a"}, True), ({"k": "b"}, True), ({"k": "c"}, False), ({}, False)]
)
def test_a_condition_holds_by_any_of_its_values_and_not_without_its_key(
    context: dict[str, str], *, expected: bool
) -> None:
    statement = {**READ, "Condition": {"StringEquals": {"k": ["a", "b"]}}}
    assert allowed(Request("s3:GetObject", "arn:aws:s3:::b.c/a1/x", context), [{"Statement": statement}]) is expected


@pytest.mark.parametrize(
    ("wanted", "context", "expected"),
    [("true", {}, True), ("true", {"K": "a"}, False), ("false", {}, False), ("false", {"k": "a"}, True)],
)
def test_null_asks_whether_the_request_lacks_the_key(wanted: str, context: dict[str, str], *, expected: bool) -> None:
    statement = {**READ, "Condition": {"Null": {"k": wanted}}}
    assert allowed(Request("s3:GetObject", "arn:aws:s3:::b.c/a1/x", context), [{"Statement": statement}]) is expected


@pytest.mark.parametrize(
    "unknown",
    [
        {"NotAction": "s3:Put*"},
        {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Resource": "arn:aws:s3:::${aws:username}"},
    ],
)
def test_what_it_does_not_know_it_does_not_judge(unknown: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^The simulator does not know"):
        allowed(Request("s3:GetObject", "arn:aws:s3:::b.c/a1/x"), [{"Statement": {**READ, **unknown}}])
