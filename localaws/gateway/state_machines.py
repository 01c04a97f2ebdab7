"""Step Functions: moto's interpreter runs the state machines, with this gateway's functions and buckets.

Added to moto: the two operations that Terraform's provider calls and moto lacks, the metrics of AWS/States, and a name
for an execution that was started without one.
"""

import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from moto.core.config import default_user_config

from localaws.gateway.telemetry import MotoTelemetry
from localaws.http_messages import ACCOUNT_ID, Json, Request, Response, call_wsgi, json_response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LONGEST_TASK_SECONDS: Final = 930  # a function runs for at most 900
NAMESPACE: Final = "AWS/States"


@dataclass(slots=True)
class StateMachines:
    """The state machines of every region. Moto's interpreter, which takes a second to import, is imported when used."""

    moto: "WSGIApplication"
    telemetry: MotoTelemetry
    _ready: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        with self._lock:
            if not self._ready:
                _prepare(self.telemetry)
                self._ready = True
        match request.target:
            case "ValidateStateMachineDefinition":
                return json_response(_validated(str(request.json()["definition"])))
            case "ListStateMachineVersions":
                return json_response(_versions(request.region, str(request.json()["stateMachineArn"])))
            case _:
                return call_wsgi(self.moto, request)


def _prepare(telemetry: MotoTelemetry) -> None:
    """Let moto execute state machines, with clients of this process's environment."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    # First: the other modules take the function from this one when they are imported.
    from moto.stepfunctions.parser.asl.utils import boto_client  # noqa: PLC0415

    boto_client.boto_client_for = _client
    from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication  # noqa: PLC0415
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend  # noqa: PLC0415

    start, reflect = StepFunctionsParserBackend.start_execution, BaseExecutionWorkerCommunication.terminated

    def count(execution: Any, event: str) -> None:
        dimensions = {"StateMachineArn": execution.state_machine_arn}
        telemetry.add(execution.region_name, NAMESPACE, f"Executions{event}", dimensions, 1)

    def start_execution(
        self: StepFunctionsParserBackend, state_machine_arn: str, name: str | None = None, *rest: Any, **more: Any
    ) -> Any:
        execution = start(self, state_machine_arn, name or str(uuid.uuid4()), *rest, **more)
        count(execution, "Started")
        return execution

    def terminated(self: BaseExecutionWorkerCommunication) -> None:
        reflect(self)
        status = str(self.execution.status)  # SUCCEEDED, FAILED, ABORTED, TIMED_OUT
        count(self.execution, status.title().replace("_", ""))

    StepFunctionsParserBackend.start_execution = start_execution  # type: ignore[method-assign]
    BaseExecutionWorkerCommunication.terminated = terminated  # type: ignore[method-assign]


def _client(region: str, service: str, state_credentials: Any = None) -> Any:  # noqa: ARG001 - moto's own signature
    """Return the client with which a task calls a service; moto's own has an access key that the gateway refuses."""
    config = Config(
        parameter_validation=False,
        retries={"total_max_attempts": 1},
        read_timeout=LONGEST_TASK_SECONDS,
        s3={"addressing_style": "path"},
    )
    return boto3.session.Session().client(service, region_name=region, config=config)


def _validated(definition: str) -> Json:
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser  # noqa: PLC0415

    try:
        AmazonStateLanguageParser.parse(definition)
    except Exception as error:  # noqa: BLE001 - the parser raises many kinds, each for a wrong definition
        found = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(error)}
        return {"result": "FAIL", "diagnostics": [found]}
    return {"result": "OK", "diagnostics": []}


def _versions(region: str, arn: str) -> Json:
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends  # noqa: PLC0415

    machine = stepfunctions_parser_backends[ACCOUNT_ID][region].describe_state_machine(arn)
    shown = [
        {"stateMachineVersionArn": version.arn, "creationDate": version.creation_date.timestamp()}
        for version in machine.versions.values()
    ]
    return {"stateMachineVersions": shown}
