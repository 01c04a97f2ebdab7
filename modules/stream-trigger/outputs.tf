output "uuid" {
  description = "Identifier of the event source mapping, for `aws lambda update-event-source-mapping` and its metrics."
  value       = aws_lambda_event_source_mapping.this.uuid
}

output "destination_arn" {
  description = "ARN of what receives the batches that were given up."
  value       = local.destination_arn
}
