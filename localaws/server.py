"""The program behind a stack, `python -m localaws.server`: it starts every part, says where it is, and stops them all.

Its own process for each stack, for moto's state is the process's. It ends by a request to /_local/stop, by a signal,
or when its standard input closes (unless --detached), which happens when its parent has ended.
"""

import argparse
import json
import logging
import os
import signal
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from localaws.errors import LocalAwsError, missing_module

try:
    from localaws.alarms.evaluator import Alarms
    from localaws.engines.factory import start_engine
    from localaws.event_source_mapping.clocks import ScaledClock
    from localaws.event_source_mapping.service import EventSourceMappings
    from localaws.gateway.adapters import (
        FailureDestinationAdapter,
        FunctionInvokerAdapter,
        MetricsAdapter,
        StreamSourceAdapter,
    )
    from localaws.gateway.admin import Admin
    from localaws.gateway.app import Gateway
    from localaws.gateway.aws_clients import AwsClients
    from localaws.gateway.code_store import CodeStore
    from localaws.gateway.collections import CollectionEndpoint
    from localaws.gateway.functions import FunctionsByRegion
    from localaws.gateway.guard import Guard, new_access_key
    from localaws.gateway.http_server import HttpServer
    from localaws.gateway.invocations import Invocations
    from localaws.gateway.lambda_api import LambdaApi
    from localaws.gateway.moto_app import issued, moto_application
    from localaws.gateway.query_definitions import QueryDefinitions
    from localaws.gateway.replay import EventHistory
    from localaws.gateway.serverless import Serverless
    from localaws.gateway.state_machines import StateMachines
    from localaws.gateway.table_metrics import MeteredTables
    from localaws.gateway.telemetry import MotoTelemetry
    from localaws.home import HeldError, exclusive
    from localaws.http_messages import ACCOUNT_ID
    from localaws.runtime.pool import SandboxPool
    from localaws.settings import Settings, fake_aws_environment
except ModuleNotFoundError as error:
    print(json.dumps({"error": missing_module(error)}))  # noqa: T201 - its standard output is for that
    sys.exit(1)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PRIVATE_UMASK: Final = 0o077  # what every part writes is its owner's only


class DeferredApplication:
    """A WSGI application that is set once its server's address is known, for its parts need the address."""

    def __init__(self) -> None:
        """Start without an application, before the address is known."""
        self.gateway: Gateway | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass the request on."""
        if self.gateway is None:
            start_response("503 Service Unavailable", [("Content-Length", "0"), ("Connection", "close")])
            return []
        return self.gateway(environ, start_response)


def run(settings: Settings, *, detached: bool) -> None:
    """Start everything, print the ready line, and serve until the stop request."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as parts:
        application = DeferredApplication()
        server = HttpServer.start(application, settings.port)
        parts.callback(server.close)
        guard = Guard(new_access_key(), server.port, issued)
        application.gateway = _gateway(settings, server.url, guard, parts, stop)
        _say({**application.gateway.admin.state, "access_key": guard.access_key})
        if not detached:
            threading.Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()
        stop.wait()


def _gateway(settings: Settings, url: str, guard: Guard, parts: ExitStack, stop: threading.Event) -> Gateway:
    """Start what the gateway passes requests on to; `parts` takes what is to be stopped, in the opposite order."""
    access_key = guard.access_key
    environment = fake_aws_environment(url, settings.region, access_key)
    os.environ.update(environment)  # moto and boto3 inside this process use them as well
    moto, telemetry = moto_application(), MotoTelemetry()
    clock = ScaledClock(settings.time_scale)
    engine = start_engine(settings, moto, clock.time)
    parts.callback(engine.close)
    clients = AwsClients(url, settings.region, access_key)
    outside_url = settings.aws_endpoint_override or url
    outside = fake_aws_environment(outside_url, settings.region, access_key)
    pool = SandboxPool(settings.home / "functions", telemetry, outside)
    parts.callback(pool.close)
    regions = FunctionsByRegion()
    invocations = Invocations(pool, regions)
    replays = EventHistory(invocations)
    api = LambdaApi(regions, invocations, CodeStore(settings.home / "code", clients.get_object), url, access_key)
    functions = FunctionInvokerAdapter(api, replays)
    mappings = EventSourceMappings(
        StreamSourceAdapter(engine),
        functions,
        FailureDestinationAdapter(AwsClients(outside_url, settings.region, access_key)),
        functions,
        clock=clock,
        observer=MetricsAdapter(telemetry),
        account_id=ACCOUNT_ID,
    )
    parts.callback(mappings.close)
    api.mappings = mappings
    parts.callback(Alarms(clients, settings.time_scale).close)
    state = {
        "identity": uuid.uuid4().hex,
        "endpoint_url": url,
        "opensearch_url": engine.opensearch_url,
        "region": settings.region,
        "pid": os.getpid(),
    }
    admin = Admin(state, engine, mappings, pool, replays, api.code_store.home, stop, clock)
    collections = HttpServer.start(CollectionEndpoint(engine.opensearch_url))
    parts.callback(collections.close)
    tables = MeteredTables(engine, telemetry)
    serverless, state_machines = Serverless(collections.url), StateMachines(moto, telemetry)
    return Gateway(guard, engine, tables, api, QueryDefinitions(), serverless, state_machines, admin, moto)


def _stop_with_parent(stop: threading.Event) -> None:
    while os.read(0, 1):
        pass
    stop.set()


def _say(document: object) -> None:
    """Print a line for the parent process."""
    print(json.dumps(document), flush=True)  # noqa: T201 - its standard output is for that


def _fail(message: str) -> NoReturn:
    _say({"error": message})
    sys.exit(1)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m localaws.server", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--engines", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--region", required=True)
    parser.add_argument("--stream-shards", type=int, default=1)
    parser.add_argument("--aws-endpoint-override", default="")
    parser.add_argument("--time-scale", type=float, default=1)
    parser.add_argument("--detached", action="store_true")
    options = parser.parse_args()
    os.umask(PRIVATE_UMASK)
    tempfile.tempdir = str(options.home.resolve())  # moto's objects of S3 and the records of streams
    logging.basicConfig(
        filename=options.home / "gateway.log",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    settings = Settings(
        options.home.resolve(),
        options.engines,
        options.port,
        options.region,
        options.stream_shards,
        options.aws_endpoint_override,
        options.time_scale,
    )
    try:
        with exclusive(settings.home / "lock"):
            run(settings, detached=options.detached)
    except HeldError as error:
        stop = f"stop it with `python -m localaws down --home {settings.home}`, or choose another --home"
        _fail(f"A local AWS already uses {settings.home} (process {error}): {stop}.")
    except LocalAwsError as error:
        _fail(str(error))


if __name__ == "__main__":
    main()
