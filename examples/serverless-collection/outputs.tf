output "table_name" {
  description = "The table to write to."
  value       = module.search.table_name
}

output "collection_endpoint" {
  description = "Where to search."
  value       = module.collection.opensearch.endpoint
}

output "index" {
  description = "The index to search."
  value       = module.search.index
}

output "quarantine_bucket" {
  description = "Where to look for what could not be indexed."
  value       = module.search.quarantine_bucket
}
