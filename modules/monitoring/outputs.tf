output "alarm_arns" {
  description = "ARN of each alarm, by alarm key; empty without `alarms`."
  value       = merge({ for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.arn }, { for alarm in aws_cloudwatch_composite_alarm.index_behind : "index-behind" => alarm.arn })
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
