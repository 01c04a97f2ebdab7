"""The program behind a stack: `python -m local.server`. It starts every part in order, says where they are, and stops them.

Its own process for each stack, for moto's state is the process's. It ends when told by /_local/stop, by a signal,
or when its standard input closes (unless --detached), which is when whoever started it has ended.
"""

import argparse
import json
import logging
import os
import signal
import sys
import threading
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.engines.start import start_engine
from local.errors import LocalAwsError
from local.gateway.admin import Admin
from local.gateway.app import Gateway
from local.gateway.aws_clients import AwsClients
from local.gateway.http_server import HttpServer
from local.gateway.lambda_api import LambdaApi
from local.gateway.mapping_seams import AwsDestinations, EngineStreams, LambdaFunctions, LambdaMetrics
from local.gateway.moto_app import moto_application
from local.gateway.query_definitions import QueryDefinitions
from local.gateway.telemetry import MotoTelemetry
from local.mapping.service import Mappings
from local.runtime.pool import Pool
from local.settings import Settings, made_up_environment
from local.wire import ACCOUNT_ID

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class LateApplication:
    """A WSGI application that is set once its server's address is known, for its parts need the address."""

    def __init__(self) -> None:
        """Start without one; nobody knows the address yet."""
        self.gateway: Gateway | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        """Pass the request on."""
        if self.gateway is None:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        return self.gateway(environ, start_response)


def run(settings: Settings, *, detached: bool) -> None:
    """Start everything, print the ready line, and serve until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as parts:
        application = LateApplication()
        server = HttpServer.start(application, settings.port)
        parts.callback(server.close)
        environment = made_up_environment(server.url, settings.region)
        os.environ.update(environment)  # moto and boto3 inside this process use them as well
        moto = moto_application()
        engine = start_engine(settings, moto)
        parts.callback(engine.close)
        clients = AwsClients(server.url, settings.region)
        code_home = settings.home / "code"
        code_home.mkdir(parents=True, exist_ok=True)
        telemetry = MotoTelemetry()
        pool = Pool(settings.home / "functions", telemetry, environment)
        parts.callback(pool.close)
        api = LambdaApi(pool, code_home, clients.get_object, lambda: server.url)
        parts.callback(api.close)
        functions = LambdaFunctions(api)
        mappings = Mappings(
            EngineStreams(engine, settings.region),
            functions,
            AwsDestinations(clients),
            functions,
            observer=LambdaMetrics(telemetry),
            account_id=ACCOUNT_ID,
        )
        parts.callback(mappings.close)
        api.mappings = mappings
        facts = {"endpoint_url": server.url, "opensearch_url": engine.opensearch_url, "pid": os.getpid()}
        admin = Admin(uuid.uuid4().hex, mappings, pool, code_home, lambda: {**facts, "region": settings.region}, stop)
        application.gateway = Gateway(engine, api, QueryDefinitions(), admin, moto)
        print(json.dumps({"identity": admin.identity, **facts}), flush=True)  # noqa: T201 - the ready line is for the parent
        if not detached:
            threading.Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()
        stop.wait()


def _stop_with_parent(stop: threading.Event) -> None:
    while os.read(0, 1):
        pass
    stop.set()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m local.server", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--engines", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--region", required=True)
    parser.add_argument("--stream-shards", type=int, default=1)
    parser.add_argument("--detached", action="store_true")
    options = parser.parse_args()
    options.home.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=options.home / "gateway.log",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    settings = Settings(options.home.resolve(), options.engines, options.port, options.region, options.stream_shards)
    try:
        run(settings, detached=options.detached)
    except LocalAwsError as error:
        print(json.dumps({"error": str(error)}), flush=True)  # noqa: T201 - as above
        sys.exit(1)


if __name__ == "__main__":
    main()
