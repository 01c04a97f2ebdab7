"""Counts writes that can leave a record in a stream, so that readers skip calls that cannot return records.

Many shards are polled four times a second each; DynamoDB Local takes milliseconds for an answer without records.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class WriteCounter:
    """Of one region."""

    _of_tables: Counter[str] = field(default_factory=Counter)
    _of_any: int = 0
    _expiring: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def done(self, table_name: str) -> None:
        """Count a write of DynamoDB Local to a table, or to any table (empty), before the caller gets the response."""
        with self._lock:
            if table_name:
                self._of_tables[table_name] += 1
            else:
                self._of_any += 1

    def expires(self, table_name: str) -> None:
        """Note that time to live was set for a table: it deletes without a request."""
        self._expiring.add(table_name)

    def may_expire(self, table_name: str) -> bool:
        """Say whether something may be deleted from a table without a request."""
        return table_name in self._expiring

    def count(self, table_name: str) -> int:
        """Return a number that grows with each request that may have written to a table."""
        with self._lock:
            return self._of_tables[table_name] + self._of_any
