"""The function under test: the package as it ships, called as Lambda calls it."""

import logging
import os
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stream_indexer.connection import Response
from stream_indexer.handler import handle
from stream_indexer.opensearch.client import OpenSearchClient

from benchmarks.lambda_context import Context
from benchmarks.server import bulk_answer

Handler = Callable[[dict[str, Any]], object]


def handler(endpoint: str) -> Handler:
    """Return the handler, set up for `endpoint`; its log and its metrics are written, to nowhere."""
    os.environ["OPENSEARCH_ENDPOINT"] = endpoint
    nowhere = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as the process lives
    log = logging.getLogger("stream_indexer")
    log.addHandler(logging.StreamHandler(nowhere))
    log.setLevel(logging.INFO)
    context = Context()

    def run(event: dict[str, Any]) -> None:
        with redirect_stdout(nowhere):
            answer = handle(event, context)
        if answer["batchItemFailures"]:
            raise RuntimeError("a record failed")

    return run


@dataclass(slots=True)
class Stub:
    """Takes OpenSearch's place inside the process, so that neither network nor signature is timed."""

    sent_bytes: int = 0
    _answers: dict[int, Response] = field(default_factory=dict)

    def handler(self) -> Handler:
        """Return the handler, its requests ending here."""

        def request(_: OpenSearchClient, __: str, ___: str, body: bytes = b"", **____: object) -> Response:
            return self.answer(body)

        OpenSearchClient.request = request  # type: ignore[method-assign,assignment]
        return handler(os.environ["OPENSEARCH_ENDPOINT"])

    def answer(self, body: bytes) -> Response:
        """Return the answer to a body; it is the same one each time, made once."""
        self.sent_bytes = len(body)
        if len(body) not in self._answers:
            self._answers[len(body)] = Response(200, bulk_answer(body, filtered=True)[0])
        return self._answers[len(body)]
