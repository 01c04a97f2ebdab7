output "uuid" {
  description = "Identifier of the event source mapping, for `aws lambda update-event-source-mapping` and its metrics."
  value       = aws_lambda_event_source_mapping.this.uuid
}

output "on_failure_destination_arn" {
  description = "ARN of what receives the batches that were given up."
  value       = local.destination_arn
}

output "patterns" {
  description = "The filters as Lambda has them, JSON each, in their order."
  value       = local.patterns
}

output "filters_drop_removals" {
  description = "Whether the filters test new images and no filter matches a REMOVE, so that the function receives no removals."
  value       = local.asks_new_image && !local.passes_removes
}

output "policy_json" {
  description = "What the function's role must be allowed, as a JSON policy document: to merge into a role of the team's own where `attach_policy` is false."
  value       = data.aws_iam_policy_document.this.json
}
