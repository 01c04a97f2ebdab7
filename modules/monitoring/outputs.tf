output "alarm_arns" {
  description = "ARN of each alarm, by alarm key. Empty if `alarms` is null."
  value = merge(
    { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.arn },
    { for alarm in aws_cloudwatch_composite_alarm.index_behind : "index-behind" => alarm.arn },
  )

  precondition {
    condition = alltrue([for arn in compact(var.alarms[*].topic_arn) : can(regex(local.topic_pattern, arn))])
    error_message = join(" ", [
      "alarms.topic_arn must be a standard SNS topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got",
      "\"${join("", compact(var.alarms[*].topic_arn))}\": CloudWatch could not notify it.",
    ])
  }

  precondition {
    condition = alltrue([for arn in compact(var.alarms[*].critical_topic_arn) : can(regex(local.topic_pattern, arn))])
    error_message = join(" ", [
      "alarms.critical_topic_arn must be a standard SNS topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got",
      "\"${join("", compact(var.alarms[*].critical_topic_arn))}\": CloudWatch could not notify it.",
    ])
  }

  precondition {
    condition = alltrue([for arn in compact(var.alarms[*].ok_topic_arn) : can(regex(local.topic_pattern, arn))])
    error_message = join(" ", [
      "alarms.ok_topic_arn must be a standard SNS topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got",
      "\"${join("", compact(var.alarms[*].ok_topic_arn))}\": CloudWatch could not notify it.",
    ])
  }

  precondition {
    condition = length(local.unknown_keys) == 0
    error_message = join(" ", [
      "alarms.disabled must be keys of alarms, the headings of docs/runbook.md, got ${join(", ", local.unknown_keys)}: the intended alarm",
      "would stay enabled. The keys are ${join(", ", local.keys)}.",
    ])
  }
}

output "dashboard_name" {
  description = "Name of the dashboard. Null if `create_dashboard` is false."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}
