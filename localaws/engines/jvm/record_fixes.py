"""Makes a record of DynamoDB Local's streams AWS's.

Five things differ from those recorded on AWS: creation times are cut to the minute, the region is `ddblocal`, event
ids have dashes, an empty map loses its type (`{}` for `{"M": {}}`), and what time to live deletes is an event
`UNKNOWN_TO_SDK_VERSION` without identity. Their sizes are AWS's.
"""

from typing import Final

from localaws.http_messages import Json

EXPIRED: Final = "UNKNOWN_TO_SDK_VERSION"
IMAGES: Final = ("NewImage", "OldImage")


def normalize(record: Json, region: str, created: float) -> None:
    """Make a record that of `region`, made at `created` (whole seconds since the epoch)."""
    change = record["dynamodb"]
    record["awsRegion"] = region
    record["eventID"] = record["eventID"].replace("-", "")
    change["ApproximateCreationDateTime"] = created
    if record["eventName"] == EXPIRED:
        record["eventName"] = "REMOVE"
        record["userIdentity"] = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
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
