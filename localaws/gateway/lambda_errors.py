"""How Lambda's API refuses: its common errors, and the form in which it answers with one."""

from localaws.errors import AwsError
from localaws.http_messages import Response, to_json

JSON_TYPE = "application/json"


def not_found(message: str) -> AwsError:
    """Return the error for what is not there."""
    return AwsError("ResourceNotFoundException", message, 404)


def invalid(message: str) -> AwsError:
    """Return the error for a wrong parameter."""
    return AwsError("InvalidParameterValueException", message)


def lambda_error(error: AwsError) -> Response:
    """Return an error in the form of Lambda's API."""
    reason = {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"} if error.status == 429 else {}
    kind = "User" if error.status < 500 else "Service"
    body = {"Type": kind, "message": error.message, "Message": error.message, **reason}
    return Response(error.status, to_json(body), {"Content-Type": JSON_TYPE, "x-amzn-ErrorType": error.code})
