"""DynamoDB and S3, as far as the function asks them, with what they answer on bad days."""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tests.property.pipeline.source import Image, Record, Source
from tests.property.pipeline.wire import Asked, Reply

TABLE: Final = "orders"
BUSY: Final = b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"x"}'
DENIED: Final = b'{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"x"}'
SLOW_DOWN: Final = b"<Error><Code>SlowDown</Code></Error>"


@dataclass(slots=True)
class DynamoDb:
    """BatchGetItem over a table."""

    source: Source
    dice: Random

    def answer(self, asked: Asked, *, is_calm: bool) -> Reply:
        """Answer one request."""
        request = json.loads(asked.body)["RequestItems"]
        ((name, wanted),) = request.items()
        assert (name, wanted["ConsistentRead"]) == (TABLE, True)
        trouble = 1.0 if is_calm else self.dice.random()
        if trouble < 0.10:
            return self.dice.choice((Reply(400, BUSY), Reply(500), Reply(400, DENIED), Reply(503, b"<html>")))
        keys: list[Image] = wanted["Keys"]
        left = keys[: self.dice.randrange(len(keys) + 1)] if trouble < 0.18 else []
        found = [self.source.items.get(key["pk"]["S"]) for key in keys if key not in left]
        answer: dict[str, Any] = {
            "Responses": {TABLE: [item for item in found if item is not None]},
            "UnprocessedKeys": {TABLE: {"Keys": left}} if left else {},
        }
        if trouble > 0.95 and not is_calm:
            answer["Responses"] = self.dice.choice(({}, {"another": []}, None, "?"))
        return Reply(200, json.dumps(answer).encode())


@dataclass(slots=True)
class Bucket:
    """Objects that are written once.

    Attributes:
        records: what was kept, by alias and item.
        is_down: whether nothing is taken.
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    is_down: bool = False

    def answer(self, asked: Asked) -> Reply:
        """Answer one PUT."""
        assert (asked.method, asked.headers["if-none-match"]) == ("PUT", "*")
        if self.is_down:
            return Reply(503, SLOW_DOWN)
        if asked.target in self.objects:
            return Reply(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        self.objects[asked.target] = asked.body
        if "/held/" in asked.target:
            return Reply()  # evidence: the record comes again
        kept = json.loads(asked.body)
        self.records[kept["alias"], kept["record"]["dynamodb"]["Keys"]["pk"]["S"]] = kept["record"]
        return Reply()
