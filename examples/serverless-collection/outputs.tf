output "table_name" {
  description = "The table to write to."
  value       = module.search.table_name
}

output "collection_endpoint" {
  description = "Where to search."
  value       = module.collection.connection.endpoint
}

output "alias" {
  description = "The index to search."
  value       = module.search.alias
}

output "quarantine_bucket" {
  description = "Where to look for what could not be indexed."
  value       = module.search.quarantine_bucket
}
