"""Puts index template, index and alias in place, before the first record could create an index by accident.

Run at apply; again is the same as once. What OpenSearch allows to be changed in place is changed in place.
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

TEMPLATE_PRIORITY: Final = 100  # of the index template: above what else may match every index
STATIC_SETTINGS: Final = frozenset({"number_of_shards"})  # an index has them for its life
DEFAULT_SETTINGS: Final = {
    "gc_deletes": "1h",  # the default of 60 s forgets a delete before a late retry of an older write
    "mapping.depth.limit": 33,  # objects in objects: DynamoDB has 32 levels below the item, the default is 20
    "mapping.total_fields.limit": 5000,  # the default of 1000 refuses items once maps have had that many keys
}
NO_OP_BULK: Final = b'{"delete":{"_id":"%"}}\n'  # no document has this id
NOT_DYNAMIC_ERROR: Final = re.compile(r"Can't update non dynamic settings \[\[(.+?)\]\]|final \S+ setting \[(.+?)\]")


@dataclass(frozen=True, slots=True)
class IndexSetup:
    """The alias `alias` over the index `<alias>-v1`, or over whatever a rebuild has put behind it since."""

    client: AdminClient
    alias: str
    is_serverless: bool

    def apply(self, settings: Json, mappings: Json, deadline: Deadline, fixed_settings: Json | None = None) -> Json:
        """Set everything up and say what is there: `alias`, `index`, and whether it was `created`.

        Args:
            settings: of the index, such as `number_of_replicas`; a serverless collection takes none.
            mappings: of the index, see `admin/index_mappings.py`.
            deadline: of the invocation.
            fixed_settings: other settings of the index. OpenSearch changes some of them in an index that exists
                (`mapping.total_fields.limit`); an index keeps the others (`analysis`) for its life.

        Raises:
            SetupError: OpenSearch refuses or cannot be reached; the message has its reason.
        """
        wanted = {} if self.is_serverless else {**DEFAULT_SETTINGS, **flatten_settings(settings)}
        wanted.update(flatten_settings(fixed_settings or {}))
        template = {"settings": {"index": wanted}, "mappings": mappings}
        # The pattern of `orders` is met by the indexes of `orders-vip` too: of two templates the longer name's counts.
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
        """See that a collection has the alias and takes bulk requests to it; a domain is asked by each of these."""
        if not self.is_serverless:
            return
        begun = deadline.remaining()
        while (found := self._index(deadline)) != index:  # it may take a while to be known
            left = deadline.remaining()
            if begun - left >= MAX_RETRY_SECONDS or left < RETRY_INTERVAL_SECONDS + MIN_REQUEST_SECONDS:
                raise SetupError(
                    f"{self.alias} must be an alias of the index {index}, got {found or 'no such alias'}: the function"
                    f" writes to the alias. Delete an index that has the name {self.alias}, and apply again."
                )
            deadline.sleep(RETRY_INTERVAL_SECONDS)
        path = f"/{self.alias}/_bulk"
        response = request_with_retry(self.client, "POST", path, NO_OP_BULK, deadline)
        if response.status != 200:
            raise error_from("POST", path, response)

    def _update_settings(self, settings: Json, deadline: Deadline) -> None:
        """Change settings of the index that exists, without those that OpenSearch names as fixed."""
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
        """Return the index behind the alias, None where there is no such alias."""
        # Of the alias alone: without a name before it the request is about every index, and a role that may not see
        # all of them is refused.
        path = f"/{self.alias}/_alias/{self.alias}"
        response = request_with_retry(self.client, "GET", path, b"", deadline)
        if response.status == 404:
            return None
        if response.status != 200:
            raise error_from("GET", path, response)
        try:
            return ", ".join(sorted(loads(response.content)))
        except (TypeError, ValueError) as error:
            raise SetupError(f"GET {path}: the answer is not OpenSearch's") from error

    def _create(self, index: str, deadline: Deadline) -> bool:
        """Make the index with its alias; return False where both are there by now, by whatever template."""
        document = {"aliases": {self.alias: {"is_write_index": True}}}
        response = request_with_retry(self.client, "PUT", f"/{index}", dumps(document), deadline)
        # Another pipeline may have made it, or a request whose answer was lost: it is refused, and the alias is there.
        if response.status != 200 and self._index(deadline) != index:
            raise error_from("PUT", f"/{index}", response)
        return response.status == 200

    def _put(self, path: str, document: Json, deadline: Deadline) -> None:
        response = request_with_retry(self.client, "PUT", path, dumps(document), deadline)
        if response.status != 200:
            raise error_from("PUT", path, response)
        _check_known(path, response)


def _check_known(path: str, response: Response) -> None:
    if b'"acknowledged":false' in response.content:  # not known on every node in time
        raise SetupError(f"PUT {path}: OpenSearch did not acknowledge the change in time. Apply again.")


def flatten_settings(settings: Json) -> Json:
    """Return settings by their full names: `{"mapping": {"depth": {"limit": 9}}}` as `{"mapping.depth.limit": 9}`."""
    found: Json = {}
    for name, value in settings.items():
        inner = flatten_settings(value) if isinstance(value, dict) else {}
        found |= {f"{name}.{deeper}": deep for deeper, deep in inner.items()} or {name: value}
    return found
