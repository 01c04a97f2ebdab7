"""What the demo does to the table, and what it remembers so that it can look for it afterwards."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from testkit.items import Item
from testkit.orders import orders

KEY_NAMES: Final = ("customer_id", "order_id")
NEW_STATUS: Final = "returned"


@dataclass(frozen=True, slots=True)
class Written:
    """Counts of what was written, with one changed and one deleted item as examples."""

    put: int
    changed: int
    deleted: int
    a_changed_key: Item
    a_deleted_key: Item


def put_change_delete(dynamodb: Any, table_name: str, count: int, seed: int = 1) -> Written:
    """Put `count` orders, change every third, delete every tenth, in an order that mixes the three."""
    items = list(orders(count, seed))
    for item in items:
        dynamodb.put_item(TableName=table_name, Item=item)
    to_delete = items[::10]
    to_change = [item for item in items[::3] if item not in to_delete]
    later = [(_change, item) for item in to_change] + [(_delete, item) for item in to_delete]
    random.Random(seed).shuffle(later)  # noqa: S311 - example data, not a secret
    for write, item in later:
        write(dynamodb, table_name, item)
    return Written(count, len(to_change), len(to_delete), key_of(to_change[0]), key_of(to_delete[0]))


def key_of(item: Item, key_names: Sequence[str] = KEY_NAMES) -> Item:
    """Return the item's primary key."""
    return {name: item[name] for name in key_names}


def _change(dynamodb: Any, table_name: str, item: Item) -> None:
    dynamodb.update_item(
        TableName=table_name,
        Key=key_of(item),
        UpdateExpression="SET #status = :status REMOVE note",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": NEW_STATUS}},
    )


def _delete(dynamodb: Any, table_name: str, item: Item) -> None:
    dynamodb.delete_item(TableName=table_name, Key=key_of(item))
