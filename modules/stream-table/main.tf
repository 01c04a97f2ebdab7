locals {
  # arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000
  _existing_arn = var.existing_table == null ? null : split("/stream/", var.existing_table.stream_arn)[0]

  # What everything downstream asks, whichever table it is.
  table = var.existing_table == null ? {
    arn        = one(aws_dynamodb_table.this[*].arn)
    name       = one(aws_dynamodb_table.this[*].name)
    stream_arn = one(aws_dynamodb_table.this[*].stream_arn)
    key_names  = compact([var.table.hash_key.name, one(var.table.range_key[*].name)])
    } : {
    arn        = local._existing_arn
    name       = split("table/", local._existing_arn)[1]
    stream_arn = var.existing_table.stream_arn
    key_names  = compact([var.existing_table.hash_key, var.existing_table.range_key])
  }
}

resource "aws_dynamodb_table" "this" {
  # checkov:skip=CKV_AWS_119: encrypted by the account's aws/dynamodb key

  count = var.table == null ? 0 : 1

  name         = coalesce(var.table.name, var.name)
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = var.table.hash_key.name
  range_key    = one(var.table.range_key[*].name)

  stream_enabled   = true
  stream_view_type = var.table.stream_view_type

  deletion_protection_enabled = var.table.deletion_protection_enabled

  dynamic "attribute" {
    for_each = concat([var.table.hash_key], var.table.range_key[*])

    content {
      name = attribute.value.name
      type = attribute.value.type
    }
  }

  point_in_time_recovery {
    enabled = true # also what leaves a backup behind when the table is deleted
  }

  server_side_encryption {
    enabled = true # by the account's aws/dynamodb key, so that its use is in CloudTrail
  }

  tags = var.tags
}
