"""The gateway's WSGI application: it looks where a request belongs and passes it on.

`guard.py` refuses what does not come from a client with this run's access key. The rest depends on the credential's
service and X-Amz-Target: Lambda to `lambda_api.py`, DynamoDB and its streams to the engines, query definitions of Logs
to `query_definitions.py`, Step Functions to `state_machines.py`, OpenSearch Serverless to `serverless.py`, paths below
/_local to `admin.py`, everything else to moto.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from localaws.engines.engine import Engine
from localaws.errors import AwsError
from localaws.gateway.admin import PREFIX, Admin
from localaws.gateway.attempts import Attempts
from localaws.gateway.guard import Guard
from localaws.gateway.lambda_api import LambdaApi
from localaws.gateway.lambda_errors import lambda_error
from localaws.gateway.query_definitions import QueryDefinitions
from localaws.gateway.serverless import Serverless
from localaws.gateway.state_machines import StateMachines
from localaws.gateway.table_metrics import MeteredTables
from localaws.http_messages import Request, Response, call_wsgi, json_error, respond

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG: Final = logging.getLogger("localaws.gateway")


@dataclass(slots=True)
class Gateway:
    """The one endpoint."""

    guard: Guard
    engine: Engine
    tables: MeteredTables
    lambda_api: LambdaApi
    query_definitions: QueryDefinitions
    serverless: Serverless
    state_machines: StateMachines
    admin: Admin
    moto: "WSGIApplication"
    _moto_lock: threading.Lock = field(default_factory=threading.Lock)
    _attempts: Attempts = field(default_factory=Attempts)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        request = Request.read(environ)
        try:
            answer = self.guard.refusal(request) or self._attempts.answer(request, self._answer)
        except Exception:
            LOG.exception("%s %s %s", request.method, request.path, request.target)
            failed = AwsError("InternalFailure", "The local AWS failed; its gateway.log has the reason.", 500)
            answer = lambda_error(failed) if request.service == "lambda" else json_error(failed)
        LOG.debug("%s %s %s %s %s", request.service, request.method, request.path, request.target, answer.status)
        return respond(answer, request.method, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(PREFIX):
            return self.admin.answer(request)
        service, _, _ = request.headers.get("x-amz-target", "").rpartition(".")
        ours = {
            "DynamoDB_20120810": self.tables.answer,
            "DynamoDBStreams_20120810": self.engine.streams,
            "OpenSearchServerless": self.serverless.answer,
            "AWSStepFunctions": self.state_machines.answer,
        }
        if service in ours:
            return ours[service](request)
        if service == "Logs_20140328" and request.target in QueryDefinitions.OPERATIONS:
            return self.query_definitions.answer(request)
        if request.service == "lambda":
            return self.lambda_api.answer(request)
        if service == "AnyScaleFrontendService":
            # Imported when used: it takes a second, for moto's EC2 comes with it.
            from localaws.gateway.scalable_targets import keep_tags_of_scalable_targets  # noqa: PLC0415

            keep_tags_of_scalable_targets()
        with self._moto_lock:  # moto is not made for several requests at once, and Terraform sends ten
            answer = call_wsgi(self.moto, request)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            LOG.warning("moto: %s %s %s: %s", request.service, request.method, request.path, answer.status)
        return answer
