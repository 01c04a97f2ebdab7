# Lambda has two settings more that a DynamoDB stream does not take: `scaling_config` is of SQS, `provisioned_poller_config`
# of SQS and Kafka. What bounds the invocations of a stream is its shards x `parallelization_factor`.
resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn  = var.stream_arn
  function_name     = var.function_name
  starting_position = var.event_source_mapping.starting_position
  enabled           = var.event_source_mapping.enabled

  batch_size                         = var.event_source_mapping.batch_size
  maximum_batching_window_in_seconds = var.event_source_mapping.maximum_batching_window_in_seconds
  parallelization_factor             = var.event_source_mapping.parallelization_factor
  tumbling_window_in_seconds         = var.tumbling_window_in_seconds

  function_response_types        = var.function_response_types
  bisect_batch_on_function_error = var.on_failure.bisect_batch_on_function_error
  maximum_retry_attempts         = var.on_failure.maximum_retry_attempts
  maximum_record_age_in_seconds  = var.on_failure.maximum_record_age_in_seconds

  kms_key_arn = var.kms_key_arns.filters
  tags        = var.tags

  destination_config {
    on_failure {
      destination_arn = local.destination_arn
    }
  }

  dynamic "filter_criteria" {
    for_each = length(local.patterns) == 0 ? [] : [local.patterns]

    content {
      dynamic "filter" {
        for_each = filter_criteria.value

        content {
          pattern = filter.value
        }
      }
    }
  }

  dynamic "metrics_config" {
    for_each = length(var.metrics_config.metrics) == 0 ? [] : [var.metrics_config.metrics]

    content {
      metrics = metrics_config.value
    }
  }

  # Lambda refuses a mapping whose role cannot read the stream or reach the destination.
  depends_on = [aws_iam_role_policy.this]

  lifecycle {
    precondition {
      condition = alltrue([for pattern in local.patterns : length(pattern) <= 4096])
      error_message = join(" ", [
        "filters must each make a pattern of at most 4096 characters, got",
        "${join(", ", [for pattern in local.patterns : length(pattern)])}: Lambda takes no longer one.",
      ])
    }

    precondition {
      condition = can(regex("^arn:[^:]+:dynamodb:[^:]+:[0-9]{12}:table/[^/]+/stream/[^/]+$", var.stream_arn))
      error_message = join(" ", [
        "stream_arn must be a stream's ARN, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, got \"${var.stream_arn}\": the",
        "table's own ARN has no stream to read.",
      ])
    }

    precondition {
      condition = alltrue([for arn in var.table_kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
      error_message = join(" ", [
        "table_kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.table_kms_key_arn[*])}\": an alias",
        "cannot be named in a policy.",
      ])
    }

    precondition {
      condition = var.account_id == null || can(regex("^[0-9]{12}$", var.account_id))
      error_message = join(" ", [
        "function.account_id must be an account's 12 digits, got \"${coalesce(var.account_id, "none")}\": discarded batches go only to a",
        "bucket of that account.",
      ])
    }

    precondition {
      condition = alltrue([for arn in var.on_failure.s3_bucket_arn[*] : can(regex("^arn:[^:]+:s3:::[a-z0-9.-]{3,63}$", arn))])
      error_message = join(" ", [
        "on_failure.s3_bucket_arn must be a bucket's ARN, arn:aws:s3:::NAME, got",
        "\"${join("", var.on_failure.s3_bucket_arn[*])}\".",
      ])
    }

    precondition {
      condition = alltrue(
        [for arn in var.on_failure.sqs_queue_arn[*] : can(regex("^arn:[^:]+:sqs:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,80}$", arn))]
      )
      error_message = join(" ", [
        "on_failure.sqs_queue_arn must be a standard queue's ARN, arn:aws:sqs:REGION:ACCOUNT:NAME, got",
        "\"${join("", var.on_failure.sqs_queue_arn[*])}\": Lambda delivers to no FIFO queue.",
      ])
    }

    precondition {
      condition = alltrue(
        [for arn in var.on_failure.sns_topic_arn[*] : can(regex("^arn:[^:]+:sns:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}$", arn))]
      )
      error_message = join(" ", [
        "on_failure.sns_topic_arn must be a standard topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got",
        "\"${join("", var.on_failure.sns_topic_arn[*])}\": Lambda delivers to no FIFO topic.",
      ])
    }

    precondition {
      condition = alltrue(
        [for arn in var.kms_key_arns.on_failure_destination[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))]
      )
      error_message = join(" ", [
        "kms_key_arns.on_failure_destination must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got",
        "\"${join("", var.kms_key_arns.on_failure_destination[*])}\": an alias cannot be named in a policy.",
      ])
    }

    precondition {
      condition = alltrue([for arn in var.kms_key_arns.filters[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
      error_message = join(" ", [
        "kms_key_arns.filters must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.kms_key_arns.filters[*])}\":",
        "Lambda takes no alias.",
      ])
    }
  }
}
