"""Counts what may have left something in a stream, so that nobody asks DynamoDB Local for what cannot be there.

Many shards are polled four times a second each; DynamoDB Local takes milliseconds for an answer without records.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import orjson

from local.wire import Request

READS: Final = frozenset(
    {
        "GetItem",
        "BatchGetItem",
        "TransactGetItems",
        "Query",
        "Scan",
        "DescribeTable",
        "ListTables",
        "DescribeTimeToLive",
    }
)


@dataclass(slots=True)
class Writes:
    """Of one region."""

    _of_tables: Counter[str] = field(default_factory=Counter)
    _of_any: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def done(self, request: Request) -> None:
        """Note that DynamoDB Local has answered a request; to be called before whoever sent it knows."""
        if request.target in READS:
            return
        name = _table_name(request.body)
        with self._lock:
            if name:
                self._of_tables[name] += 1
            else:
                self._of_any += 1

    def count(self, table_name: str) -> int:
        """Return a number that grows with each request that may have written to a table."""
        with self._lock:
            return self._of_tables[table_name] + self._of_any


def _table_name(body: bytes) -> str:
    """Return the one table that a request names, empty where it may be several."""
    try:
        named = orjson.loads(body).get("TableName", "")
    except (ValueError, AttributeError):  # lone surrogates, or no object
        return ""
    return named.rpartition("/")[2] if isinstance(named, str) else ""
