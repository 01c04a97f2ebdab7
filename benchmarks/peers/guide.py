"""The developer guide's way: a request on a new connection for each record, with its image unchanged."""

from typing import Any
from urllib.parse import quote

import requests

from benchmarks.peers.signed import INDEX, document_id, signature


def handler(endpoint: str) -> Any:
    """Return the handler."""
    auth = signature()

    def handle(event: dict[str, Any]) -> None:
        for record in event["Records"]:
            change = record["dynamodb"]
            url = f"{endpoint}/{INDEX}/_doc/{quote(document_id(change), safe='')}"
            if record["eventName"] == "REMOVE":
                requests.delete(url, auth=auth)  # noqa: S113 - the guide sets no timeout
            else:
                requests.put(url, auth=auth, json=change["NewImage"])  # noqa: S113 - as above

    return handle
