"""Gives a repeated attempt of an SDK the answer of the first one.

An SDK sends a request again when the answer does not reach it, as happens here while the machine is busy. AWS then
refuses what exists or is gone already, and Terraform fails. Requests for items are not changed: their writes may come
twice, as on AWS.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from localaws.http_messages import Request, Response

INVOCATION: Final = "amz-sdk-invocation-id"  # the same for all attempts of one call
ATTEMPT: Final = re.compile(r"attempt=(\d+)")
KEPT: Final = 500
NOT_KEPT: Final = frozenset({"dynamodb", "s3"})


@dataclass(slots=True)
class Attempts:
    """The latest answers by the id of their call."""

    _answers: OrderedDict[str, Response] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def answer(self, request: Request, ask: Callable[[Request], Response]) -> Response:
        """Return what `ask` answers, or what it answered to an earlier attempt where that one succeeded."""
        call = request.headers.get(INVOCATION, "")
        if not call or request.method == "GET" or request.service in NOT_KEPT:
            return ask(request)
        attempt = ATTEMPT.search(request.headers.get("amz-sdk-request", ""))
        if attempt and int(attempt[1]) > 1:
            with self._lock:
                known = self._answers.get(call)
            if known is not None:
                return known
        answer = ask(request)
        if answer.status < 300:
            with self._lock:
                self._answers[call] = answer
                while len(self._answers) > KEPT:
                    self._answers.popitem(last=False)
        return answer
