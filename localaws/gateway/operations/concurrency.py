"""Reserved concurrency, which invocations keep to."""

from collections.abc import Mapping
from typing import Final

from localaws.gateway.operations.types import LambdaApi, Operation
from localaws.gateway.service_model import ApiCall
from localaws.http_messages import Json


def _put(api: LambdaApi, call: ApiCall) -> Json:
    api.function(call)[0].reserved = call.parameters["ReservedConcurrentExecutions"]
    return _get(api, call)


def _get(api: LambdaApi, call: ApiCall) -> Json:
    reserved = api.function(call)[0].reserved
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}


def _delete(api: LambdaApi, call: ApiCall) -> None:
    api.function(call)[0].reserved = None


OPERATIONS: Final[Mapping[str, Operation]] = {
    "PutFunctionConcurrency": _put,
    "GetFunctionConcurrency": _get,
    "DeleteFunctionConcurrency": _delete,
}
