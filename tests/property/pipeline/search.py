"""An index with OpenSearch's external versions, and its answers to bulk requests, right ones and wrong ones.

It keeps the versions of deleted documents in memory only, and may forget them at any moment, as OpenSearch does at a
flush and restart, or when an index is closed and opened.
"""

import json
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any, Final

MOST_BYTES: Final = 2_800  # of a request: http.max_content_length
PARSING: Final = "mapper_parsing_exception"
MISSING_INDEX: Final = {"type": "index_not_found_exception", "reason": "no such index [orders]"}
UNKNOWN: Final = ("illegal_state_exception", "some_new_exception", "process_cluster_event_timeout_exception")


class Wrong(Enum):
    """What is wrong with one answer; the documents are still written, unless it says otherwise."""

    NOTHING = "nothing"
    EXTRA = "an item too many"
    FEWER = "an item too few"
    ACTION = "an item of another action"
    INDEX = "the items of another index"
    NO_ITEMS = "no items"
    NO_JSON = "cut JSON with a right length"
    NO_VERSION = "conflicts that do not say which version"
    SOME = "429 to some documents, which are not written"
    UNKNOWN = "an error of an unknown type to some documents, which are not written"
    NO_ALIAS = "the alias is gone, nothing is written"


@dataclass(slots=True)
class Index:
    """One index behind an alias.

    Attributes:
        documents: version and source by id.
        deleted: versions of deleted documents by id.
        suspects: the items whose document was refused by an error that says nothing.
    """

    alias: str
    dice: Random
    documents: dict[str, tuple[int, Any]] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    suspects: set[str] = field(default_factory=set)

    def forget(self) -> None:
        """Forget which documents were deleted."""
        self.deleted.clear()

    def bulk(self, body: bytes, wrong: Wrong = Wrong.NOTHING) -> tuple[int, bytes]:
        """Answer one request: status and content."""
        if len(body) > MOST_BYTES:
            return 413, b""
        items = [self._item(action, meta, source, wrong) for action, meta, source in _actions(body)]
        answer: dict[str, Any] = {"took": 1, "errors": True, "items": items}
        match wrong:
            case Wrong.EXTRA:
                items.insert(self.dice.randrange(len(items) + 1), {"index": {"_index": self.alias, "status": 201}})
            case Wrong.FEWER:
                items.pop(self.dice.randrange(len(items)))
            case Wrong.ACTION:
                place = self.dice.randrange(len(items))
                items[place] = {"create": next(iter(items[place].values()))}
            case Wrong.INDEX:
                for item in items:
                    next(iter(item.values()))["_index"] = "another"
            case Wrong.NO_ITEMS:
                del answer["items"]
        content = json.dumps(answer).encode()
        return 200, content[: len(content) // 2] if wrong is Wrong.NO_JSON else content

    def _item(self, action: str, meta: dict[str, Any], source: Any, wrong: Wrong) -> dict[str, Any]:
        found = self._do(action, meta, source, wrong)
        return {action: {"_index": f"{self.alias}-000001", "_id": meta["_id"], **found}}

    def _do(self, action: str, meta: dict[str, Any], source: Any, wrong: Wrong) -> dict[str, Any]:
        name = meta["_id"]
        if wrong is Wrong.NO_ALIAS:  # a delete creates an index that is missing, and finds nothing there
            return {"status": 404} if action == "delete" else {"status": 404, "error": MISSING_INDEX}
        if action == "update":
            return _error(404, "document_missing_exception", f"[{name}]: document missing")
        if wrong is Wrong.SOME and self.dice.random() < 0.5:
            return _error(429, "es_rejected_execution_exception", "rejected execution of primary operation")
        if wrong is Wrong.UNKNOWN and self.dice.random() < 0.5:
            if source:
                self.suspects.add(source["pk"])
            return _error(self.dice.choice((400, 500, 503)), self.dice.choice(UNKNOWN), "something else")
        if source is not None and source.get("kind") == "poison":
            return _error(400, PARSING, f"failed to parse field [kind], preview of value: '{source['text']}'")
        return self._write(action, meta, source, wrong)

    def _write(self, action: str, meta: dict[str, Any], source: Any, wrong: Wrong) -> dict[str, Any]:
        if "if_seq_no" in meta:
            return _error(409, "version_conflict_engine_exception", "version conflict, required seqNo")
        name, version = meta["_id"], meta["version"]
        there = self.documents.get(name)
        current = there[0] if there else self.deleted.get(name, -1)
        if version < current or (version == current and meta["version_type"] == "external"):
            said = f"current version [{current}] is higher or equal to the one provided [{version}]"
            reason = "version conflict" if wrong is Wrong.NO_VERSION else f"[{name}]: version conflict, {said}"
            return _error(409, "version_conflict_engine_exception", reason)
        if action == "delete":
            self.documents.pop(name, None)
            self.deleted[name] = version
            return {"status": 200 if there else 404}
        self.documents[name] = version, source
        self.deleted.pop(name, None)
        return {"status": 200 if there else 201}


def _actions(body: bytes) -> list[tuple[str, dict[str, Any], Any]]:
    """Return each action, its metadata and its source."""
    assert body.endswith(b"\n")
    lines = iter(body[:-1].split(b"\n"))
    actions = []
    for line in lines:
        ((action, meta),) = json.loads(line).items()
        source = None if action == "delete" else json.loads(next(lines))
        actions.append((action, meta, None if action == "update" else source))
    return actions


def _error(status: int, kind: str, reason: str) -> dict[str, Any]:
    return {"status": status, "error": {"type": kind, "reason": reason}}


def filtered(content: bytes, paths: list[str]) -> bytes:
    """Return what `filter_path` leaves of an answer that is JSON."""
    try:
        document = json.loads(content)
    except ValueError:
        return content
    return json.dumps(_filtered(document, [path.split(".") for path in paths])).encode()


def _filtered(value: Any, paths: list[list[str]]) -> Any:
    if any(not path for path in paths):
        return value
    if isinstance(value, list):
        return [kept for one in value if (kept := _filtered(one, paths)) not in ({}, [])]
    if not isinstance(value, dict):
        return {}
    found = {}
    for name, one in value.items():
        below = [path[1:] for path in paths if path[0] in ("*", name)]
        if below and (kept := _filtered(one, below)) not in ({}, []):
            found[name] = kept
    return found
