# Is every refusal right? Each rule has a run that is refused, and one that passes at the edge.

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

run "the_least_of_everything_passes" {
  command = plan

  variables {
    tumbling_window_in_seconds = 0
    event_source_mapping = {
      batch_size                         = 1
      maximum_batching_window_in_seconds = 0
      parallelization_factor             = 1
      starting_position                  = "LATEST"
    }
    on_failure = {
      maximum_retry_attempts        = -1
      maximum_record_age_in_seconds = 60
      s3_bucket_arn                 = "arn:aws-cn:s3:::a.b"
    }
  }
}

run "the_most_of_everything_passes" {
  command = plan

  variables {
    tumbling_window_in_seconds = 900
    event_source_mapping = {
      batch_size                         = 10000
      maximum_batching_window_in_seconds = 300
      parallelization_factor             = 10
      starting_position                  = "TRIM_HORIZON"
    }
    on_failure = { maximum_retry_attempts = 10000, maximum_record_age_in_seconds = 86400 }
  }
}

run "ten_records_without_a_window_at_any_age_pass" {
  command = plan

  variables {
    event_source_mapping = { batch_size = 10, maximum_batching_window_in_seconds = 0 }
    on_failure = {
      maximum_retry_attempts        = 0
      maximum_record_age_in_seconds = -1
      create_destination            = { type = "sqs", retention_in_days = 1 }
    }
  }
}

run "eleven_records_with_a_window_of_a_second_pass" {
  command = plan

  variables {
    event_source_mapping = { batch_size = 11, maximum_batching_window_in_seconds = 1 }
    on_failure           = { create_destination = { type = "sqs", retention_in_days = 14 } }
  }
}

run "a_table_arn_is_refused" {
  command = plan

  variables {
    stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_kinesis_stream_is_refused" {
  command = plan

  variables {
    stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_batch_of_0_is_refused" {
  command = plan

  variables {
    event_source_mapping = { batch_size = 0 }
  }

  expect_failures = [var.event_source_mapping]
}

run "a_batch_of_10001_is_refused" {
  command = plan

  variables {
    event_source_mapping = { batch_size = 10001 }
  }

  expect_failures = [var.event_source_mapping]
}

run "a_window_below_0_is_refused" {
  command = plan

  variables {
    event_source_mapping = { batch_size = 10, maximum_batching_window_in_seconds = -1 }
  }

  expect_failures = [var.event_source_mapping]
}

run "a_window_of_301_is_refused" {
  command = plan

  variables {
    event_source_mapping = { maximum_batching_window_in_seconds = 301 }
  }

  expect_failures = [var.event_source_mapping]
}

run "a_batch_of_11_without_a_window_is_refused" {
  command = plan

  variables {
    event_source_mapping = { batch_size = 11, maximum_batching_window_in_seconds = 0 }
  }

  expect_failures = [var.event_source_mapping]
}

run "a_parallelization_of_0_is_refused" {
  command = plan

  variables {
    event_source_mapping = { parallelization_factor = 0 }
  }

  expect_failures = [var.event_source_mapping]
}

run "a_parallelization_of_11_is_refused" {
  command = plan

  variables {
    event_source_mapping = { parallelization_factor = 11 }
  }

  expect_failures = [var.event_source_mapping]
}

run "at_timestamp_is_refused" {
  command = plan

  variables {
    event_source_mapping = { starting_position = "AT_TIMESTAMP" }
  }

  expect_failures = [var.event_source_mapping]
}

run "retries_below_minus_1_are_refused" {
  command = plan

  variables {
    on_failure = { maximum_retry_attempts = -2 }
  }

  expect_failures = [var.on_failure]
}

run "retries_of_10001_are_refused" {
  command = plan

  variables {
    on_failure = { maximum_retry_attempts = 10001 }
  }

  expect_failures = [var.on_failure]
}

run "an_age_of_0_is_refused" {
  command = plan

  variables {
    on_failure = { maximum_record_age_in_seconds = 0 }
  }

  expect_failures = [var.on_failure]
}

run "an_age_of_59_is_refused" {
  command = plan

  variables {
    on_failure = { maximum_record_age_in_seconds = 59 }
  }

  expect_failures = [var.on_failure]
}

run "an_age_beyond_the_stream_s_24_hours_is_refused" {
  command = plan

  variables {
    on_failure = { maximum_record_age_in_seconds = 86401 }
  }

  expect_failures = [var.on_failure]
}

run "retries_for_ever_at_any_age_are_refused" {
  command = plan

  variables {
    on_failure = { maximum_retry_attempts = -1, maximum_record_age_in_seconds = -1 }
  }

  expect_failures = [var.on_failure]
}

run "two_destinations_are_refused" {
  command = plan

  variables {
    on_failure = {
      sqs_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:given-up"
      sns_topic_arn = "arn:aws:sns:eu-west-1:123456789012:given-up"
    }
  }

  expect_failures = [var.on_failure]
}

run "no_destination_at_all_is_refused" {
  command = plan

  variables {
    default_bucket_arn = null
  }

  expect_failures = [var.on_failure]
}

run "a_bucket_s_name_in_place_of_its_arn_is_refused" {
  command = plan

  variables {
    on_failure = { s3_bucket_arn = "given-up" }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_fifo_queue_is_refused" {
  command = plan

  variables {
    on_failure = { sqs_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:given-up.fifo" }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_fifo_topic_is_refused" {
  command = plan

  variables {
    on_failure = { sns_topic_arn = "arn:aws:sns:eu-west-1:123456789012:given-up.fifo" }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_function_as_destination_is_refused" {
  command = plan

  variables {
    on_failure = { sqs_queue_arn = "arn:aws:lambda:eu-west-1:123456789012:function:given-up" }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "tags_at_their_edges_pass" {
  command = plan

  variables {
    tags = merge(
      { for number in range(49) : "key-${number}" => "" },
      { (join("", [for _ in range(128) : "k"])) = join("", [for _ in range(256) : "v"]) }
    )
  }
}

run "a_tumbling_window_of_901_is_refused" {
  command = plan

  variables {
    tumbling_window_in_seconds = 901
  }

  expect_failures = [var.tumbling_window_in_seconds]
}

run "a_made_destination_beside_a_given_one_is_refused" {
  command = plan

  variables {
    on_failure = { sqs_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:given-up", create_destination = { type = "sqs" } }
  }

  expect_failures = [var.on_failure]
}

run "a_made_function_is_refused" {
  command = plan

  variables {
    on_failure = { create_destination = { type = "lambda" } }
  }

  expect_failures = [var.on_failure]
}

run "a_made_queue_of_15_days_is_refused" {
  command = plan

  variables {
    on_failure = { create_destination = { type = "sqs", retention_in_days = 15 } }
  }

  expect_failures = [var.on_failure]
}

run "a_made_bucket_of_3650_days_passes" {
  command = plan

  variables {
    on_failure = { create_destination = { type = "s3", retention_in_days = 3650 } }
  }
}

run "aliases_of_keys_are_refused" {
  command = plan

  variables {
    table_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/orders"
    kms_key_arns = {
      filters                = "alias/filters"
      on_failure_destination = "arn:aws:kms:eu-west-1:123456789012:alias/given-up"
    }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_policy_for_no_role_is_refused" {
  command = plan

  variables {
    role_name = null
  }

  expect_failures = [var.role_name]
}

run "answers_and_metrics_that_lambda_does_not_know_are_refused" {
  command = plan

  variables {
    function_response_types = ["ReportFailures"]
    metrics_config          = { metrics = ["ErrorCount"] }
  }

  expect_failures = [var.function_response_types, var.metrics_config]
}

run "ten_filters_pass" {
  command = plan

  variables {
    filters = [for number in range(10) : { keys = { order_id = { equals = ["o${number}"] } } }]
  }
}

run "eleven_filters_are_refused" {
  command = plan

  variables {
    filters = [for number in range(11) : { keys = { order_id = { equals = ["o${number}"] } } }]
  }

  expect_failures = [var.filters]
}

run "a_filter_that_asks_nothing_is_refused" {
  command = plan

  variables {
    filters = [{}]
  }

  expect_failures = [var.filters]
}

run "a_pattern_beside_conditions_is_refused" {
  command = plan

  variables {
    filters = [{ event_names = ["INSERT"], pattern = "{\"eventName\": [\"INSERT\"]}" }]
  }

  expect_failures = [var.filters]
}

run "an_event_that_does_not_happen_is_refused" {
  command = plan

  variables {
    filters = [{ event_names = ["DELETE"] }]
  }

  expect_failures = [var.filters]
}

run "a_condition_on_a_set_is_refused" {
  command = plan

  variables {
    filters = [{ keys = { tags = { type = "SS", equals = ["a"] } } }]
  }

  expect_failures = [var.filters]
}

run "two_tests_of_one_attribute_are_refused" {
  command = plan

  variables {
    filters = [{ keys = { order_id = { begins_with = "o", exists = true } } }]
  }

  expect_failures = [var.filters]
}

run "a_test_without_a_value_is_refused" {
  command = plan

  variables {
    filters = [{ keys = { order_id = { equals = [] } } }]
  }

  expect_failures = [var.filters]
}

run "a_number_as_dynamodb_never_writes_it_is_refused" {
  command = plan

  variables {
    filters = [{ keys = { line = { type = "N", equals = ["12.50"] } } }]
  }

  expect_failures = [var.filters]
}

run "numbers_as_dynamodb_writes_them_pass" {
  command = plan

  variables {
    filters = [{ keys = { line = { type = "N", equals = ["0", "-7", "100", "12.5", "-0.25"] } } }]
  }
}

run "a_yes_in_place_of_true_is_refused" {
  command = plan

  variables {
    filters = [{ old_image = { paid = { type = "BOOL", equals = ["yes"] } } }]
  }

  expect_failures = [var.filters]
}

run "a_boolean_that_is_not_a_text_is_refused" {
  command = plan

  variables {
    filters = [{ new_image = { gift = { type = "BOOL", not_equals = ["true"] } } }]
  }

  expect_failures = [var.filters]
}

run "a_number_that_begins_with_a_word_is_refused" {
  command = plan

  variables {
    filters = [{ keys = { line = { type = "N", begins_with = "one" } } }]
  }

  expect_failures = [var.filters]
}

run "a_number_that_begins_with_digits_passes" {
  command = plan

  variables {
    filters = [{ keys = { line = { type = "N", begins_with = "-1." } } }]
  }
}

run "a_pattern_that_is_no_json_is_refused" {
  command = plan

  variables {
    filters = [{ pattern = "{eventName: INSERT}" }]
  }

  expect_failures = [var.filters]
}

run "a_member_that_no_record_has_is_refused" {
  command = plan

  variables {
    filters = [{ pattern = "{\"NewImage\": {\"status\": {\"S\": [\"paid\"]}}}" }]
  }

  expect_failures = [var.filters]
}

run "a_member_of_dynamodb_that_no_record_has_is_refused" {
  command = plan

  variables {
    filters = [{ pattern = "{\"dynamodb\": {\"newImage\": {\"status\": {\"S\": [\"paid\"]}}}}" }]
  }

  expect_failures = [var.filters]
}

run "an_event_name_in_lower_case_is_refused" {
  command = plan

  variables {
    filters = [{ pattern = "{\"eventName\": [\"insert\"]}" }]
  }

  expect_failures = [var.filters]
}

run "a_value_without_its_type_is_refused" {
  command = plan

  variables {
    filters = [{ pattern = "{\"dynamodb\": {\"Keys\": {\"order_id\": [\"o1\"]}}}" }]
  }

  expect_failures = [var.filters]
}

run "a_type_that_dynamodb_does_not_have_is_refused" {
  command = plan

  variables {
    filters = [{ pattern = "{\"dynamodb\": {\"Keys\": {\"order_id\": {\"STRING\": [\"o1\"]}}}}" }]
  }

  expect_failures = [var.filters]
}

run "numeric_on_an_n_is_refused_wherever_it_stands" {
  command = plan

  variables {
    filters = [
      {
        pattern = join(" ", [
          "{\"dynamodb\": {\"Keys\": {\"address\": {\"M\": {\"line\": {\"N\": [\"1\", {\"anything-but\": [\"2\"]}, {\"numeric\": [\">\",",
          "5]}]}}}}}}",
        ])
      },
    ]
  }

  expect_failures = [var.filters]
}

run "numeric_on_the_time_of_creation_passes" {
  command = plan

  variables {
    filters = [{ pattern = "{\"dynamodb\": {\"ApproximateCreationDateTime\": [{\"numeric\": [\">\", 5]}], \"SizeBytes\": [64]}}" }]
  }
}

run "a_number_in_place_of_its_string_is_refused" {
  command = plan

  variables {
    filters = [{ pattern = "{\"dynamodb\": {\"Keys\": {\"line\": {\"N\": [\"1\", 2]}}}}" }]
  }

  expect_failures = [var.filters]
}

run "a_number_among_the_operands_of_a_test_passes" {
  command = plan

  variables {
    filters = [
      {
        pattern = join(" ", [
          "{\"$or\": [{\"dynamodb\": {\"Keys\": {\"line\": {\"N\": [\"1\", {\"anything-but\": [\"2\", 3]}]}}}}, {\"userIdentity\":",
          "{\"type\": [\"Service\"]}}]}",
        ])
      },
    ]
  }
}

run "a_pattern_of_4097_characters_is_refused" {
  command = plan

  variables {
    filters = [{ pattern = jsonencode({ userIdentity = { type = [format("%4067s", "x")] } }) }]
  }

  expect_failures = [var.filters]
}

run "conditions_that_make_4097_characters_are_refused" {
  command = plan

  variables {
    filters = [{ keys = { id = { equals = [format("%4058s", "x")] } } }]
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "conditions_that_make_4096_characters_pass" {
  command = plan

  variables {
    filters = [{ keys = { id = { equals = [format("%4057s", "x")] } } }]
  }

  assert {
    condition     = length(output.patterns[0]) == 4096
    error_message = "As long as it may be, got ${length(output.patterns[0])}."
  }
}

run "a_pattern_of_4096_characters_passes" {
  command = plan

  variables {
    filters = [{ pattern = jsonencode({ userIdentity = { type = [format("%4066s", "x")] } }) }]
  }
}

run "a_key_s_own_arn_passes_for_the_stream" {
  command = plan

  variables {
    table_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}

run "a_tumbling_window_below_0_is_refused" {
  command = plan

  variables {
    tumbling_window_in_seconds = -1
  }

  expect_failures = [var.tumbling_window_in_seconds]
}

run "a_made_queue_of_0_days_is_refused" {
  command = plan

  variables {
    on_failure = { create_destination = { type = "sqs", retention_in_days = 0 } }
  }

  expect_failures = [var.on_failure]
}

run "a_made_bucket_of_3651_days_is_refused" {
  command = plan

  variables {
    on_failure = { create_destination = { type = "s3", retention_in_days = 3651 } }
  }

  expect_failures = [var.on_failure]
}

run "an_account_by_its_name_is_refused" {
  command = plan

  variables {
    account_id = "shop"
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "an_account_s_digits_pass" {
  command = plan

  variables {
    account_id = "111122223333"
  }
}

run "filters_on_what_the_records_hold_pass" {
  command = plan

  variables {
    stream_view_type = "NEW_AND_OLD_IMAGES"
    key_names        = ["order_id", "line"]
    filters = [
      { keys = { order_id = { begins_with = "o" }, line = { type = "N", equals = ["1"] } } },
      { event_names = ["INSERT"], new_image = { status = { equals = ["paid"] } } },
      { event_names = ["REMOVE"], old_image = { status = { equals = ["paid"] } } },
      {
        event_names = ["INSERT", "MODIFY", "REMOVE"]
        new_image   = { status = { exists = false } }
        old_image   = { status = { exists = true } }
      },
    ]
  }
}

run "a_filter_on_the_one_image_that_there_is_passes" {
  command = plan

  variables {
    stream_view_type = "OLD_IMAGE"
    filters          = [{ old_image = { status = { equals = ["paid"] } } }]
  }
}

run "filters_where_nothing_is_known_of_the_stream_pass" {
  command = plan

  variables {
    filters = [
      { keys = { order_id = { exists = true } }, new_image = { status = { exists = true } }, old_image = { status = { exists = true } } },
      { event_names = ["REMOVE"] },
    ]
  }
}

run "a_view_that_dynamodb_does_not_have_is_refused" {
  command = plan

  variables {
    stream_view_type = "NEW"
  }

  expect_failures = [var.stream_view_type]
}

run "an_old_image_of_a_stream_of_new_ones_is_refused" {
  command = plan

  variables {
    stream_view_type = "NEW_IMAGE"
    filters          = [{ old_image = { status = { equals = ["paid"] } } }]
  }

  expect_failures = [var.filters]
}

run "an_old_image_of_a_stream_of_keys_is_refused" {
  command = plan

  variables {
    stream_view_type = "KEYS_ONLY"
    filters          = [{ old_image = { status = { equals = ["paid"] } } }]
  }

  expect_failures = [var.filters]
}

run "a_new_image_of_a_stream_of_old_ones_is_refused" {
  command = plan

  variables {
    stream_view_type = "OLD_IMAGE"
    filters          = [{ new_image = { status = { equals = ["paid"] } } }]
  }

  expect_failures = [var.filters]
}

run "a_new_image_of_a_stream_of_keys_is_refused" {
  command = plan

  variables {
    stream_view_type = "KEYS_ONLY"
    filters          = [{ new_image = { status = { equals = ["paid"] } } }]
  }

  expect_failures = [var.filters]
}

run "a_key_that_the_table_does_not_have_is_refused" {
  command = plan

  variables {
    key_names = ["order_id"]
    filters   = [{ keys = { order_id = { exists = true } } }, { keys = { status = { equals = ["paid"] } } }]
  }

  expect_failures = [var.filters]
}

run "the_old_image_of_an_insert_is_refused" {
  command = plan

  variables {
    filters = [{ event_names = ["INSERT"], old_image = { status = { equals = ["paid"] } } }]
  }

  expect_failures = [var.filters]
}

run "the_new_image_of_a_remove_is_refused" {
  command = plan

  variables {
    filters = [{ event_names = ["REMOVE"], new_image = { status = { equals = ["paid"] } } }]
  }

  expect_failures = [var.filters]
}

