"""Flow: is the security role that an apply writes enough for the indexer, and no more than it needs?

Tried on OpenSearch's own security plugin, with the document that the Terraform module writes and the function's own
code on both sides. On AWS a domain learns from IAM who is asking; here a password says so.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
import pytest
from stream_indexer.admin.index_setup import IndexSetup
from stream_indexer.admin.security_role import API, SecurityRoleMapping
from stream_indexer.errors import SetupError
from stream_indexer.opensearch.bulk import REQUIRE_ALIAS_ACTION
from stream_indexer.opensearch.client import OpenSearchClient

from localaws.waiting import wait_until
from tests.flow.secured_opensearch import PASSWORD, SECURITY_MANAGER, SecuredOpenSearch
from tests.plan.configurations import Configurations
from tests.unit.fakes import ManualDeadline

if TYPE_CHECKING:
    from stream_indexer.aws.sigv4 import Signer

INDEXER: Final = "arn:aws:iam::123456789012:role/orders-eu-west-1"
OTHER: Final = "arn:aws:iam::123456789012:role/reindex"
USERS: Final = {"manager": [SECURITY_MANAGER], "indexer": [INDEXER], "other": [OTHER]}
SETTINGS: Final = {"number_of_shards": 1, "number_of_replicas": 0}
MAPPINGS: Final = {"properties": {"note": {"type": "text"}}}
VERSION: Final = {"version": 5, "version_type": "external"}
WRITES: Final = b"\n".join([
    orjson.dumps({"index": {"_id": "a", **VERSION}}),
    orjson.dumps({"note": "with a field that is not mapped yet", "total": 12.5}),
    orjson.dumps({"delete": {"_id": "b", **VERSION}}),
    REQUIRE_ALIAS_ACTION.rstrip(b"\n"),
    b"",
])  # fmt: skip
LONGEST_SECONDS: Final = 20.0  # until a change of a role is in force
ONE_TRY: Final = 6.0  # seconds that leave none to wait for rights that may come
DONE: Final = [201, 404, 404]  # created; nothing to delete; the guard's document is never there


@dataclass(frozen=True, slots=True)
class Password:
    """Says who asks, in the place of a signature."""

    user: str

    def headers(self, *_: object) -> dict[str, str]:
        """Return the header."""
        return {"authorization": "Basic " + base64.b64encode(f"{self.user}:{PASSWORD}".encode()).decode()}


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredOpenSearch]:
    """A node with its security plugin, on which no principal is mapped to the indexer's role."""
    started = SecuredOpenSearch.start(tmp_path_factory.mktemp("secured"), USERS)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def role(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The security role of the module's output: its name, and its document read."""
    plan = Configurations(tmp_path_factory.mktemp("plan"), {}).of("modules/opensearch-access").plan(
        name="orders",
        region="eu-west-1",
        domain={"endpoint": "https://search.example.com", "arn": "arn:aws:es:eu-west-1:123456789012:domain/shop"},
        aliases=["orders"],
        role_name="orders-eu-west-1",
        role_arn=INDEXER,
    )  # fmt: skip
    shown = plan["planned_values"]["outputs"]["opensearch_security_role"]["value"]
    return {"name": shown["name"], "document": json.loads(shown["document"])}


def opensearch(domain: SecuredOpenSearch, user: str) -> OpenSearchClient:
    """Return the function's own client, asking as `user`."""
    return OpenSearchClient(domain.url, cast("Signer", Password(user)))


def admission(domain: SecuredOpenSearch) -> SecurityRoleMapping:
    """Return what the apply invokes, run as a user who may only administer security."""
    return SecurityRoleMapping(opensearch(domain, "manager"), ManualDeadline())


def set_up(domain: SecuredOpenSearch) -> None:
    """Set the index up twice, for the second time is another story."""
    for _ in range(2):
        setup = IndexSetup(opensearch(domain, "indexer"), "orders", is_serverless=False)
        setup.apply(SETTINGS, MAPPINGS, ManualDeadline(ONE_TRY))


def write(domain: SecuredOpenSearch) -> list[int]:
    """Write, delete and guard; return the status of each, or only the request's if it is refused."""
    answer = opensearch(domain, "indexer").request(
        "POST", "/orders/_bulk", WRITES, query="require_alias=true", deadline=ManualDeadline()
    )
    if answer.status != 200:
        return [answer.status]
    return [entry["status"] for item in json.loads(answer.content)["items"] for entry in item.values()]


@pytest.fixture(autouse=True)
def _no_index(domain: SecuredOpenSearch) -> None:
    """Begin each test without the index."""
    domain.call("DELETE", "/orders-v1")


def test_nobody_is_let_in_before_the_role_is_written(domain: SecuredOpenSearch) -> None:
    """First here: the domain knows the indexer's ARN and maps it to nothing."""
    with pytest.raises(SetupError, match="security_exception"):
        set_up(domain)


def test_the_role_is_enough_to_set_the_index_up_and_write_to_it(
    domain: SecuredOpenSearch, role: dict[str, Any]
) -> None:
    """Every request of the function to a domain, the first and the next time."""
    admission(domain).grant(role["name"], role["document"], INDEXER)
    set_up(domain)
    assert write(domain) == DONE


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/goods-v1"),
        ("PUT", "/orders-vip"),
        ("DELETE", "/orders-v1"),
        ("GET", "/orders/_search"),
        ("GET", "/orders/_mapping"),
        ("GET", "/_cat/indices"),
        ("PUT", f"{API}/roles/orders-stream-indexer"),
        ("GET", f"{API}/rolesmapping"),
    ],
)
def test_the_role_opens_nothing_else(method: str, path: str, domain: SecuredOpenSearch, role: dict[str, Any]) -> None:
    """No other index, not one whose name merely begins alike; no reading, no deleting, no administration."""
    admission(domain).grant(role["name"], role["document"], INDEXER)
    set_up(domain)
    assert domain.call(method, path, {} if method == "PUT" else None, "indexer")[0] == 403


def test_a_bulk_request_cannot_reach_another_index(domain: SecuredOpenSearch, role: dict[str, Any]) -> None:
    """Its items may name any; the plugin looks at each."""
    admission(domain).grant(role["name"], role["document"], INDEXER)
    domain.call("PUT", "/goods-v1", {})
    body = b'{"index": {"_index": "goods-v1", "_id": "a"}}\n{}\n'
    answer = opensearch(domain, "indexer").request("POST", "/orders/_bulk", body, deadline=ManualDeadline())
    assert [item["index"]["status"] for item in json.loads(answer.content)["items"]] == [403]


def test_without_a_security_role_the_path_does_not_hold(domain: SecuredOpenSearch) -> None:
    """OpenSearch's default: who may write anywhere, as all may where only IAM decides, gets where the body says."""
    for name in ("orders-v1", "goods-v1"):
        domain.call("PUT", f"/{name}", {})
    body = b'{"index": {"_index": "goods-v1", "_id": "b"}}\n{}\n'
    answer = opensearch(domain, "admin").request("POST", "/orders-v1/_bulk", body, deadline=ManualDeadline())
    assert [(item["index"]["_index"], item["index"]["status"]) for item in json.loads(answer.content)["items"]] == [
        ("goods-v1", 201)
    ]


def test_each_permission_is_needed(domain: SecuredOpenSearch, role: dict[str, Any]) -> None:
    """Without any one of them the setup or the writing is refused, and the reason names it."""
    document = role["document"]
    (index,) = document["index_permissions"]
    needless = []
    for place, permission in [
        *(("cluster_permissions", name) for name in document["cluster_permissions"]),
        *(("allowed_actions", name) for name in index["allowed_actions"]),
    ]:
        less = {
            **document,
            "cluster_permissions": [name for name in document["cluster_permissions"] if name != permission],
            "index_permissions": [
                {**index, "allowed_actions": [name for name in index["allowed_actions"] if name != permission]}
            ],
        }
        admission(domain).grant(role["name"], less, INDEXER)
        try:  # the plugin answers before each thread of the node works by the new role
            wait_until(partial(is_refused, domain, permission), permission, LONGEST_SECONDS)
        except TimeoutError:
            needless.append((place, permission))
    assert needless == []


def is_refused(domain: SecuredOpenSearch, permission: str) -> bool:
    """Return whether setup or a write fails without `permission`."""
    domain.call("DELETE", "/orders-v1")
    try:
        set_up(domain)
    except SetupError as error:
        return f"no permissions for [{permission}]" in str(error)
    return write(domain) != DONE


def mapped(domain: SecuredOpenSearch, name: str) -> list[str] | None:
    """Return the backend roles that are mapped to the role, None where there is no mapping."""
    status, answer = domain.call("GET", f"{API}/rolesmapping/{name}")
    return answer[name]["backend_roles"] if status == 200 else None


def test_others_stay_mapped_and_the_last_one_takes_the_role_along(
    domain: SecuredOpenSearch, role: dict[str, Any]
) -> None:
    """The plugin's own patches, in both directions."""
    name = role["name"]
    admission(domain).grant(name, role["document"], INDEXER)
    admission(domain).grant(name, role["document"], OTHER)
    admission(domain).grant(name, role["document"], OTHER)
    assert mapped(domain, name) == [INDEXER, OTHER]
    admission(domain).revoke(name, INDEXER)
    assert mapped(domain, name) == [OTHER]
    assert write(domain) == [403]
    admission(domain).revoke(name, OTHER)
    assert mapped(domain, name) is None
    assert domain.call("GET", f"{API}/roles/{name}")[0] == 404
