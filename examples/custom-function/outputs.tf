output "table_name" {
  description = "The table to write to."
  value       = module.orders.name
}

output "topic_arn" {
  description = "The topic to subscribe to."
  value       = aws_sns_topic.paid_orders.arn
}

output "on_failure_destination_arn" {
  description = "The queue with the descriptions of the batches that could not be published."
  value       = module.notify.on_failure_destination_arn
}
