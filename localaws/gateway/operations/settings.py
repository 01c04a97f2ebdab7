"""Settings with operations of their own: asynchronous invocations, runtime updates, recursion, code signing."""

import time
from collections.abc import Mapping
from typing import Final

from localaws.gateway.functions import LATEST
from localaws.gateway.lambda_errors import not_found
from localaws.gateway.operations.types import LambdaApi, Operation
from localaws.gateway.service_model import Call
from localaws.http_messages import Json

EVENT_INVOKE: Final[tuple[str, ...]] = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
NO_DESTINATIONS: Final[Mapping[str, Json]] = {"DestinationConfig": {"OnSuccess": {}, "OnFailure": {}}}


def _put_event_invoke(api: LambdaApi, call: Call) -> Json:
    return _set_event_invoke(api, call, NO_DESTINATIONS)


def _update_event_invoke(api: LambdaApi, call: Call) -> Json:
    function, qualifier = api.function(call)
    return _set_event_invoke(api, call, function.event_invoke.get(qualifier or LATEST, {}))


def _set_event_invoke(api: LambdaApi, call: Call, former: Mapping[str, Json]) -> Json:
    function, qualifier = api.function(call)
    qualifier = qualifier or LATEST
    given = {name: call.parameters[name] for name in EVENT_INVOKE if name in call.parameters}
    place = {"FunctionArn": f"{function.arn}:{qualifier}", "LastModified": time.time()}
    function.event_invoke[qualifier] = {**former, **given, **place}
    return function.event_invoke[qualifier]


def _get_event_invoke(api: LambdaApi, call: Call) -> Json:
    function, qualifier = api.function(call)
    qualifier = qualifier or LATEST
    if qualifier not in function.event_invoke:
        raise not_found(f"The function {function.arn}:{qualifier} doesn't have an EventInvokeConfig")
    return function.event_invoke[qualifier]


def _list_event_invokes(api: LambdaApi, call: Call) -> Json:
    return {"FunctionEventInvokeConfigs": list(api.function(call)[0].event_invoke.values())}


def _delete_event_invoke(api: LambdaApi, call: Call) -> None:
    _get_event_invoke(api, call)
    function, qualifier = api.function(call)
    del function.event_invoke[qualifier or LATEST]


def _get_runtime_management(api: LambdaApi, call: Call) -> Json:
    function, _ = api.function(call)
    return {**function.runtime_management, "FunctionArn": function.arn}


def _put_runtime_management(api: LambdaApi, call: Call) -> Json:
    names = ("UpdateRuntimeOn", "RuntimeVersionArn")
    given = {name: call.parameters[name] for name in names if name in call.parameters}
    api.function(call)[0].runtime_management = given
    return _get_runtime_management(api, call)


def _get_recursion(api: LambdaApi, call: Call) -> Json:
    return {"RecursiveLoop": api.function(call)[0].recursive_loop}


def _put_recursion(api: LambdaApi, call: Call) -> Json:
    api.function(call)[0].recursive_loop = call.parameters["RecursiveLoop"]
    return _get_recursion(api, call)


def _get_code_signing(api: LambdaApi, call: Call) -> Json:
    function, _ = api.function(call)
    name = function.latest.configuration["FunctionName"]
    return {"FunctionName": name, "CodeSigningConfigArn": function.code_signing}


def _put_code_signing(api: LambdaApi, call: Call) -> Json:
    api.function(call)[0].code_signing = call.parameters["CodeSigningConfigArn"]
    return _get_code_signing(api, call)


def _delete_code_signing(api: LambdaApi, call: Call) -> None:
    api.function(call)[0].code_signing = ""


OPERATIONS: Final[Mapping[str, Operation]] = {
    "PutFunctionEventInvokeConfig": _put_event_invoke,
    "UpdateFunctionEventInvokeConfig": _update_event_invoke,
    "GetFunctionEventInvokeConfig": _get_event_invoke,
    "ListFunctionEventInvokeConfigs": _list_event_invokes,
    "DeleteFunctionEventInvokeConfig": _delete_event_invoke,
    "GetRuntimeManagementConfig": _get_runtime_management,
    "PutRuntimeManagementConfig": _put_runtime_management,
    "GetFunctionRecursionConfig": _get_recursion,
    "PutFunctionRecursionConfig": _put_recursion,
    "GetFunctionCodeSigningConfig": _get_code_signing,
    "PutFunctionCodeSigningConfig": _put_code_signing,
    "DeleteFunctionCodeSigningConfig": _delete_code_signing,
}
