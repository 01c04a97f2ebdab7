"""The functions of every region: settings as the API shows them, versions, tags, concurrency.

Keeps state in the API's own shapes; runs nothing and answers nothing.
"""

import copy
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from localaws.errors import AwsError
from localaws.gateway.function_settings import DEFAULTS, SETTINGS, to_response
from localaws.gateway.lambda_errors import invalid, not_found
from localaws.http_messages import ACCOUNT_ID, Json
from localaws.runtime.code_package import CodePackage
from localaws.runtime.deployment import Deployment

PYTHON: Final = "python3."
LATEST: Final = "$LATEST"
NAME: Final = re.compile(
    r"(?:arn:aws[\w-]*:lambda:(?P<region>[\w-]+):|)(?:\d{12}:|)(?:function:|)(?P<name>[\w-]+)(?::(?P<qualifier>\$LATEST|[\w-]+))?"
)


@dataclass(slots=True)
class Version:
    """One version of a function: `$LATEST`, which changes, or a published one, which does not."""

    configuration: dict[str, Json]
    code: CodePackage

    @property
    def generation(self) -> str:
        """What changes whenever the version must be started afresh."""
        return f"{self.configuration['RevisionId']} {self.code.folder.name}"

    def deployment(self) -> Deployment:
        """Return what the runtime needs to run it."""
        settings = self.configuration
        logging = settings["LoggingConfig"]
        return Deployment(
            generation=self.generation,
            name=settings["FunctionName"],
            version=settings["Version"],
            arn=settings["FunctionArn"],
            region=settings["FunctionArn"].split(":")[3],
            handler=settings.get("Handler", ""),
            folder=self.code.folder,
            variables=MappingProxyType(settings.get("Environment", {}).get("Variables", {})),
            timeout_seconds=float(settings["Timeout"]),
            memory_mb=settings["MemorySize"],
            log_group=logging["LogGroup"],
            json_logs=logging["LogFormat"] == "JSON",
            log_level=logging.get("ApplicationLogLevel", "INFO"),
            system_log_level=logging.get("SystemLogLevel", "INFO"),
            runtime=settings.get("Runtime", ""),
        )


@dataclass(slots=True)
class Function:
    """One function with its versions, tags and settings.

    Attributes:
        deployments: what the runtime runs, by version.
        code_signing: ARN of the configuration that its zip must be signed for, "" for none; no signature is checked.
        reserved: maximum number of concurrent invocations; None for no limit.
        in_flight: how many do.
        published: the number of the last version.
    """

    versions: dict[str, Version]
    tags: dict[str, str]
    code_signing: str = ""
    reserved: int | None = None
    in_flight: int = 0
    deployments: dict[str, Deployment] = field(default_factory=dict)
    published: int = 0

    @property
    def latest(self) -> Version:
        """The version that changes."""
        return self.versions[LATEST]

    @property
    def arn(self) -> str:
        """The function's ARN without a version."""
        return str(self.latest.configuration["FunctionArn"])


class Functions:
    """Every function of one region."""

    def __init__(self, region: str) -> None:
        """Start without functions."""
        self._region = region
        self._functions: dict[str, Function] = {}

    def all(self) -> list[Function]:
        """Return every function in order of its name."""
        return [self._functions[name] for name in sorted(self._functions)]

    def find(self, reference: str) -> tuple[Function, str]:
        """Return a function and the qualifier that `reference` (a name or ARN) carries, "" for none.

        Raises:
            AwsError: ResourceNotFoundException.
        """
        match = NAME.fullmatch(reference)
        function = self._functions.get(match["name"]) if match else None
        if match is None or function is None or (match["region"] or self._region) != self._region:
            raise not_found(f"Function not found: {reference if ':' in reference else self.arn(reference)}")
        return function, match["qualifier"] or ""

    def version(self, reference: str, qualifier: str = "") -> tuple[Function, Version]:
        """Return a function and the version that the qualifier stands for.

        Raises:
            AwsError: ResourceNotFoundException.
        """
        function, own = self.find(reference)
        wanted = qualifier or own or LATEST
        version = function.versions.get(wanted)
        if version is None:
            raise not_found(f"Function not found: {function.arn}:{wanted}")
        return function, version

    def arn(self, name: str) -> str:
        """Return the ARN of a function of this region."""
        return f"arn:aws:lambda:{self._region}:{ACCOUNT_ID}:function:{name}"

    def create(self, request: Mapping[str, Json], code: CodePackage) -> Function:
        """Create a function.

        Raises:
            AwsError: there is one of that name, or a setting is missing.
        """
        match = NAME.fullmatch(request["FunctionName"])
        name = match["name"] if match else request["FunctionName"]
        if name in self._functions:
            raise AwsError("ResourceConflictException", f"Function already exist: {name}", 409)
        if request.get("PackageType", "Zip") == "Image":
            raise invalid("This local AWS runs functions from a zip: PackageType Image is not supported.")
        if not (request.get("Runtime") and request.get("Handler")):
            raise invalid(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages."
            )
        configuration: dict[str, Json] = {
            **DEFAULTS,
            "FunctionName": name,
            "FunctionArn": self.arn(name),
            "Version": LATEST,
            "Architectures": request.get("Architectures", ["x86_64"]),
            "TracingConfig": {"Mode": "PassThrough"},
            "EphemeralStorage": {"Size": 512},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "State": "Active",
            "LastUpdateStatus": "Successful",
        }
        function = Function(
            {LATEST: Version(configuration, code)},
            dict(request.get("Tags", {})),
            code_signing=request.get("CodeSigningConfigArn", ""),
        )
        self.configure(function, request)
        self._set_code(function, code)
        self._functions[name] = function
        return function

    def configure(self, function: Function, request: Mapping[str, Json]) -> None:
        """Apply the settings that a request carries; what it leaves out stays."""
        self._check_revision(function.latest, request)
        runtime = request.get("Runtime", PYTHON)
        if not runtime.startswith(PYTHON):
            message = f"This local AWS runs Python functions: Runtime must begin with {PYTHON} (got {runtime})."
            raise invalid(message)
        configuration = function.latest.configuration
        name = configuration["FunctionName"]
        for setting in SETTINGS:
            if setting in request:
                value = to_response(setting, request[setting], name)
                if value is None:
                    configuration.pop(setting, None)
                else:
                    configuration[setting] = value
        self._changed(function)

    def set_code(self, function: Function, request: Mapping[str, Json], code: CodePackage) -> None:
        """Replace the code of `$LATEST`."""
        self._check_revision(function.latest, request)
        if "Architectures" in request:
            function.latest.configuration["Architectures"] = request["Architectures"]
        self._set_code(function, code)

    def publish(self, function: Function, description: str | None) -> Version:
        """Publish `$LATEST`, or return the last version when nothing changed since."""
        latest = function.latest
        last = function.versions.get(str(function.published))
        if last is not None and _identity(last) == _identity(latest):
            return last
        function.published += 1
        number = str(function.published)
        configuration = copy.deepcopy(latest.configuration)
        configuration |= {"Version": number, "FunctionArn": f"{function.arn}:{number}", "RevisionId": str(uuid.uuid4())}
        if description:
            configuration["Description"] = description
        if configuration["SnapStart"]["ApplyOn"] == "PublishedVersions":
            configuration["SnapStart"]["OptimizationStatus"] = "On"
        function.versions[number] = Version(configuration, latest.code)
        return function.versions[number]

    def delete(self, function: Function, qualifier: str) -> list[Deployment]:
        """Delete a function or one of its versions; return the deployments that end with it."""
        if qualifier:
            if qualifier == LATEST:
                raise invalid("$LATEST version cannot be deleted without deleting the function.")
            function.versions.pop(qualifier, None)
            ended = function.deployments.pop(qualifier, None)
            return [ended] if ended else []
        self._functions.pop(function.latest.configuration["FunctionName"])
        return list(function.deployments.values())

    def _set_code(self, function: Function, code: CodePackage) -> None:
        function.latest.code = code
        function.latest.configuration |= {"CodeSha256": code.sha256, "CodeSize": code.size_bytes}
        self._changed(function)

    def _changed(self, function: Function) -> None:
        now = datetime.now(UTC)
        function.latest.configuration |= {
            "LastModified": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}+0000",
            "RevisionId": str(uuid.uuid4()),
        }

    def _check_revision(self, version: Version, request: Mapping[str, Json]) -> None:
        wanted = request.get("RevisionId")
        if wanted and wanted != version.configuration["RevisionId"]:
            raise AwsError(
                "PreconditionFailedException",
                "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to "
                "retrieve the latest Revision Id",
                412,
            )


@dataclass(slots=True)
class FunctionsByRegion:
    """The functions of every region, with the lock under which they are read and changed."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    _functions: dict[str, Functions] = field(default_factory=dict)

    def of(self, region: str) -> Functions:
        """Return the functions of a region."""
        with self.lock:
            return self._functions.setdefault(region, Functions(region))


def _identity(version: Version) -> dict[str, Json]:
    changing = {"Version", "FunctionArn", "RevisionId", "LastModified", "Description", "SnapStart"}
    return {name: value for name, value in version.configuration.items() if name not in changing}
