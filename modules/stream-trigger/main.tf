resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn  = var.stream_arn
  function_name     = var.function_name
  starting_position = var.polling.starting_position
  enabled           = var.polling.enabled

  batch_size                         = var.batching.batch_size
  maximum_batching_window_in_seconds = var.batching.maximum_batching_window_in_seconds
  parallelization_factor             = var.batching.parallelization_factor

  # Always: without it one bad record fails its whole batch, and Lambda ignores which one the function named.
  function_response_types        = ["ReportBatchItemFailures"]
  bisect_batch_on_function_error = var.failures.bisect_batch_on_function_error
  maximum_retry_attempts         = var.failures.maximum_retry_attempts
  maximum_record_age_in_seconds  = var.failures.maximum_record_age_in_seconds

  destination_config {
    on_failure {
      destination_arn = local.destination_arn
    }
  }

  metrics_config {
    metrics = ["EventCount"] # the only count of batches that were given up or lost
  }

  # Lambda refuses a mapping whose role cannot read the stream or reach the destination.
  depends_on = [aws_iam_role_policy.this]

  tags = var.tags
}
