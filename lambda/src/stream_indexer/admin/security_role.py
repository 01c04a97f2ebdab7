"""Lambda handler that creates the indexer's security role in a domain with fine-grained access control.

A separate function, which Terraform invokes at apply and at destroy. Its role may grant access to anyone, so the event
only names the action. The role, its permissions and the ARN to map come from the environment that Terraform sets.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from orjson import dumps

from stream_indexer.admin.requests import AdminClient, error_from, request_with_retry
from stream_indexer.aws.sigv4 import Signer
from stream_indexer.config import AccessConfig, credentials
from stream_indexer.deadline import Context, Deadline, EarlierDeadline, LambdaDeadline
from stream_indexer.errors import IndexerError, NoResponseError, SetupError
from stream_indexer.jsontext import loads
from stream_indexer.opensearch.client import OpenSearchClient

LOG: Final = logging.getLogger("stream_indexer")
API: Final = "/_plugins/_security/api"
DONE: Final = frozenset({200, 201})  # changed, created
REMOVAL_SECONDS: Final = 45.0  # a deleted domain must not block a destroy
MAPPED: Final = "security role updated"
REMOVED: Final = "security role removed"
KEPT: Final = "security role unchanged"
UNKNOWN: Final = "security role not removed: no response from the domain"

Json = dict[str, Any]


def handle(event: object, context: Context) -> Json:
    """Handle one invocation.

    Args:
        event: `{"action": "write"}` or `{"action": "remove"}`. Terraform adds `tf` to the second event: the resource
            removes the role when the resource is deleted, not when it is created.
        context: Lambda's context object.

    Returns:
        `role` and `backend_role` from the environment, and the `result`.

    Raises:
        IndexerError: The event is unknown. No request was sent.
        ConfigError: A setting is missing or invalid. No request was sent.
        SetupError: A request failed.
    """
    match event:
        case {"action": "write", **others} if not others:
            act = _write
        case {"action": "remove", **others} if not others:
            act = _remove
        case {"action": "remove", "tf": {"action": "delete"}, **others} if not others:
            act = _remove
        case {"action": "remove", "tf": {"action": "create" | "update"}, **others} if not others:
            act = _keep
        case _:
            raise IndexerError(
                'The event must be {"action": "write"} or {"action": "remove"}, without other members. The role, its '
                "permissions and the ARN to map come from the environment of this function."
            )
    config = AccessConfig.from_environment()
    result = act(config, LambdaDeadline(context))
    answer = {"role": config.role, "backend_role": config.backend_role, "result": result}
    LOG.log(logging.WARNING if result == UNKNOWN else logging.INFO, result, extra={"access": answer})
    return answer


def opensearch(config: AccessConfig) -> AdminClient:
    """Build the client. Only domains have fine-grained access control."""
    return OpenSearchClient(config.endpoint, Signer("es", config.region, credentials, partial(datetime.now, UTC)))


def _write(config: AccessConfig, deadline: Deadline) -> str:
    SecurityRoleMapping(opensearch(config), deadline).grant(config.role, config.permissions, config.backend_role)
    return MAPPED


def _remove(config: AccessConfig, deadline: Deadline) -> str:
    """Remove the role. If the domain does not respond, assume that it is deleted: an error would block a destroy."""
    bounded = EarlierDeadline.within(deadline, REMOVAL_SECONDS)
    admission = SecurityRoleMapping(opensearch(config), bounded)
    try:
        admission.revoke(config.role, config.backend_role)
    except NoResponseError as error:
        LOG.warning("no response from the domain", extra={"reason": str(error)})
        return UNKNOWN
    return REMOVED


def _keep(config: AccessConfig, deadline: Deadline) -> str:
    del config, deadline
    return KEPT


@dataclass(frozen=True, slots=True)
class SecurityRoleMapping:
    """One role of the security plugin, and its mapping to one backend role."""

    client: AdminClient
    deadline: Deadline

    def grant(self, role: str, permissions: Json, backend_role: str) -> None:
        """Create or replace the role, and add the backend role to its mapping.

        Raises:
            SetupError: A request failed.
        """
        self._send("PUT", f"{API}/roles/{role}", permissions)
        path = f"{API}/rolesmapping/{role}"
        mapping = self._mapping(role)
        if mapping is None:
            self._send("PUT", path, {"backend_roles": [backend_role]})
        elif backend_role not in mapping["backend_roles"]:
            self._send("PATCH", path, [{"op": "add", "path": "/backend_roles/-", "value": backend_role}])

    def revoke(self, role: str, backend_role: str) -> None:
        """Remove the backend role from the mapping. Delete the mapping and the role if no other principal is mapped.

        Raises:
            SetupError: A request failed.
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
        """Return the mapping of the role. None if it does not exist."""
        path = f"{API}/rolesmapping/{role}"
        response = request_with_retry(self.client, "GET", path, b"", self.deadline)
        if response.status == 404:
            return None
        if response.status != 200:
            raise error_from("GET", path, response)
        try:
            found = loads(response.content)[role]
            return {kind: list(found.get(kind) or ()) for kind in ("backend_roles", "users", "hosts")}
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise SetupError(f"GET {path}: the response is not OpenSearch's") from error

    def _send(self, method: str, path: str, document: object) -> None:
        response = request_with_retry(self.client, method, path, dumps(document), self.deadline)
        if response.status not in DONE:
            raise error_from(method, path, response)

    def _delete(self, path: str) -> None:
        response = request_with_retry(self.client, "DELETE", path, b"", self.deadline)
        if response.status not in {200, 404}:
            raise error_from("DELETE", path, response)
