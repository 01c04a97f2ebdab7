"""Reads an OpenSearch index: the few calls that the demo and the tests make by hand."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import urllib3

PAGE_DOCUMENTS: Final = 1000  # below index.max_result_window, 10,000


class SearchError(RuntimeError):
    """OpenSearch refused a request; the message has its answer."""


@dataclass(frozen=True, slots=True)
class Index:
    """One index (or alias) of the OpenSearch at `url`."""

    url: str
    name: str

    def refresh(self) -> None:
        """Make every write so far visible to searches."""
        self._call("POST", "_refresh")

    def search(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the hits of a search request's `body`, its numbers as exact Decimals."""
        hits: list[dict[str, Any]] = self._call("POST", "_search", body)["hits"]["hits"]
        return hits

    def get(self, document_id: str) -> dict[str, Any] | None:
        """Return the source of one document, or None where there is none."""
        for hit in self.search({"query": {"ids": {"values": [document_id]}}}):
            source: dict[str, Any] = hit["_source"]
            return source
        return None

    def delete(self, document_id: str) -> None:
        """Refresh, then delete one document, as somebody does by hand."""
        self.refresh()
        self._call("POST", "_delete_by_query", {"query": {"ids": {"values": [document_id]}}})

    def documents(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Refresh, then yield (id, source) of every document in order of the id."""
        self.refresh()
        after: dict[str, Any] = {}
        while hits := self.search({"size": PAGE_DOCUMENTS, "sort": [{"_id": "asc"}], **after}):
            yield from ((hit["_id"], hit["_source"]) for hit in hits)
            after = {"search_after": hits[-1]["sort"]}

    def _call(self, method: str, operation: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = urllib3.request(method, f"{self.url}/{self.name}/{operation}", json=body)
        if answer.status != 200:
            raise SearchError(f"{method} /{self.name}/{operation}: {answer.status} {answer.data.decode()}")
        # A float would hide a lost digit.
        parsed: dict[str, Any] = json.loads(answer.data, parse_float=Decimal)
        return parsed
