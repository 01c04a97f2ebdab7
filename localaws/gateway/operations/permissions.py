"""Resource policies: who may invoke a function. They are kept and shown; nobody is refused by them here."""

import json
from collections.abc import Mapping
from typing import Final

from localaws.errors import AwsError
from localaws.gateway.lambda_errors import not_found
from localaws.gateway.operations.types import LambdaApi, Operation
from localaws.gateway.service_model import Call
from localaws.http_messages import Json, to_json

CONDITIONS: Final = (  # parameter of AddPermission, operator and key of the condition it makes
    ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("SourceArn", "ArnLike", "AWS:SourceArn"),
)


def _add(api: LambdaApi, call: Call) -> Json:
    function, qualifier = api.function(call)
    statements = function.policies.setdefault(qualifier, [])
    sid = call.parameters["StatementId"]
    if any(existing["Sid"] == sid for existing in statements):
        raise AwsError(
            "ResourceConflictException",
            f"The statement id ({sid}) provided already exists. Please provide a new statement id, "
            "or remove the existing statement.",
            409,
        )
    made = _statement(call.parameters, f"{function.arn}:{qualifier}" if qualifier else function.arn)
    statements.append(made)
    return {"Statement": to_json(made).decode()}


def _get(api: LambdaApi, call: Call) -> Json:
    function, qualifier = api.function(call)
    statements = function.policies.get(qualifier)
    if not statements:
        raise not_found("The resource you requested does not exist.")
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    revision = function.latest.configuration["RevisionId"]
    return {"Policy": json.dumps(policy, separators=(",", ":")), "RevisionId": revision}


def _remove(api: LambdaApi, call: Call) -> None:
    function, qualifier = api.function(call)
    statements = function.policies.get(qualifier, [])
    kept = [existing for existing in statements if existing["Sid"] != call.parameters["StatementId"]]
    if len(kept) == len(statements):
        raise not_found(f"Statement {call.parameters['StatementId']} is not found in resource policy.")
    function.policies[qualifier] = kept


def _statement(request: Mapping[str, Json], resource: str) -> dict[str, Json]:
    """Return the policy statement that AddPermission makes of its request."""
    conditions: dict[str, dict[str, str]] = {}
    for setting, operator, key in CONDITIONS:
        if setting in request:
            conditions.setdefault(operator, {})[key] = request[setting]
    return {
        "Sid": request["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(request["Principal"]),
        "Action": request["Action"],
        "Resource": resource,
        **({"Condition": conditions} if conditions else {}),
    }


def _principal(name: str) -> Json:
    if name == "*":
        return name
    if name.endswith(".amazonaws.com"):
        return {"Service": name}
    return {"AWS": f"arn:aws:iam::{name}:root" if name.isdigit() else name}


OPERATIONS: Final[Mapping[str, Operation]] = {
    "AddPermission": _add,
    "GetPolicy": _get,
    "RemovePermission": _remove,
}
