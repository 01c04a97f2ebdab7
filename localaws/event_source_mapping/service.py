"""Event source mappings as the Lambda API offers them: create, read, change, delete, with AWS's states and errors.

Each mapping is run by a `Poller`; this file knows requests and answers, not records.
"""

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from localaws.errors import AwsError
from localaws.event_source_mapping.clocks import SystemClock, ThreadRunner
from localaws.event_source_mapping.config import MappingConfig, check_source, invalid
from localaws.event_source_mapping.dependencies import Dependencies
from localaws.event_source_mapping.drain import Drain
from localaws.event_source_mapping.poller import Poller, State
from localaws.event_source_mapping.protocols import (
    ApiCall,
    Clock,
    FailureDestination,
    FunctionInvoker,
    FunctionResolver,
    Json,
    MetricsObserver,
    NoMetrics,
    StreamSource,
    TaskRunner,
)

ACCEPTED: Final = 202
MAX_LISTED: Final = 100  # API reference of ListEventSourceMappings
SETTLED: Final = frozenset({State.ENABLED, State.DISABLED})  # service model: in any other state it is in use
DRAIN_LOOK_SECONDS: Final = 0.02


@dataclass(slots=True)
class _Mapping:
    """One mapping with what only the API knows of it."""

    arn: str
    region: str
    poller: Poller
    tags: dict[str, str] = field(default_factory=dict)


class EventSourceMappings:
    """All event source mappings of an account."""

    def __init__(  # noqa: PLR0913 - the interfaces
        self,
        source: StreamSource,
        invoker: FunctionInvoker,
        destination: FailureDestination,
        functions: FunctionResolver,
        *,
        clock: Clock | None = None,
        runner: TaskRunner | None = None,
        observer: MetricsObserver | None = None,
        account_id: str = "123456789012",
    ) -> None:
        """Start without mappings. Without a clock and a runner it works in real time, on threads."""
        clock = clock or SystemClock()
        self._dependencies = Dependencies(
            source, invoker, destination, clock, runner or ThreadRunner(clock), observer or NoMetrics()
        )
        self._functions = functions
        self._account_id = account_id
        self._mappings: dict[str, _Mapping] = {}
        self._lock = threading.RLock()

    def call(self, call: ApiCall) -> tuple[int, Json]:
        """Answer one operation of the Lambda API on mappings with HTTP status and document.

        Raises:
            AwsError: the operation is refused.
        """
        return OPERATIONS[call.operation](self, call.parameters, call.region)

    def create(self, request: Mapping[str, Json], region: str) -> tuple[int, Json]:
        """CreateEventSourceMapping."""
        check_source(request)
        function_arn = self._function(request["FunctionName"], region)
        config = MappingConfig.from_request(request, function_arn)
        if config.stream_region != region:
            raise invalid(f"Event source region must match Lambda region {region}.")
        self._check_stream(config.stream_arn)
        with self._lock:
            self._check_unique(config)
            mapping_id = str(uuid.uuid4())
            poller = Poller(mapping_id, config, region, self._dependencies, ended=lambda: self._remove(mapping_id))
            arn = f"arn:aws:lambda:{region}:{self._account_id}:event-source-mapping:{mapping_id}"
            mapping = _Mapping(arn, region, poller, dict(request.get("Tags") or {}))
            self._mappings[mapping_id] = mapping
            shown = _to_response(mapping)
        poller.start()
        return ACCEPTED, shown

    def get(self, request: Mapping[str, Json], region: str) -> tuple[int, Json]:
        """GetEventSourceMapping."""
        return 200, _to_response(self._find(request["UUID"], region))

    def list_mappings(self, request: Mapping[str, Json], region: str) -> tuple[int, Json]:
        """ListEventSourceMappings."""
        wanted = request.get("FunctionName")
        function_arn = self._functions.resolve(wanted, region) if wanted else None
        with self._lock:
            found = [
                mapping
                for mapping in self._mappings.values()
                if mapping.region == region
                and request.get("EventSourceArn") in {None, mapping.poller.config.stream_arn}
                and (not wanted or mapping.poller.config.function_arn in {wanted, function_arn})
            ]
        start = _marked(request.get("Marker"))
        end = start + min(int(request.get("MaxItems") or MAX_LISTED), MAX_LISTED)
        more = {"NextMarker": str(end)} if end < len(found) else {}
        return 200, {"EventSourceMappings": [_to_response(mapping) for mapping in found[start:end]], **more}

    def update(self, request: Mapping[str, Json], region: str) -> tuple[int, Json]:
        """UpdateEventSourceMapping: in place, the position is kept."""
        mapping = self._find(request["UUID"], region)
        poller = mapping.poller
        name = request.get("FunctionName")
        function_arn = self._function(name, region) if name else None
        with self._lock:
            if poller.state not in SETTLED:
                raise _in_use("update")
            config = poller.wanted.changed(request, function_arn)
            if function_arn:
                self._check_unique(config, besides=poller.mapping_id)
            poller.change(config)
            return ACCEPTED, _to_response(mapping)

    def delete(self, request: Mapping[str, Json], region: str) -> tuple[int, Json]:
        """DeleteEventSourceMapping."""
        mapping = self._find(request["UUID"], region)
        with self._lock:
            if mapping.poller.state not in SETTLED:
                raise _in_use("delete")
            mapping.poller.delete()
            return ACCEPTED, _to_response(mapping)

    def tags(self, arn: str) -> dict[str, str]:
        """Return (to change in place) the tags of a mapping by its ARN.

        Raises:
            AwsError: there is no such mapping.
        """
        with self._lock:
            for mapping in self._mappings.values():
                if mapping.arn == arn:
                    return mapping.tags
        raise AwsError("ResourceNotFoundException", f"Event source mapping not found: {arn}", 404)

    def status(self) -> list[dict[str, Json]]:
        """Return how far every mapping is, shard by shard."""
        with self._lock:
            pollers = [mapping.poller for mapping in self._mappings.values()]
        return [poller.status() for poller in pollers]

    def wait_until_drained(self, timeout: float) -> None:
        """Wait until every enabled mapping has processed all records that its stream has now.

        Raises:
            TimeoutError: naming each mapping and shard that has not, and how far behind it is.
        """
        drain = self.drain()
        clock, never = self._dependencies.clock, threading.Event()
        deadline = clock.time() + timeout
        while missing := drain.missing():
            if clock.time() >= deadline:
                raise TimeoutError(f"Not drained after {timeout:g} s: " + "; ".join(missing))
            clock.wait(never, DRAIN_LOOK_SECONDS)

    def drain(self) -> Drain:
        """Ask every enabled mapping to look at its stream now; the answer says what is still missing."""
        with self._lock:
            return Drain([mapping.poller for mapping in self._mappings.values()])

    def close(self) -> None:
        """Stop every mapping without waiting for what is in flight."""
        with self._lock:
            pollers = [mapping.poller for mapping in self._mappings.values()]
        for poller in pollers:
            poller.delete()

    def _function(self, name: str, region: str) -> str:
        arn = self._functions.resolve(name, region)
        if arn is None:
            raise invalid("Function does not exist")
        return arn

    def _check_stream(self, arn: str) -> None:
        try:
            self._dependencies.source.describe_stream(arn)
        except AwsError as error:
            if error.code == "ResourceNotFoundException":
                raise invalid(f"Stream not found: {arn}") from error
            raise

    def _check_unique(self, config: MappingConfig, besides: str | None = None) -> None:
        for mapping in self._mappings.values():
            other = mapping.poller
            same = (other.wanted.stream_arn, other.wanted.function_arn) == (config.stream_arn, config.function_arn)
            if same and other.mapping_id != besides:
                name = config.function_arn.split(":function:")[-1]
                raise AwsError(
                    "ResourceConflictException",
                    f'The event source arn (" {config.stream_arn} ") and function (" {name} ") provided mapping '
                    f"already exists. Please update or delete the existing mapping with UUID {other.mapping_id}",
                    409,
                )

    def _find(self, mapping_id: str, region: str) -> _Mapping:
        with self._lock:
            mapping = self._mappings.get(mapping_id)
        if mapping is None or mapping.region != region:
            raise AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
        return mapping

    def _remove(self, mapping_id: str) -> None:
        with self._lock:
            self._mappings.pop(mapping_id, None)


def _marked(marker: str | None) -> int:
    if marker and not marker.isdecimal():
        raise invalid("Invalid Marker.")
    return int(marker or 0)


def _in_use(what: str) -> AwsError:
    return AwsError("ResourceInUseException", f"Cannot {what} the event source mapping because it is in use.")


def _to_response(mapping: _Mapping) -> Json:
    poller = mapping.poller
    return {
        "UUID": poller.mapping_id,
        "EventSourceMappingArn": mapping.arn,
        **poller.wanted.to_response(),
        "LastModified": poller.modified,
        "LastProcessingResult": poller.last_result,
        "State": poller.state.value,
        "StateTransitionReason": "User action",
    }


OPERATIONS: Final[Mapping[str, Callable[[EventSourceMappings, Mapping[str, Json], str], tuple[int, Json]]]] = {
    "CreateEventSourceMapping": EventSourceMappings.create,
    "GetEventSourceMapping": EventSourceMappings.get,
    "ListEventSourceMappings": EventSourceMappings.list_mappings,
    "UpdateEventSourceMapping": EventSourceMappings.update,
    "DeleteEventSourceMapping": EventSourceMappings.delete,
}
