"""Functions and their published versions: create, read, change, publish, delete."""

from collections.abc import Mapping
from typing import Final

from localaws.gateway.functions import LATEST
from localaws.gateway.lambda_errors import invalid
from localaws.gateway.operations.types import LambdaApi, Operation
from localaws.gateway.service_model import ApiCall
from localaws.http_messages import Json


def _create(api: LambdaApi, call: ApiCall) -> Json:
    functions = api.functions(call)
    function = functions.create(call.parameters, api.code_store.load(call.parameters["Code"]))
    version = functions.publish(function, None) if call.parameters.get("Publish") else function.latest
    return version.configuration


def _get(api: LambdaApi, call: ApiCall) -> Json:
    function, _ = api.function(call)
    version = api.version(call)
    path = f"_local/code/{api.code_store.archive_name(version.code)}"
    location = f"{api.endpoint_url}/{path}?X-Amz-Credential={api.access_key}"  # as a presigned URL has it
    reserved = {} if function.reserved is None else {"Concurrency": {"ReservedConcurrentExecutions": function.reserved}}
    tags = {"Tags": function.tags} if function.tags else {}
    code = {"RepositoryType": "S3", "Location": location}
    return {"Configuration": version.configuration, "Code": code, **tags, **reserved}


def _get_configuration(api: LambdaApi, call: ApiCall) -> Json:
    return api.version(call).configuration


def _list(api: LambdaApi, call: ApiCall) -> Json:
    functions = api.functions(call).all()
    if call.parameters.get("FunctionVersion") == "ALL":
        versions = [version for function in functions for version in function.versions.values()]
    else:
        versions = [function.latest for function in functions]
    return {"Functions": [version.configuration for version in versions]}


def _update_configuration(api: LambdaApi, call: ApiCall) -> Json:
    function, _ = api.function(call)
    api.functions(call).configure(function, call.parameters)
    api.invocations.deploy(function, function.latest)  # stops the processes of the former settings now
    return function.latest.configuration


def _update_code(api: LambdaApi, call: ApiCall) -> Json:
    functions = api.functions(call)
    function, _ = api.function(call)
    code = api.code_store.load(call.parameters)
    if call.parameters.get("DryRun"):
        return {**function.latest.configuration, "CodeSha256": code.sha256, "CodeSize": code.size_bytes}
    functions.set_code(function, call.parameters, code)
    api.invocations.deploy(function, function.latest)  # stops the processes of the former code now
    version = functions.publish(function, None) if call.parameters.get("Publish") else function.latest
    return version.configuration


def _delete(api: LambdaApi, call: ApiCall) -> None:
    function, qualifier = api.function(call)
    for deployment in api.functions(call).delete(function, qualifier):
        api.invocations.pool.retire(deployment)


def _publish(api: LambdaApi, call: ApiCall) -> Json:
    function, _ = api.function(call)
    given, actual = call.parameters.get("CodeSha256"), function.latest.code.sha256
    if given and given != actual:
        raise invalid(f"CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({actual}).")
    return api.functions(call).publish(function, call.parameters.get("Description")).configuration


def _list_versions(api: LambdaApi, call: ApiCall) -> Json:
    function, _ = api.function(call)
    latest = {**function.latest.configuration, "FunctionArn": f"{function.arn}:{LATEST}"}
    published = [version.configuration for number, version in function.versions.items() if number != LATEST]
    return {"Versions": [latest, *published]}


OPERATIONS: Final[Mapping[str, Operation]] = {
    "CreateFunction": _create,
    "GetFunction": _get,
    "GetFunctionConfiguration": _get_configuration,
    "ListFunctions": _list,
    "UpdateFunctionConfiguration": _update_configuration,
    "UpdateFunctionCode": _update_code,
    "DeleteFunction": _delete,
    "PublishVersion": _publish,
    "ListVersionsByFunction": _list_versions,
}
