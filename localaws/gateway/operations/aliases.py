"""Aliases: names for published versions."""

import uuid
from collections.abc import Mapping
from typing import Final

from localaws.errors import AwsError
from localaws.gateway.functions import Function
from localaws.gateway.lambda_errors import not_found
from localaws.gateway.operations.types import LambdaApi, Operation
from localaws.gateway.service_model import Call
from localaws.http_messages import Json


def _create(api: LambdaApi, call: Call) -> Json:
    function, _ = api.function(call)
    name = call.parameters["Name"]
    if name in function.aliases:
        raise AwsError("ResourceConflictException", f"Alias already exists: {function.arn}:{name}", 409)
    return _set(function, call.parameters, {"Description": ""})


def _update(api: LambdaApi, call: Call) -> Json:
    return _set(api.function(call)[0], call.parameters, _get(api, call))


def _get(api: LambdaApi, call: Call) -> dict[str, Json]:
    function, _ = api.function(call)
    name = call.parameters["Name"]
    if name not in function.aliases:
        raise not_found(f"Cannot find alias arn: {function.arn}:{name}")
    return function.aliases[name]


def _list(api: LambdaApi, call: Call) -> Json:
    function, _ = api.function(call)
    wanted = call.parameters.get("FunctionVersion")
    return {"Aliases": [alias for alias in function.aliases.values() if wanted in {None, alias["FunctionVersion"]}]}


def _delete(api: LambdaApi, call: Call) -> None:
    api.function(call)[0].aliases.pop(call.parameters["Name"], None)


def _set(function: Function, parameters: Mapping[str, Json], former: Mapping[str, Json]) -> dict[str, Json]:
    name = parameters["Name"]
    given = {key: parameters[key] for key in ("FunctionVersion", "Description", "RoutingConfig") if key in parameters}
    alias = {**former, **given, "Name": name, "AliasArn": f"{function.arn}:{name}", "RevisionId": str(uuid.uuid4())}
    if alias["FunctionVersion"] not in function.versions:
        raise not_found(f"Function not found: {function.arn}:{alias['FunctionVersion']}")
    if not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", True):
        del alias["RoutingConfig"]
    function.aliases[name] = alias
    return alias


OPERATIONS: Final[Mapping[str, Operation]] = {
    "CreateAlias": _create,
    "UpdateAlias": _update,
    "GetAlias": _get,
    "ListAliases": _list,
    "DeleteAlias": _delete,
}
