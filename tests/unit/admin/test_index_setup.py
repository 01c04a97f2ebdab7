"""Unit: are template, index and alias put in place, the first time and every other?"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
import pytest
from stream_indexer.admin.index_setup import IndexSetup
from stream_indexer.admin.requests import MAX_RETRY_SECONDS
from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline
from stream_indexer.errors import ConnectionFailedError, SetupError

from tests.unit.fakes import ManualDeadline

OURS: Final = {"gc_deletes": "1h", "mapping.depth.limit": 33, "mapping.total_fields.limit": 5000}
SETTINGS: Final = {"number_of_shards": 2, "number_of_replicas": 1, "refresh_interval": "5s"}
CREATED: Final = {"alias": "orders", "index": "orders-v1", "created": True}
Step = Callable[[], Response]


def ok(**content: Any) -> Step:
    """Answer 200."""
    return lambda: Response(200, orjson.dumps(content))


def refused(status: int, fault: str = "", reason: str = "") -> Step:
    """Answer with a fault."""
    content = orjson.dumps({"error": {"type": fault, "reason": reason}, "status": status}) if fault else b""
    return lambda: Response(status, content)


def silent() -> Response:
    """Give no answer."""
    raise ConnectionFailedError("OpenSearch cannot be reached: ConnectionRefusedError")


class Scripted:
    """Answers each method and path by the next step of its script, the last one for ever."""

    def __init__(self, script: dict[str, Sequence[Step]]) -> None:
        """Learn the script; what it does not name gets 200."""
        self.script = {call: list(steps) for call, steps in script.items()}
        self.calls: list[str] = []
        self.bodies: dict[str, Any] = {}

    def request(self, method: str, path: str, body: bytes = b"", *, deadline: Deadline) -> Response:
        """Answer one request."""
        assert deadline.remaining() > 0
        call = f"{method} {path}"
        self.calls.append(call)
        self.bodies[call] = json.loads(body) if body else None
        steps = self.script.get(call, [ok(acknowledged=True)])
        return (steps.pop(0) if len(steps) > 1 else steps[0])()


ABSENT: Final = refused(404)
MAPPINGS: Final = {"date_detection": False}
FIRST_TIME: Final[dict[str, Sequence[Step]]] = {"GET /orders/_alias/orders": [ABSENT]}


def run(
    client: Scripted,
    *,
    is_serverless: bool = False,
    deadline: ManualDeadline | None = None,
) -> Any:
    """Set up `orders`."""
    setup = IndexSetup(client, "orders", is_serverless)
    return setup.apply({} if is_serverless else SETTINGS, MAPPINGS, deadline or ManualDeadline())


FLAT: Final = {"analysis.analyzer.codes.type": "pattern", "analysis.analyzer.codes.pattern": "-"}
THERE: Final[dict[str, Sequence[Step]]] = {"GET /orders/_alias/orders": [ok(**{"orders-v1": {}})]}


@pytest.mark.parametrize(
    "reason",
    [
        "Can't update non dynamic settings [[index.analysis.analyzer.codes.type]] for open indices [[orders-v1/kZA0B]]",
        "final orders-v1 setting [index.analysis.analyzer.codes.type], not updateable",
    ],
)
def test_a_setting_that_opensearch_changes_in_place_is_changed_and_others_are_the_template_s(reason: str) -> None:
    """Which they are OpenSearch says: it refuses all at once, and names those that an index keeps for its life."""
    client = Scripted({**THERE, "PUT /orders/_settings": [refused(400, "illegal_argument_exception", reason), ok()]})
    given = {"analysis": {"analyzer": {"codes": {"type": "pattern", "pattern": "-"}}}}
    own = {**given, "mapping": {"total_fields": {"limit": 9000}}}
    IndexSetup(client, "orders", is_serverless=False).apply(SETTINGS, MAPPINGS, ManualDeadline(), own)
    template = client.bodies["PUT /_index_template/orders"]["template"]
    assert template["settings"]["index"] == {**OURS, **SETTINGS, **FLAT, "mapping.total_fields.limit": 9000}
    changed = client.bodies["PUT /orders/_settings"]["index"]
    assert changed["mapping.total_fields.limit"] == 9000
    assert "analysis.analyzer.codes.type" not in changed
    assert "number_of_shards" not in changed


def test_a_setting_that_opensearch_refuses_for_another_reason_fails_the_setup() -> None:
    """A value that is wrong is no matter of in place or not."""
    wrong = refused(400, "illegal_argument_exception", "unknown setting [index.gc_delets]")
    with pytest.raises(SetupError, match="unknown setting"):
        run(Scripted({**THERE, "PUT /orders/_settings": [wrong]}))


def test_the_first_time_makes_template_then_index_and_alias() -> None:
    client = Scripted(FIRST_TIME)
    assert run(client) == CREATED
    assert client.calls == ["PUT /_index_template/orders", "GET /orders/_alias/orders", "PUT /orders-v1"]
    assert client.bodies["PUT /_index_template/orders"] == {
        "index_patterns": ["orders-v*"],
        "priority": 106,
        "template": {"settings": {"index": {**OURS, **SETTINGS}}, "mappings": MAPPINGS},
    }
    assert client.bodies["PUT /orders-v1"] == {"aliases": {"orders": {"is_write_index": True}}}


def test_again_changes_what_can_be_changed_in_place() -> None:
    """An index keeps its number of shards for life."""
    client = Scripted({"GET /orders/_alias/orders": [ok(**{"orders-v1": {"aliases": {"orders": {}}}})]})
    assert run(client) == {**CREATED, "created": False}
    assert client.calls == [
        "PUT /_index_template/orders",
        "GET /orders/_alias/orders",
        "PUT /orders/_settings",
        "PUT /orders/_mapping",
    ]
    changed = {"index": {**OURS, "number_of_replicas": 1, "refresh_interval": "5s"}}
    assert client.bodies["PUT /orders/_settings"] == changed
    assert client.bodies["PUT /orders/_mapping"] == MAPPINGS


def test_an_alias_that_a_rebuild_moved_stays_where_it_is() -> None:
    client = Scripted({"GET /orders/_alias/orders": [ok(**{"orders-v2": {}})]})
    assert run(client)["index"] == "orders-v2"
    assert "PUT /orders-v1" not in client.calls


def test_an_alias_over_two_indexes_is_told_as_both() -> None:
    client = Scripted({"GET /orders/_alias/orders": [ok(**{"orders-v2": {}, "orders-v1": {}})]})
    assert run(client)["index"] == "orders-v1, orders-v2"


def test_given_settings_stand_over_the_safe_ones() -> None:
    client = Scripted(FIRST_TIME)
    IndexSetup(client, "orders", is_serverless=False).apply({"gc_deletes": "2h"}, {}, ManualDeadline())
    assert client.bodies["PUT /_index_template/orders"]["template"]["settings"] == {
        "index": {**OURS, "gc_deletes": "2h"}
    }


@pytest.mark.parametrize("is_there", [False, True])
def test_a_serverless_collection_takes_no_settings(is_there: bool) -> None:  # noqa: FBT001 - a row of the table
    there = ok(**{"orders-v1": {}})
    client = Scripted({"GET /orders/_alias/orders": [there] if is_there else [ABSENT, ABSENT, there]})
    run(client, is_serverless=True)
    assert client.calls[-2:] == ["GET /orders/_alias/orders", "POST /orders/_bulk"]
    assert client.bodies["PUT /_index_template/orders"]["template"]["settings"] == {"index": {}}
    assert "PUT /orders/_settings" not in client.calls
    assert ("PUT /orders/_mapping" in client.calls) is is_there


def test_a_collection_without_the_alias_after_setup_fails_it() -> None:
    """Bulk requests to a collection do not ask for an alias, so setup does."""
    with pytest.raises(SetupError, match=r"orders must be an alias of the index orders-v1 \(got no such alias\)"):
        run(Scripted(FIRST_TIME), is_serverless=True)


def test_a_collection_that_refuses_the_bulk_request_fails_the_setup() -> None:
    reason = "request [/orders/_bulk] contains unrecognized parameter: [x]"
    client = Scripted({**THERE, "POST /orders/_bulk": [refused(400, "illegal_argument_exception", reason)]})
    with pytest.raises(SetupError, match="POST /orders/_bulk: OpenSearch answered 400"):
        run(client, is_serverless=True)


def test_an_index_of_the_aliass_name_is_refused_with_opensearchs_reason() -> None:
    """Another client wrote to it before the alias existed. The setup does not delete it."""
    reason = "Invalid alias name [orders]: an index or data stream exists with the same name as the alias"
    client = Scripted({**FIRST_TIME, "PUT /orders-v1": [refused(400, "invalid_alias_name_exception", reason)]})
    with pytest.raises(SetupError) as caught:
        run(client)
    assert str(caught.value) == (f"PUT /orders-v1: OpenSearch answered 400, invalid_alias_name_exception: {reason}.")


@pytest.mark.parametrize(
    "call",
    ["PUT /_index_template/orders", "GET /orders/_alias/orders", "PUT /orders/_settings", "PUT /orders/_mapping"],
)
def test_every_refusal_names_its_request(call: str) -> None:
    script: dict[str, Sequence[Step]] = {
        "GET /orders/_alias/orders": [ok(**{"orders-v1": {}})],
        call: [refused(400, "x", "y")],
    }
    with pytest.raises(SetupError, match=rf"^{call}: OpenSearch answered 400, x: y\.$"):
        run(Scripted(script))


def test_a_refusal_without_a_reason_says_so() -> None:
    with pytest.raises(SetupError, match="answered 400, no reason given"):
        run(Scripted({**FIRST_TIME, "PUT /orders-v1": [refused(400)]}))


def test_a_403_that_stays_says_what_to_look_at() -> None:
    deadline = ManualDeadline(900)
    client = Scripted({"PUT /_index_template/orders": [refused(403, "security_exception", "no permissions")]})
    with pytest.raises(SetupError, match=r"security_exception: no permissions.*What OpenSearch must grant"):
        run(client, deadline=deadline)
    assert sum(deadline.sleeps) >= MAX_RETRY_SECONDS


@pytest.mark.parametrize("step", [refused(403), refused(429), refused(500), refused(503), silent])
def test_what_may_pass_is_waited_for(step: Step) -> None:
    """What a new role may do takes some seconds to be known everywhere."""
    client = Scripted({**FIRST_TIME, "PUT /_index_template/orders": [step, step, ok()]})
    assert run(client) == CREATED


@pytest.mark.parametrize("status", [400, 401, 405])
def test_what_stays_is_not_waited_for(status: int) -> None:
    deadline = ManualDeadline()
    with pytest.raises(SetupError, match=str(status)):
        run(Scripted({"PUT /_index_template/orders": [refused(status)]}), deadline=deadline)
    assert deadline.sleeps == []


def test_an_index_out_of_reach_ends_in_a_reason() -> None:
    with pytest.raises(SetupError, match=r"^PUT /_index_template/orders: OpenSearch cannot be reached"):
        run(Scripted({"PUT /_index_template/orders": [silent]}))


@pytest.mark.parametrize("step", [silent, refused(503)])
def test_waiting_keeps_to_the_invocations_time(step: Step) -> None:
    deadline = ManualDeadline(30)
    with pytest.raises(SetupError):
        run(Scripted({"PUT /_index_template/orders": [step]}), deadline=deadline)
    assert deadline.remaining() > 0


def test_an_index_that_another_made_meanwhile_gets_what_can_be_changed_in_place() -> None:
    """Of two pipelines that share it and are applied together, the second has its fields there as well."""
    exists = refused(400, "resource_already_exists_exception", "index [orders-v1/x] already exists")
    there = ok(**{"orders-v1": {}})
    client = Scripted({"GET /orders/_alias/orders": [ABSENT, there], "PUT /orders-v1": [exists]})
    assert run(client) == {**CREATED, "created": False}
    assert client.bodies["PUT /orders/_mapping"] == MAPPINGS
    assert client.bodies["PUT /orders/_settings"]


def test_an_index_that_was_made_by_a_request_without_an_answer_is_taken() -> None:
    """The request arrived, its answer did not: asked again, OpenSearch says that the index is there."""
    exists = refused(400, "resource_already_exists_exception", "index [orders-v1/x] already exists")
    there = ok(**{"orders-v1": {}})
    client = Scripted({"GET /orders/_alias/orders": [ABSENT, there], "PUT /orders-v1": [silent, exists]})
    assert run(client)["index"] == "orders-v1"


def test_an_index_without_its_alias_is_refused() -> None:
    exists = refused(400, "resource_already_exists_exception", "index [orders-v1/x] already exists")
    with pytest.raises(SetupError, match="already exists"):
        run(Scripted({**FIRST_TIME, "PUT /orders-v1": [exists]}))


@pytest.mark.parametrize("content", [b"<html>", b"", b"7", b"null"])
def test_an_answer_that_is_not_opensearchs_is_said_to_be_none(content: bytes) -> None:
    """Something else listens there."""
    client = Scripted({"GET /orders/_alias/orders": [lambda: Response(200, content)]})
    with pytest.raises(SetupError, match="not OpenSearch's"):
        run(client)


def test_of_two_templates_that_an_index_meets_the_longer_names_counts() -> None:
    """OpenSearch refuses two of one priority whose patterns overlap, as those of `orders` and `orders-vip` do."""
    priorities = []
    for alias in ("orders", "orders-vip"):
        client = Scripted({f"GET /{alias}/_alias/{alias}": [ABSENT]})
        IndexSetup(client, alias, is_serverless=False).apply(SETTINGS, MAPPINGS, ManualDeadline())
        priorities.append(client.bodies[f"PUT /_index_template/{alias}"]["priority"])
    assert priorities[0] < priorities[1]


@pytest.mark.parametrize("call", ["PUT /_index_template/orders", "PUT /orders/_settings", "PUT /orders/_mapping"])
def test_a_change_that_is_not_acknowledged_is_not_set_up(call: str) -> None:
    script: dict[str, Sequence[Step]] = {
        "GET /orders/_alias/orders": [ok(**{"orders-v1": {}})],
        call: [ok(acknowledged=False)],
    }
    with pytest.raises(SetupError, match=rf"^{call}: OpenSearch did not acknowledge the change in time\."):
        run(Scripted(script))
