data "aws_region" "here" {} # of the provider: no request

locals {
  # arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000
  _existing_arn = var.existing_table == null ? null : try(split("/stream/", var.existing_table.stream_arn)[0], null)

  # The table that is created, or the existing one.
  table = var.existing_table == null ? {
    arn         = one(aws_dynamodb_table.this[*].arn)
    name        = one(aws_dynamodb_table.this[*].name)
    stream_arn  = one(aws_dynamodb_table.this[*].stream_arn)
    key_names   = compact([var.table.hash_key.name, one(var.table.range_key[*].name)])
    kms_key_arn = var.table.kms_key_arn
    } : {
    arn         = local._existing_arn
    name        = try(split("table/", local._existing_arn)[1], null)
    stream_arn  = var.existing_table.stream_arn
    key_names   = compact([var.existing_table.hash_key, var.existing_table.range_key])
    kms_key_arn = var.existing_table.kms_key_arn
  }

  ttl_enabled  = var.table == null ? one(var.existing_table[*].ttl_enabled) : var.table.ttl_attribute_name != null && var.table.ttl_enabled
  has_replicas = var.table == null ? one(var.existing_table[*].has_replicas) : length(var.replicas) > 0

  # The attributes that are keys, of the table or of an index, each once: DynamoDB declares no other.
  _keys = flatten([
    [for table in var.table[*] : concat([table.hash_key], table.range_key[*])],
    [for index in values(var.global_secondary_indexes) : concat([index.hash_key], index.range_key[*])],
    values(var.local_secondary_indexes)[*].range_key,
  ])
  key_types = { for name, types in { for key in local._keys : key.name => key.type... } : name => distinct(types) }
}

resource "aws_dynamodb_table" "this" {
  # checkov:skip=CKV2_AWS_16: on demand, or scaled in capacity.tf, which goes by a loop that checkov does not follow
  # checkov:skip=CKV_AWS_28: on unless table.point_in_time_recovery says otherwise
  # checkov:skip=CKV_AWS_119: encrypted with a key that AWS owns unless table.kms_key_arn is given

  count = var.table == null ? 0 : 1

  name           = var.table.name
  hash_key       = var.table.hash_key.name
  range_key      = one(var.table.range_key[*].name)
  table_class    = var.table.table_class
  billing_mode   = var.provisioned_capacity == null ? "PAY_PER_REQUEST" : "PROVISIONED"
  read_capacity  = one(local.capacity_now[*].read)
  write_capacity = one(local.capacity_now[*].write)

  stream_enabled   = true
  stream_view_type = var.table.stream_view_type

  deletion_protection_enabled = var.table.deletion_protection_enabled
  tags                        = var.tags

  dynamic "attribute" {
    for_each = local.key_types

    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.global_secondary_indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key.name
      range_key          = one(global_secondary_index.value.range_key[*].name)
      projection_type    = global_secondary_index.value.projection_type
      non_key_attributes = global_secondary_index.value.non_key_attributes
      read_capacity      = one(local.capacity_now[*].indexes[global_secondary_index.key].read)
      write_capacity     = one(local.capacity_now[*].indexes[global_secondary_index.key].write)
    }
  }

  dynamic "local_secondary_index" {
    for_each = var.local_secondary_indexes

    content {
      name               = local_secondary_index.key
      range_key          = local_secondary_index.value.range_key.name
      projection_type    = local_secondary_index.value.projection_type
      non_key_attributes = local_secondary_index.value.non_key_attributes
    }
  }

  ttl { # written out when it is off too: the provider leaves a setting unchanged if its block is missing
    attribute_name = var.table.ttl_attribute_name
    enabled        = var.table.ttl_attribute_name != null && var.table.ttl_enabled
  }

  point_in_time_recovery {
    enabled                 = var.table.point_in_time_recovery.enabled # also what leaves a backup behind when the table is deleted
    recovery_period_in_days = var.table.point_in_time_recovery.enabled ? var.table.point_in_time_recovery.recovery_period_in_days : null
  }

  server_side_encryption {
    enabled     = var.table.kms_key_arn != null # false: the provider switches to the key that AWS owns
    kms_key_arn = var.table.kms_key_arn
  }

  dynamic "replica" {
    for_each = var.replicas

    content {
      region_name            = replica.key
      kms_key_arn            = replica.value.kms_key_arn
      point_in_time_recovery = replica.value.point_in_time_recovery
      propagate_tags         = replica.value.propagate_tags
    }
  }

  lifecycle {
    precondition {
      condition = alltrue([for types in values(local.key_types) : length(types) == 1])
      error_message = join(" ", [
        "table, global_secondary_indexes and local_secondary_indexes must have one type of an attribute in all keys, got",
        "${join(", ", [for name, types in local.key_types : "${join(" and ", types)} for ${name}" if length(types) > 1])}: an item's",
        "attribute is of one type.",
      ])
    }

    precondition {
      condition = alltrue(
        [for arn in compact(var.table[*].kms_key_arn) : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))]
      )
      error_message = join(" ", [
        "table.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", compact(var.table[*].kms_key_arn))}\":",
        "an alias cannot be named in a policy.",
      ])
    }

    precondition {
      condition = alltrue(
        [for arn in compact(var.table[*].kms_key_arn) : try(split(":", arn)[3], data.aws_region.here.id) == data.aws_region.here.id]
      )
      error_message = join(" ", [
        "table.kms_key_arn must be of a key in the table's region, got \"${join("", compact(var.table[*].kms_key_arn))}\" for a table in",
        "${data.aws_region.here.id}: DynamoDB uses no key of another.",
      ])
    }

    precondition {
      condition = alltrue([
        for region, replica in var.replicas :
        replica.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:${region}:[0-9]{12}:key/[a-zA-Z0-9-]+$", replica.kms_key_arn))
      ])
      error_message = join(" ", [
        "replicas.kms_key_arn must be the ARN of a key in the replica's region, got",
        "${join(", ", [for region, replica in var.replicas : "${coalesce(replica.kms_key_arn, "none")} for ${region}"])}.",
      ])
    }
  }
}
