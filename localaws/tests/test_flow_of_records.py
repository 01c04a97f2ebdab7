"""Does a write to a table reach the function as on AWS? On the embedded engines, with the function in its process."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localaws.stack import LocalAws
from localaws.tests.pipelines import REPORTING, Pipeline
from localaws.waiting import wait_until


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """One local AWS for all tests of this file; each makes its own table, function and mapping."""
    with LocalAws.start(home=tmp_path_factory.mktemp("aws")) as stack:
        yield stack


@pytest.fixture
def pipeline(aws: LocalAws, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Pipeline]:
    """Hand out a table and a function, not connected yet; the mapping goes with the test."""
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_"))[:60].strip("-")
    made = Pipeline.create(aws, tmp_path, name)
    yield made
    client = aws.client("lambda")
    for mapping in client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
        client.delete_event_source_mapping(UUID=mapping["UUID"])


def test_a_batch_ends_by_its_size_or_by_the_window(pipeline: Pipeline) -> None:
    """25 records in batches of ten: two full ones at once, the rest when the window has passed."""
    for key in range(25):
        pipeline.put(key)
    pipeline.connect(BatchSize=10, MaximumBatchingWindowInSeconds=1)
    pipeline.aws.wait_until_drained()
    keys = [str(key) for key in range(25)]
    assert pipeline.batches == [keys[:10], keys[10:20], keys[20:]]


def test_ev_01_ev_03_ev_05_the_event_is_what_lambda_hands_over(pipeline: Pipeline) -> None:
    """The members, names and types of a record as recorded on AWS; times are whole seconds as a float."""
    pipeline.put("a", size=1)
    pipeline.connect()
    pipeline.aws.wait_until_drained()
    ((record,),) = [event["Records"] for event in pipeline.events]
    change = record.pop("dynamodb")
    assert re.fullmatch(r"[0-9a-f]{32}", record.pop("eventID"))
    assert record == {
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": pipeline.aws.region,
        "eventSourceARN": pipeline.stream_arn,
    }
    created = change.pop("ApproximateCreationDateTime")
    assert isinstance(created, float)
    assert created.is_integer()
    assert re.fullmatch(r"\d{21,40}", change.pop("SequenceNumber"))
    assert change == {
        "Keys": {"id": {"S": "a"}},
        "NewImage": {"id": {"S": "a"}, "size": {"N": "1"}},
        "SizeBytes": 3 + 3 + 6,
        "StreamViewType": "NEW_IMAGE",
    }


def test_a_partial_answer_brings_the_rest_again(pipeline: Pipeline) -> None:
    """From the lowest reported record on, in order; what came before is done."""
    for key in range(5):
        pipeline.put(key, reports=int(key in {2, 4}))
    pipeline.connect(**REPORTING)
    pipeline.aws.wait_until_drained()
    assert pipeline.batches == [["0", "1", "2", "3", "4"], ["2", "3", "4"]]


def test_a_function_that_raises_gets_the_same_batch_again(pipeline: Pipeline) -> None:
    """Until it takes it; later records wait."""
    pipeline.put("a", raises=2)
    pipeline.put("b")
    pipeline.connect(BatchSize=1)
    pipeline.aws.wait_until_drained()
    assert pipeline.batches == [["a"], ["a"], ["a"], ["b"]]


def test_a_poison_record_is_cut_out_and_its_whole_event_kept_in_s3(pipeline: Pipeline) -> None:
    """Bisect finds it, the bucket gets it with the reason, its neighbours get through."""
    pipeline.aws.client("s3").create_bucket(
        Bucket="poison", CreateBucketConfiguration={"LocationConstraint": pipeline.aws.region}
    )
    for key in range(8):
        pipeline.put(key, raises=99 * (key == 5))
    mapping_id = pipeline.connect(
        BisectBatchOnFunctionError=True, MaximumRetryAttempts=0, **_to("arn:aws:s3:::poison"), **REPORTING
    )
    pipeline.aws.wait_until_drained()
    (key,) = [one["Key"] for one in pipeline.aws.client("s3").list_objects_v2(Bucket="poison")["Contents"]]
    body = json.loads(pipeline.aws.client("s3").get_object(Bucket="poison", Key=key)["Body"].read())
    info = body["DDBStreamBatchInfo"]
    assert re.fullmatch(
        rf"aws/lambda/{mapping_id}/{info['shardId']}/\d{{4}}/\d\d/\d\d/[\dT.-]{{19}}-[0-9a-f-]{{36}}", key
    )
    assert body["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert info["batchSize"] == 1
    kept = json.loads(body["payload"])["Records"]
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in kept] == ["5"]
    taken = {key for batch in pipeline.batches if "5" not in batch for key in batch}
    assert taken == {str(key) for key in range(8)} - {"5"}


def test_a_queue_gets_the_failed_batchs_metadata(pipeline: Pipeline) -> None:
    """SQS: which records, where they are and why, without their content."""
    sqs = pipeline.aws.client("sqs")
    url = sqs.create_queue(QueueName="failed")["QueueUrl"]
    pipeline.put("a", raises=99)
    pipeline.connect(MaximumRetryAttempts=1, **_to(_arn(pipeline, "sqs", "failed")))
    pipeline.aws.wait_until_drained()
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    _is_metadata_of(json.loads(message["Body"]), pipeline)


def test_dlq_02_a_topic_gets_the_failed_batchs_metadata(pipeline: Pipeline) -> None:
    """SNS: the same document as the message."""
    sqs, sns = pipeline.aws.client("sqs"), pipeline.aws.client("sns")
    url = sqs.create_queue(QueueName="subscribed")["QueueUrl"]
    topic = sns.create_topic(Name="failed")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=_arn(pipeline, "sqs", "subscribed"))
    pipeline.put("a", raises=99)
    pipeline.connect(MaximumRetryAttempts=1, **_to(topic))
    pipeline.aws.wait_until_drained()
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    notification = json.loads(message["Body"])
    assert notification["Type"] == "Notification"
    assert "Subject" not in notification
    _is_metadata_of(json.loads(notification["Message"]), pipeline)


def test_a_throttled_function_loses_nothing(pipeline: Pipeline) -> None:
    """Without concurrency nothing is invoked, and no retry is used up; with it everything comes."""
    function = pipeline.aws.client("lambda")
    function.put_function_concurrency(FunctionName=pipeline.name, ReservedConcurrentExecutions=0)
    pipeline.put("a")
    mapping_id = pipeline.connect(MaximumRetryAttempts=0)
    with pytest.raises(TimeoutError, match=rf"mapping {mapping_id} \({pipeline.name}\), shard .*1 records behind"):
        pipeline.aws.wait_until_drained(timeout_seconds=2)
    assert pipeline.batches == []
    function.delete_function_concurrency(FunctionName=pipeline.name)
    pipeline.aws.wait_until_drained()
    assert pipeline.batches == [["a"]]


def test_a_function_whose_process_dies_gets_the_batch_again(pipeline: Pipeline, aws: LocalAws) -> None:
    """The process is killed in the middle of an invocation, as it is when memory runs out."""
    pipeline.connect()
    pipeline.put("a", waits=1)
    wait_until(lambda: len(pipeline.batches) == 1, "the function has the batch")
    assert aws.admin("POST", f"functions/{pipeline.name}/kill")[1] == {"killed": 1}
    aws.wait_until_drained()
    assert pipeline.batches == [["a"], ["a"]]


def test_a_mapping_that_was_disabled_goes_on_where_it_was(pipeline: Pipeline, aws: LocalAws) -> None:
    """What was written meanwhile comes; what was done does not come again."""
    mapping_id = pipeline.connect()
    pipeline.put("a")
    aws.wait_until_drained()
    client = aws.client("lambda")
    client.update_event_source_mapping(UUID=mapping_id, Enabled=False)
    wait_until(lambda: client.get_event_source_mapping(UUID=mapping_id)["State"] == "Disabled", "it is disabled")
    pipeline.put("b")
    aws.wait_until_drained()  # a disabled mapping is behind and may be
    assert pipeline.batches == [["a"]]
    client.update_event_source_mapping(UUID=mapping_id, Enabled=True)
    aws.wait_until_drained()
    assert pipeline.batches == [["a"], ["b"]]


def test_what_a_function_prints_is_in_its_log_group(pipeline: Pipeline) -> None:
    """With Lambda's own lines around it."""
    pipeline.put("a")
    pipeline.connect()
    pipeline.aws.wait_until_drained()
    logs = pipeline.aws.client("logs")

    def messages() -> list[str]:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{pipeline.name}")["events"]
        return [event["message"] for event in events]

    assert [line.split(" ")[0] for line in messages()][:2] == ["START", "took"]
    assert messages()[-1].startswith("REPORT RequestId: ")


def test_metrics_that_a_function_prints_are_in_cloudwatch(pipeline: Pipeline) -> None:
    """Lines in the embedded metric format; Lambda's own metrics are there as well."""
    for key in range(3):
        pipeline.put(key)
    pipeline.connect(MetricsConfig={"Metrics": ["EventCount"]})
    pipeline.aws.wait_until_drained()
    of_function = [{"Name": "FunctionName", "Value": pipeline.name}]
    assert _sum(pipeline.aws, "Tests", "Records", of_function) == 3
    assert _sum(pipeline.aws, "AWS/Lambda", "Invocations", of_function) == 1
    assert _sum(pipeline.aws, "AWS/Lambda", "Errors", of_function) == 0
    names = {one["MetricName"] for one in pipeline.aws.client("cloudwatch").list_metrics()["Metrics"]}
    assert {"IteratorAge", "Duration", "PolledEventCount", "InvokedEventCount"} <= names


def _to(arn: str) -> dict[str, Any]:
    return {"DestinationConfig": {"OnFailure": {"Destination": arn}}}


def _arn(pipeline: Pipeline, service: str, name: str) -> str:
    return f"arn:aws:{service}:{pipeline.aws.region}:123456789012:{name}"


def _is_metadata_of(document: dict[str, Any], pipeline: Pipeline) -> None:
    """Assert that `document` names the only record, tried twice, and does not contain it."""
    change = pipeline.events[0]["Records"][0]["dynamodb"]
    assert document["requestContext"]["approximateInvokeCount"] == 2
    assert document["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    info = document["DDBStreamBatchInfo"]
    assert info["startSequenceNumber"] == info["endSequenceNumber"] == change["SequenceNumber"]
    assert info["streamArn"] == pipeline.stream_arn
    assert "payload" not in document


def _sum(aws: LocalAws, namespace: str, name: str, dimensions: list[dict[str, str]]) -> float:
    points = aws.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=dimensions,
        StartTime="2000-01-01T00:00:00Z",
        EndTime="2100-01-01T00:00:00Z",
        Period=86_400,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))
