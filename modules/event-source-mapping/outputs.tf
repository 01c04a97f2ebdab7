output "uuid" {
  description = "UUID of the event source mapping."
  value       = aws_lambda_event_source_mapping.this.uuid
}

output "on_failure_destination_arn" {
  description = "ARN of the on-failure destination that receives discarded batches."
  value       = local.destination_arn
}

output "patterns" {
  description = "Filter patterns as Lambda stores them (JSON), in order."
  value       = local.patterns
}

output "filters_drop_removals" {
  description = "Whether the filters test new images and no filter matches a REMOVE, so that the function never receives removals."
  value       = local.asks_new_image && !local.passes_removes
}

output "policy_json" {
  description = "JSON policy document that the function's role needs. Attach it yourself if `attach_policy` is false."
  value       = data.aws_iam_policy_document.this.json
}
