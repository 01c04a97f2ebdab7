output "table_name" {
  description = "Name of the table."
  value       = module.table.name
}

output "table_arn" {
  description = "ARN of the table."
  value       = module.table.arn
}

output "stream_arn" {
  description = "ARN of the table's stream. It changes when the stream is disabled and enabled again, or when its view type changes."
  value       = module.table.stream_arn
}

output "function_name" {
  description = "Name of the function."
  value       = module.indexer.function_name
}

output "function_arn" {
  description = "ARN of the function."
  value       = module.indexer.function_arn
}

output "event_source_mapping_uuid" {
  description = "UUID of the event source mapping."
  value       = module.event_source_mapping.uuid
}

output "alias" {
  description = "Alias to search. Available when its index is set up. Null if `indices` defines several indices."
  value       = length(module.indexer.ready_aliases) == 1 ? module.indexer.ready_aliases[0] : null
}

output "aliases" {
  description = "Aliases of all indices, sorted. Available when the indices are set up."
  value       = module.indexer.ready_aliases
}

output "on_failure_destination_arn" {
  description = "ARN of the on-failure destination that receives discarded batches. Defaults to the quarantine bucket."
  value       = module.event_source_mapping.on_failure_destination_arn
}

output "quarantine_bucket" {
  description = "Name of the quarantine bucket, which stores rejected records."
  value       = module.indexer.quarantine_bucket
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.indexer.log_group_name
}

output "role_arn" {
  description = "ARN of the function's role. OpenSearch must grant it access."
  value       = module.indexer.role_arn
}

output "role_policy_documents" {
  description = <<-EOT
    JSON policy documents that the function's role needs, by module. Attach them to an existing role (`role.existing`) yourself.
  EOT
  value = {
    indexer              = module.indexer.policy_json
    event_source_mapping = module.event_source_mapping.policy_json
    opensearch_access    = module.opensearch_access.policy_json
  }
}

output "security_group_id" {
  description = <<-EOT
    ID of the security group that `function.vpc.security_group` creates. The domain's security group must allow it. Null if it is
    not created.
  EOT
  value       = module.indexer.security_group_id
}

output "domain_access_policy" {
  description = <<-EOT
    JSON policy document to merge into the domain's access policy. Required for a domain in another account or with a Deny. Null
    for a collection.
  EOT
  value       = module.opensearch_access.domain_access_policy
}

output "data_access_policy" {
  description = "JSON document of the collection's data access policy for the function's role. Null for a domain."
  value       = module.opensearch_access.data_access_policy
}

output "network_policy" {
  description = "JSON document of the collection's network policy. Null for a domain."
  value       = module.opensearch_access.network_policy
}

output "encryption_policy" {
  description = "JSON document of the collection's encryption policy, which must exist before the collection. Null for a domain."
  value       = module.opensearch_access.encryption_policy
}

output "opensearch_security_role" {
  description = <<-EOT
    Role in the domain's security plugin: its `name`, its `document` and its `mapping` (JSON). Use it to grant access by hand.
    Null for a collection.
  EOT
  value       = module.opensearch_access.opensearch_security_role
}

output "security_admin_policy_json" {
  description = "JSON policy document that the role in `domain.fine_grained_access` needs. Null without it."
  value       = module.opensearch_access.security_admin_policy_json
}

output "dashboard_name" {
  description = "Name of the dashboard. Null if `create_dashboard` is false."
  value       = module.monitoring.dashboard_name
}

output "alarm_arns" {
  description = "ARN of each alarm, by alarm key. Empty if `alarms` is null."
  value       = module.monitoring.alarm_arns
}
