"""The steps of the function behind Amplify's @searchable: one bulk request, on a session made for it.

It reads numbers through floats, and the old image of a removed item too, though it does nothing with it.
"""

import json
import logging
from collections import Counter
from typing import Any, Final
from urllib.parse import urlsplit

from boto3.dynamodb.types import TypeDeserializer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import get_credentials
from botocore.httpsession import URLLib3Session
from botocore.session import Session

LOG: Final = logging.getLogger(__name__)
REGION: Final = "eu-central-1"


class LossyDeserializer(TypeDeserializer):  # type: ignore[misc] # boto3 ships no types
    """boto3's, for a stream event, with numbers as floats, or as ints where those are whole."""

    def _deserialize_n(self, value: str) -> float:
        number = float(value)
        return int(value) if number.is_integer() else number

    def _deserialize_b(self, value: str) -> str:
        return value


class SetEncoder(json.JSONEncoder):
    """The standard library's, for sets too."""

    def default(self, o: Any) -> Any:
        """Return a set as an array."""
        return list(o) if isinstance(o, set) else super().default(o)


def handler(endpoint: str) -> Any:
    """Return the handler."""
    deserializer = LossyDeserializer()

    def handle(event: dict[str, Any]) -> object:
        LOG.debug("event: %s", event)
        lines: list[str] = []
        counts: Counter[str] = Counter()
        for record in event["Records"]:
            LOG.debug("record: %s", record)
            if record.get("eventSource") != "aws:dynamodb":
                raise RuntimeError("no record of a stream")
            change, name = record["dynamodb"], record["eventName"].upper()
            index = record["eventSourceARN"].split(":")[5].split("/")[1].lower().split("-")[0]
            LOG.debug("index %s, event %s, sequence number %s", index, name, change["SequenceNumber"])
            image = change["NewImage" if name in {"INSERT", "MODIFY"} else "OldImage"]
            LOG.debug("image: %s", image)
            document = deserializer.deserialize({"M": image})
            counts[name] += 1
            LOG.debug("document: %s", document)
            keys = change["Keys"]
            named = "|".join(str(deserializer.deserialize(keys[key])) for key in sorted(keys))
            lines.append(json.dumps({"delete" if name == "REMOVE" else "index": {"_index": index, "_id": named}}))
            if name != "REMOVE":
                lines.append(json.dumps(document, cls=SetEncoder))
        LOG.info("posting %s, %d lines", counts, len(lines))
        answer = json.loads(_post(endpoint, "\n".join([*lines, ""])))
        if answer["errors"]:
            raise RuntimeError("a document was refused")
        return answer

    return handle


def _post(endpoint: str, body: str) -> bytes:
    session = Session()
    session.set_config_variable("region", REGION)
    headers = {"Host": urlsplit(endpoint).netloc, "Content-Type": "application/json"}
    request = AWSRequest(method="POST", url=f"{endpoint}/_bulk", data=body, headers=headers)
    SigV4Auth(get_credentials(session), "es", REGION).add_auth(request)
    content: bytes = URLLib3Session().send(request.prepare()).content
    return content
