"""The handler inside an invocation, without network, compared with the parse of its event, and repeated items."""

import gc
import json
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import orjson
from stream_indexer.documents.field_names import FieldNamePolicy, FieldNames
from stream_indexer.documents.json_encoder import encode_document
from stream_indexer.handler import GC_THRESHOLD

from benchmarks.events import payload
from benchmarks.gates import Figures
from benchmarks.ours import Stub
from benchmarks.timing import Measured, Task, micros, ratio, times

RECORDS: Final = 1000
REPEATED: Final = MappingProxyType({"none": 0.0, "half": 0.5})


def measure() -> Figures:
    """Return the handler over the parse, the whole over the floor, and repeats over none."""
    figures: dict[tuple[str, str], Measured] = {}
    for kind in ("product", "profile", "fat"):
        found = times({case.__name__: partial(case, payload(kind, RECORDS)) for case in (parse, handler, whole, floor)})
        remark = f"{micros(found['handler'].cpu)} a record"
        figures["handler / parse", kind] = ratio(found["handler"].cpu, found["parse"].cpu, remark)
        remark = f"{micros(found['whole'].cpu)} a record"
        figures["invocation / floor", kind] = ratio(found["whole"].cpu, found["floor"].cpu, remark)
    return figures | _coalescing()


def parse(text: bytes) -> Task:
    """Return what the runtime does before any handler, in a process that does nothing else."""
    return Task(lambda: text, json.loads, _count(text))


def handler(text: bytes) -> Task:
    """Return only our handler."""
    return Task(partial(json.loads, text), Stub().handler(), _count(text))


def whole(text: bytes) -> Task:
    """Return our invocation: the parse, the handler, and the release of the event."""
    handle = Stub().handler()

    def run(_: None) -> None:
        handle(json.loads(text))

    return Task(lambda: None, run, _count(text))


def floor(text: bytes) -> Task:
    """Return what no handler can do without: parse and release, and the documents, made already, as bytes.

    Its collector waits as long as ours.
    """
    gc.set_threshold(GC_THRESHOLD)
    changes = [record["dynamodb"] for record in json.loads(text)["Records"]]
    names = FieldNames(FieldNamePolicy.ESCAPE)
    documents = [encode_document(change["NewImage"], names) for change in changes if "NewImage" in change]

    def ready() -> list[Any]:
        return [orjson.loads(document) for document in documents]

    def run(made: list[Any]) -> None:
        event = json.loads(text)
        b"".join([orjson.dumps(document) for document in made])
        del event

    return Task(ready, run, _count(text))


def _coalescing() -> dict[tuple[str, str], Measured]:
    texts = {name: payload("product", RECORDS, repeated=share) for name, share in REPEATED.items()}
    found = times({name: partial(handler, text) for name, text in texts.items()})
    sent = {name: _sent_bytes(text) for name, text in texts.items()}
    return {
        ("coalescing CPU", "product"): ratio(found["half"].cpu, found["none"].cpu),
        ("coalescing bytes", "product"): ratio([sent["half"]], [sent["none"]]),
    }


def _sent_bytes(text: bytes) -> int:

    stub = Stub()
    stub.handler()(json.loads(text))
    return stub.sent_bytes


def _count(text: bytes) -> int:
    return len(json.loads(text)["Records"])
