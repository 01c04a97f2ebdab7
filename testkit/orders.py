"""A shop's orders as DynamoDB items, the same ones for the same seed.

One item uses every DynamoDB type: nested maps and lists, the three sets, a decimal longer than a
double holds, binary, booleans, nulls, empty strings. To add an attribute, add it to `order`.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from testkit.items import AttributeValue, Item

PRODUCTS: Final = (
    "walnut desk",
    "oak shelf",
    "brass lamp",
    "linen curtain",
    "wool carpet",
    "marble vase",
    "teak chair",
)
STATUSES: Final = ("placed", "paid", "packed", "shipped", "delivered")
CITIES: Final = ("Lisboa", "Kraków", "København", "Zürich", "Ελευσίνα", "東京")
FIRST_ORDER: Final = datetime(2026, 1, 1, tzinfo=UTC)
TAGS: Final = ("gift", "express", "fragile", "return", "insured")


def orders(count: int, seed: int = 1) -> Iterator[Item]:
    """Yield `count` orders with distinct keys (`customer_id`, `order_id`)."""
    dice = random.Random(seed)  # noqa: S311 - example data, not a secret
    for number in range(count):
        yield order(number, dice)


def order(number: int, dice: random.Random) -> Item:
    """Return the `number`th order, its contents rolled with `dice`."""
    lines = [line(dice) for _ in range(dice.randint(1, 4))]
    item: Item = {
        "customer_id": {"S": f"customer-{number % 40:03}"},
        "order_id": {"S": f"2026-{number:06}"},
        "status": {"S": dice.choice(STATUSES)},
        "placed_at": {"S": (FIRST_ORDER + timedelta(minutes=37 * number)).isoformat()},
        "total": {"N": f"{dice.randint(500, 250_000) / 100:.2f}"},
        "exchange_rate": {"N": f"1.{dice.randint(10**36, 10**37 - 1)}"},  # 38 digits: no double holds them
        "lines": {"L": lines},
        "ship_to": {
            "M": {
                "city": {"S": dice.choice(CITIES)},
                "lines": {"L": [{"S": f"{dice.randint(1, 200)} Harbour Street"}, {"S": ""}]},
                "position": {"M": {"lat": {"N": f"{dice.uniform(-80, 80):.6f}"}, "lon": {"N": "-0.127758"}}},
            }
        },
        "tags": {"SS": sorted(dice.sample(TAGS, 2))},
        "box_sizes_cm": {"NS": [str(size) for size in sorted(dice.sample(range(10, 90), 3))]},
        "label": {"B": dice.randbytes(24)},
        "scans": {"BS": [dice.randbytes(4), dice.randbytes(5)]},
        "gift": {"BOOL": dice.random() < 0.2},
        "coupon": {"NULL": True},
    }
    if dice.random() < 0.5:
        item["note"] = {"S": f"Please leave the {dice.choice(PRODUCTS)} with a neighbour"}
    return item


def line(dice: random.Random) -> AttributeValue:
    """Return one line of an order."""
    return {
        "M": {
            "product": {"S": dice.choice(PRODUCTS)},
            "quantity": {"N": str(dice.randint(1, 5))},
            "price": {"N": f"{dice.randint(100, 90_000) / 100:.2f}"},
        }
    }
