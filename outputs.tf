output "table_name" {
  description = "Name of the table."
  value       = module.stream_table.name
}

output "table_arn" {
  description = "ARN of the table."
  value       = module.stream_table.arn
}

output "stream_arn" {
  description = "ARN of the table's stream; another one whenever the stream is switched off and on, or its view type changes."
  value       = module.stream_table.stream_arn
}

output "function_name" {
  description = "Name of the function."
  value       = module.indexer.function_name
}

output "function_arn" {
  description = "ARN of the function."
  value       = module.indexer.function_arn
}

output "mapping_uuid" {
  description = "Identifier of the event source mapping."
  value       = module.stream_trigger.uuid
}

output "index" {
  description = "Alias to search, over the index that was set up; null where `routes` ask for several."
  value       = module.indexer.index
}

output "indexes" {
  description = "Aliases of all indexes that were set up, in order."
  value       = module.indexer.indexes
}

output "destination_arn" {
  description = "ARN of what receives the batches that were given up: what `failures` names or makes, otherwise the quarantine bucket."
  value       = module.stream_trigger.destination_arn
}

output "quarantine_bucket" {
  description = "Name of the bucket that keeps what could not be indexed."
  value       = module.indexer.quarantine_bucket
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.indexer.log_group_name
}

output "role_arn" {
  description = "ARN of the function's role, for OpenSearch to admit."
  value       = module.indexer.role_arn
}

output "role_policies" {
  description = "JSON documents of what the function's role is allowed, by module: for a role of the team's own (`role.existing`) to have as well."
  value = {
    indexer           = module.indexer.policy_json
    stream_trigger    = module.stream_trigger.policy_json
    opensearch_access = module.opensearch_access.policy_json
  }
}

output "security_group_id" {
  description = "Identifier of the security group that `network.security_group` made, for the domain's to let in. Null without it."
  value       = module.indexer.security_group_id
}

output "domain_policy" {
  description = "JSON document to merge into the domain's access policy, where it must name the role: another account's domain, or one that denies. Null for a serverless collection."
  value       = module.opensearch_access.domain_policy
}

output "data_access_policy" {
  description = "JSON document of the collection's data access policy: what the function's role may do in it. Null for a domain."
  value       = module.opensearch_access.data_access_policy
}

output "network_policy" {
  description = "JSON document of the collection's network policy. Null for a domain."
  value       = module.opensearch_access.network_policy
}

output "encryption_policy" {
  description = "JSON document of the collection's encryption policy, which must be there before the collection. Null for a domain."
  value       = module.opensearch_access.encryption_policy
}

output "security_role" {
  description = "Name (`name`) and JSON document (`document`) of the role in a domain's security plugin, and of who is mapped to it (`mapping`), for fine-grained access control by hand. Null for a serverless collection."
  value       = module.opensearch_access.security_role
}

output "master_policy_json" {
  description = "JSON document of what the role in `fine_grained_access` must be allowed. Null without it."
  value       = module.opensearch_access.master_policy_json
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = module.monitoring.dashboard_name
}

output "alarm_arns" {
  description = "ARN of each alarm, by alarm key; empty without `alarms`."
  value       = module.monitoring.alarm_arns
}
