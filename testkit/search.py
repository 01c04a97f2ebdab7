"""Reads an OpenSearch index as your application would: by opensearch-py, with signed requests."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from opensearchpy import OpenSearch, RequestsHttpConnection
from opensearchpy.serializer import JSONSerializer
from requests_aws4auth import AWS4Auth

from localaws.stack import LocalAws

PAGE_DOCUMENTS: Final = 1000  # below index.max_result_window, 10,000


class ExactSerializer(JSONSerializer):
    """Reads numbers as Decimals, because a float can lose digits."""

    def loads(self, s: str) -> Any:
        """Parse a response."""
        return json.loads(s, parse_float=Decimal)


@dataclass(frozen=True, slots=True)
class Index:
    """One index or alias, or several with commas between their names."""

    opensearch: OpenSearch
    name: str

    def refresh(self) -> None:
        """Make all writes visible to searches."""
        self.opensearch.indices.refresh(index=self.name)

    def search(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the hits of a search."""
        hits: list[dict[str, Any]] = self.opensearch.search(index=self.name, body=body)["hits"]["hits"]
        return hits

    def get(self, document_id: str) -> dict[str, Any] | None:
        """Return the source of a document, or None if it does not exist."""
        source: dict[str, Any] | None = self.opensearch.get(index=self.name, id=document_id, ignore=404).get("_source")
        return source

    def delete(self, document_id: str) -> None:
        """Delete a document, as an operator does by hand."""
        self.opensearch.delete(index=self.name, id=document_id, refresh=True)

    def documents(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Refresh, then yield the ID and source of every document, sorted by ID."""
        self.refresh()
        after: dict[str, Any] = {}
        while hits := self.search({"size": PAGE_DOCUMENTS, "sort": [{"_id": "asc"}], **after}):
            yield from ((hit["_id"], hit["_source"]) for hit in hits)
            after = {"search_after": hits[-1]["sort"]}


def connect(aws: LocalAws, url: str = "", service: str = "es") -> OpenSearch:
    """Return a client that signs its requests; for a collection, `url` is its endpoint and `service` "aoss"."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")
    return _client(url or aws.opensearch_url, *(aws.environment[name] for name in names), service)


@cache
def _client(url: str, *credentials: str) -> OpenSearch:
    auth = AWS4Auth(*credentials)
    return OpenSearch([url], http_auth=auth, connection_class=RequestsHttpConnection, serializer=ExactSerializer())
