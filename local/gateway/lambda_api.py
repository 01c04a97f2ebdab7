"""The Lambda API: each operation of functions in a few lines over `functions.py` and the runtime."""

import base64
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from local.errors import AwsError
from local.gateway.functions import (
    LATEST,
    Function,
    Functions,
    Version,
    code_archive,
    generation,
    invalid,
    not_found,
    policy,
    statement,
)
from local.gateway.model import Call, RestJson
from local.runtime.code import Code, unpack
from local.runtime.deployment import Deployment
from local.runtime.pool import Invocation, Pool
from local.wire import Answer, Json, Request, to_json

MAX_EVENT_BYTES: Final = 6 * 1024 * 1024  # Lambda quota: a synchronous invocation's payload
MAX_ASYNC_EVENT_BYTES: Final = 1024 * 1024  # the same: an asynchronous one's
ASYNC_RETRIES: Final = 2  # developer guide, "asynchronous invocation": two more attempts
ASYNC_WAITS_SECONDS: Final = (60.0, 120.0)  # the same: after one minute, then two
JSON_TYPE: Final = "application/json"

Result = Json | Answer


class MappingsApi(Protocol):
    """The event source mappings, as far as this API passes requests on."""

    def call(self, call: Call) -> tuple[int, Json]:
        """Answer one operation on mappings with status and document."""

    def tags(self, arn: str) -> dict[str, str]:
        """Return (to change in place) the tags of a mapping."""


@dataclass(slots=True)
class LambdaApi:
    """Lambda in every region."""

    pool: Pool
    code_home: Path
    fetch_object: Callable[[str, str, str | None], bytes]  # bucket, key, version -> the zip
    endpoint_url: Callable[[], str]
    mappings: MappingsApi | None = None
    _regions: dict[str, Functions] = field(default_factory=dict)
    _model: RestJson = field(default_factory=lambda: RestJson("lambda"))
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        try:
            call = self._model.call(request)
            if "EventSourceMapping" in call.operation:
                status, document = self.serving_mappings.call(call)
                return _json(document, status)
            if call.operation == "Invoke":
                return self._invoke(call)
            operation = OPERATIONS.get(call.operation)
            if operation is None:
                raise AwsError(
                    "UnknownOperationException", f"This local AWS has no Lambda operation {call.operation}.", 404
                )
            with self._lock:
                result = operation(self, call)
        except AwsError as error:
            return lambda_error(error)
        return result if isinstance(result, Answer) else _json(result, call.status)

    @property
    def serving_mappings(self) -> MappingsApi:
        """The event source mappings, which are set last, for they invoke functions by this API."""
        if self.mappings is None:
            raise AwsError("ServiceException", "The local AWS is still starting.", 500)
        return self.mappings

    def functions(self, region: str) -> Functions:
        """Return the functions of a region."""
        with self._lock:
            return self._regions.setdefault(region, Functions(region))

    def run(
        self, function_arn: str, payload: bytes, request_id: str = "", client_context: str = ""
    ) -> tuple[Invocation, str]:
        """Invoke a function by its ARN or name; return how it ended and the version that ran.

        Raises:
            AwsError: no such function, or its concurrency is used up.
        """
        region = function_arn.split(":")[3] if function_arn.startswith("arn:") else ""
        with self._lock:
            functions = (
                self.functions(region) if region else next(iter(self._regions.values()), self.functions("eu-west-1"))
            )
            function, version = functions.version(function_arn)
            deployment = self._deployment(function, version)
            if function.reserved is not None and self.pool.busy(deployment.name) >= function.reserved:
                raise AwsError("TooManyRequestsException", "Rate Exceeded.", 429)
        request_id = request_id or str(uuid.uuid4())
        arn = function_arn if function_arn.startswith("arn:") else function.arn
        return self.pool.invoke(deployment, payload, request_id, arn, client_context), deployment.version

    def arn(self, reference: str, region: str) -> str | None:
        """Return the ARN, with its qualifier if any, of a function given by name or ARN; None where there is none."""
        functions = self.functions(region)
        try:
            with self._lock:
                function, qualifier = functions.find(reference)
                functions.version(reference)
        except AwsError:
            return None
        return f"{function.arn}:{qualifier}" if qualifier else function.arn

    def close(self) -> None:
        """Let no asynchronous invocation be tried again."""
        self._stopping.set()

    def _deployment(self, function: Function, version: Version) -> Deployment:
        """Return the version's deployment, replacing one that a change of settings or code has outdated."""
        number = version.configuration["Version"]
        current = function.deployments.get(number)
        wanted = generation(version)
        if current is None or current.generation != wanted:
            function.deployments[number] = version.deployment(wanted)
            if current is not None:
                self.pool.retire(current)
        return function.deployments[number]

    def _invoke(self, call: Call) -> Answer:
        parameters = call.parameters
        kind = parameters.get("InvocationType", "RequestResponse")
        payload = parameters.get("Payload") or b"{}"
        _check_event(payload, MAX_EVENT_BYTES if kind == "RequestResponse" else MAX_ASYNC_EVENT_BYTES)
        with self._lock:
            function, version = self.functions(call.region).version(
                parameters["FunctionName"], parameters.get("Qualifier", "")
            )
        qualifier = parameters.get("Qualifier", "")
        arn = f"{function.arn}:{qualifier}" if qualifier else function.arn
        if kind == "DryRun":
            return Answer(204)
        context = _client_context(parameters.get("ClientContext", ""))
        request_id = str(uuid.uuid4())
        if kind == "Event":
            threading.Thread(target=self._run_later, args=(arn, function, payload, request_id), daemon=True).start()
            return Answer(202, b"", {"x-amzn-RequestId": request_id})
        invocation, ran = self.run(arn, payload, request_id, context)
        headers = {"Content-Type": JSON_TYPE, "X-Amz-Executed-Version": ran, "x-amzn-RequestId": request_id}
        if invocation.error:
            headers["X-Amz-Function-Error"] = invocation.error
        if parameters.get("LogType") == "Tail":
            headers["X-Amz-Log-Result"] = invocation.log_tail
        return Answer(200, invocation.payload, headers)

    def _run_later(self, arn: str, function: Function, payload: bytes, request_id: str) -> None:
        """Run an asynchronous invocation, with its retries."""
        settings = function.event_invoke.get(LATEST, {})
        for attempt in range(settings.get("MaximumRetryAttempts", ASYNC_RETRIES) + 1):
            if attempt and self._stopping.wait(ASYNC_WAITS_SECONDS[attempt - 1]):
                return
            try:
                invocation, _ = self.run(arn, payload, request_id)
            except AwsError:
                continue
            if invocation.error is None:
                return

    def code(self, parameters: dict[str, Json]) -> Code:
        """Unpack the code that a request brings or names, and keep its zip for GetFunction.

        Raises:
            AwsError: it brings none, or it cannot run here.
        """
        source = parameters.get("Code", parameters)
        if "ImageUri" in source:
            raise invalid("This local AWS runs functions from a zip: ImageUri is not supported.")
        if "S3Bucket" in source:
            archive = self.fetch_object(source["S3Bucket"], source.get("S3Key", ""), source.get("S3ObjectVersion"))
        else:
            archive = source.get("ZipFile", b"")
        code = unpack(archive, self.code_home)
        kept = code_archive(self.code_home, code)
        if not kept.exists():
            kept.write_bytes(archive)
        return code


def lambda_error(error: AwsError) -> Answer:
    """Return an error in the form of Lambda's API."""
    reason = {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"} if error.status == 429 else {}
    body = {
        "Type": "User" if error.status < 500 else "Service",
        "message": error.message,
        "Message": error.message,
        **reason,
    }
    return Answer(error.status, to_json(body), {"Content-Type": JSON_TYPE, "x-amzn-ErrorType": error.code})


def _json(document: Json, status: int) -> Answer:
    return Answer(status, b"" if document is None else to_json(document), {"Content-Type": JSON_TYPE})


def _check_event(payload: bytes, limit: int) -> None:
    if len(payload) > limit:
        raise AwsError(
            "RequestTooLargeException",
            f"Request must be smaller than {limit} bytes for the InvokeFunction operation",
            413,
        )


def _client_context(encoded: str) -> str:
    return base64.b64decode(encoded).decode("utf-8") if encoded else ""


def _configuration(version: Version) -> dict[str, Json]:
    return version.configuration


def create_function(api: LambdaApi, call: Call) -> Result:
    functions = api.functions(call.region)
    function = functions.create(call.parameters, api.code(call.parameters))
    if call.parameters.get("Publish"):
        return _configuration(functions.publish(function, None))
    return _configuration(function.latest)


def get_function(api: LambdaApi, call: Call) -> Result:
    function, version = api.functions(call.region).version(
        call.parameters["FunctionName"], call.parameters.get("Qualifier", "")
    )
    location = f"{api.endpoint_url()}/_local/code/{code_archive(Path(), version.code)}"
    reserved = {} if function.reserved is None else {"Concurrency": {"ReservedConcurrentExecutions": function.reserved}}
    tags = {"Tags": function.tags} if function.tags else {}
    return {
        "Configuration": _configuration(version),
        "Code": {"RepositoryType": "S3", "Location": location},
        **tags,
        **reserved,
    }


def get_function_configuration(api: LambdaApi, call: Call) -> Result:
    _, version = api.functions(call.region).version(
        call.parameters["FunctionName"], call.parameters.get("Qualifier", "")
    )
    return _configuration(version)


def list_functions(api: LambdaApi, call: Call) -> Result:
    functions = api.functions(call.region).all()
    if call.parameters.get("FunctionVersion") == "ALL":
        return {
            "Functions": [_configuration(version) for function in functions for version in function.versions.values()]
        }
    return {"Functions": [_configuration(function.latest) for function in functions]}


def update_function_configuration(api: LambdaApi, call: Call) -> Result:
    functions = api.functions(call.region)
    function, _ = functions.find(call.parameters["FunctionName"])
    functions.configure(function, call.parameters)
    api._deployment(function, function.latest)  # noqa: SLF001 - stops the processes of the former settings now
    return _configuration(function.latest)


def update_function_code(api: LambdaApi, call: Call) -> Result:
    functions = api.functions(call.region)
    function, _ = functions.find(call.parameters["FunctionName"])
    code = api.code(call.parameters)
    if call.parameters.get("DryRun"):
        return {**_configuration(function.latest), "CodeSha256": code.sha256, "CodeSize": code.size_bytes}
    functions.set_code(function, call.parameters, code)
    api._deployment(function, function.latest)  # noqa: SLF001 - as above
    if call.parameters.get("Publish"):
        return _configuration(functions.publish(function, None))
    return _configuration(function.latest)


def delete_function(api: LambdaApi, call: Call) -> Result:
    functions = api.functions(call.region)
    function, own = functions.find(call.parameters["FunctionName"])
    for deployment in functions.delete(function, call.parameters.get("Qualifier", own)):
        api.pool.retire(deployment)
    return Answer(204)


def publish_version(api: LambdaApi, call: Call) -> Result:
    functions = api.functions(call.region)
    function, _ = functions.find(call.parameters["FunctionName"])
    wanted = call.parameters.get("CodeSha256")
    if wanted and wanted != function.latest.code.sha256:
        raise invalid(
            f"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({function.latest.code.sha256})."
        )
    return _configuration(functions.publish(function, call.parameters.get("Description")))


def list_versions(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    versions = [_configuration(version) for version in function.versions.values()]
    for shown in versions[:1]:
        versions[0] = {**shown, "FunctionArn": f"{function.arn}:{LATEST}"}
    return {"Versions": versions}


def put_concurrency(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    function.reserved = call.parameters["ReservedConcurrentExecutions"]
    return {"ReservedConcurrentExecutions": function.reserved}


def get_concurrency(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    return {} if function.reserved is None else {"ReservedConcurrentExecutions": function.reserved}


def delete_concurrency(api: LambdaApi, call: Call) -> Result:
    api.functions(call.region).find(call.parameters["FunctionName"])[0].reserved = None
    return Answer(204)


def get_code_signing(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    return {"FunctionName": function.latest.configuration["FunctionName"], "CodeSigningConfigArn": ""}


def create_alias(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    name = call.parameters["Name"]
    if name in function.aliases:
        raise AwsError("ResourceConflictException", f"Alias already exists: {function.arn}:{name}", 409)
    return _set_alias(function, name, call.parameters, {"Description": ""})


def update_alias(api: LambdaApi, call: Call) -> Result:
    function, alias = _alias(api, call)
    return _set_alias(function, alias["Name"], call.parameters, alias)


def get_alias(api: LambdaApi, call: Call) -> Result:
    return _alias(api, call)[1]


def list_aliases(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    wanted = call.parameters.get("FunctionVersion")
    return {"Aliases": [alias for alias in function.aliases.values() if wanted in {None, alias["FunctionVersion"]}]}


def delete_alias(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    function.aliases.pop(call.parameters["Name"], None)
    return Answer(204)


def _alias(api: LambdaApi, call: Call) -> tuple[Function, dict[str, Json]]:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    name = call.parameters["Name"]
    if name not in function.aliases:
        raise not_found(f"Cannot find alias arn: {function.arn}:{name}")
    return function, function.aliases[name]


def _set_alias(function: Function, name: str, parameters: dict[str, Json], former: dict[str, Json]) -> dict[str, Json]:
    given = {key: parameters[key] for key in ("FunctionVersion", "Description", "RoutingConfig") if key in parameters}
    alias = {**former, **given, "Name": name, "AliasArn": f"{function.arn}:{name}", "RevisionId": str(uuid.uuid4())}
    if alias["FunctionVersion"] not in function.versions:
        raise not_found(f"Function not found: {function.arn}:{alias['FunctionVersion']}")
    if not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", True):
        del alias["RoutingConfig"]
    function.aliases[name] = alias
    return alias


def add_permission(api: LambdaApi, call: Call) -> Result:
    function, qualifier = _policy_place(api, call)
    statements = function.policies.setdefault(qualifier, [])
    sid = call.parameters["StatementId"]
    if any(existing["Sid"] == sid for existing in statements):
        raise AwsError(
            "ResourceConflictException",
            f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the existing "
            "statement.",
            409,
        )
    made = statement(call.parameters, f"{function.arn}:{qualifier}" if qualifier else function.arn)
    statements.append(made)
    return {"Statement": to_json(made).decode()}


def get_policy(api: LambdaApi, call: Call) -> Result:
    function, qualifier = _policy_place(api, call)
    statements = function.policies.get(qualifier)
    if not statements:
        raise not_found("The resource you requested does not exist.")
    return {"Policy": policy(statements), "RevisionId": function.latest.configuration["RevisionId"]}


def remove_permission(api: LambdaApi, call: Call) -> Result:
    function, qualifier = _policy_place(api, call)
    statements = function.policies.get(qualifier, [])
    kept = [existing for existing in statements if existing["Sid"] != call.parameters["StatementId"]]
    if len(kept) == len(statements):
        raise not_found(f"Statement {call.parameters['StatementId']} is not found in resource policy.")
    function.policies[qualifier] = kept
    return Answer(204)


def _policy_place(api: LambdaApi, call: Call) -> tuple[Function, str]:
    function, own = api.functions(call.region).find(call.parameters["FunctionName"])
    return function, call.parameters.get("Qualifier", own)


def put_event_invoke(api: LambdaApi, call: Call) -> Result:
    return _set_event_invoke(api, call, keep=False)


def update_event_invoke(api: LambdaApi, call: Call) -> Result:
    return _set_event_invoke(api, call, keep=True)


def _set_event_invoke(api: LambdaApi, call: Call, *, keep: bool) -> dict[str, Json]:
    function, own = api.functions(call.region).find(call.parameters["FunctionName"])
    qualifier = call.parameters.get("Qualifier", own) or LATEST
    names = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
    given = {name: call.parameters[name] for name in names if name in call.parameters}
    former = (
        function.event_invoke.get(qualifier, {}) if keep else {"DestinationConfig": {"OnSuccess": {}, "OnFailure": {}}}
    )
    place = {"FunctionArn": f"{function.arn}:{qualifier}", "LastModified": time.time()}
    function.event_invoke[qualifier] = {**former, **given, **place}
    return function.event_invoke[qualifier]


def get_event_invoke(api: LambdaApi, call: Call) -> Result:
    function, own = api.functions(call.region).find(call.parameters["FunctionName"])
    qualifier = call.parameters.get("Qualifier", own) or LATEST
    if qualifier not in function.event_invoke:
        raise not_found(f"The function {function.arn}:{qualifier} doesn't have an EventInvokeConfig")
    return function.event_invoke[qualifier]


def list_event_invokes(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    return {"FunctionEventInvokeConfigs": list(function.event_invoke.values())}


def delete_event_invoke(api: LambdaApi, call: Call) -> Result:
    get_event_invoke(api, call)
    function, own = api.functions(call.region).find(call.parameters["FunctionName"])
    del function.event_invoke[call.parameters.get("Qualifier", own) or LATEST]
    return Answer(204)


def put_provisioned(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    count = call.parameters["ProvisionedConcurrentExecutions"]
    now = datetime.now(UTC)
    function.provisioned[call.parameters["Qualifier"]] = {
        "RequestedProvisionedConcurrentExecutions": count,
        "AvailableProvisionedConcurrentExecutions": count,
        "AllocatedProvisionedConcurrentExecutions": count,
        "Status": "READY",
        "LastModified": f"{now:%Y-%m-%dT%H:%M:%S}+0000",
    }
    return function.provisioned[call.parameters["Qualifier"]]


def get_provisioned(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    if call.parameters["Qualifier"] not in function.provisioned:
        message = "No Provisioned Concurrency Config found for this function"
        raise AwsError("ProvisionedConcurrencyConfigNotFoundException", message, 404)
    return function.provisioned[call.parameters["Qualifier"]]


def delete_provisioned(api: LambdaApi, call: Call) -> Result:
    get_provisioned(api, call)
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    del function.provisioned[call.parameters["Qualifier"]]
    return Answer(204)


def get_runtime_management(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    return {**function.runtime_management, "FunctionArn": function.arn}


def put_runtime_management(api: LambdaApi, call: Call) -> Result:
    function, _ = api.functions(call.region).find(call.parameters["FunctionName"])
    names = ("UpdateRuntimeOn", "RuntimeVersionArn")
    function.runtime_management = {name: call.parameters[name] for name in names if name in call.parameters}
    return get_runtime_management(api, call)


def get_recursion(api: LambdaApi, call: Call) -> Result:
    return {"RecursiveLoop": api.functions(call.region).find(call.parameters["FunctionName"])[0].recursive_loop}


def put_recursion(api: LambdaApi, call: Call) -> Result:
    api.functions(call.region).find(call.parameters["FunctionName"])[0].recursive_loop = call.parameters[
        "RecursiveLoop"
    ]
    return get_recursion(api, call)


def list_tags(api: LambdaApi, call: Call) -> Result:
    return {"Tags": _tagged(api, call)}


def tag_resource(api: LambdaApi, call: Call) -> Result:
    _tagged(api, call).update(call.parameters["Tags"])
    return Answer(204)


def untag_resource(api: LambdaApi, call: Call) -> Result:
    tags = _tagged(api, call)
    keys: Iterable[str] = call.parameters["TagKeys"]
    for key in keys:
        tags.pop(key, None)
    return Answer(204)


def _tagged(api: LambdaApi, call: Call) -> dict[str, str]:
    arn = call.parameters["Resource"]
    if ":event-source-mapping:" in arn:
        return api.serving_mappings.tags(arn)
    return api.functions(call.region).find(arn)[0].tags


def get_account_settings(api: LambdaApi, call: Call) -> Result:
    functions = api.functions(call.region).all()
    reserved = sum(function.reserved or 0 for function in functions)
    limits = {
        "TotalCodeSize": 80530636800,
        "CodeSizeUnzipped": 262144000,
        "CodeSizeZipped": 52428800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 1000 - reserved,
    }
    size = sum(version.code.size_bytes for function in functions for version in function.versions.values())
    return {"AccountLimit": limits, "AccountUsage": {"TotalCodeSize": size, "FunctionCount": len(functions)}}


OPERATIONS: Final[dict[str, Callable[[LambdaApi, Call], Any]]] = {
    "CreateFunction": create_function,
    "GetFunction": get_function,
    "GetFunctionConfiguration": get_function_configuration,
    "ListFunctions": list_functions,
    "UpdateFunctionConfiguration": update_function_configuration,
    "UpdateFunctionCode": update_function_code,
    "DeleteFunction": delete_function,
    "PublishVersion": publish_version,
    "ListVersionsByFunction": list_versions,
    "PutFunctionConcurrency": put_concurrency,
    "GetFunctionConcurrency": get_concurrency,
    "DeleteFunctionConcurrency": delete_concurrency,
    "GetFunctionCodeSigningConfig": get_code_signing,
    "CreateAlias": create_alias,
    "UpdateAlias": update_alias,
    "GetAlias": get_alias,
    "ListAliases": list_aliases,
    "DeleteAlias": delete_alias,
    "AddPermission": add_permission,
    "GetPolicy": get_policy,
    "RemovePermission": remove_permission,
    "PutFunctionEventInvokeConfig": put_event_invoke,
    "UpdateFunctionEventInvokeConfig": update_event_invoke,
    "GetFunctionEventInvokeConfig": get_event_invoke,
    "ListFunctionEventInvokeConfigs": list_event_invokes,
    "DeleteFunctionEventInvokeConfig": delete_event_invoke,
    "PutProvisionedConcurrencyConfig": put_provisioned,
    "GetProvisionedConcurrencyConfig": get_provisioned,
    "DeleteProvisionedConcurrencyConfig": delete_provisioned,
    "GetRuntimeManagementConfig": get_runtime_management,
    "PutRuntimeManagementConfig": put_runtime_management,
    "GetFunctionRecursionConfig": get_recursion,
    "PutFunctionRecursionConfig": put_recursion,
    "ListTags": list_tags,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "GetAccountSettings": get_account_settings,
}
