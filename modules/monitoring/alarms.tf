locals {
  # One row an alarm, and one heading in docs/runbook.md: it goes off at the threshold or above, in any five minutes.
  alarms = {
    errors = {
      source    = "function"
      metric    = "Errors"
      statistic = "Sum"
      threshold = 1
      meaning   = "The function raised or timed out: whole batches are retried."
    }
    throttles = {
      source    = "function"
      metric    = "Throttles"
      statistic = "Sum"
      threshold = 10
      meaning   = "Lambda has no concurrency left for the function: batches wait and age."
    }
    iterator-age = {
      source    = "function"
      metric    = "IteratorAge"
      statistic = "Maximum"
      threshold = 60 * 60 * 1000 # milliseconds; batches are given up after 23 hours
      meaning   = "The index is behind the table by more than an hour."
    }
    given-up = {
      source    = "mapping"
      metric    = "OnFailureDestinationDeliveredEventCount"
      statistic = "Sum"
      threshold = 1
      meaning   = "Batches were retried for as long as allowed and went to the on-failure destination: the index lacks them."
    }
    dropped = {
      source    = "mapping"
      metric    = "DroppedEventCount"
      statistic = "Sum"
      threshold = 1
      meaning   = "Batches were given up and could not be delivered either: nothing but the table has them."
    }
    quarantined = {
      source    = "own"
      metric    = local.own.Quarantined.name
      statistic = "Sum"
      threshold = 1
      meaning   = local.own.Quarantined.meaning
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms == null ? {} : local.alarms

  alarm_name          = "${var.function_name}-${each.key}"
  alarm_description   = "${each.value.meaning} What to do: docs/runbook.md, \"${each.key}\"."
  namespace           = local.sources[each.value.source].namespace
  metric_name         = each.value.metric
  dimensions          = { (local.sources[each.value.source].dimension) = local.sources[each.value.source].value }
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching" # no writes, no metrics
  alarm_actions       = [var.alarms.topic_arn]

  tags = var.tags
}
