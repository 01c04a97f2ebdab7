"""Creates the index template, the index and the alias before the first record.

Terraform runs the setup at apply. The setup is idempotent, and changes in place what OpenSearch can change in place.
"""

import re
from dataclasses import dataclass
from typing import Final

from orjson import dumps

from stream_indexer.admin.index_mappings import Json
from stream_indexer.admin.requests import (
    MAX_RETRY_SECONDS,
    MIN_REQUEST_SECONDS,
    RETRY_INTERVAL_SECONDS,
    AdminClient,
    error_from,
    request_with_retry,
)
from stream_indexer.connection import Response
from stream_indexer.deadline import Deadline
from stream_indexer.errors import SetupError
from stream_indexer.jsontext import loads
from stream_indexer.opensearch.bulk import parse_error_response

TEMPLATE_PRIORITY: Final = 100  # above templates that match every index
STATIC_SETTINGS: Final = frozenset({"number_of_shards"})  # cannot change after an index is created
DEFAULT_SETTINGS: Final = {
    "gc_deletes": "1h",  # with the default of 60 s, a late retry can restore a deleted document
    "mapping.depth.limit": 33,  # DynamoDB allows 32 levels below the item; the default is 20
    "mapping.total_fields.limit": 5000,  # with the default of 1000, maps with many keys cause rejections
}
NO_OP_BULK: Final = b'{"delete":{"_id":"%"}}\n'  # no document has this id
NOT_DYNAMIC_ERROR: Final = re.compile(r"Can't update non dynamic settings \[\[(.+?)\]\]|final \S+ setting \[(.+?)\]")


@dataclass(frozen=True, slots=True)
class IndexSetup:
    """Setup of the alias `alias` with the index `<alias>-v1`, or with a later index after a rebuild."""

    client: AdminClient
    alias: str
    is_serverless: bool

    def apply(self, settings: Json, mappings: Json, deadline: Deadline, fixed_settings: Json | None = None) -> Json:
        """Run the setup and return `alias`, `index`, and whether the index was `created`.

        Args:
            settings: Settings of the index, such as `number_of_replicas`. A serverless collection ignores them.
            mappings: Mappings of the index, see `admin/index_mappings.py`.
            deadline: Deadline of the invocation.
            fixed_settings: Further settings of the index. OpenSearch can change some in an existing index
                (`mapping.total_fields.limit`), and others only when it creates the index (`analysis`).

        Raises:
            SetupError: A request failed. The message has OpenSearch's reason.
        """
        wanted = {} if self.is_serverless else {**DEFAULT_SETTINGS, **flatten_settings(settings)}
        wanted.update(flatten_settings(fixed_settings or {}))
        template = {"settings": {"index": wanted}, "mappings": mappings}
        # The pattern of `orders` also matches indexes of `orders-vip`, so the longer name has the higher priority.
        rule = {"index_patterns": [f"{self.alias}-v*"], "priority": TEMPLATE_PRIORITY + len(self.alias)}
        self._put(f"/_index_template/{self.alias}", {**rule, "template": template}, deadline)
        index = self._index(deadline)
        if index is None:
            index = f"{self.alias}-v1"
            if self._create(index, deadline):
                self._verify_collection(index, deadline)
                return {"alias": self.alias, "index": index, "created": True}
        if not self.is_serverless:
            self._update_settings(
                {name: value for name, value in wanted.items() if name not in STATIC_SETTINGS}, deadline
            )
        self._put(f"/{self.alias}/_mapping", mappings, deadline)
        self._verify_collection(index, deadline)
        return {"alias": self.alias, "index": index, "created": False}

    def _verify_collection(self, index: str, deadline: Deadline) -> None:
        """Check that a collection has the alias and accepts bulk requests. A domain checks it at each request."""
        if not self.is_serverless:
            return
        begun = deadline.remaining()
        while (found := self._index(deadline)) != index:  # the alias can take a while to appear
            left = deadline.remaining()
            if begun - left >= MAX_RETRY_SECONDS or left < RETRY_INTERVAL_SECONDS + MIN_REQUEST_SECONDS:
                raise SetupError(
                    f"{self.alias} must be an alias of the index {index} (got {found or 'no such alias'}). The function"
                    f" writes to the alias. Delete the index with the name {self.alias}, and apply again."
                )
            deadline.sleep(RETRY_INTERVAL_SECONDS)
        path = f"/{self.alias}/_bulk"
        response = request_with_retry(self.client, "POST", path, NO_OP_BULK, deadline)
        if response.status != 200:
            raise error_from("POST", path, response)

    def _update_settings(self, settings: Json, deadline: Deadline) -> None:
        """Change settings of the existing index, without the static settings that OpenSearch names."""
        path = f"/{self.alias}/_settings"
        while settings:
            response = request_with_retry(self.client, "PUT", path, dumps({"index": settings}), deadline)
            if response.status == 200:
                _check_known(path, response)
                return
            match = NOT_DYNAMIC_ERROR.search(parse_error_response(response.status, response.content).reason)
            named = (match[1] or match[2]).split(", ") if match else []
            left = {name: value for name, value in settings.items() if f"index.{name}" not in named}
            if len(left) == len(settings):
                raise error_from("PUT", path, response)
            settings = left

    def _index(self, deadline: Deadline) -> str | None:
        """Return the index of the alias. None if the alias does not exist."""
        # Without the name in the path, the request is about every index, and OpenSearch rejects a role that may not see
        # all indexes.
        path = f"/{self.alias}/_alias/{self.alias}"
        response = request_with_retry(self.client, "GET", path, b"", deadline)
        if response.status == 404:
            return None
        if response.status != 200:
            raise error_from("GET", path, response)
        try:
            return ", ".join(sorted(loads(response.content)))
        except (TypeError, ValueError) as error:
            raise SetupError(f"GET {path}: the response is not OpenSearch's") from error

    def _create(self, index: str, deadline: Deadline) -> bool:
        """Create the index with its alias. Return False if both exist already."""
        document = {"aliases": {self.alias: {"is_write_index": True}}}
        response = request_with_retry(self.client, "PUT", f"/{index}", dumps(document), deadline)
        # Another pipeline can have created it, or an earlier request without a response: then the alias exists.
        if response.status != 200 and self._index(deadline) != index:
            raise error_from("PUT", f"/{index}", response)
        return response.status == 200

    def _put(self, path: str, document: Json, deadline: Deadline) -> None:
        response = request_with_retry(self.client, "PUT", path, dumps(document), deadline)
        if response.status != 200:
            raise error_from("PUT", path, response)
        _check_known(path, response)


def _check_known(path: str, response: Response) -> None:
    if b'"acknowledged":false' in response.content:  # some node did not apply the change in time
        raise SetupError(f"PUT {path}: OpenSearch did not acknowledge the change in time. Apply again.")


def flatten_settings(settings: Json) -> Json:
    """Return settings with their full names: `{"mapping": {"depth": {"limit": 9}}}` as `{"mapping.depth.limit": 9}`."""
    found: Json = {}
    for name, value in settings.items():
        inner = flatten_settings(value) if isinstance(value, dict) else {}
        found |= {f"{name}.{deeper}": deep for deeper, deep in inner.items()} or {name: value}
    return found
