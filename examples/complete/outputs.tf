output "table_name" {
  description = "The table to write to."
  value       = module.search.table_name
}

output "aliases" {
  description = "The indexes to search: all orders, and the open ones."
  value       = module.search.aliases
}

output "opensearch_endpoint" {
  description = "Endpoint of the domain to search."
  value       = local.domain.endpoint
}

output "function_name" {
  description = "The function in between; its log is in /aws/lambda/ under this name."
  value       = module.search.function_name
}

output "quarantine_bucket" {
  description = "Where to look for what could not be indexed."
  value       = module.search.quarantine_bucket
}

output "on_failure_destination_arn" {
  description = "The queue with the descriptions of discarded batches."
  value       = module.search.on_failure_destination_arn
}
