"""Makes the records of the embedded engines' streams: one write of one item in the form of GetRecords."""

import uuid
from dataclasses import dataclass

from localaws.engines.item_size import image_bytes
from localaws.http_messages import Json

Image = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Change:
    """One write of one item, all in wire form.

    Attributes:
        old: the item before, None for an insert.
        new: the item after, None for a delete.
    """

    keys: Image
    old: Image | None
    new: Image | None


def record_of(change: Change, view_type: str, region: str, now: float) -> Json:
    """Return the record of `change` in a stream of this view type, made `now`; its stream gives it a number."""
    content: dict[str, Json] = {
        "ApproximateCreationDateTime": float(int(now)),  # whole seconds, yet a JSON float
        "Keys": change.keys,
    }
    size = image_bytes(change.keys)
    if change.new is not None and view_type in {"NEW_IMAGE", "NEW_AND_OLD_IMAGES"}:
        content["NewImage"] = change.new
        size += image_bytes(change.new)
    if change.old is not None and view_type in {"OLD_IMAGE", "NEW_AND_OLD_IMAGES"}:
        content["OldImage"] = change.old
        size += image_bytes(change.old)
    content |= {"SizeBytes": size, "StreamViewType": view_type}
    return {
        "eventID": uuid.uuid4().hex,
        "eventName": "REMOVE" if change.new is None else "INSERT" if change.old is None else "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": region,
        "dynamodb": content,
    }
