"""Makes events of a DynamoDB stream as Lambda delivers them: the same bytes for the same arguments.

Four kinds of items. `product` has every DynamoDB type and a number of 38 digits; `plain` is a product without that
number, which some peers cannot read; `profile` is small; `fat` is a product of 20 KB, with reviews and an embedding.
"""

import base64
import json
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, Final

Image = dict[str, dict[str, Any]]

KEY_NAMES: Final = ("pk", "sk")
MAX_EVENT_BYTES: Final = 6_000_000  # what ends a batch before its number of records does: Lambda's 6 MB
EVENT_NAMES: Final = MappingProxyType({"INSERT": 30, "MODIFY": 60, "REMOVE": 10})  # in a hundred
CREATED: Final = 1_764_000_000.0  # seconds since the epoch
FIRST_SEQUENCE_NUMBER: Final = 4_421_584_500_000_000_017_450_439_091
STREAM: Final = "arn:aws:dynamodb:eu-central-1:123456789012:table/bench/stream/2025-11-24T16:00:00.000"
TEXT: Final = """
amber anchor autumn basket beacon blanket border bottle bridge bronze butter cabin candle canvas carbon castle cedar
ceramic cherry circle clover cobalt copper corner cotton crystal desert double eastern ember engine fabric falcon
feather forest garden glass granite harbour hazel honey indigo island ivory jasmine juniper kettle lantern leather lemon
linen maple marble meadow mirror north ocean olive orchard oyster paper pebble pepper
"""
WORDS: Final = TEXT.split()


def payload(kind: str, count: int, *, repeated: float = 0.0) -> bytes:
    """Return an event of at most `count` records and MAX_EVENT_BYTES as JSON text.

    Args:
        kind: of the items, a name in KINDS.
        count: of records.
        repeated: the share of records whose item has had a record in the event before.
    """
    random = Random(f"{kind} {count} {repeated}")  # noqa: S311 - no secret
    names = random.choices(list(EVENT_NAMES), list(EVENT_NAMES.values()), k=count)
    repeats = int(count * repeated)
    items = list(range(count - repeats))
    items += random.sample(items, repeats)
    random.shuffle(items)
    texts: list[str] = []
    size = len('{"Records":[]}')
    for position, (name, item) in enumerate(zip(names, items, strict=True)):
        text = json.dumps(_record(random, kind, name, item, position), separators=(",", ":"))
        size += len(text) + 1
        if size > MAX_EVENT_BYTES:
            break
        texts.append(text)
    return f'{{"Records":[{",".join(texts)}]}}'.encode()


def _record(random: Random, kind: str, name: str, item: int, position: int) -> dict[str, Any]:
    keys = {"pk": {"S": f"tenant#{item % 40:04}"}, "sk": {"S": f"{kind}#{item:09}"}}
    image = {**keys, **KINDS[kind](random)}
    changed = {"updated_at": {"N": str(1_764_000_000_000 + position)}, "stock": {"N": str(random.randint(0, 999))}}
    images = {
        "INSERT": {"NewImage": image},
        "MODIFY": {"NewImage": image | changed, "OldImage": image},
        "REMOVE": {"OldImage": image},
    }
    return {
        "eventID": f"{random.getrandbits(128):032x}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": CREATED + position // 400,
            "Keys": keys,
            **images[name],
            "SequenceNumber": str(FIRST_SEQUENCE_NUMBER + 37 * position),
            "SizeBytes": 1000,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": STREAM,
    }


def _profile(random: Random) -> Image:
    first, last, street, city = random.choices(WORDS, k=4)
    address = {
        "street": {"S": f"{street.title()} Street 12"},
        "postcode": {"S": "10115"},
        "city": {"S": f"{city.title()}ville"},
        "country": {"S": random.choice(("AT", "CH", "DE", "FR"))},
    }
    return {
        "name": {"S": f"{first.title()} {last.title()}"},
        "email": {"S": f"{first}.{last}@example.com"},
        "address": {"M": address},
        "about": {"S": _text(random, 14)},
        "points": {"N": str(random.randint(0, 10**6))},
        "stock": {"N": str(random.randint(0, 999))},
        "verified": {"BOOL": random.random() < 0.5},
        "updated_at": {"N": str(1_764_000_000_000 + random.randint(0, 10**9))},
    }


def _plain(random: Random) -> Image:
    return {
        "name": {"S": _text(random, 3).title()},
        "description": {"S": _text(random, 63)},
        "category": {"S": random.choice(WORDS)},
        "brand": {"S": random.choice(WORDS)},
        "price": {"N": f"{random.randint(1, 99)}.{random.randint(1, 99):02}"},
        "measure": {"N": f"{random.randint(1, 99)}.{random.randint(1, 999):03}"},
        "stock": {"N": str(random.randint(0, 999))},
        "rating": {"N": f"{random.randint(1, 4)}.{random.randint(1, 9)}"},
        "tags": {"SS": random.sample(WORDS, 4)},
        "sizes": {"NS": [str(size) for size in random.sample(range(30, 60), 4)]},
        "thumbnail": {"B": base64.b64encode(random.randbytes(96)).decode()},
        "active": {"BOOL": random.random() < 0.9},
        "successor": {"NULL": True},
        "ean": {"S": f"{random.randint(10**12, 10**13 - 1)}"},
        "dimensions": {"M": {side: {"N": str(random.randint(1, 500))} for side in ("height", "width", "depth")}},
        "variants": {"L": [_variant(random) for _ in range(3)]},
        "supplier": {"S": _text(random, 8).title()},
        "updated_at": {"N": str(1_764_000_000_000 + random.randint(0, 10**9))},
    }


def _product(random: Random) -> Image:
    digits = str(random.randint(10**37, 10**38 - 1))
    return _plain(random) | {"measure": {"N": f"{digits[:19]}.{digits[19:]}"}}


def _fat(random: Random) -> Image:
    return _product(random) | {
        "article": {"S": _text(random, 180)},
        "reviews": {"L": [_review(random) for _ in range(24)]},
        "embedding": {"L": [{"N": f"{random.uniform(-1, 1):.8f}"} for _ in range(128)]},
    }


def _variant(random: Random) -> dict[str, Any]:
    price = {"N": f"{random.randint(1, 99)}.{random.randint(1, 99):02}"}
    return {"M": {"colour": {"S": random.choice(WORDS)}, "price": price}}


def _review(random: Random) -> dict[str, Any]:
    return {
        "M": {
            "author": {"S": _text(random, 2).title()},
            "stars": {"N": str(random.randint(1, 5))},
            "text": {"S": _text(random, 92)},
            "helpful": {"N": str(random.randint(0, 500))},
            "verified": {"BOOL": random.random() < 0.5},
        }
    }


def _text(random: Random, words: int) -> str:
    return " ".join(random.choices(WORDS, k=words))


KINDS: Final[Mapping[str, Callable[[Random], Image]]] = MappingProxyType(
    {"product": _product, "plain": _plain, "profile": _profile, "fat": _fat}
)
