"""The settings of a mapping on a DynamoDB stream: read from API requests, checked as AWS does, shown again.

It does not use functions, streams or running mappings. A new setting is a new attribute, and a row in `RANGES` if it
has a range.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from localaws.errors import AwsError, constraint_message
from localaws.event_source_mapping.filter_criteria import FilterCriteria
from localaws.event_source_mapping.matching import PatternError
from localaws.event_source_mapping.protocols import Json

RANGES: Final = {  # service model of Lambda: attribute -> (name in the API, lowest, highest)
    "batch_size": ("BatchSize", 1, 10_000),
    "window_seconds": ("MaximumBatchingWindowInSeconds", 0, 300),
    "parallelization_factor": ("ParallelizationFactor", 1, 10),
    "maximum_record_age_seconds": ("MaximumRecordAgeInSeconds", -1, 604_800),
    "maximum_retry_attempts": ("MaximumRetryAttempts", -1, 10_000),
    "tumbling_window_seconds": ("TumblingWindowInSeconds", 0, 900),
}
MIN_RECORD_AGE_SECONDS: Final = 60  # developer guide, parameters for DynamoDB: -1, or 60 and more
MAX_FILTERS: Final = 10  # quota; 5 unless raised
MAX_PATTERN_CHARACTERS: Final = 4096  # service model
MAX_DESTINATION_CHARACTERS: Final = 350  # service model
STARTING_POSITIONS: Final = ("LATEST", "AT_TIMESTAMP", "TRIM_HORIZON")  # in the order AWS's message has them
METRICS: Final = ("EventCount", "ErrorCount", "KafkaMetrics")
STREAM_ARN: Final = re.compile(r"arn:[^:]+:dynamodb:(?P<region>[^:]+):\d{12}:table/[^/]+/stream/.+")
OF_OTHER_SOURCES: Final = (  # parameters that DynamoDB streams do not have
    "AmazonManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "LoggingConfig",
    "ProvisionedPollerConfig",
    "Queues",
    "ScalingConfig",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "StartingPositionTimestamp",
    "Topics",
)
ARN: Final = re.compile(r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z0-9-]+)?:(\d{12})?:(.*)")
DESTINATION_SERVICES: Final = frozenset({"sqs", "sns", "s3"})


@dataclass(frozen=True, slots=True)
class MappingConfig:
    """What a mapping does. -1 means without limit where AWS says so."""

    stream_arn: str
    function_arn: str
    starting_position: str
    enabled: bool = True
    batch_size: int = 100
    window_seconds: int = 0
    parallelization_factor: int = 1
    maximum_record_age_seconds: int = -1
    maximum_retry_attempts: int = -1
    tumbling_window_seconds: int = 0
    bisect: bool = False
    report_batch_item_failures: bool = False
    destination_arn: str | None = None
    patterns: tuple[str, ...] = ()
    kms_key_arn: str | None = None
    metrics: tuple[str, ...] = ()

    @property
    def stream_region(self) -> str:
        """The region of the table."""
        return self.stream_arn.split(":")[3]

    @classmethod
    def from_request(cls, request: Mapping[str, Json], function_arn: str) -> "MappingConfig":
        """Read a CreateEventSourceMapping request; `function_arn` is what FunctionName resolved to.

        Raises:
            AwsError: it is not valid, in AWS's words.
        """
        check_source(request)
        base = cls(str(request["EventSourceArn"]), function_arn, str(request["StartingPosition"]))
        return base.changed(request)

    def changed(self, request: Mapping[str, Json], function_arn: str | None = None) -> "MappingConfig":
        """Return these settings with those that `request` (create or update) gives.

        Raises:
            AwsError: it is not valid, in AWS's words.
        """
        changed = self
        _check_supported(request)
        for attribute, (name, lowest, highest) in RANGES.items():
            if request.get(name) is not None:
                changed = replace(changed, **{attribute: _ranged(name, request[name], lowest, highest)})  # type: ignore[arg-type]
        age = changed.maximum_record_age_seconds
        if age != -1 and age < MIN_RECORD_AGE_SECONDS:
            raise invalid(f"MaximumRecordAgeInSeconds must be -1 or {MIN_RECORD_AGE_SECONDS} to 604800, got {age}.")
        changed = replace(
            changed,
            function_arn=function_arn or self.function_arn,
            enabled=_flag(request, "Enabled", self.enabled),
            bisect=_flag(request, "BisectBatchOnFunctionError", self.bisect),
        )
        if request.get("FunctionResponseTypes") is not None:
            changed = replace(changed, report_batch_item_failures=_reports(request["FunctionResponseTypes"]))
        if request.get("DestinationConfig") is not None:
            changed = replace(changed, destination_arn=_destination(request["DestinationConfig"]))
        if request.get("FilterCriteria") is not None:
            changed = replace(changed, patterns=_patterns(request["FilterCriteria"]))
        if request.get("KMSKeyArn") is not None:
            changed = replace(changed, kms_key_arn=str(request["KMSKeyArn"]) or None)
        if request.get("MetricsConfig") is not None:
            changed = replace(changed, metrics=_metrics(request["MetricsConfig"]))
        return changed

    def to_response(self) -> dict[str, Json]:
        """Return the settings as the API shows them."""
        shown: dict[str, Json] = {
            "BatchSize": self.batch_size,
            "BisectBatchOnFunctionError": self.bisect,
            "DestinationConfig": {"OnFailure": {"Destination": self.destination_arn} if self.destination_arn else {}},
            "EventSourceArn": self.stream_arn,
            "FunctionArn": self.function_arn,
            "FunctionResponseTypes": ["ReportBatchItemFailures"] if self.report_batch_item_failures else [],
            "MaximumBatchingWindowInSeconds": self.window_seconds,
            "MaximumRecordAgeInSeconds": self.maximum_record_age_seconds,
            "MaximumRetryAttempts": self.maximum_retry_attempts,
            "ParallelizationFactor": self.parallelization_factor,
            "StartingPosition": self.starting_position,
            "TumblingWindowInSeconds": self.tumbling_window_seconds,
        }
        if self.patterns:
            shown["FilterCriteria"] = {"Filters": [{"Pattern": pattern} for pattern in self.patterns]}
        if self.kms_key_arn:
            shown["KMSKeyArn"] = self.kms_key_arn
        if self.metrics:
            shown["MetricsConfig"] = {"Metrics": list(self.metrics)}
        return shown


def check_source(request: Mapping[str, Json]) -> None:
    """Check where a new mapping reads and from which position, in the order AWS does.

    Raises:
        AwsError: in AWS's words.
    """
    if "OnSuccess" in (request.get("DestinationConfig") or {}):
        raise _unsupported("DestinationConfig")
    arn = request.get("EventSourceArn")
    if not arn:
        raise invalid("Unrecognized event source.")
    if not ARN.fullmatch(str(arn)):
        raise constraint(arn, "EventSourceArn", f"Member must satisfy regular expression pattern: {ARN.pattern}")
    if not STREAM_ARN.fullmatch(str(arn)):
        raise invalid("Unrecognized event source, must be kinesis, dynamodb stream or sqs.")
    position = request.get("StartingPosition")
    if position is None:
        problem = constraint_message(None, "startingPosition", "Member must not be null.")
        raise invalid(f"1 validation error detected: {problem}")
    if position not in STARTING_POSITIONS:
        raise constraint(
            position, "StartingPosition", f"Member must satisfy enum value set: [{', '.join(STARTING_POSITIONS)}]"
        )
    if position == "AT_TIMESTAMP":
        raise invalid(f"Unsupported starting position for arn type: {arn}")


def invalid(message: str) -> AwsError:
    """Return the error of a value that Lambda itself refuses."""
    return AwsError("InvalidParameterValueException", message)


def constraint(value: Json, name: str, rule: str) -> AwsError:
    """Return the error of a value that the service model refuses."""
    path = name[0].lower() + name[1:]
    return AwsError("ValidationException", f"1 validation error detected: {constraint_message(value, path, rule)}")


def _ranged(name: str, value: Json, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise AwsError("SerializationException", f"{type(value).__name__} can not be converted to an Integer")
    if value < lowest:
        raise constraint(value, name, f"Member must have value greater than or equal to {lowest}")
    if value > highest:
        raise constraint(value, name, f"Member must have value less than or equal to {highest}")
    return value


def _flag(request: Mapping[str, Json], name: str, current: bool) -> bool:  # noqa: FBT001 - it is the value itself
    value = request.get(name)
    if value is None:
        return current
    if not isinstance(value, bool):
        raise AwsError("SerializationException", f"{type(value).__name__} can not be converted to a Boolean")
    return value


def _reports(types: Json) -> bool:
    if len(types) > 1:
        raise constraint(types, "FunctionResponseTypes", "Member must have length less than or equal to 1")
    for kind in types:
        if kind != "ReportBatchItemFailures":
            rule = "Member must satisfy enum value set: [ReportBatchItemFailures]"
            raise constraint(types, "FunctionResponseTypes", f"Member must satisfy constraint: [{rule}]")
    return bool(types)


def _destination(document: Mapping[str, Json]) -> str | None:
    if "OnSuccess" in document:
        raise _unsupported("DestinationConfig")
    arn = (document.get("OnFailure") or {}).get("Destination")
    if not arn:
        return None
    if len(arn) > MAX_DESTINATION_CHARACTERS:
        raise constraint(
            arn,
            "destinationConfig.onFailure.destination",
            f"Member must have length less than or equal to {MAX_DESTINATION_CHARACTERS}",
        )
    service = str(arn).split(":")[2] if ARN.fullmatch(arn) else ""
    if service not in DESTINATION_SERVICES or (service != "s3" and arn.endswith(".fifo")):
        raise invalid(
            "The provided destination config DestinationConfig(onSuccess=null, "
            f"onFailure=OnFailure(destination={arn})) is invalid."
        )
    return str(arn)


def _check_supported(request: Mapping[str, Json]) -> None:
    for name in OF_OTHER_SOURCES:
        if request.get(name) is not None:
            raise _unsupported(name)


def _unsupported(name: str) -> AwsError:
    return invalid(f"Unsupported {name} parameter for given event source mapping type.")


def _patterns(criteria: Mapping[str, Json]) -> tuple[str, ...]:
    patterns = tuple(entry.get("Pattern") for entry in criteria.get("Filters") or [])
    if len(patterns) > MAX_FILTERS:
        raise invalid(f"Filter criteria can hold at most {MAX_FILTERS} filters, got {len(patterns)}.")
    for number, pattern in enumerate(patterns, 1):
        if isinstance(pattern, str) and len(pattern) > MAX_PATTERN_CHARACTERS:
            raise constraint(
                pattern,
                f"filterCriteria.filters.{number}.member.pattern",
                f"Member must have length less than or equal to {MAX_PATTERN_CHARACTERS}",
            )
    try:
        FilterCriteria.compile(patterns)
    except PatternError as error:
        raise invalid("Invalid filter pattern definition.") from error
    return patterns


def _metrics(document: Mapping[str, Json]) -> tuple[str, ...]:
    metrics = tuple(document.get("Metrics") or ())
    for metric in metrics:
        if metric not in METRICS:
            raise constraint(
                list(metrics),
                "metricsConfig.metrics",
                f"Member must satisfy constraint: [Member must satisfy enum value set: [{', '.join(METRICS)}]]",
            )
        if metric != "EventCount":
            raise invalid(f"The metric {metric} is not supported for DynamoDB streams.")
    return metrics
