"""The settings of a function, and their form in a response.

To support another setting, add it to `SETTINGS`, and to `RESPONSE_FIELDS` if its form in a response differs.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from localaws.errors import AwsError, constraint_message
from localaws.gateway.lambda_errors import invalid
from localaws.http_messages import Json

MAX_TIMEOUT_SECONDS: Final = 900  # Lambda quota; the service model does not have it
DEFAULTS: Final = MappingProxyType({"Description": "", "Timeout": 3, "MemorySize": 128, "PackageType": "Zip"})
SETTINGS: Final = (  # what CreateFunction and UpdateFunctionConfiguration share
    "Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize", "KMSKeyArn", "Environment", "TracingConfig",
    "DeadLetterConfig", "VpcConfig", "FileSystemConfigs", "EphemeralStorage", "SnapStart", "LoggingConfig", "Layers",
)  # fmt: skip


def to_response(setting: str, value: Json, function_name: str) -> Json:
    """Return a setting as answers show it; None where they leave it out.

    Raises:
        AwsError: this local AWS cannot do it.
    """
    show = RESPONSE_FIELDS.get(setting)
    return value if show is None else show(value, function_name)


def _environment(value: Json, _: str) -> Json:
    return {"Variables": value["Variables"]} if value.get("Variables") else None


def _dead_letters(value: Json, _: str) -> Json:
    return value if value.get("TargetArn") else None


def _vpc(value: Json, _: str) -> Json:
    if not value.get("SubnetIds"):
        return None
    return {"SecurityGroupIds": [], "Ipv6AllowedForDualStack": False, **value, "VpcId": "vpc-local"}


def _layers(value: Json, _: str) -> Json:
    if value:
        raise invalid("This local AWS has no layers: put what the function needs into its zip.")
    return None


def _snap_start(value: Json, _: str) -> Json:
    return {"ApplyOn": "None", **value, "OptimizationStatus": "Off"}


def _logging(value: Json, function_name: str) -> Json:
    given = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function_name}", **value}
    if given["LogFormat"] != "JSON":
        return given
    return {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **given}


def _unless_empty(value: Json, _: str) -> Json:
    return value or None


def _timeout(value: Json, _: str) -> Json:
    if value > MAX_TIMEOUT_SECONDS:
        problem = constraint_message(
            value, "timeout", f"Member must have value less than or equal to {MAX_TIMEOUT_SECONDS}"
        )
        raise AwsError("ValidationException", f"1 validation error detected: {problem}")
    return value


RESPONSE_FIELDS: Final[Mapping[str, Callable[[Json, str], Json]]] = {
    "Environment": _environment,
    "DeadLetterConfig": _dead_letters,
    "VpcConfig": _vpc,
    "Layers": _layers,
    "SnapStart": _snap_start,
    "LoggingConfig": _logging,
    "FileSystemConfigs": _unless_empty,
    "KMSKeyArn": _unless_empty,
    "Timeout": _timeout,
}
