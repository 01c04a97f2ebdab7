output "arn" {
  description = "ARN of the table."
  value       = local.table.arn
}

output "name" {
  description = "Name of the table."
  value       = local.table.name
}

output "region" {
  description = "Region of the table: the provider's."
  value       = data.aws_region.here.id
}

output "stream_arn" {
  description = "ARN of the table's stream; another one whenever the stream is switched off and on, or its view type changes."
  value       = local.table.stream_arn
}

output "key_names" {
  description = "Attributes of the primary key, hash key first."
  value       = local.table.key_names
}

output "function_account_id" {
  description = "Account of the function that reads it; null where that is the table's own."
  value       = one(var.existing_table[*].function_account_id)
}

output "stream_view_type" {
  description = "What the stream's records hold; null for an existing table that does not say."
  value       = one(compact(concat(var.table[*].stream_view_type, var.existing_table[*].stream_view_type)))
}

output "ttl_enabled" {
  description = "Whether time to live deletes items; null for an existing table, which does not say."
  value       = one([for table in var.table[*] : table.ttl_attribute_name != null && table.ttl_enabled])
}

output "has_replicas" {
  description = "Whether the table has replicas. Null for an existing table, which does not say."
  value       = var.existing_table == null ? length(var.replicas) > 0 : null
}

output "kms_key_arn" {
  description = "ARN of the customer managed key that encrypts the table. A reader of the table or its stream must be allowed to use it. Null: there is no such key."
  value       = local.table.kms_key_arn
}
