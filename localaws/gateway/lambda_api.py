"""The Lambda API: reads a request by the service's model and passes it to the function of its operation.

Operations on functions are in `operations/`, Invoke in `invocations.py`, event source mappings in
`localaws/event_source_mapping/`.
"""

from dataclasses import dataclass, field

from localaws.errors import AwsError
from localaws.gateway.code_store import CodeStore
from localaws.gateway.functions import Function, Functions, FunctionsByRegion, Version
from localaws.gateway.invocations import Invocations
from localaws.gateway.lambda_errors import JSON_TYPE, lambda_error
from localaws.gateway.operations import OPERATIONS
from localaws.gateway.operations.types import MappingsApi
from localaws.gateway.service_model import ApiCall, RestJsonModel
from localaws.http_messages import Json, Request, Response, to_json


@dataclass(slots=True)
class LambdaApi:
    """Lambda in every region.

    Attributes:
        mappings: set last, for mappings invoke functions.
    """

    regions: FunctionsByRegion
    invocations: Invocations
    code_store: CodeStore
    endpoint_url: str
    access_key: str
    mappings: MappingsApi | None = None
    _model: RestJsonModel = field(default_factory=lambda: RestJsonModel("lambda"))

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        try:
            return self._answer(self._model.call(request))
        except AwsError as error:
            return lambda_error(error)

    def functions(self, call: ApiCall) -> Functions:
        """Return the functions of the region that a request is for."""
        return self.regions.of(call.region)

    def function(self, call: ApiCall) -> tuple[Function, str]:
        """Return the function that a request names, and the qualifier that it gives or its name carries."""
        function, own = self.functions(call).find(call.parameters["FunctionName"])
        return function, call.parameters.get("Qualifier", own)

    def version(self, call: ApiCall) -> Version:
        """Return the version that a request names."""
        return self.functions(call).version(call.parameters["FunctionName"], call.parameters.get("Qualifier", ""))[1]

    def arn(self, reference: str, region: str) -> str | None:
        """Return the ARN, with its qualifier if any, of a function given by name or ARN; None if it does not exist."""
        try:
            with self.regions.lock:
                functions = self.regions.of(region)
                function, qualifier = functions.find(reference)
                functions.version(reference)
        except AwsError:
            return None
        return f"{function.arn}:{qualifier}" if qualifier else function.arn

    def serving_mappings(self) -> MappingsApi:
        """Return the event source mappings.

        Raises:
            AwsError: they are not there yet.
        """
        if self.mappings is None:
            raise AwsError("ServiceException", "The local AWS is still starting.", 500)
        return self.mappings

    def _answer(self, call: ApiCall) -> Response:
        if "EventSourceMapping" in call.operation:
            status, document = self.serving_mappings().call(call)
            return _json(document, status)
        if call.operation == "Invoke":
            return self.invocations.invoke(call)
        operation = OPERATIONS.get(call.operation)
        if operation is None:
            message = f"This local AWS has no Lambda operation {call.operation}."
            raise AwsError("UnknownOperationException", message, 404)
        with self.regions.lock:
            document = operation(self, call)
        return Response(204) if document is None else _json(document, call.status)


def _json(document: Json, status: int) -> Response:
    return Response(status, to_json(document), {"Content-Type": JSON_TYPE})
