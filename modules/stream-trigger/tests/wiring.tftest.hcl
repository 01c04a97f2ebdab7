# Is the wiring right? The provider is a mock, so the policy is asserted where the real one computes it, in tests/plan.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  stream_arn         = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
  function_name      = "notify"
  role_name          = "notify"
  default_bucket_arn = "arn:aws:s3:::given-up"
}

run "the_defaults_lose_no_record_unseen" {
  command = plan

  assert {
    condition     = aws_lambda_event_source_mapping.this.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "Without partial answers one bad record fails its whole batch."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.starting_position == "TRIM_HORIZON" && aws_lambda_event_source_mapping.this.enabled
    error_message = "LATEST may miss what is written while the mapping is made."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.maximum_retry_attempts == -1 && aws_lambda_event_source_mapping.this.maximum_record_age_in_seconds == 82800
    error_message = "An outage discards nothing for 23 hours, and one hour is left to keep what is given up."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.bisect_batch_on_function_error
    error_message = "A batch that makes the function raise is halved until the record is found."
  }

  assert {
    condition     = one(one(aws_lambda_event_source_mapping.this.destination_config).on_failure).destination_arn == "arn:aws:s3:::given-up"
    error_message = "A batch that is given up is kept."
  }

  assert {
    condition     = one(aws_lambda_event_source_mapping.this.metrics_config).metrics == toset(["EventCount"])
    error_message = "Without event counts nobody is told of what was given up."
  }
}

run "a_thousand_records_or_a_second_make_a_batch" {
  command = plan

  assert {
    condition     = aws_lambda_event_source_mapping.this.batch_size == 1000 && aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 1
    error_message = "The defaults of batching."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.parallelization_factor == 1
    error_message = "One batch of a shard at a time."
  }
}

run "an_object_with_one_attribute_keeps_the_other_defaults" {
  command = plan

  variables {
    batching = { batch_size = 10, maximum_batching_window_in_seconds = null }
    polling  = null
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.batch_size == 10 && aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 1
    error_message = "Null means the default, for one attribute as for all."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.starting_position == "TRIM_HORIZON"
    error_message = "Null means the default, for one attribute as for all."
  }
}

run "a_queue_of_the_caller_s_comes_before_the_default_bucket" {
  command = plan

  variables {
    failures = { sqs_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:given-up" }
  }

  assert {
    condition     = output.destination_arn == "arn:aws:sqs:eu-west-1:123456789012:given-up"
    error_message = "What failures names is the destination."
  }
}

run "without_a_default_bucket_a_topic_is_enough" {
  command = plan

  variables {
    failures           = { sns_topic_arn = "arn:aws:sns:eu-west-1:123456789012:given-up" }
    default_bucket_arn = null
  }

  assert {
    condition     = output.destination_arn == "arn:aws:sns:eu-west-1:123456789012:given-up"
    error_message = "What failures names is the destination."
  }
}

run "a_paused_mapping_is_a_disabled_one" {
  command = plan

  variables {
    polling = { enabled = false }
  }

  assert {
    condition     = !aws_lambda_event_source_mapping.this.enabled
    error_message = "It keeps its place in the stream."
  }
}

run "what_is_made_has_the_tags" {
  command = plan

  variables {
    tags = { team = "shop" }
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.tags == tomap({ team = "shop" })
    error_message = "A team finds what it pays for by its tags."
  }
}
