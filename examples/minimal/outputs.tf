output "table_name" {
  description = "The table to write to."
  value       = module.search.table_name
}

output "alias" {
  description = "The index to search."
  value       = module.search.alias
}

output "function_name" {
  description = "The function in between; its log is in /aws/lambda/ under this name."
  value       = module.search.function_name
}

output "quarantine_bucket" {
  description = "Where to look for what could not be indexed."
  value       = module.search.quarantine_bucket
}
