"""What the API accepts, refuses and shows (API-*), and its states (ST-*)."""

from typing import Any

import pytest

from localaws.errors import AwsError
from localaws.tests.event_source_mapping.cases import expected
from localaws.tests.event_source_mapping.fakes import FUNCTION, STREAM, Request, World


def refused(world: World, operation: str = "Create", **parameters: Any) -> tuple[str, str, int]:
    """Return code, message and status of the refusal."""
    with pytest.raises(AwsError) as error:
        world.call(operation, **parameters)
    return error.value.code, error.value.message, error.value.status


def create_refused(**settings: Any) -> tuple[str, str, int]:
    request = {"FunctionName": "indexer", "EventSourceArn": STREAM, "StartingPosition": "TRIM_HORIZON", **settings}
    return refused(World(), **{name: value for name, value in request.items() if value is not None})


def wanted(case_id: str) -> tuple[str, str, int]:
    case = expected(case_id)
    return case["error"], case["message"].replace("<stream arn>", STREAM), case["http"]


def test_api_01_a_new_mapping_has_awss_defaults() -> None:
    """Three parameters make a mapping; the rest is shown with its default."""
    world = World()
    parameters = {"FunctionName": "indexer", "EventSourceArn": STREAM, "StartingPosition": "TRIM_HORIZON"}
    status, document = world.mappings.call(Request("CreateEventSourceMapping", parameters))
    case = expected("API-01")
    defaults = {name: value for name, value in case["defaults"].items() if value != "absent"}
    assert status == case["http"]
    assert {name: document[name] for name in defaults} == defaults
    assert set(document) == set(defaults) | set(case["also_returned"])
    assert document["FunctionArn"] == FUNCTION
    assert document["EventSourceMappingArn"].endswith(f":event-source-mapping:{document['UUID']}")


def test_api_02_a_starting_position_is_needed() -> None:
    """Without one Lambda refuses, in the words of its model's check."""
    assert create_refused(StartingPosition=None) == wanted("API-02")


def test_api_03_an_unknown_starting_position_is_refused() -> None:
    """The message lists the positions in AWS's order."""
    assert create_refused(StartingPosition="invalid") == wanted("API-03")


def test_api_04_a_timestamp_is_no_position_in_a_dynamodb_stream() -> None:
    """AT_TIMESTAMP is for Kinesis."""
    assert create_refused(StartingPosition="AT_TIMESTAMP") == wanted("API-04")


def test_api_05_the_stream_must_exist() -> None:
    """An unknown stream is named in the refusal."""
    arn = STREAM.replace("orders", "nothing")
    assert create_refused(EventSourceArn=arn) == ("InvalidParameterValueException", f"Stream not found: {arn}", 400)


def test_api_07_a_source_is_needed() -> None:
    """Without an ARN there is no event source."""
    assert create_refused(EventSourceArn=None) == wanted("API-07")


def test_the_function_must_exist() -> None:
    """A mapping needs its function at creation."""
    message = "Function does not exist"
    assert create_refused(FunctionName="nobody") == ("InvalidParameterValueException", message, 400)


@pytest.mark.parametrize("operation", ["Get", "Update", "Delete"])
def test_api_09_an_unknown_mapping_is_not_found(operation: str) -> None:
    """Reading, changing and deleting need a mapping that exists."""
    assert refused(World(), operation, UUID="11111111-2222-3333-4444-555555555555") == wanted("API-09")


RANGES = {
    name: bounds
    for name, bounds in expected("API-11").items()
    if name.endswith(("Seconds", "Size", "Factor", "Attempts"))
}


@pytest.mark.parametrize("name", RANGES)
def test_api_11_every_number_has_its_range(name: str) -> None:
    """Both edges are accepted, one beyond is refused with the bound."""
    lowest, highest = RANGES[name]
    for value in (lowest, highest):
        assert World().create(**{name: value})[name] == value
    field = name[0].lower() + name[1:]
    for value, bound in (
        (lowest - 1, f"greater than or equal to {lowest}"),
        (highest + 1, f"less than or equal to {highest}"),
    ):
        message = (
            f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: "
            f"Member must have value {bound}"
        )
        assert create_refused(**{name: value}) == ("ValidationException", message, 400)


ARN_PATTERN = r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z0-9-]+)?:(\d{12})?:(.*)"
LONG_ARN = "arn:aws:s3:::" + "b" * 340
TABLE_ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"


@pytest.mark.parametrize(
    ("settings", "field", "shown", "constraint"),
    [
        (
            {"FunctionResponseTypes": ["ReportBatchItemFailures", "ReportBatchItemFailures"]},
            "functionResponseTypes",
            "[ReportBatchItemFailures, ReportBatchItemFailures]",
            "Member must have length less than or equal to 1",
        ),
        (
            {"FunctionResponseTypes": ["Other"]},
            "functionResponseTypes",
            "[Other]",
            "Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]",
        ),
        (
            {"DestinationConfig": {"OnFailure": {"Destination": LONG_ARN}}},
            "destinationConfig.onFailure.destination",
            LONG_ARN,
            "Member must have length less than or equal to 350",
        ),
        (
            {"EventSourceArn": "table/orders"},
            "eventSourceArn",
            "table/orders",
            f"Member must satisfy regular expression pattern: {ARN_PATTERN}",
        ),
    ],
    ids=str,
)
def test_api_11_lists_arns_and_lengths_have_their_limits(
    settings: dict[str, Any], field: str, shown: str, constraint: str
) -> None:
    """What the model does not allow is refused in the words of its check."""
    message = f"1 validation error detected: Value '{shown}' at '{field}' failed to satisfy constraint: {constraint}"
    assert create_refused(**settings) == ("ValidationException", message, 400)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"EventSourceArn": TABLE_ARN}, "Unrecognized event source, must be kinesis, dynamodb stream or sqs."),
        (
            {"MetricsConfig": {"Metrics": ["KafkaMetrics"]}},
            "The metric KafkaMetrics is not supported for DynamoDB streams.",
        ),
    ],
    ids=str,
)
def test_api_11_what_the_model_allows_must_suit_the_source(settings: dict[str, Any], message: str) -> None:
    """A table is no stream, and a stream has no metrics of Kafka."""
    assert create_refused(**settings) == ("InvalidParameterValueException", message, 400)


OF_OTHER_SOURCES = {
    "AmazonManagedKafkaEventSourceConfig": {"ConsumerGroupId": "a"},
    "DocumentDBEventSourceConfig": {"DatabaseName": "a"},
    "LoggingConfig": {"SystemLogLevel": "INFO"},
    "ProvisionedPollerConfig": {"MinimumPollers": 1},
    "Queues": ["a"],
    "ScalingConfig": {"MaximumConcurrency": 2},
    "SelfManagedEventSource": {"Endpoints": {}},
    "SelfManagedKafkaEventSourceConfig": {"ConsumerGroupId": "a"},
    "SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": "a"}],
    "StartingPositionTimestamp": 1_767_225_600,
    "Topics": ["a"],
}


@pytest.mark.parametrize("name", OF_OTHER_SOURCES)
def test_a_parameter_of_another_source_is_refused(name: str) -> None:
    """Neither at creation nor at a change is one dropped without a word."""
    setting = {name: OF_OTHER_SOURCES[name]}
    message = f"Unsupported {name} parameter for given event source mapping type."
    error = ("InvalidParameterValueException", message, 400)
    assert create_refused(**setting) == error
    world = World()
    world.create()
    world.run(1)
    assert refused(world, "Update", UUID=world.uuid, **setting) == error


@pytest.mark.parametrize("name", ["Enabled", "BisectBatchOnFunctionError"])
@pytest.mark.parametrize("value", ["false", 0, []])
def test_a_flag_is_a_boolean(name: str, value: Any) -> None:
    """The text "false" is not taken for true."""
    code, message, status = create_refused(**{name: value})
    assert (code, status) == ("SerializationException", 400)
    assert message == f"{type(value).__name__} can not be converted to a Boolean"


def test_a_second_mapping_of_the_same_stream_and_function_is_refused() -> None:
    """The refusal names the mapping there is."""
    world = World()
    document = world.create()
    code, message, status = refused(world, FunctionName=FUNCTION, EventSourceArn=STREAM, StartingPosition="LATEST")
    assert (code, status) == ("ResourceConflictException", 409)
    assert document["UUID"] in message


def test_mappings_are_listed_by_stream_and_function_in_pages() -> None:
    """Filters and markers work together."""
    world = World()
    first = world.create()["UUID"]
    second = world.create(FunctionName="other")["UUID"]
    assert [one["UUID"] for one in world.call("List")["EventSourceMappings"]] == [first, second]
    page = world.call("List", MaxItems=1)
    assert [one["UUID"] for one in page["EventSourceMappings"]] == [first]
    page = world.call("List", MaxItems=1, Marker=page["NextMarker"])
    assert [one["UUID"] for one in page["EventSourceMappings"]] == [second]
    assert "NextMarker" not in page
    assert [one["UUID"] for one in world.call("List", FunctionName="other")["EventSourceMappings"]] == [second]
    assert world.call("List", EventSourceArn="arn:aws:dynamodb:x")["EventSourceMappings"] == []


def test_st_01_a_mapping_is_created_then_enabled() -> None:
    """Creating in the answer, Enabled soon after, by the user's action."""
    world = World()
    states = [world.create()["State"]]
    world.run(1)
    states.append(world.get()["State"])
    assert states == expected("ST-01")["State"]
    assert world.get()["StateTransitionReason"] == expected("ST-01")["StateTransitionReason"]


def test_a_mapping_can_be_made_disabled() -> None:
    """Enabled false: it settles as Disabled and reads nothing."""
    world = World()
    world.stream.put()
    assert world.create(Enabled=False)["State"] == "Creating"
    world.run(60)
    assert world.get()["State"] == "Disabled"
    assert world.function.calls == []


def test_st_03_a_deleted_mapping_says_so_and_goes() -> None:
    """Deleting in the answer; then it is not found."""
    world = World()
    world.create()
    world.run(1)
    status, document = world.mappings.call(Request("DeleteEventSourceMapping", {"UUID": world.uuid}))
    assert (status, document["State"]) == (expected("ST-03")["http"], expected("ST-03")["State_in_response"])
    world.run(5)
    assert refused(world, "Get", UUID=world.uuid)[0] == "ResourceNotFoundException"
    assert world.simulation.names == []


def test_st_04_a_mapping_outlives_its_table() -> None:
    """When the stream is gone the mapping stays, Enabled."""
    world = World()
    world.create()
    world.run(1)
    world.stream.gone = True
    world.run(600)
    assert world.get()["State"] == expected("ST-04")["State"]
    assert len(world.call("List")["EventSourceMappings"]) == 1
    world.drain()


def test_st_06_a_mapping_goes_on_where_it_was_disabled() -> None:
    """What was written meanwhile comes, what was done does not come again."""
    world = World()
    sequences = [world.stream.put() for _ in range(3)]
    world.create(BatchSize=1)
    world.drain()
    assert world.call("Update", UUID=world.uuid, Enabled=False)["State"] == "Disabling"
    world.run(5)
    assert world.get()["State"] == "Disabled"
    sequences += [world.stream.put() for _ in range(3)]
    world.run(3600)
    assert len(world.function.calls) == 3
    assert world.call("Update", UUID=world.uuid, Enabled=True)["State"] == "Enabling"
    world.run(1)
    assert world.get()["State"] == "Enabled"
    world.drain()
    assert world.function.batches == [[sequence] for sequence in sequences]


def test_st_07_the_last_result_is_shown() -> None:
    """No records, a failure, a success."""
    world = World()
    world.create()
    world.run(1)
    results = [world.get()["LastProcessingResult"]]
    world.stream.put()
    world.function.answer = lambda _: ValueError()
    world.run(1)
    results.append(world.get()["LastProcessingResult"])
    world.function.answer = lambda _: None
    world.drain()
    results.append(world.get()["LastProcessingResult"])
    assert results == ["No records processed", expected("ST-07")["LastProcessingResult"], "OK"]


def test_settings_change_in_place() -> None:
    """Updating in the answer, then Enabled with the new settings; the position is kept."""
    world = World()
    first = [world.stream.put() for _ in range(4)]
    world.create(BatchSize=2)
    world.drain()
    document = world.call("Update", UUID=world.uuid, BatchSize=5, FunctionName="other", ParallelizationFactor=1)
    assert (document["State"], document["BatchSize"]) == ("Updating", 5)
    world.run(1)
    assert world.get()["State"] == "Enabled"
    then = [world.stream.put() for _ in range(5)]
    world.drain()
    assert world.function.batches == [first[:2], first[2:], then]
    assert world.function.calls[-1].arn == FUNCTION.replace("indexer", "other")


def test_a_destination_and_filters_can_be_taken_away() -> None:
    """An empty object takes the setting back."""
    world = World()
    settings = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::b"}}}
    world.create(**settings, FilterCriteria={"Filters": [{"Pattern": '{"a":[1]}'}]})
    world.run(1)
    document = world.call(
        "Update", UUID=world.uuid, DestinationConfig={"OnFailure": {}}, FilterCriteria={"Filters": []}
    )
    assert document["DestinationConfig"] == {"OnFailure": {}}
    assert "FilterCriteria" not in document


@pytest.mark.parametrize("busy", ["Creating", "Updating", "Disabling", "Enabling", "Deleting"])
def test_a_mapping_in_a_passing_state_can_neither_be_changed_nor_deleted(busy: str) -> None:
    """It is in use until the state has settled: the service model's own example of the error."""
    world = World()
    world.create()
    begin: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "Creating": [],
        "Updating": [("Update", {"BatchSize": 5})],
        "Disabling": [("Update", {"Enabled": False})],
        "Enabling": [("Update", {"Enabled": False}), ("Update", {"Enabled": True})],
        "Deleting": [("Delete", {})],
    }
    for operation, parameters in begin[busy]:
        world.run(1)
        world.call(operation, UUID=world.uuid, **parameters)
    assert world.get()["State"] == busy
    message = "Cannot {} the event source mapping because it is in use."
    error = "ResourceInUseException"
    assert refused(world, "Update", UUID=world.uuid, BatchSize=1) == (error, message.format("update"), 400)
    assert refused(world, "Delete", UUID=world.uuid) == (error, message.format("delete"), 400)


def test_a_marker_that_was_never_given_out_is_refused() -> None:
    """It is not taken for a fault of the service."""
    assert refused(World(), "List", Marker="nowhere")[0] == "InvalidParameterValueException"


def test_tags_are_kept_by_arn() -> None:
    """Tags given at creation are found, and can be changed in place."""
    world = World()
    arn = world.create(Tags={"team": "search"})["EventSourceMappingArn"]
    world.mappings.tags(arn)["stage"] = "test"
    assert world.mappings.tags(arn) == {"team": "search", "stage": "test"}
