# Lambda has two settings more that a DynamoDB stream does not take: `scaling_config` is of SQS, `provisioned_poller_config`
# of SQS and Kafka. What bounds the invocations of a stream is its shards x `parallelization_factor`.
resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn  = var.stream_arn
  function_name     = var.function_name
  starting_position = var.polling.starting_position
  enabled           = var.polling.enabled

  batch_size                         = var.batching.batch_size
  maximum_batching_window_in_seconds = var.batching.maximum_batching_window_in_seconds
  parallelization_factor             = var.batching.parallelization_factor
  tumbling_window_in_seconds         = var.batching.tumbling_window_in_seconds

  function_response_types        = var.function_response_types
  bisect_batch_on_function_error = var.failures.bisect_batch_on_function_error
  maximum_retry_attempts         = var.failures.maximum_retry_attempts
  maximum_record_age_in_seconds  = var.failures.maximum_record_age_in_seconds

  kms_key_arn = var.filter_kms_key_arn
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
      condition     = alltrue([for pattern in local.patterns : length(pattern) <= 4096])
      error_message = "filters must each make a pattern of at most 4096 characters, got ${join(", ", [for pattern in local.patterns : length(pattern)])}: Lambda takes no longer one."
    }

    precondition {
      condition     = length(local.empty_objects) == 0
      error_message = "filters.pattern must ask something in every object, got {} at ${join(", ", local.empty_objects)}: Lambda takes no empty one."
    }

    precondition {
      condition     = length(local.no_lists) == 0
      error_message = "filters.pattern must have the tests of a value in a list, {\"eventName\": [\"INSERT\"]}, and one or more, got otherwise at ${join(", ", local.no_lists)}: Lambda would refuse the pattern."
    }

    precondition {
      condition     = length(local.unknown_tests) == 0
      error_message = "filters.pattern must have one name in a test, of ${join(", ", local._known)}, got ${join(", ", local.unknown_tests)}: Lambda knows no other."
    }

    precondition {
      condition     = length(local.other_sources) == 0
      error_message = "filters.pattern must ask of eventSource aws:dynamodb, got ${join(", ", local.other_sources)}: no record has another."
    }

    precondition {
      condition     = length(local.texts_of_numbers) == 0
      error_message = "filters.pattern must test ApproximateCreationDateTime and SizeBytes by numbers, got ${join(", ", local.texts_of_numbers)}: they are numbers in a record, and no text equals them."
    }
  }
}
