"""Do tags go with what they are on, as on AWS?"""

from localaws.stack import LocalAws

TAGS = {"team": "search"}


def test_a_log_group_made_again_has_no_tags_of_the_one_before(embedded: LocalAws) -> None:
    logs, name = embedded.client("logs"), "/aws/lambda/tagged"
    logs.create_log_group(logGroupName=name, tags=TAGS)
    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=name)
    assert logs.list_tags_log_group(logGroupName=name)["tags"] == {}
    logs.delete_log_group(logGroupName=name)


def test_an_alarm_made_again_has_no_tags_of_the_one_before(embedded: LocalAws) -> None:
    cloudwatch = embedded.client("cloudwatch")
    alarm = {
        "AlarmName": "tagged",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 1,
    }
    cloudwatch.put_metric_alarm(**alarm, Tags=[{"Key": "team", "Value": "search"}])
    cloudwatch.delete_alarms(AlarmNames=["tagged"])
    cloudwatch.put_metric_alarm(**alarm)
    (found,) = cloudwatch.describe_alarms(AlarmNames=["tagged"])["MetricAlarms"]
    assert cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"] == []
    cloudwatch.delete_alarms(AlarmNames=["tagged"])


def test_a_scalable_target_has_the_tags_that_it_was_registered_with(embedded: LocalAws) -> None:
    scaling = embedded.client("application-autoscaling")
    target = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/tagged",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    }
    capacity = {"MinCapacity": 1, "MaxCapacity": 2}
    arn = scaling.register_scalable_target(**target, **capacity, Tags=TAGS)["ScalableTargetARN"]
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == TAGS
    scaling.tag_resource(ResourceARN=arn, Tags={"stage": "test"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"stage": "test"}
    scaling.deregister_scalable_target(**target)
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {}
