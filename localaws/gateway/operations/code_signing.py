"""The code signing configuration of a function. It is kept and shown; no signature is checked."""

from collections.abc import Mapping
from typing import Final

from localaws.gateway.operations.types import LambdaApi, Operation
from localaws.gateway.service_model import ApiCall
from localaws.http_messages import Json


def _get(api: LambdaApi, call: ApiCall) -> Json:
    function, _ = api.function(call)
    name = function.latest.configuration["FunctionName"]
    return {"FunctionName": name, "CodeSigningConfigArn": function.code_signing}


def _put(api: LambdaApi, call: ApiCall) -> Json:
    api.function(call)[0].code_signing = call.parameters["CodeSigningConfigArn"]
    return _get(api, call)


def _delete(api: LambdaApi, call: ApiCall) -> None:
    api.function(call)[0].code_signing = ""


OPERATIONS: Final[Mapping[str, Operation]] = {
    "GetFunctionCodeSigningConfig": _get,
    "PutFunctionCodeSigningConfig": _put,
    "DeleteFunctionCodeSigningConfig": _delete,
}
