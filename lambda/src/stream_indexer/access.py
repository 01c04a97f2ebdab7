"""Writes the security role of the indexer into a domain with fine-grained access control, and maps the indexer to it.

A function of its own, which Terraform invokes at apply and at destroy. It runs as a role that may admit anybody, so it
knows one kind of event, makes up nothing of what it writes, and touches one security role.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Final

from orjson import dumps

from stream_indexer.asking import Client, ask, refused
from stream_indexer.config import AccessConfig, credentials
from stream_indexer.deadline import Context, Deadline, LambdaDeadline
from stream_indexer.errors import IndexerError, SetupError
from stream_indexer.jsontext import loads
from stream_indexer.opensearch import OpenSearch
from stream_indexer.signing import Signer

LOG: Final = logging.getLogger("stream_indexer")
API: Final = "/_plugins/_security/api"
DONE: Final = frozenset({200, 201})  # changed, created

Json = dict[str, Any]


def handle(event: dict[str, Any], context: Context) -> Json:
    """Answer one invocation.

    Args:
        event: `role` (the security role's name), `permissions` (its document), `backend_role` (the ARN to map to it),
            and `tf`, which Terraform adds: its `action` is create, update or delete, and its `prev_input` the event
            before this one.
        context: Lambda's.

    Returns:
        The same `role` and `backend_role`, and whether the one is `mapped` to the other now.

    Raises:
        ConfigError: a setting is missing or wrong.
        SetupError: OpenSearch refuses or cannot be reached.
        IndexerError: the event is another.
    """
    match event:
        case {"role": str(role), "permissions": dict() as permissions, "backend_role": str(backend_role), **more}:
            admission = Admission(opensearch(), LambdaDeadline(context))
        case _:
            raise IndexerError("The event must have a role, its permissions and the backend_role to map to it.")
    is_removed = False
    match more.get("tf"):
        case {"action": "delete"}:
            admission.remove(role, backend_role)
            is_removed = True
        case {"action": "update", "prev_input": {"role": str(old_role), "backend_role": str(old_backend_role)}}:
            admission.put(role, permissions, backend_role)
            if (old_role, old_backend_role) != (role, backend_role):
                admission.remove(old_role, old_backend_role)
        case _:
            admission.put(role, permissions, backend_role)
    answer = {"role": role, "backend_role": backend_role, "mapped": not is_removed}
    LOG.info("security is written", extra={"access": answer})
    return answer


@cache
def opensearch() -> OpenSearch:
    """Build the client from the environment; only domains have fine-grained access control."""
    config = AccessConfig.from_environment()
    return OpenSearch(config.endpoint, Signer("es", config.region, credentials, partial(datetime.now, UTC)))


@dataclass(frozen=True, slots=True)
class Admission:
    """The security plugin's roles and mappings, as far as one role and one backend role go."""

    client: Client
    deadline: Deadline

    def put(self, role: str, permissions: Json, backend_role: str) -> None:
        """Write the role, and map the backend role to it beside whoever is mapped already.

        Raises:
            SetupError: OpenSearch refuses or cannot be reached.
        """
        self._send("PUT", f"{API}/roles/{role}", permissions)
        path = f"{API}/rolesmapping/{role}"
        mapping = self._mapping(role)
        if mapping is None:
            self._send("PUT", path, {"backend_roles": [backend_role]})
        elif backend_role not in mapping["backend_roles"]:
            self._send("PATCH", path, [{"op": "add", "path": "/backend_roles/-", "value": backend_role}])

    def remove(self, role: str, backend_role: str) -> None:
        """Take the backend role out of the mapping; where nobody else is in it, mapping and role go.

        Raises:
            SetupError: OpenSearch refuses or cannot be reached.
        """
        mapping = self._mapping(role) or {"backend_roles": []}
        backend_roles = mapping.pop("backend_roles")
        if not any(mapping.values()) and set(backend_roles) <= {backend_role}:
            self._delete(f"{API}/rolesmapping/{role}")
            self._delete(f"{API}/roles/{role}")
        elif backend_role in backend_roles:
            others = [name for name in backend_roles if name != backend_role]
            self._send(
                "PATCH",
                f"{API}/rolesmapping/{role}",
                [{"op": "replace", "path": "/backend_roles", "value": others}],
            )

    def _mapping(self, role: str) -> Json | None:
        """Return who is mapped to the role, None where there is no mapping."""
        path = f"{API}/rolesmapping/{role}"
        response = ask(self.client, "GET", path, b"", self.deadline)
        if response.status == 404:
            return None
        if response.status != 200:
            raise refused("GET", path, response)
        try:
            found = loads(response.content)[role]
            return {kind: list(found.get(kind) or ()) for kind in ("backend_roles", "users", "hosts")}
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise SetupError(f"GET {path}: the answer is not OpenSearch's") from error

    def _send(self, method: str, path: str, document: object) -> None:
        response = ask(self.client, method, path, dumps(document), self.deadline)
        if response.status not in DONE:
            raise refused(method, path, response)

    def _delete(self, path: str) -> None:
        response = ask(self.client, "DELETE", path, b"", self.deadline)
        if response.status not in {200, 404}:
            raise refused("DELETE", path, response)
