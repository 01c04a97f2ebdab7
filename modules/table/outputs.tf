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
  description = "ARN of the table's stream. It changes when the stream is disabled and enabled again, or when its view type changes."
  value       = local.table.stream_arn

  precondition {
    condition = alltrue([for arn in var.existing_table[*].stream_arn :
      can(regex("^arn:[^:]+:dynamodb:[^:]+:[0-9]{12}:table/[^/]+/stream/[^/]+$", arn))
    ])
    error_message = join(" ", [
      "existing_table.stream_arn must be a stream's ARN, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, got",
      "\"${join("", compact(var.existing_table[*].stream_arn))}\": if the stream is disabled, enable it with `aws dynamodb update-table",
      "--table-name NAME --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES`.",
    ])
  }

  precondition {
    condition = alltrue(
      [for arn in var.existing_table[*].stream_arn : try(split(":", arn)[3], data.aws_region.here.id) == data.aws_region.here.id]
    )
    error_message = join(" ", [
      "existing_table.stream_arn must be in the provider's region, got \"${join("", compact(var.existing_table[*].stream_arn))}\" for a",
      "function in ${data.aws_region.here.id}: Lambda reads no stream of another.",
    ])
  }
}

output "key_names" {
  description = "Names of the primary key's attributes, hash key first."
  value       = local.table.key_names
}

output "stream_view_type" {
  description = "Contents of stream records. Null if the existing table does not say."
  value       = one(compact(concat(var.table[*].stream_view_type, var.existing_table[*].stream_view_type)))
}

output "ttl_enabled" {
  description = "Whether TTL is enabled. Null if the existing table does not say."
  value       = local.ttl_enabled
}

output "has_replicas" {
  description = "Whether the table has replicas. Null if the existing table does not say."
  value       = local.has_replicas
}

output "kms_key_arn" {
  description = "ARN of the customer managed key that encrypts the table. Readers of the table and its stream need it. Null without one."
  value       = local.table.kms_key_arn

  precondition {
    condition = alltrue(
      [for arn in compact(var.existing_table[*].kms_key_arn) : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))]
    )
    error_message = join(" ", [
      "existing_table.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got",
      "\"${join("", compact(var.existing_table[*].kms_key_arn))}\": an alias cannot be named in a policy.",
    ])
  }

  precondition {
    condition = alltrue([
      for table in var.existing_table[*] :
      table.kms_key_arn == null ? true : try(split(":", table.kms_key_arn)[3] == split(":", table.stream_arn)[3], true)
    ])
    error_message = join(" ", [
      "existing_table.kms_key_arn must be of a key in the table's region, got \"${join("", compact(var.existing_table[*].kms_key_arn))}\"",
      "for a table in ${try(split(":", var.existing_table.stream_arn)[3], "none")}: DynamoDB uses no key of another.",
    ])
  }
}

output "source" {
  description = "The table as `existing_table` of the root module takes it."
  value = {
    stream_arn       = local.table.stream_arn
    hash_key         = local.table.key_names[0]
    range_key        = one(slice(local.table.key_names, 1, length(local.table.key_names)))
    stream_view_type = one(compact(concat(var.table[*].stream_view_type, var.existing_table[*].stream_view_type)))
    kms_key_arn      = local.table.kms_key_arn
    ttl_enabled      = local.ttl_enabled
    has_replicas     = local.has_replicas
  }
}
