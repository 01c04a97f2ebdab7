# Every input, with values for a shop with a steady load. Delete what you do not need: inputs have defaults. Inputs that
# exclude others are in the other examples.

resource "aws_kms_key" "search" {
  description         = "Orders: the table, what cannot be indexed, the function's settings and log."
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json

  tags = local.tags
}

data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_109: a key's policy is of that key alone, and without its account nobody could manage it
  # checkov:skip=CKV_AWS_111: the same
  # checkov:skip=CKV_AWS_356: the same

  statement {
    sid       = "AccountDecides"
    actions   = ["kms:*"]
    resources = ["*"] # in a key's policy: this key

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "Log"
    actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    resources = ["*"] # in a key's policy: this key

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:aws:logs:${local.region}:${local.account}:log-group:/aws/lambda/orders*"]
    }
  }

  statement {
    sid       = "Filters"
    actions   = ["kms:Decrypt"]
    resources = ["*"] # in a key's policy: this key

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = ["arn:aws:lambda:${local.region}:${local.account}:function:orders"]
    }
  }
}

module "domain" {
  source = "../../modules/opensearch-domain"
  # source = "github.com/example/terraform-aws-stream-indexer//modules/opensearch-domain?ref=v0.1.0"

  count = var.domain == null ? 1 : 0

  name                = "shop"
  fine_grained_access = one([for access in var.fine_grained_access[*] : { master_user_arn = access.master_role_arn }])
  tags                = local.tags
}

locals {
  domain  = var.domain == null ? one(module.domain[*].connection) : var.domain
  region  = split(":", local.domain.arn)[3]
  account = split(":", local.domain.arn)[4]
  tags    = { team = "search" } # of all resources
}

resource "aws_sns_topic" "operations" {
  # checkov:skip=CKV_AWS_26: CloudWatch cannot publish to a topic that is encrypted by AWS's own key

  name = "orders-operations"

  tags = local.tags
}

resource "aws_sns_topic" "pager" {
  # checkov:skip=CKV_AWS_26: CloudWatch cannot publish to a topic that is encrypted by AWS's own key

  name = "orders-pager" # pages the operator

  tags = local.tags
}

# Capacity, secondary indexes and replicas are settings of modules/table. Its output `source` is the root's `existing_table`.
module "orders" {
  source = "../../modules/table"
  # source = "github.com/example/terraform-aws-stream-indexer//modules/table?ref=v0.1.0"

  table = {
    name                        = "shop-orders"
    hash_key                    = { name = "customer_id", type = "S" }
    range_key                   = { name = "order_id", type = "S" }
    stream_view_type            = "NEW_AND_OLD_IMAGES"
    deletion_protection_enabled = var.deletion_protection_enabled
    table_class                 = "STANDARD"
    ttl_attribute_name          = "expires_at"
    ttl_enabled                 = true
    kms_key_arn                 = aws_kms_key.search.arn
    point_in_time_recovery      = { enabled = true, recovery_period_in_days = 14 }
  }

  provisioned_capacity = {
    read  = { min_capacity = 5, max_capacity = 100, target_value = 70 }
    write = { min_capacity = 5, max_capacity = 100, target_value = 70 }
  }

  global_secondary_indexes = {
    by-status = {
      hash_key           = { name = "status", type = "S" }
      range_key          = { name = "placed_at", type = "S" }
      projection_type    = "INCLUDE"
      non_key_attributes = ["total"]

      capacity = {
        read  = { min_capacity = 5, max_capacity = 50 }
        write = { min_capacity = 5, max_capacity = 100 }
      }
    }
  }

  local_secondary_indexes = {
    by-day = { range_key = { name = "placed_at", type = "S" }, projection_type = "INCLUDE", non_key_attributes = ["status"] }
  }

  replicas = {
    for region, key_arn in var.replica_key_arns : region => {
      kms_key_arn            = key_arn
      point_in_time_recovery = true
      propagate_tags         = true
    }
  }

  tags = local.tags
}

module "search" {
  source = "../.."
  # source = "github.com/example/terraform-aws-stream-indexer?ref=v0.1.0"

  name           = "orders"
  package        = { path = "../../build/stream-indexer.zip" }
  existing_table = module.orders.source
  domain         = merge(local.domain, { fine_grained_access = var.fine_grained_access })

  index = {
    number_of_shards   = 2
    number_of_replicas = var.domain == null ? 0 : 1 # the domain that is created here has one node
    refresh_interval   = "5s"
    numeric_fields     = { total = { type = "scaled_float", scaling_factor = 100 } }
    mappings           = jsonencode({ properties = { status = { type = "keyword" }, note = { type = "text", analyzer = "english" } } })
    settings           = jsonencode({ max_result_window = 20000 })
  }

  indices = {
    orders      = { filter = {} }
    orders-open = { filter = { status = { equals = ["placed", "paid"] } } }
  }

  documents = {
    filter                  = { status = { exists = true } }
    include_attributes      = ["customer_id", "order_id", "status", "placed_at", "total", "note", "revision"]
    exclude_attributes      = ["card_number"]
    ttl_deletes             = "ignore"
    version_attribute       = "revision"
    id_prefix               = "orders"
    unsupported_field_names = "escape"
  }

  event_source_mapping = {
    batch_size                         = 500
    maximum_batching_window_in_seconds = 2
    parallelization_factor             = 2
    starting_position                  = "TRIM_HORIZON"
    enabled                            = true
  }

  filters = [{ event_names = ["INSERT", "MODIFY", "REMOVE"] }]

  on_failure = {
    bisect_batch_on_function_error = true
    maximum_retry_attempts         = -1
    maximum_record_age_in_seconds  = 80000
    create_destination             = { type = "sqs", retention_in_days = 14 }
  }

  function = {
    memory_size                    = 1769 # one whole CPU
    timeout                        = 180
    architecture                   = "arm64"
    runtime                        = "python3.13"
    reserved_concurrent_executions = 20
    tracing_mode                   = "Active"
    code_signing_config_arn        = var.code_signing_config_arn
    vpc                            = var.vpc
    logging                        = { retention_in_days = 90, application_log_level = "INFO", system_log_level = "INFO" }
  }

  role = { path = "/search/", permissions_boundary = var.permissions_boundary }

  kms_key_arns = {
    environment            = aws_kms_key.search.arn
    log_group              = aws_kms_key.search.arn
    filters                = aws_kms_key.search.arn
    quarantine             = aws_kms_key.search.arn
    on_failure_destination = aws_kms_key.search.arn
  }

  alarms = {
    topic_arn          = aws_sns_topic.operations.arn
    critical_topic_arn = aws_sns_topic.pager.arn
    ok_topic_arn       = aws_sns_topic.operations.arn
    disabled           = ["version-conflicts"]
    runbook_url        = "https://wiki.example.com/search/runbook"

    thresholds = {
      errors                            = 5
      throttles                         = 20
      duration_in_percent               = 75
      concurrency_in_percent            = 80
      iterator_age_warning_in_seconds   = 1800
      iterator_age_critical_in_seconds  = 14400
      replication_lag_in_seconds        = 30
      stalled_in_minutes                = 10
      nothing_polled_in_minutes         = 40
      version_conflicts_in_percent      = 60
      batches_discarded                 = 1
      destination_delivery_failures     = 1
      events_dropped                    = 1
      quarantined                       = 1
      quarantine_failures               = 1
      cluster_writes_blocked_in_minutes = 10
      cluster_red_in_minutes            = 5
      collection_errors                 = 10
    }
  }

  create_dashboard = true
  tags             = local.tags
}
