"""Unit: is the indexer let into a domain's security, and out of it, with everybody else left as they were?"""

import json
from typing import Any, Final

import pytest
from stream_indexer.admin import security_role
from stream_indexer.admin.security_role import API, SecurityRoleMapping, handle
from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline
from stream_indexer.errors import ConfigError, ConnectionFailedError, IndexerError, SetupError

from tests.unit.fakes import ManualDeadline
from tests.unit.loopback import answer, serving

ROLE: Final = "orders-stream-indexer"
INDEXER: Final = "arn:aws:iam::123456789012:role/orders-eu-west-1"
OTHER: Final = "arn:aws:iam::123456789012:role/reindex"
PERMISSIONS: Final = {"cluster_permissions": ["indices:data/write/bulk"], "index_permissions": []}
WRITE: Final = {"action": "write"}
REMOVE: Final = {"action": "remove"}
EVERYTHING: Final = {"cluster_permissions": ["*"]}
ATTACKER: Final = "arn:aws:iam::123456789012:role/attacker"
ENVIRONMENT: Final = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "OPENSEARCH_ENDPOINT": "https://search.example.com",
    "SECURITY_ROLE": ROLE,
    "SECURITY_PERMISSIONS": json.dumps(PERMISSIONS),
    "BACKEND_ROLE": INDEXER,
}


class Security:
    """The security plugin's API over its two lists; `mappings` by role as the plugin shows them."""

    def __init__(self, *backend_roles: str, **members: list[str]) -> None:
        """Begin with one mapping of these members, or with none."""
        shown = {"backend_roles": list(backend_roles), "hosts": [], "users": [], "and_backend_roles": [], **members}
        self.mappings: dict[str, Any] = {ROLE: shown} if backend_roles or members else {}
        self.roles: dict[str, Any] = {name: {} for name in self.mappings}
        self.calls: list[str] = []
        self.refusal: dict[str, Response] = {}

    def request(self, method: str, path: str, body: bytes = b"", *, deadline: Deadline) -> Response:
        """Answer one request."""
        assert deadline.remaining() > 0
        kind, name = path.removeprefix(f"{API}/").split("/")
        self.calls.append(f"{method} {kind}")
        if f"{method} {kind}" in self.refusal:
            return self.refusal[f"{method} {kind}"]
        kept = self.roles if kind == "roles" else self.mappings
        document: Any = json.loads(body) if body else None
        if method != "PUT" and name not in kept:
            return Response(404, b'{"status":"NOT_FOUND","message":"not found."}')
        match method:
            case "GET":
                return Response(200, json.dumps({name: kept[name]}).encode())
            case "PUT":
                status = 200 if name in kept else 201
                kept[name] = document
                return Response(status, b"{}")
            case "PATCH":
                return Response(200 if patched(kept[name], document) else 400, b"{}")
        del kept[name]
        return Response(200, b"{}")


def patched(mapping: dict[str, Any], operations: list[dict[str, Any]]) -> bool:
    """Apply a JSON patch to the list of backend roles; return False for what the plugin refuses (seen of `test`)."""
    for operation in operations:
        match operation:
            case {"op": "add", "path": "/backend_roles/-", "value": str(name)}:
                mapping["backend_roles"].append(name)
            case {"op": "replace", "path": "/backend_roles", "value": [*names]}:
                mapping["backend_roles"] = names
            case _:
                return False
    return True


def put(security: Security) -> None:
    SecurityRoleMapping(security, ManualDeadline()).grant(ROLE, PERMISSIONS, INDEXER)


def remove(security: Security) -> None:
    SecurityRoleMapping(security, ManualDeadline()).revoke(ROLE, INDEXER)


def test_the_first_time_makes_the_role_and_its_mapping() -> None:
    security = Security()
    put(security)
    assert security.roles == {ROLE: PERMISSIONS}
    assert security.mappings == {ROLE: {"backend_roles": [INDEXER]}}


def test_whoever_is_mapped_already_stays_mapped() -> None:
    security = Security(OTHER, users=["ann"])
    put(security)
    assert security.mappings[ROLE]["backend_roles"] == [OTHER, INDEXER]
    assert security.mappings[ROLE]["users"] == ["ann"]


def test_again_is_the_same_as_once() -> None:
    security = Security(OTHER)
    put(security)
    put(security)
    assert security.mappings[ROLE]["backend_roles"] == [OTHER, INDEXER]
    assert security.calls.count("PATCH rolesmapping") == 1


def test_the_last_one_to_go_takes_role_and_mapping_along() -> None:
    """A role that is left mapped would admit the next role of its name."""
    security = Security(INDEXER)
    remove(security)
    assert (security.roles, security.mappings) == ({}, {})


@pytest.mark.parametrize("security", [Security(INDEXER, OTHER), Security(OTHER, INDEXER)])
def test_others_keep_the_role_when_the_indexer_goes(security: Security) -> None:
    remove(security)
    assert security.mappings[ROLE]["backend_roles"] == [OTHER]
    assert ROLE in security.roles


@pytest.mark.parametrize("kind", ["users", "hosts"])
def test_a_user_or_host_is_somebody_else_too(kind: str) -> None:
    security = Security(INDEXER, **{kind: ["ann"]})
    remove(security)
    assert security.mappings[ROLE]["backend_roles"] == []
    assert ROLE in security.roles


def test_removing_what_is_not_there_removes_nothing_of_others() -> None:
    security = Security(OTHER)
    remove(security)
    assert security.mappings[ROLE]["backend_roles"] == [OTHER]
    assert security.calls == ["GET rolesmapping"]


def test_removing_twice_is_the_same_as_once() -> None:
    security = Security(INDEXER)
    remove(security)
    remove(security)
    assert (security.roles, security.mappings) == ({}, {})


@pytest.mark.parametrize("call", ["PUT roles", "GET rolesmapping", "PUT rolesmapping"])
def test_a_refusal_to_put_names_its_request(call: str) -> None:
    security = Security()
    security.refusal[call] = Response(400, b'{"status":"BAD_REQUEST","message":"no"}')
    method, kind = call.split()
    with pytest.raises(SetupError, match=rf"^{method} {API}/{kind}/{ROLE}: OpenSearch answered 400, no\.$"):
        put(security)


@pytest.mark.parametrize(
    ("call", "security"),
    [
        ("PATCH rolesmapping", Security(INDEXER, OTHER)),
        ("DELETE rolesmapping", Security(INDEXER)),
        ("DELETE roles", Security(INDEXER)),
    ],
)
def test_a_refusal_to_remove_names_its_request(call: str, security: Security) -> None:
    security.refusal[call] = Response(409, b"{}")
    method, kind = call.split()
    with pytest.raises(SetupError, match=rf"^{method} {API}/{kind}/{ROLE}: OpenSearch answered 409"):
        remove(security)


@pytest.mark.parametrize("content", [b"<html>", b"7", b"{}", b'{"orders-stream-indexer": null}'])
def test_an_answer_that_is_not_opensearchs_is_said_to_be_none(content: bytes) -> None:
    security = Security()
    security.refusal["GET rolesmapping"] = Response(200, content)
    with pytest.raises(SetupError, match="not OpenSearch's"):
        put(security)


class Context:
    """Lambda's, with a minute left."""

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left."""
        return 60_000


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what Terraform sets."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def security(monkeypatch: pytest.MonkeyPatch) -> Security:
    """A domain without mappings behind the function."""
    domain = Security()
    monkeypatch.setattr(security_role, "opensearch", lambda _config: domain)
    return domain


def test_an_apply_maps_the_role_of_the_environment(security: Security) -> None:
    answered = handle(WRITE, Context())
    assert answered == {"role": ROLE, "backend_role": INDEXER, "result": security_role.MAPPED}
    assert security.roles == {ROLE: PERMISSIONS}
    assert security.mappings == {ROLE: {"backend_roles": [INDEXER]}}


@pytest.mark.parametrize(
    "event", [REMOVE, {**REMOVE, "tf": {"action": "delete", "prev_input": {"role": "all_access"}}}]
)
def test_a_destroy_removes_it(event: dict[str, Any], security: Security) -> None:
    """By Terraform, or by hand."""
    handle(WRITE, Context())
    assert handle(event, Context())["result"] == security_role.REMOVED
    assert (security.roles, security.mappings) == ({}, {})


@pytest.mark.parametrize("action", ["create", "update"])
def test_the_resource_that_removes_does_nothing_before_it_is_deleted(action: str, security: Security) -> None:
    answered = handle({**REMOVE, "tf": {"action": action, "prev_input": None}}, Context())
    assert (answered["result"], security.calls) == (security_role.KEPT, [])


@pytest.mark.parametrize(
    "event",
    [
        {"role": ROLE, "permissions": EVERYTHING, "backend_role": ATTACKER},
        {"role": "all_access", "permissions": EVERYTHING, "backend_role": ATTACKER},
        {"role": f"{ROLE}/../../internalusers/x", "permissions": {"password": "p"}, "backend_role": "b"},
        *({**WRITE, name: "x"} for name in ("role", "permissions", "backend_role", "endpoint", "OPENSEARCH_ENDPOINT")),
        {**WRITE, "tf": {"action": "create"}},
        {**REMOVE, "backend_role": INDEXER},
        {**REMOVE, "tf": {"action": "delete"}, "role": "all_access"},
        {**REMOVE, "tf": "delete"},
        {"action": "setup_index"},
        {"Records": []},
        {},
        None,
        [],
    ],
)
def test_an_event_that_says_more_than_the_action_is_refused_without_a_request(event: Any, security: Security) -> None:
    """Who may invoke the function decides no more than when."""
    with pytest.raises(IndexerError, match=r'must be \{"action": "write"\} or'):
        handle(event, Context())
    assert security.calls == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENSEARCH_ENDPOINT", ""),
        ("SECURITY_ROLE", f"{ROLE}/../../internalusers/x"),
        ("SECURITY_ROLE", "orders?pretty"),
        ("SECURITY_PERMISSIONS", "[]"),
        ("SECURITY_PERMISSIONS", "{"),
        ("BACKEND_ROLE", "*"),
        ("BACKEND_ROLE", "arn:aws:iam::123456789012:role/*"),
        ("BACKEND_ROLE", ""),
    ],
)
def test_a_wrong_setting_is_named_without_a_request(
    name: str, value: str, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=name):
        handle(WRITE, Context())
    assert security.calls == []


class Gone:
    """A domain that was deleted: no answer, after a while or at once."""

    def __init__(self, seconds: float) -> None:
        """Let each attempt take so long."""
        self.seconds = seconds
        self.attempts = 0

    def request(self, *_: object, deadline: Deadline) -> Response:
        """Answer nothing."""
        self.attempts += 1
        deadline.sleep(min(self.seconds, max(deadline.remaining(), 0)))
        raise ConnectionFailedError("OpenSearch cannot be reached: gaierror")


@pytest.mark.parametrize("seconds", [0.0, 1_000.0])
def test_a_domain_that_is_gone_does_not_hold_up_a_destroy(
    seconds: float, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its security is gone with it. The log says what was not removed."""
    deadline = ManualDeadline(178.0)
    monkeypatch.setattr(security_role, "LambdaDeadline", lambda _context: deadline)
    monkeypatch.setattr(security_role, "opensearch", lambda _config: Gone(seconds))
    assert handle({**REMOVE, "tf": {"action": "delete"}}, Context())["result"] == security_role.UNKNOWN
    assert 178.0 - deadline.remaining() <= security_role.REMOVAL_SECONDS
    assert [entry.levelname for entry in caplog.records] == ["WARNING", "WARNING"]


def test_a_domain_that_is_gone_is_an_error_to_write_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_role, "LambdaDeadline", lambda _context: ManualDeadline(178.0))
    monkeypatch.setattr(security_role, "opensearch", lambda _config: Gone(0))
    with pytest.raises(SetupError, match="cannot be reached"):
        handle(WRITE, Context())


def test_a_domain_that_refuses_fails_the_destroy(security: Security) -> None:
    """It is there, and so is the mapping."""
    security.refusal["GET rolesmapping"] = Response(401, b"{}")
    with pytest.raises(SetupError, match="401"):
        handle(REMOVE, Context())


def test_requests_are_signed_for_the_domain_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answer(b"{}", 201), answer(b"{}", 404), answer(b"{}", 201)) as server:
        monkeypatch.setenv("OPENSEARCH_ENDPOINT", f"http://127.0.0.1:{server.port}")
        handle(WRITE, Context())
    assert [heard.line.split()[0] for heard in server.heard] == ["PUT", "GET", "PUT"]
    assert all("/eu-west-1/es/aws4_request" in heard.headers["authorization"] for heard in server.heard)
    assert json.loads(server.heard[0].body) == PERMISSIONS
