"""Unit: does Lambda get its answer, CloudWatch its metrics, and no log the contents of a record?"""

import gc
import hashlib
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from awslambdaric.lambda_runtime_log_utils import JsonFormatter
from stream_indexer import handler
from stream_indexer.connection import Response
from stream_indexer.deadline import LambdaDeadline
from stream_indexer.documents.field_names import FieldNamePolicy
from stream_indexer.errors import ConfigError, IndexerError, SetupError
from stream_indexer.handler import handle

from tests.unit import malformed
from tests.unit.fakes import (
    BAD,
    MISSING,
    SECOND,
    Reply,
    by_id,
    conflict,
    done,
    expiry,
    key,
    number,
    read_bulk,
    record,
    version,
    whole,
)
from tests.unit.loopback import Server, answer, serving
from tests.unit.test_config import ENVIRONMENT

SOURCE: Final = Path(handler.__file__).parents[1]
BUCKET: Final = ENVIRONMENT["QUARANTINE_BUCKET"]
MARKER: Final = "marker-5b1e"


@dataclass(frozen=True, slots=True)
class Context:
    """Lambda's context, with a minute left."""

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left."""
        return 60_000


Scene = Callable[..., Server]


@pytest.fixture(name="scene")
def _scene(aws_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Scene]:
    """Yield what makes an index on loopback answer each bulk request by the next reply; made-up AWS around it.

    Retries wait for nothing, so that no test needs a short deadline, which a busy machine does not keep.
    """
    del aws_url
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(LambdaDeadline, "sleep", lambda _self, _seconds: None)
    with serving() as server:
        environment = {**ENVIRONMENT, "OPENSEARCH_ENDPOINT": f"http://127.0.0.1:{server.port}"}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

        def play(*replies: Reply) -> Server:
            def step(reply: Reply) -> Callable[[socket.socket], bool]:
                def act(connection: socket.socket) -> bool:
                    response = reply(read_bulk(server.heard[-1].body))
                    return answer(response.content, response.status)(connection)

                return act

            server.script[:] = [step(reply) for reply in replies or [done]]
            return server

        clear()
        yield play
        if handler.services.cache_info().currsize:
            handler.services().setups[0].client.close()  # type: ignore[attr-defined]
        clear()


@pytest.fixture(name="s3")
def _s3(scene: Scene) -> Any:  # the scene makes AWS up
    """Return a client of S3, with the quarantine bucket in it."""
    del scene
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return client


def setup_event(monkeypatch: pytest.MonkeyPatch, **definition: Any) -> dict[str, str]:
    """Return the event that sets up the index, and vouch for it in the environment as Terraform does."""
    text = json.dumps(definition)
    monkeypatch.setenv("SETUP_SHA256", hashlib.sha256(text.encode()).hexdigest())
    return {"action": "setup_index", "definition": text}


def clear() -> None:
    """Forget what an execution environment keeps."""
    handler.services.cache_clear()


def batch(*records: Any) -> Any:
    """Return the event of a batch."""
    return {"Records": list(records)}


def told(capsys: pytest.CaptureFixture[str]) -> list[Mapping[str, Any]]:
    """Return the lines on stdout."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_collector_does_not_walk_an_event_while_it_is_parsed(scene: Scene) -> None:
    """From the first batch on it waits for far more objects than Python would let it."""
    gc.set_threshold(700)
    scene()
    handle(batch(record("a", 1)), Context())
    assert gc.get_threshold()[0] == handler.GC_THRESHOLD


def test_a_batch_that_is_done_names_no_failure(scene: Scene) -> None:
    server = scene()
    assert handle(batch(record("a", 1), record("b", 2, "REMOVE")), Context()) == {"batchItemFailures": []}
    (heard,) = server.heard
    assert heard.line == (
        "POST /orders/_bulk?filter_path=items.%2A.status%2Citems.%2A.error.type%2Citems.%2A.error.reason"
        "&require_alias=true HTTP/1.1"
    )
    assert heard.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=id/")
    assert [one.action for one in read_bulk(heard.body)] == ["index", "delete"]


def test_a_collection_is_sent_no_parameter_and_no_guard(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenSearch Serverless refuses parameters that it does not know; that it knows these is unproven."""
    server = scene(lambda _asked: Response(200, b'{"items":[{"delete":{"status":200}}]}'))
    monkeypatch.setenv("OPENSEARCH_SERVICE", "aoss")
    assert handle(batch(record("b", 2, "REMOVE")), Context()) == {"batchItemFailures": []}
    (heard,) = server.heard
    assert heard.line == "POST /orders/_bulk HTTP/1.1"
    assert [one.action for one in read_bulk(heard.body)] == ["delete"]
    assert heard.body.count(b"\n") == 1


def test_a_batch_that_failed_names_the_sequence_number_to_go_on_from(scene: Scene) -> None:
    """One: Lambda continues from the lowest whatever it is given. It is the SequenceNumber, not the eventID."""
    scene(by_id({"b|1": 503, "c|1": 503}))
    answered = handle(batch(*(record(name, count) for count, name in enumerate("abcd", 1))), Context())
    assert answered == {"batchItemFailures": [{"itemIdentifier": number(2)}]}


def test_a_failure_without_a_number_gives_the_whole_batch_back(scene: Scene) -> None:
    """Here there is no bucket to keep the record in."""
    scene()
    assert handle(batch(record("a", 1), {}), Context()) == {"batchItemFailures": [{"itemIdentifier": ""}]}


def test_an_empty_batch_is_done(scene: Scene) -> None:
    server = scene()
    assert handle(batch(), Context()) == {"batchItemFailures": []}
    assert server.heard == []


@pytest.mark.usefixtures("s3")
def test_the_metrics_are_one_line_on_stdout(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene(by_id({"b|1": BAD, "c|1": conflict(version(999), version(1))}))
    handle(batch(record("a", 1), record("a", 2), record("b", 3), record("c", 4), {}), Context())
    (line,) = told(capsys)
    lag = line["ReplicationLag"]
    assert len(lag) == 1
    assert {name: value for name, value in line.items() if name not in {"_aws", "ReplicationLag"}} == {
        "FunctionName": "orders-indexer",
        "RecordsProcessed": 5,
        "DocumentsIndexed": 1,
        "VersionConflicts": 1,
        "RecordsCoalesced": 1,
        "MalformedRecords": 1,
        "DocumentsRejected": 1,
        "OffendingRecordCount": 2,
        "RecordsQuarantined": 2,
    }


def test_what_can_never_be_indexed_is_kept_in_s3(scene: Scene, s3: Any) -> None:
    scene(by_id({"b|1": BAD}))
    given = [record("a", 1), record("b", 2), {**record("c", 3), "eventName": "UPDATE"}]
    assert handle(batch(*given), Context()) == {"batchItemFailures": []}
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    objects = [json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()) for key in keys]
    assert {name.split("-")[1] for name in keys} == {f"indexer/2026/01/01/{number(2)}", "indexer/malformed"}
    assert sorted(kept["reason"] for kept in objects) == ["malformed", "rejected"]
    assert all(kept["record"] in given[1:] for kept in objects)
    assert {kept["functionVersion"] for kept in objects} == {"$LATEST"}


def test_a_redrive_names_what_is_in_quarantine_again(scene: Scene, s3: Any) -> None:
    """Only for whom hands records over by hand: Lambda says nothing of other members of an answer."""
    refused = record("a", 1)
    scene(by_id({"a|1": BAD}))
    for event in (batch(refused), {"action": "redrive", **batch(record("b", 2), refused, {})}):
        answered = handle(event, Context())
    assert answered == {
        "batchItemFailures": [],
        "rejected": [
            {"sequenceNumber": "", "alias": "", "reason": "malformed", "error": {"type": "", "status": 0}},
            {
                "sequenceNumber": number(1),
                "alias": "orders",
                "reason": "rejected",
                "error": {"type": BAD[1], "status": 400},
            },
        ],
    }
    assert len(s3.list_objects_v2(Bucket="orders-quarantine")["Contents"]) == 2
    scene(done)
    assert handle({"action": "redrive", **batch(refused)}, Context()) == {"batchItemFailures": [], "rejected": []}


def test_invocations_share_the_parts_and_their_connection(scene: Scene) -> None:
    server = scene()
    for count in range(3):
        handle(batch(record("a", count)), Context())
    assert {heard.connection for heard in server.heard} == {1}


def test_setup_answers_what_is_there(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    server = scene()
    found = answer(b'{"orders-v2":{"aliases":{"orders":{}}}}')
    server.script[:] = [answer(), found, answer()]
    event = setup_event(monkeypatch, settings={"number_of_replicas": 0}, mappings={"dynamic": "strict"})
    assert handle(event, Context()) == {"indexes": [{"alias": "orders", "index": "orders-v2", "created": False}]}
    template = json.loads(server.heard[0].body)["template"]
    assert template["settings"]["index"]["number_of_replicas"] == 0
    assert template["mappings"]["dynamic"] == "strict"


def test_setup_says_how_numbers_are_searched_and_where_flattened_names_go(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The team's own mappings go over both; the template has them for the indexes of rebuilds."""
    monkeypatch.setenv("FIELD_NAME_POLICY", "flatten")
    server = scene()
    server.script[:] = [answer(), answer(b'{"orders-v1":{}}'), answer()]
    numeric_fields = {"lines.price": {"type": "scaled_float", "scaling_factor": 100}, "total": {"type": "long"}}
    own = {"dynamic": "strict", "properties": {"total": {"type": "keyword"}}}
    handle(setup_event(monkeypatch, numeric_fields=numeric_fields, mappings=own), Context())
    mappings = json.loads(server.heard[0].body)["template"]["mappings"]
    assert mappings["dynamic"] == "strict"
    assert mappings["date_detection"] is False
    assert mappings["properties"] == {
        "lines": {"properties": {"price": {"type": "scaled_float", "scaling_factor": 100}}},
        "total": {"type": "keyword"},
        "flattened_attributes": {"type": "flat_object"},
        "flattened_unsearchable": {"type": "object", "enabled": False},
    }
    assert server.heard[-1].line.startswith("PUT /orders/_mapping ")
    assert json.loads(server.heard[-1].body) == mappings


def test_a_number_asked_for_wrongly_fails_the_setup_before_anything_is_set_up(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = scene()
    with pytest.raises(SetupError, match=r"numeric_fields\['price'\]\.type must be one of"):
        handle(setup_event(monkeypatch, numeric_fields={"price": {"type": "money"}}), Context())
    assert server.heard == []


@pytest.mark.parametrize("definition", [{}, {"settings": None, "numeric_fields": None, "mappings": None}])
def test_setup_needs_neither_settings_nor_mappings(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, definition: dict[str, Any]
) -> None:
    server = scene()
    server.script[:] = [answer(), answer(status=404), answer()]
    answered = handle(setup_event(monkeypatch, **definition), Context())
    assert answered == {"indexes": [{"alias": "orders", "index": "orders-v1", "created": True}]}


@pytest.mark.parametrize("definition", ["{}", "", '{"mappings":{"dynamic":"strict"}}', "\ud800"])
def test_a_definition_that_the_environment_does_not_vouch_for_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, definition: str
) -> None:
    """Permission to invoke the function is no permission to choose mappings and settings."""
    server = scene()
    event = setup_event(monkeypatch, mappings={"dynamic": "true"})
    with pytest.raises(IndexerError, match="SETUP_SHA256"):
        handle({**event, "definition": definition}, Context())
    assert server.heard == []


def test_a_setup_that_is_refused_fails_the_invocation_with_its_reason(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform shows it at apply."""
    scene().script[:] = [answer(b'{"error":{"type":"security_exception","reason":"no"},"status":401}', 401)]
    with pytest.raises(SetupError, match="security_exception: no"):
        handle(setup_event(monkeypatch), Context())


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {},
        "setup_index",
        {"Records": None},
        {"Records": {}},
        {"action": "setup"},
        {"action": "setup_index"},
        {"action": "setup_index", "definition": {}},
        {"action": "setup_index", "definition": "{}", "mappings": {}},
        {"detail": {MARKER: MARKER}},
    ],
)
def test_an_event_of_another_kind_is_refused(scene: Scene, event: Any) -> None:
    """By an exception: a response would mean to Lambda that all is done. Its contents are not quoted."""
    server = scene()
    with pytest.raises(IndexerError, match="neither a batch") as caught:
        handle(event, Context())
    assert MARKER not in str(caught.value)
    assert server.heard == []


@pytest.mark.parametrize("event", [batch(record()), {"action": "setup_index", "definition": "{}"}])
@pytest.mark.parametrize("name", ["INDICES", "AWS_ACCESS_KEY_ID"])
def test_a_missing_setting_fails_the_invocation(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, name: str, event: Any
) -> None:
    scene()
    monkeypatch.delenv(name)
    with pytest.raises(ConfigError, match=name):
        handle(event, Context())


def marked(value: Any) -> Any:
    """Return `value` with the marker in each of its texts that a team could have written; numbers stay numbers."""
    if isinstance(value, dict):
        names = {name: name if name in KEPT else marked(name) for name in value}
        return value if "N" in value else {names[name]: marked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner) for inner in value]
    return f"{MARKER}{value}" if isinstance(value, str) else value


KEPT: Final = {"S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL", "customer_id", "order_id"}


def secretive(name: str, count: int, **members: Any) -> Any:
    """Return a record that has the marker in its key and in every attribute."""
    image = malformed.image(text={"S": "x"}, deep={"M": {"inside": {"L": [{"SS": ["x"]}]}}}, number={"N": "1"})
    keys = marked(key(name))
    whole_image = {**marked(image), **keys}
    secret = {"Keys": keys, "NewImage": whole_image, "OldImage": whole_image}
    return record(name, count, **(secret | members))


def quoting(status: int, fault: str) -> Reply:
    """Refuse what is asked and quote it, as OpenSearch does."""
    return lambda asked: by_id({one.document_id: (status, fault, f"value '{MARKER}'") for one in asked})(asked)


@pytest.mark.parametrize("bucket", [True, False], ids=["kept", "not kept"])
@pytest.mark.parametrize(
    "reply",
    [
        done,
        quoting(400, BAD[1]),
        quoting(409, "version_conflict_engine_exception"),
        quoting(503, "unavailable"),
        whole(400, "action_request_validation_exception", MARKER),
        whole(403, "security_exception", MARKER),
    ],
    ids=["done", "refused", "stale", "unavailable", "request refused", "request forbidden"],
)
def test_no_contents_of_a_record_reach_a_log(
    scene: Scene, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, reply: Reply, *, bucket: bool
) -> None:
    """Neither on stdout nor in a log line as Lambda formats it, at any level, also when OpenSearch quotes them."""
    caplog.set_level(logging.DEBUG)
    server = scene(reply)
    if bucket:
        request.getfixturevalue("s3")
    capsys = request.getfixturevalue("capsys")
    reads = secretive("e", 5, NewImage=MISSING, StreamViewType="KEYS_ONLY")
    broken = [
        {**secretive("c", 3), "eventName": MARKER},
        secretive("c", 3, SequenceNumber=MARKER),
        secretive("c", 3, ApproximateCreationDateTime=MARKER),
        secretive("c", 3, Keys={MARKER: {"S": MARKER}}),
        secretive("c", 3, Keys={**key(), "order_id": {"N": MARKER}}),
        secretive("d", 4, NewImage={MARKER: {"S": f"{MARKER}\ud800"}, "bad": {MARKER: 1}}),
        secretive("d", 4, NewImage={MARKER: {MARKER: MARKER}}),
        MARKER,
    ]
    handle(batch(secretive("a", 1), secretive("b", 2), *broken, reads), Context())
    assert MARKER.encode() in server.heard[0].body, "the test itself must hold the marker"
    output = capsys.readouterr()
    assert "ConnectionErrors" not in output.out, "the reply must have been heard"
    lines = [JsonFormatter().format(line) for line in caplog.records]
    assert lines
    assert MARKER not in "".join([output.out, output.err, caplog.text, *lines])


RULES: Final = {
    "filter": {f"{MARKER}text": {"equals": [f"{MARKER}x"], "exists": True, "begins_with": MARKER}},
    "include_attributes": None,
    "exclude_attributes": [f"{MARKER}number"],
    "ttl_deletes": "ignore",
    "version_attribute": None,
    "id_prefix": None,
}


def test_every_id_has_the_prefix_that_is_set(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of documents that are written and of those that are deleted."""
    documents = {**RULES, "filter": {}, "exclude_attributes": [], "ttl_deletes": "apply", "id_prefix": "orders"}
    monkeypatch.setenv("DOCUMENT_RULES", json.dumps(documents))
    server = scene()
    handle(batch(record("a", 1), record("b", 2, "REMOVE")), Context())
    assert [sent.document_id for sent in read_bulk(server.heard[0].body)] == ["#orders|a|1", "#orders|b|1"]


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("reply", [done, quoting(400, BAD[1])], ids=["done", "refused"])
@pytest.mark.parametrize("policy", FieldNamePolicy)
def test_no_name_of_an_attribute_reaches_a_log(  # noqa: PLR0913 - fixtures
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    *,
    policy: FieldNamePolicy,
    reply: Reply,
) -> None:
    """Whatever becomes of names that OpenSearch would not take, and of items and attributes that rules leave out."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("FIELD_NAME_POLICY", policy)
    monkeypatch.setenv("DOCUMENT_RULES", json.dumps(RULES))
    server = scene(reply)
    unfit = {f"{MARKER}.": {"S": MARKER}, f"%{MARKER}": {"M": {f".{MARKER}": {"N": "1"}}}, "_id": {"S": MARKER}}
    takes = secretive("a", 1)
    takes["dynamodb"]["NewImage"] |= unfit
    broken = secretive("b", 2)
    broken["dynamodb"]["NewImage"] |= {**unfit, f"{MARKER}..": {MARKER: MARKER}}
    left_out = secretive("c", 3, NewImage={**marked(key("c")), **unfit})
    expired = {**expiry("d", 4), "dynamodb": secretive("d", 4)["dynamodb"]}
    assert handle(batch(takes, broken, left_out, expired), Context()) == {"batchItemFailures": []}
    sent = read_bulk(server.heard[0].body)
    assert [one.action for one in sent] == ["index", "delete"]
    assert f"{MARKER}number" not in sent[0].source
    output = capsys.readouterr()
    (metrics,) = [json.loads(line) for line in output.out.splitlines()]
    assert (metrics["MalformedRecords"], metrics["TtlDeletesIgnored"]) == (1, 1)
    lines = [JsonFormatter().format(line) for line in caplog.records]
    assert MARKER not in "".join([output.out, output.err, caplog.text, *lines])


@pytest.mark.usefixtures("s3")
def test_the_log_says_of_a_batch_what_happened(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene(by_id({"b|1": BAD, "c|1": 503}))
    handle(batch(record("a", 1), record("b", 2), record("c", 3)), Context())
    refused, given_back = [
        json.loads(JsonFormatter().format(line)) for line in caplog.records if line.name == "stream_indexer"
    ]
    assert (refused["level"], refused["message"]) == ("WARNING", "record rejected")
    assert (refused["sequenceNumber"], refused["reason"], refused["error"]["type"]) == (number(2), "rejected", BAD[1])
    assert (given_back["level"], given_back["message"]) == ("WARNING", "partial batch failure")
    assert (given_back["records"], given_back["checkpoint"]) == (3, number(3))
    assert given_back["counts"]["DocumentsIndexed"] == 1


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize(
    ("records", "age"), [([record("a", 1), record("b", 2)], 7_250), ([{}, record("b", 2)], None), ([], None)]
)
def test_the_log_says_how_old_the_batch_s_first_record_is(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, records: list[Any], age: int | None
) -> None:
    """In milliseconds, where that record says when it was made."""
    scene()
    monkeypatch.setattr("stream_indexer.deadline.LambdaDeadline.now", lambda _: SECOND + 7.25)
    handle(batch(*records), Context())
    line = json.loads(JsonFormatter().format([line for line in caplog.records if line.name == "stream_indexer"][-1]))
    assert (line["message"], line.get("oldestRecordAgeMs")) == ("batch processed", age)


IMPORT: Final = """
import os, sys
class Watched(dict):
    readers = []
    def note(self):
        frame = sys._getframe(2)
        while frame.f_globals["__name__"] in ("os", "_collections_abc"):
            frame = frame.f_back
        self.readers.append(frame.f_globals["__name__"])
    def __getitem__(self, name):
        self.note()
        return super().__getitem__(name)
    def __contains__(self, name):
        self.note()
        return super().__contains__(name)
    def get(self, name, default=None):
        self.note()
        return super().get(name, default)
os.environ = Watched(os.environ)
import stream_indexer.handler
print([name for name in Watched.readers if name.startswith("stream_indexer")])
print(sorted({"boto3", "botocore", "urllib3", "requests"} & set(sys.modules)))
print(stream_indexer.handler.services.cache_info().currsize)
"""


def test_importing_the_handler_loads_no_sdk_and_reads_no_environment() -> None:
    """A cold start pays for what its batch needs."""
    environment = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]}
    run = subprocess.run([sys.executable, "-c", IMPORT], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["[]", "[]", "0"]
