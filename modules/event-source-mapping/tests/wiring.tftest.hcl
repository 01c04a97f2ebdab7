# Is the wiring right? The provider is a mock, so the policy is asserted where the real one computes it, in tests/plan.

mock_provider "aws" {
  # OpenTofu knows these at plan.
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-1:123456789012:notify-given-up" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:notify-given-up" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::notify-given-up" }
  }
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
    condition = (
      aws_lambda_event_source_mapping.this.maximum_retry_attempts == -1 &&
      aws_lambda_event_source_mapping.this.maximum_record_age_in_seconds == 82800
    )
    error_message = "An outage discards nothing for 23 hours, and one hour is left to deliver discarded batches."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.bisect_batch_on_function_error
    error_message = "A batch that makes the function raise is halved until the record is found."
  }

  assert {
    condition     = one(one(aws_lambda_event_source_mapping.this.destination_config).on_failure).destination_arn == "arn:aws:s3:::given-up"
    error_message = "A discarded batch is kept."
  }

  assert {
    condition     = one(aws_lambda_event_source_mapping.this.metrics_config).metrics == toset(["EventCount"])
    error_message = "Without event counts no alarm reports discarded batches."
  }
}

run "a_thousand_records_or_a_second_make_a_batch" {
  command = plan

  assert {
    condition = (
      aws_lambda_event_source_mapping.this.batch_size == 1000 &&
      aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 1
    )
    error_message = "The defaults of event_source_mapping."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.parallelization_factor == 1
    error_message = "One batch of a shard at a time."
  }
}

run "an_object_with_one_attribute_keeps_the_other_defaults" {
  command = plan

  variables {
    event_source_mapping = { batch_size = 10, maximum_batching_window_in_seconds = null }
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.this.batch_size == 10 &&
      aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 1
    )
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
    on_failure = { sqs_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:given-up" }
  }

  assert {
    condition     = output.on_failure_destination_arn == "arn:aws:sqs:eu-west-1:123456789012:given-up"
    error_message = "What failures names is the destination."
  }
}

run "without_a_default_bucket_a_topic_is_enough" {
  command = plan

  variables {
    default_bucket_arn = null
    on_failure         = { sns_topic_arn = "arn:aws:sns:eu-west-1:123456789012:given-up" }
  }

  assert {
    condition     = output.on_failure_destination_arn == "arn:aws:sns:eu-west-1:123456789012:given-up"
    error_message = "What failures names is the destination."
  }
}

run "a_paused_mapping_is_a_disabled_one" {
  command = plan

  variables {
    event_source_mapping = { enabled = false }
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

run "conditions_become_patterns_of_dynamodb_s_types" {
  command = plan

  variables {
    filters = [
      {
        event_names = ["INSERT", "MODIFY"]
        new_image = {
          status = { equals = ["paid", "shipped"] }, total = { type = "N", not_equals = ["0"] }, gift = { type = "BOOL", equals = ["true"] }
        }
        old_image = { status = { exists = false } }
      },
      { event_names = ["REMOVE"], keys = { order_id = { begins_with = "o" } } },
      { pattern = "{\"userIdentity\": {\"type\": [\"Service\"]}}" },
    ]
  }

  assert {
    condition = jsondecode(output.patterns[0]) == {
      eventName = ["INSERT", "MODIFY"]
      dynamodb = {
        NewImage = { status = { S = ["paid", "shipped"] }, total = { N = [{ anything-but = ["0"] }] }, gift = { BOOL = [true] } }
        OldImage = { status = { S = [{ exists = false }] } }
      }
    }
    error_message = "All conditions of a filter must hold: got ${output.patterns[0]}."
  }

  assert {
    condition = (
      jsondecode(output.patterns[1]) ==
      { eventName = ["REMOVE"], dynamodb = { Keys = { order_id = { S = [{ prefix = "o" }] } } } }
    )
    error_message = "Got ${output.patterns[1]}."
  }

  assert {
    condition     = output.patterns[2] == "{\"userIdentity\": {\"type\": [\"Service\"]}}"
    error_message = "A pattern is passed to Lambda unchanged."
  }

  assert {
    condition = (
      toset([for filter in one(aws_lambda_event_source_mapping.this.filter_criteria).filter : filter.pattern]) ==
      toset(output.patterns)
    )
    error_message = "Lambda gets every pattern."
  }
}

run "what_any_function_may_want_is_passed_on" {
  command = plan

  variables {
    function_response_types    = []
    metrics_config             = { metrics = [] }
    tags                       = { team = "shop" }
    tumbling_window_in_seconds = 900
    kms_key_arns               = { filters = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.this.tumbling_window_in_seconds == 900 &&
      length(aws_lambda_event_source_mapping.this.function_response_types) == 0
    )
    error_message = "Another function may keep a state, and choose its response."
  }

  assert {
    condition = (
      length(aws_lambda_event_source_mapping.this.metrics_config) == 0 &&
      length(aws_lambda_event_source_mapping.this.filter_criteria) == 0
    )
    error_message = "No metrics, no filters: no block of them."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.this.kms_key_arn == var.kms_key_arns.filters &&
      aws_lambda_event_source_mapping.this.tags.team == "shop"
    )
    error_message = "Key and tags are the mapping's."
  }
}

run "without_a_policy_to_attach_no_role_is_touched" {
  command = plan

  variables {
    attach_policy = false
    role_name     = null
  }

  assert {
    condition     = length(aws_iam_role_policy.this) == 0
    error_message = "The team merges policy_json into its own."
  }
}

run "a_queue_is_made_encrypted_and_keeps_what_is_discarded_for_14_days" {
  command = plan

  variables {
    on_failure = { create_destination = { type = "sqs" } }
  }

  assert {
    condition     = aws_sqs_queue.discarded[0].sqs_managed_sse_enabled && aws_sqs_queue.discarded[0].message_retention_seconds == 1209600
    error_message = "As long as SQS can."
  }

  assert {
    condition = (
      length(aws_sqs_queue_policy.discarded) == 1 &&
      length(aws_s3_bucket.discarded) == 0 &&
      length(aws_sns_topic.discarded) == 0
    )
    error_message = "A queue, its policy, and nothing else."
  }
}

run "a_bucket_is_made_private_encrypted_by_the_key_and_emptied_in_time" {
  command = plan

  variables {
    on_failure = { create_destination = { type = "s3", retention_in_days = 90 } }
    kms_key_arns = {
      on_failure_destination = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }

  assert {
    condition = (
      one(
        one(aws_s3_bucket_server_side_encryption_configuration.discarded[0].rule).apply_server_side_encryption_by_default
      ).kms_master_key_id ==
      var.kms_key_arns.on_failure_destination
    )
    error_message = "The key that is given."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.discarded[0].restrict_public_buckets && length(aws_s3_bucket_policy.discarded) == 1
    error_message = "For no other service, and only over TLS."
  }

  assert {
    condition     = one(one(aws_s3_bucket_lifecycle_configuration.discarded[0].rule).expiration).days == 90
    error_message = "What is kept is kept for a time."
  }
}

run "a_topic_is_made_encrypted" {
  command = plan

  variables {
    on_failure = { create_destination = { type = "sns" } }
  }

  assert {
    condition     = aws_sns_topic.discarded[0].kms_master_key_id == "alias/aws/sns" && length(aws_sns_topic_policy.discarded) == 1
    error_message = "SNS encrypts by KMS, or not at all."
  }
}

run "filters_that_drop_removals_say_so" {
  command = plan

  variables {
    filters = [{ new_image = { status = { equals = ["paid"] } } }]
  }

  assert {
    condition     = output.filters_drop_removals
    error_message = "A REMOVE has no new image."
  }
}

run "filters_that_let_removals_pass_say_so" {
  command = plan

  variables {
    filters = [{ new_image = { status = { equals = ["paid"] } } }, { event_names = ["REMOVE"] }]
  }

  assert {
    condition     = !output.filters_drop_removals
    error_message = "One filter is enough."
  }
}
