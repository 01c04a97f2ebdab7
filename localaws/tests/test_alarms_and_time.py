"""Do metrics set off alarms, do alarms notify their topic, and does time run and jump as requested?"""

import json
from pathlib import Path
from typing import Any

import pytest

from localaws.errors import LocalAwsError
from localaws.stack import LocalAws
from localaws.tests.pipelines import Pipeline
from localaws.waiting import wait_until

AGE_SECONDS = 3600
SCALE = 600  # five minutes in half a second


def put_alarm(aws: LocalAws, name: str, **settings: Any) -> None:
    alarm = {
        "AlarmName": name,
        "Namespace": "Tests",
        "MetricName": name,
        "Dimensions": [{"Name": "FunctionName", "Value": "orders"}],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 3,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    aws.client("cloudwatch").put_metric_alarm(**{**alarm, **settings})


def put_metric(aws: LocalAws, name: str, *values: float, function_name: str = "orders") -> None:
    dimensions = [{"Name": "FunctionName", "Value": function_name}]
    data = [{"MetricName": name, "Value": value, "Dimensions": dimensions} for value in values]
    aws.client("cloudwatch").put_metric_data(Namespace="Tests", MetricData=data)


def state(aws: LocalAws, name: str) -> str:
    (alarm,) = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def test_an_alarm_goes_off_tells_its_topic_and_is_ok_again(tmp_path: Path) -> None:
    """At the threshold, only for its dimensions, and for as long as its period lasts."""
    with LocalAws.start(home=tmp_path / "aws", time_scale=SCALE) as aws:
        sns, sqs = aws.client("sns"), aws.client("sqs")
        topic, queue = sns.create_topic(Name="told")["TopicArn"], sqs.create_queue(QueueName="told")["QueueUrl"]
        queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
        put_alarm(aws, "offending", AlarmActions=[topic], OKActions=[topic])
        put_alarm(aws, "sleeping", TreatMissingData="missing")
        put_alarm(aws, "slow", ExtendedStatistic="p90", Statistic="", Threshold=9)
        wait_until(lambda: state(aws, "sleeping") == "INSUFFICIENT_DATA", "an alarm without data says so")
        put_metric(aws, "offending", 5, function_name="another")
        put_metric(aws, "offending", 1, 1)
        put_metric(aws, "slow", *range(1, 11))
        wait_until(lambda: state(aws, "slow") == "ALARM", "the ninetieth percentile is 10")
        assert state(aws, "offending") == "OK"
        put_metric(aws, "offending", 1, 1, 1)
        told = [told_state(sqs, queue), told_state(sqs, queue)]
        assert told == ["ALARM", "OK"]
        history = aws.client("cloudwatch").describe_alarm_history(AlarmName="offending")["AlarmHistoryItems"]
        summaries = ["Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM"]
        assert [item["HistorySummary"] for item in history] == summaries


def told_state(sqs: Any, queue: str) -> str:
    received: list[Any] = []

    def told() -> bool:
        received.extend(sqs.receive_message(QueueUrl=queue).get("Messages", []))
        return bool(received)

    wait_until(told, "the queue behind the topic has a message")
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=received[0]["ReceiptHandle"])
    return str(json.loads(json.loads(received[0]["Body"])["Message"])["NewStateValue"])


def test_an_hour_of_retries_passes_as_fast_as_asked(tmp_path: Path) -> None:
    """Ten times as fast, and the rest of the hour at once; then the record is too old and goes to the destination."""
    with LocalAws.start(home=tmp_path / "aws", time_scale=10) as aws:
        pipeline = Pipeline.create(aws, tmp_path, "orders")
        bucket = aws.client("s3")
        bucket.create_bucket(Bucket="given-up", CreateBucketConfiguration={"LocationConstraint": aws.region})
        pipeline.connect(
            MaximumRecordAgeInSeconds=AGE_SECONDS,
            DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::given-up"}},
        )
        pipeline.put("never", raises=100_000)
        wait_until(lambda: len(pipeline.events) > 2, "it has been retried")
        aws.advance_time(AGE_SECONDS)
        aws.wait_until_drained()
        (kept,) = bucket.list_objects_v2(Bucket="given-up")["Contents"]
        document = json.loads(bucket.get_object(Bucket="given-up", Key=kept["Key"])["Body"].read())
        assert document["requestContext"]["condition"] == "RecordAgeExceeded"
        assert document["requestContext"]["approximateInvokeCount"] > 2


def test_time_is_skipped_for_streams_and_mappings(tmp_path: Path) -> None:
    """A record written after it is dated after it; set back, the clock dates the next one earlier, as a skew does."""
    with LocalAws.start(home=tmp_path / "aws") as aws:
        pipeline = Pipeline.create(aws, tmp_path, "orders")
        for seconds in (0, 7200, -3600):
            aws.advance_time(seconds)
            pipeline.put(str(seconds))
        pipeline.connect()
        aws.wait_until_drained()
        created = [
            record["dynamodb"]["ApproximateCreationDateTime"]
            for event in pipeline.events
            for record in event["Records"]
        ]
    first, second, third = created
    assert 7200 <= second - first < 7260
    assert 3540 < second - third <= 3600


def test_the_embedded_engines_say_what_they_cannot_do(tmp_path: Path) -> None:
    with LocalAws.start(home=tmp_path / "aws") as aws:
        with pytest.raises(LocalAwsError, match="use the JVM engines"):
            aws.restart_opensearch()
        with pytest.raises(LocalAwsError, match="Stream: nothing not found"):
            aws.split_shard("nothing")


def test_alarms_on_metric_math_and_on_alarms_go_off(tmp_path: Path) -> None:
    """Math over two metrics, and a composite alarm over that."""
    with LocalAws.start(home=tmp_path / "aws", time_scale=SCALE) as aws:
        cloudwatch = aws.client("cloudwatch")
        terms = [
            {"Id": name, "MetricStat": {"Metric": metric(name), "Period": 300, "Stat": "Sum"}, "ReturnData": False}
            for name in ("read", "written")
        ]
        result = {"Id": "result", "Expression": "IF(FILL(read, 0) > 0 AND FILL(written, 0) == 0, 1, 0)"}
        cloudwatch.put_metric_alarm(
            AlarmName="stalled",
            Metrics=[*terms, {**result, "ReturnData": True}],
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
        )
        cloudwatch.put_composite_alarm(AlarmName="behind", AlarmRule='ALARM("stalled") AND NOT OK("stalled")')
        put_metric(aws, "read", 1)
        wait_until(lambda: composite_state(aws, "behind") == "ALARM", "what is read and not written sets off both")
        wait_until(lambda: state(aws, "stalled") == composite_state(aws, "behind") == "OK", "both are OK again")


def metric(name: str) -> dict[str, Any]:
    return {"Namespace": "Tests", "MetricName": name, "Dimensions": [{"Name": "FunctionName", "Value": "orders"}]}


def composite_state(aws: LocalAws, name: str) -> str:
    (alarm,) = aws.client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])[
        "CompositeAlarms"
    ]
    return str(alarm["StateValue"])
