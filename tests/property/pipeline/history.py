"""One history of the whole function: writes, deliveries and faults drawn from a seed, and what must be true of them.

The function is driven only by `handler.handle`. What it talks to are sockets, and the clock is the history's.
"""

import contextlib
import io
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from stream_indexer import handler

from tests.property.pipeline.delivery import CRASHED, Delivery
from tests.property.pipeline.search import Index, Wrong, filtered
from tests.property.pipeline.services import TABLE, Bucket, DynamoDb
from tests.property.pipeline.source import Image, Record, Source, document_of
from tests.property.pipeline.wire import Asked, KilledError, Reply, Wire

START: Final = 1_767_225_600.0
LAMBDA_SECONDS: Final = (3.0, 20.0, 120.0)
STEPS: Final = 40
MOST_WRITES: Final = 40
MOST_FAILURES: Final = 5  # one after another once nothing goes wrong any more
HOURS: Final = 3_600.0
BAD_KINDS: Final = ("poison", "huge")
KINDS: Final = ("put",) * 12 + ("delete",) * 5 + ("expire",) * 3 + ("same", *BAD_KINDS)
SIDES: Final = ("left", "right")


@dataclass(frozen=True, slots=True)
class Rules:
    """What has a document, and in which index.

    Attributes:
        keeps_expired: whether a document stays when time to live deletes its item.
        is_filtered: whether only items that are shown have one.
        aliases: of the indexes.
        attribute: that has the version.
    """

    view: str
    keeps_expired: bool
    is_filtered: bool
    aliases: tuple[str, ...]
    attribute: str | None

    @classmethod
    def draw(cls, dice: Random) -> "Rules":
        """Draw rules that the Terraform module does not refuse."""
        view = dice.choice(("NEW_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY", "OLD_IMAGE"))
        return cls(
            view,
            keeps_expired=view.startswith("NEW") and dice.random() < 0.35,
            is_filtered=dice.random() < 0.3,
            aliases=SIDES if dice.random() < 0.3 else ("orders",),
            attribute="n" if "OLD" in view and dice.random() < 0.3 else None,
        )

    def choose(self, alias: str, image: Image | None) -> bool:
        """Say whether an item has a document in an index."""
        if image is None or (self.is_filtered and not image["shown"]["BOOL"]):
            return False
        return alias not in SIDES or image["side"]["S"] in (alias, "both")

    def environment(self) -> dict[str, str]:
        """Return the function's variables."""
        always = {"equals": None, "exists": None, "begins_with": None}
        routes = {
            alias: {"side": {**always, "equals": [alias, "both"]}} if alias in SIDES else {} for alias in self.aliases
        }
        documents: dict[str, Any] = {
            "filter": {"shown": {**always, "equals": ["true"]}} if self.is_filtered else {},
            "include_attributes": None,
            "exclude_attributes": [],
            "ttl_deletes": "ignore" if self.keeps_expired else "apply",
            "version_attribute": self.attribute,
            "id_prefix": None,
        }
        return {
            "OPENSEARCH_ENDPOINT": "http://opensearch.test",
            "OPENSEARCH_SERVICE": "es",
            "INDICES": json.dumps(routes),
            "TABLE_KEY_NAMES": '["pk", "sk"]',
            "TABLE_NAME": TABLE,
            "QUARANTINE_BUCKET": "quarantine",
            "MAX_BULK_BYTES": "2500",
            "DOCUMENT_RULES": json.dumps(documents),
            "FIELD_NAME_POLICY": "escape",
            "SETUP_SHA256": "0" * 64,
            "AWS_REGION": "eu-west-1",
            "AWS_LAMBDA_FUNCTION_NAME": "indexer",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL_DYNAMODB": "http://dynamodb.test",
            "AWS_ENDPOINT_URL_S3": "http://s3.test",
        }


@dataclass
class History:
    """What a seed makes happen.

    Attributes:
        is_calm: whether nothing goes wrong any more.
        failures: invocations without success, one after another.
        late: bulk requests that arrive after the function has stopped waiting, with their time.
    """

    seed: int
    dice: Random = field(init=False)
    rules: Rules = field(init=False)
    source: Source = field(init=False)
    delivery: Delivery = field(init=False)
    indexes: dict[str, Index] = field(init=False)
    bucket: Bucket = field(default_factory=Bucket)
    now: float = START
    end: float = START
    is_calm: bool = False
    late: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    writes: int = 0
    failures: int = 0

    def __post_init__(self) -> None:
        dice = self.dice = Random(self.seed)  # noqa: S311 - no secret
        self.rules = Rules.draw(dice)
        skew = dice.choice((0.0, 0.0, 2.0))
        self.source = Source(dice, self.rules.view, skew, dice.choice((1, 1, 3)), self.now)
        self.indexes = {alias: Index(alias, dice) for alias in self.rules.aliases}
        self.delivery = Delivery(self.source, dice, self.invoke, dice.choice((1, 2, 5, 20)), dice.random() < 0.8)

    def run(self) -> None:
        """Live through it; the index is right at its end, and again after everything was replayed hours later.

        Raises:
            AssertionError: it is not, or something else is wrong.
        """
        with self._function():
            for _ in range(STEPS):
                self._step()
            self._drain()
            self._check()
            self._pass(2 * HOURS)
            self._forget()
            self.delivery.replay()
            self.is_calm = False
            for _ in range(STEPS // 4):
                self._step()
            self._drain()
            self._check()

    # What happens

    def _step(self) -> None:
        dice = self.dice
        chance = dice.random()
        if chance < 0.45:
            self._write()
        elif chance < 0.88:
            self.delivery.step()
        elif chance < 0.91:
            self._pass(dice.choice((0.1, 2.0, 40.0)))
        elif chance < 0.94:
            self.delivery.rewind()
        elif chance < 0.96:
            self.delivery.by_hand()
        elif chance < 0.98:
            self._forget()
        else:
            self._new_environment()

    def _write(self, *, seconds: tuple[float, ...] = (0.0, 0.0, 0.01, 0.2, 1.1)) -> None:
        """Change some items with so many seconds in between; a shard may end there."""
        dice = self.dice
        for _ in range(dice.choice((1, 1, 2, 5))):
            if self.is_calm or self.writes >= MOST_WRITES:
                return
            self.writes += 1
            self.source.write(dice.choice(self.source.names), dice.choice(KINDS))
            self._pass(dice.choice(seconds))
            if dice.random() < 0.1:
                self.source.follow()
            if dice.random() < 0.05:
                self.source.step_clock()

    def _forget(self) -> None:
        """Let the indexes forget deletions; what they were just sent is gone with that."""
        self.late.clear()
        for index in self.indexes.values():
            index.forget()

    def _drain(self) -> None:
        """Deliver until nothing is left."""
        self.is_calm = True
        self.failures = 0
        while self.delivery.step():
            assert self.failures < MOST_FAILURES, self._what("the stream does not drain")
        self._pass(HOURS)

    def _pass(self, seconds: float) -> None:
        until = self.now + seconds
        for due in sorted((one for one in self.late if one[0] <= until), key=lambda one: one[0]):
            self.late.remove(due)
            due[1]()
        self.now = self.source.now = until

    # The function

    def invoke(self, batch: list[Record]) -> str | None:
        """Give the function a batch, as Lambda does."""
        dice = self.dice
        if dice.random() < 0.1:
            self._new_environment()
        self.bucket.is_down = not self.is_calm and dice.random() < 0.2
        self.end = self.now + (LAMBDA_SECONDS[-1] if self.is_calm else dice.choice(LAMBDA_SECONDS))
        event = json.loads(json.dumps({"Records": batch}))
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                answer = handler.handle(event, self)
        except KilledError:
            self._new_environment()
            return CRASHED
        finally:
            self._check_documents()
        assert self.now <= self.end, self._what("the function answers after its end")
        failures = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        assert len(failures) <= 1
        assert {*failures} <= {record["dynamodb"]["SequenceNumber"] for record in batch}
        if not self.is_calm and dice.random() < 0.04:
            return CRASHED  # its answer is lost
        self.failures = self.failures + 1 if failures else 0
        return failures[0] if failures else None

    def get_remaining_time_in_millis(self) -> int:
        """Return what Lambda's context does."""
        return int((self.end - self.now) * 1000)

    @contextmanager
    def _function(self) -> Iterator[None]:
        """Put this history's network and clock around the function."""
        state = random.getstate()
        random.seed(self.seed)
        with (
            patch.dict("os.environ", self.rules.environment()),
            patch("stream_indexer.connection.Connection._connect", lambda one, _: self._connect(one.endpoint)),
            patch("stream_indexer.connection.time", self),
            patch("stream_indexer.deadline.time", self),
        ):
            try:
                self._new_environment()
                yield
            finally:
                self._new_environment()
                random.setstate(state)

    def time(self) -> float:
        """Return the clock's seconds."""
        return self.now

    def monotonic(self) -> float:
        """Return the same."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let the function wait."""
        self._pass(seconds)

    def _new_environment(self) -> None:
        handler.services.cache_clear()
        for wire in self.wires:
            wire.close()
        self.wires.clear()

    # The network

    def _connect(self, endpoint: str) -> Wire:
        if not self.is_calm and self.dice.random() < 0.05:
            raise ConnectionRefusedError
        host = urlsplit(endpoint).netloc
        wire = Wire(lambda asked: self._respond(host, asked), self._pass)
        self.wires.append(wire)
        return wire

    def _respond(self, host: str, asked: Asked) -> Reply | None:
        dice = self.dice
        if host == "s3.test":  # several at once, so nothing is drawn
            return self.bucket.answer(asked)
        if dice.random() < 0.2:
            self._write(seconds=(0.0,))
        if host == "dynamodb.test":
            reply: Reply | None = DynamoDb(self.source, dice).answer(asked, is_calm=self.is_calm)
        else:
            reply = self._search(asked)
        return reply and replace(reply, seconds=dice.choice((0.001, 0.02, 0.3)))

    def _search(self, asked: Asked) -> Reply | None:
        """Answer a bulk request, or not."""
        dice = self.dice
        url = urlsplit(asked.target)
        query, alias = parse_qs(url.query), url.path.split("/")[1]
        assert (asked.method, url.path, query["require_alias"]) == ("POST", f"/{alias}/_bulk", ["true"])
        chance = 1.0 if self.is_calm else dice.random()

        def reply(wrong: Wrong = Wrong.NOTHING) -> Reply:
            status, content = self.indexes[alias].bulk(asked.body, wrong)
            return Reply(status, filtered(content, query["filter_path"][0].split(",")), is_chunked=dice.random() < 0.3)

        if chance < 0.04:
            return dice.choice((Reply(429), Reply(503, b"<html>"), Reply(403, b'{"error":{"type":"x"}}'), Reply(500)))
        if chance < 0.07:
            return None  # before it arrives
        if chance < 0.10:
            reply()
            return None
        if chance < 0.12:
            raise KilledError
        if chance < 0.14:
            reply()
            raise KilledError
        if chance < 0.17:  # it arrives when the function has stopped waiting for it
            self.late.append((self.now + dice.choice((31.0, 90.0, 600.0)), reply))
            return Reply(is_silent=True)
        if chance < 0.37:
            return reply(dice.choice(list(Wrong)))
        return self._carried(reply(), chance)

    def _carried(self, reply: Reply, chance: float) -> Reply:
        """Return a good answer as a network may carry it."""
        options: dict[str, Any] = {}
        if chance < 0.40:
            options = {"left_out": self.dice.randint(1, 20)}
        elif chance < 0.43:
            options = {"drip": self.dice.choice((0.001, 0.4))}
        elif chance < 0.50:
            options = {"early": True}
        return replace(reply, **options)

    # What must be true

    def _check(self) -> None:
        """Every index has the documents of the items that it is to have, but for what is in quarantine."""
        for alias, index in self.indexes.items():
            found = {source["pk"]: source for _, source in index.documents.values()}
            assert len(found) == len(index.documents), self._what("an item has two documents")
            for name in self.source.names:
                image = self.source.items.get(name) or (
                    self.source.expired.get(name) if self.rules.keeps_expired else None
                )
                if not self.rules.choose(alias, image):
                    assert name not in found, self._what(f"{alias} has a document of {name}: {found.get(name)}")
                elif name in index.suspects and (alias, name) in self.bucket.records:
                    continue  # an error of an unknown type came again when the document was sent by itself
                elif image and image["kind"]["S"] in BAD_KINDS:
                    assert (alias, name) in self.bucket.records, self._what(f"{name} is not kept for {alias}")
                else:
                    wanted = document_of(image or {})
                    said = f"{alias} has of {name} {found.get(name)}, not {wanted}"
                    assert found.get(name) == wanted, self._what(said)
        for alias, name in self.bucket.records:
            is_bad = any(document["kind"] in BAD_KINDS for document in self.source.past[name])
            said = f"a good change of {name} is in quarantine"
            assert is_bad or name in self.indexes[alias].suspects, self._what(said)

    def _check_documents(self) -> None:
        """At any moment a document is what its item was once."""
        for index in self.indexes.values():
            for _, source in index.documents.values():
                assert source in self.source.past[source["pk"]], self._what(f"{source} was never an item")

    def _what(self, wrong: str) -> str:
        return f"seed {self.seed}: {wrong}\n{self.rules}\nview {self.rules.view}"
