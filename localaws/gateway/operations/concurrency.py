"""Concurrency: reserved, which invocations keep to, and provisioned, which is only shown."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from localaws.errors import AwsError
from localaws.gateway.operations.types import LambdaApi, Operation
from localaws.gateway.service_model import Call
from localaws.http_messages import Json


def _put_reserved(api: LambdaApi, call: Call) -> Json:
    api.function(call)[0].reserved = call.parameters["ReservedConcurrentExecutions"]
    return _get_reserved(api, call)


def _get_reserved(api: LambdaApi, call: Call) -> Json:
    reserved = api.function(call)[0].reserved
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}


def _delete_reserved(api: LambdaApi, call: Call) -> None:
    api.function(call)[0].reserved = None


def _put_provisioned(api: LambdaApi, call: Call) -> Json:
    function, qualifier = api.function(call)
    count = call.parameters["ProvisionedConcurrentExecutions"]
    function.provisioned[qualifier] = {
        "RequestedProvisionedConcurrentExecutions": count,
        "AvailableProvisionedConcurrentExecutions": count,
        "AllocatedProvisionedConcurrentExecutions": count,
        "Status": "READY",
        "LastModified": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}+0000",
    }
    return function.provisioned[qualifier]


def _get_provisioned(api: LambdaApi, call: Call) -> Json:
    function, qualifier = api.function(call)
    if qualifier not in function.provisioned:
        message = "No Provisioned Concurrency Config found for this function"
        raise AwsError("ProvisionedConcurrencyConfigNotFoundException", message, 404)
    return function.provisioned[qualifier]


def _delete_provisioned(api: LambdaApi, call: Call) -> None:
    function, qualifier = api.function(call)
    function.provisioned.pop(qualifier, None)


OPERATIONS: Final[Mapping[str, Operation]] = {
    "PutFunctionConcurrency": _put_reserved,
    "GetFunctionConcurrency": _get_reserved,
    "DeleteFunctionConcurrency": _delete_reserved,
    "PutProvisionedConcurrencyConfig": _put_provisioned,
    "GetProvisionedConcurrencyConfig": _get_provisioned,
    "DeleteProvisionedConcurrencyConfig": _delete_provisioned,
}
