"""The DynamoDB Streams API in front of DynamoDB Local: its records are made AWS's, everything else passes through.

Of its records, five things differ from those recorded on AWS: creation times are cut to the minute, the region is
`ddblocal`, event ids have dashes, an empty map loses its type (`{}` for `{"M": {}}`), and what time to live deletes is
an event `UNKNOWN_TO_SDK_VERSION` without identity. Their sizes are AWS's.
"""

from typing import Final

import orjson

from local.engines.real_local import OK, DynamoDbLocal, from_local, to_local
from local.engines.real_times import Times
from local.wire import Answer, Json, Request, json_answer

EXPIRED: Final = "UNKNOWN_TO_SDK_VERSION"
IMAGES: Final = ("NewImage", "OldImage")


class RealStreams:
    """The streams of one region."""

    def __init__(self, region: str, local: DynamoDbLocal, times: Times) -> None:
        """Stand before `local`."""
        self._region = region
        self._local = local
        self._times = times

    def answer(self, request: Request) -> Answer:
        """Answer one request of the DynamoDB Streams API."""
        body = to_local(self._region, request.body)
        if request.target != "GetRecords":
            answer = self._local.forward(request, body)
            return Answer(answer.status, from_local(self._region, answer.body), _without_checksum(answer))
        self._times.note()
        answer = self._local.forward(request, body)
        if answer.status != OK:
            return answer
        page = orjson.loads(answer.body)
        stream_arn = orjson.loads(body)["ShardIterator"].partition("|")[0]
        empty_maps = b"{}" in answer.body
        for record in page["Records"]:
            self._correct(record, stream_arn, empty_maps=empty_maps)
        if "NextShardIterator" in page:
            page["NextShardIterator"] = from_local(self._region, page["NextShardIterator"].encode()).decode()
        return json_answer(page)

    def _correct(self, record: Json, stream_arn: str, *, empty_maps: bool) -> None:
        change = record["dynamodb"]
        record["awsRegion"] = self._region
        record["eventID"] = record["eventID"].replace("-", "")
        number, minute = int(change["SequenceNumber"]), change["ApproximateCreationDateTime"]
        change["ApproximateCreationDateTime"] = self._times.second(stream_arn, number, minute)
        if record["eventName"] == EXPIRED:
            record["eventName"] = "REMOVE"
            record["userIdentity"] = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
        if empty_maps:
            for name in IMAGES:
                if name in change:
                    change[name] = {key: _typed(value) for key, value in change[name].items()}


def _typed(value: dict[str, Json]) -> dict[str, Json]:
    """Return an attribute value with the type of empty maps put back: nothing else is written without one."""
    if not value:
        return {"M": {}}
    if "M" in value:
        return {"M": {name: _typed(element) for name, element in value["M"].items()}}
    if "L" in value:
        return {"L": [_typed(element) for element in value["L"]]}
    return value


def _without_checksum(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "x-amz-crc32"}
