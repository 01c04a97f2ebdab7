"""Does the local AWS refuse requests without its access key, and every web page?

A function is a program: a caller that could create one would run code as the user who started the stack.
"""

import stat
import urllib.parse
from pathlib import Path
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError
from werkzeug.test import EnvironBuilder

from localaws.errors import LocalAwsError
from localaws.gateway.aws_clients import client
from localaws.gateway.guard import Guard, new_access_key
from localaws.http_messages import Request
from localaws.stack import LocalAws
from localaws.tests.pipelines import ROLE, write_package

KEY, PORT = "LOCALAAAAAAAAAAAAAAA", 4566
GUARD = Guard(KEY, PORT, lambda key: key == "ASIAISSUED")
MADE_UP = "LOCALMADEUPBYANOTHER"


def signed(key: str, service: str = "dynamodb") -> str:
    """Return the header that a client signs with."""
    return f"AWS4-HMAC-SHA256 Credential={key}/20261201/eu-west-1/{service}/aws4_request, Signature=0"


def request(path: str = "/", method: str = "POST", **headers: str) -> Request:
    """Return a request to the gateway; underscores of the headers' names stand for hyphens."""
    shown = {"Host": f"127.0.0.1:{PORT}", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return Request.read(EnvironBuilder(path, method=method, headers=shown.items()).get_environ())


@pytest.mark.parametrize(
    "allowed",
    [
        request(Authorization=signed(KEY)),
        request(Authorization=signed("ASIAISSUED")),
        request(Authorization=f"AWS {KEY}:signature"),
        request("/_local/stop", Authorization=f"Bearer {KEY}"),
        request(f"/bucket/key?X-Amz-Credential={KEY}%2F20261201%2Feu-west-1%2Fs3%2Faws4_request", "GET"),
        request(f"/bucket/key?AWSAccessKeyId={KEY}&Signature=0", "GET"),
        request(Authorization=signed(KEY), Host=f"localhost:{PORT}"),
        request(Authorization=signed(KEY), Host=f"[::1]:{PORT}"),
        request(Authorization=signed(KEY), Origin=f"http://localhost:{PORT}", Sec_Fetch_Site="same-origin"),
    ],
)
def test_a_client_with_the_key_is_answered(allowed: Request) -> None:
    """By a header of either signature version, by a presigned URL, or below /_local by a token."""
    assert GUARD.refusal(allowed) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": f"evil.example:{PORT}"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:4567"},
        {"Host": f"127.0.0.1.evil.example:{PORT}"},
        {"Host": f"localhost:{PORT}@evil.example"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Origin": "http://localhost:3000"},
        {"Origin": f"http://localhost:{PORT}.evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/", "/_local/stop"])
def test_a_foreign_host_and_a_web_page_are_refused_even_with_the_key(path: str, headers: dict[str, str]) -> None:
    """A name that resolves to 127.0.0.1 by DNS rebinding, and what a browser sends for another site."""
    answer = GUARD.refusal(request(path, **{"Authorization": f"Bearer {KEY}", **headers}))
    assert answer is not None
    assert answer.status == 403
    assert b"message" in answer.body


@pytest.mark.parametrize(
    ("refused", "status", "said"),
    [
        (request(X_Amz_Target="DynamoDB_20120810.PutItem", Authorization=signed(MADE_UP)), 400, "UnrecognizedClient"),
        (request(X_Amz_Target="DynamoDB_20120810.PutItem"), 400, "MissingAuthenticationTokenException"),
        (request(X_Amz_Target="AmazonSQS.SendMessage", Authorization=signed(MADE_UP)), 403, "InvalidClientTokenId"),
        (request("/2015-03-31/functions", Authorization=signed(MADE_UP, "lambda")), 403, "security token"),
        (request("/2015-03-31/functions"), 403, "Missing"),
        (request(Authorization=signed(MADE_UP, "s3")), 403, "<Code>InvalidAccessKeyId</Code>"),
        (request(f"/bucket?AWSAccessKeyId={MADE_UP}", "GET"), 403, "<Code>InvalidAccessKeyId</Code>"),
        (
            request(Content_Type="application/x-www-form-urlencoded", Authorization=signed(MADE_UP, "sns")),
            403,
            "<Code>InvalidClientTokenId</Code>",
        ),
        (request(smithy_protocol="rpc-v2-cbor", Authorization=signed(MADE_UP)), 403, "InvalidClientTokenId"),
        (request("/_local/stop", Authorization=f"Bearer {MADE_UP}"), 403, "security token"),
        (request("/_local/stop", Authorization="Bearer "), 403, "Missing"),
        (request("/_local/stop", Content_Type="text/plain"), 403, "Missing"),
        (request("/_local/code/name.zip", "GET"), 403, "Missing"),
        (request(Authorization=signed(KEY[:-1])), 403, "security token"),
        (request(Authorization=signed("ü")), 403, "security token"),
    ],
)
def test_a_made_up_key_and_none_are_refused_in_the_service_s_own_form(refused: Request, status: int, said: str) -> None:
    """Everywhere, whatever is asked for."""
    answer = GUARD.refusal(refused)
    assert answer is not None
    assert answer.status == status
    assert said in answer.body.decode(errors="replace") + answer.headers.get("x-amzn-ErrorType", "")


def test_no_two_runs_have_the_same_key() -> None:
    """In the form of AWS's: 20 letters and digits."""
    keys = {new_access_key() for _ in range(50)}
    assert len(keys) == 50
    assert all(len(key) == 20 and key.isalnum() and key.isupper() for key in keys)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    [
        ("lambda", "list_functions", {}, "UnrecognizedClientException"),
        ("dynamodb", "list_tables", {}, "UnrecognizedClientException"),
        ("s3", "list_objects_v2", {"Bucket": "any"}, "InvalidAccessKeyId"),
        ("sns", "list_topics", {}, "InvalidClientTokenId"),
        ("sqs", "list_queues", {}, "InvalidClientTokenId"),
        ("cloudwatch", "describe_alarms", {}, "InvalidClientTokenId"),
        ("logs", "describe_log_groups", {}, "UnrecognizedClientException"),
    ],
)
def test_sdks_read_the_refusal(
    embedded: LocalAws, service: str, operation: str, parameters: dict[str, Any], code: str
) -> None:
    """Each protocol's own error, in each service's own word."""
    stranger = client(service, embedded.endpoint_url, embedded.region, MADE_UP)
    with pytest.raises(ClientError) as refused:
        getattr(stranger, operation)(**parameters)
    assert refused.value.response["Error"]["Code"] == code


def test_a_stranger_runs_no_code_and_stops_nothing(embedded: LocalAws, tmp_path: Path) -> None:
    """Neither with a made-up key, nor from a page of another site, nor below a foreign name."""
    stranger = client("lambda", embedded.endpoint_url, embedded.region, MADE_UP)
    with pytest.raises(ClientError):
        stranger.create_function(
            FunctionName="stranger",
            Runtime="python3.13",
            Handler="recorder.handle",
            Role=ROLE,
            Code={"ZipFile": write_package(tmp_path / "zip").read_bytes()},
        )
    stop = f"{embedded.endpoint_url}/_local/stop"
    bearer = {"Authorization": f"Bearer {embedded.access_key}"}
    for headers in (
        {"Content-Type": "text/plain"},
        {**bearer, "Origin": "https://evil.example"},
        {**bearer, "Host": "evil.example"},
    ):
        assert urllib3.request("POST", stop, headers=headers, retries=False).status == 403
    assert embedded.admin("GET", "state")[0] == 200


def test_presigned_urls_and_the_credentials_of_a_role_work(embedded: LocalAws) -> None:
    """What the stack itself hands out is accepted: of S3, of GetFunction, and by STS."""
    s3 = embedded.client("s3")
    s3.create_bucket(Bucket="presigned", CreateBucketConfiguration={"LocationConstraint": embedded.region})
    s3.put_object(Bucket="presigned", Key="key", Body=b"content")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "presigned", "Key": "key"})
    assert urllib3.request("GET", url).data == b"content"
    forged = url.replace(embedded.access_key, MADE_UP)
    assert forged != url
    assert urllib3.request("GET", forged).status == 403
    role = embedded.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="any")["Credentials"]
    as_role = client("dynamodb", embedded.endpoint_url, embedded.region, role["AccessKeyId"])
    assert "TableNames" in as_role.list_tables()


def test_the_zip_of_a_function_is_read_from_its_location(embedded: LocalAws, tmp_path: Path) -> None:
    """The URL that GetFunction shows needs no header."""
    package = write_package(tmp_path / "zip").read_bytes()
    functions = embedded.client("lambda")
    functions.create_function(
        FunctionName="located", Runtime="python3.13", Handler="recorder.handle", Role=ROLE, Code={"ZipFile": package}
    )
    location = functions.get_function(FunctionName="located")["Code"]["Location"]
    assert urllib3.request("GET", location).data == package
    bare = urllib.parse.urlsplit(location)._replace(query="").geturl()
    assert urllib3.request("GET", bare).status == 403


def test_only_its_owner_reads_what_a_stack_keeps(embedded: LocalAws) -> None:
    """The key is in one file of the home, which others cannot enter."""
    assert stat.S_IMODE(embedded.home.stat().st_mode) == 0o700
    assert stat.S_IMODE((embedded.home / "state.json").stat().st_mode) == 0o600
    kept = [path for path in embedded.home.rglob("*") if path.is_file()]
    assert [path for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o077 and "code" not in path.parts] == []
    assert [path for path in kept if path.name.endswith(".log") and embedded.access_key in path.read_text()] == []


def test_a_home_is_used_by_one_at_a_time(embedded: LocalAws) -> None:
    """A second one says which process has it and what to do; the first continues and is still found."""
    with pytest.raises(LocalAwsError, match=rf"already uses {embedded.home} \(process \d+\): stop it with .*--home"):
        LocalAws.start(home=embedded.home)
    assert LocalAws.find(embedded.home).identity == embedded.identity


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """As in a checkout that is mounted read-only; nothing is started."""
    (tmp_path / "file").touch()
    with pytest.raises(LocalAwsError, match=rf"^{tmp_path}/file/aws cannot be written to \(.*\): choose .*--home\.$"):
        LocalAws.start(home=tmp_path / "file" / "aws")
