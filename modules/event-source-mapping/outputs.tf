output "uuid" {
  description = "Identifier of the event source mapping, for `aws lambda update-event-source-mapping` and its metrics."
  value       = aws_lambda_event_source_mapping.this.uuid
}

output "on_failure_destination_arn" {
  description = "ARN of the destination of discarded batches."
  value       = local.destination_arn
}

output "patterns" {
  description = "The filter patterns in Lambda's form: JSON text, in order."
  value       = local.patterns
}

output "filters_drop_removals" {
  description = "Whether the filters test new images and no filter matches a REMOVE, so that the function receives no removals."
  value       = local.asks_new_image && !local.passes_removes
}

output "policy_json" {
  description = "JSON policy document that the function's role needs. If `attach_policy` is false, attach it to the role yourself."
  value       = data.aws_iam_policy_document.this.json
}
