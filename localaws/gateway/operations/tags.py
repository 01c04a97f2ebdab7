"""Tags of functions and of event source mappings."""

from collections.abc import Mapping
from typing import Final

from localaws.gateway.operations.types import LambdaApi, Operation
from localaws.gateway.service_model import ApiCall
from localaws.http_messages import Json


def _list(api: LambdaApi, call: ApiCall) -> Json:
    return {"Tags": _tags(api, call)}


def _tag(api: LambdaApi, call: ApiCall) -> None:
    _tags(api, call).update(call.parameters["Tags"])


def _untag(api: LambdaApi, call: ApiCall) -> None:
    tags = _tags(api, call)
    for key in call.parameters["TagKeys"]:
        tags.pop(key, None)


def _tags(api: LambdaApi, call: ApiCall) -> dict[str, str]:
    arn = call.parameters["Resource"]
    if ":event-source-mapping:" in arn:
        return api.serving_mappings().tags(arn)
    return api.functions(call).find(arn)[0].tags


OPERATIONS: Final[Mapping[str, Operation]] = {
    "ListTags": _list,
    "TagResource": _tag,
    "UntagResource": _untag,
}
