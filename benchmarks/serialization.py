"""One step: an image of a stream record to the bytes of its document, by us, and by boto3 and the standard library.

Each goes over the same images again and again, so that the code is timed and not the first touch of memory: that costs
both as much, whatever they do (the remark has the ratio on images just parsed).
"""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Final

from benchmarks.events import payload
from benchmarks.gates import Figures
from benchmarks.timing import Task, ratio, times

RECORDS: Final = 1000
Images = list[dict[str, Any]]


def measure() -> Figures:
    """Return our time over the peers' for each kind of items."""
    figures = {}
    for kind in ("product", "profile", "fat"):
        cases = {
            f"{way.__name__} {anew}": partial(task, way, kind, anew) for way in (ours, boto3) for anew in (False, True)
        }
        found = times(cases)
        parsed = ratio(found["ours True"].cpu, found["boto3 True"].cpu)
        remark = f"just parsed: {parsed.figure:.3g}"
        figures["image to bytes", kind] = ratio(found["ours False"].cpu, found["boto3 False"].cpu, remark)
    return figures


def task(way: Callable[[], Callable[[Images], None]], kind: str, anew: bool) -> Task:  # noqa: FBT001 - by position in a partial
    """Return the task of one way, over images that are parsed each time or kept."""
    text = payload(kind, RECORDS)
    kept = _images(text)
    return Task(partial(_images, text) if anew else lambda: kept, way(), len(kept))


def ours() -> Callable[[Images], None]:
    """Return our way."""
    from stream_indexer.documents.field_names import FieldNamePolicy, FieldNames  # noqa: PLC0415
    from stream_indexer.documents.json_encoder import encode_document  # noqa: PLC0415 - each process loads its own way alone

    names = FieldNames(FieldNamePolicy.ESCAPE)

    def run(images: Images) -> None:
        for image in images:
            encode_document(image, names)

    return run


def boto3() -> Callable[[Images], None]:
    """Return the way with boto3's TypeDeserializer and the standard library's JSON."""
    from benchmarks.peers.patched_serializers import StreamDeserializer  # noqa: PLC0415 - as above

    deserialize = StreamDeserializer().deserialize

    def run(images: Images) -> None:
        for image in images:
            json.dumps({name: deserialize(value) for name, value in image.items()}, default=_plain).encode()

    return run


def _images(text: bytes) -> Images:
    changes = [record["dynamodb"] for record in json.loads(text)["Records"]]
    return [change["NewImage"] for change in changes if "NewImage" in change]


def _plain(value: Any) -> Any:
    """Return what json.dumps cannot write as the nearest that it can: a number loses digits, a set its order."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return list(value)
