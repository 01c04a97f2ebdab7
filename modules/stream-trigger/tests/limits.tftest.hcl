# Is every refusal right? Each rule has a run that is refused, and one that passes at the edge.

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

run "the_least_of_everything_passes" {
  command = plan

  variables {
    batching = { batch_size = 1, maximum_batching_window_in_seconds = 0, parallelization_factor = 1 }
    polling  = { starting_position = "LATEST" }
    failures = { maximum_retry_attempts = 0, maximum_record_age_in_seconds = 60, s3_bucket_arn = "arn:aws-cn:s3:::a.b" }
  }
}

run "the_most_of_everything_passes" {
  command = plan

  variables {
    batching = { batch_size = 10000, maximum_batching_window_in_seconds = 300, parallelization_factor = 10 }
    polling  = { starting_position = "TRIM_HORIZON" }
    failures = { maximum_retry_attempts = 10000, maximum_record_age_in_seconds = 86400 }
  }
}

run "ten_records_without_a_window_at_any_age_pass" {
  command = plan

  variables {
    batching = { batch_size = 10, maximum_batching_window_in_seconds = 0 }
    failures = { maximum_retry_attempts = 1, maximum_record_age_in_seconds = -1 }
  }
}

run "eleven_records_with_a_window_of_a_second_pass" {
  command = plan

  variables {
    batching = { batch_size = 11, maximum_batching_window_in_seconds = 1 }
  }
}

run "a_table_arn_is_refused" {
  command = plan

  variables {
    stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
  }

  expect_failures = [var.stream_arn]
}

run "a_kinesis_stream_is_refused" {
  command = plan

  variables {
    stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
  }

  expect_failures = [var.stream_arn]
}

run "a_batch_of_0_is_refused" {
  command = plan

  variables {
    batching = { batch_size = 0 }
  }

  expect_failures = [var.batching]
}

run "a_batch_of_10001_is_refused" {
  command = plan

  variables {
    batching = { batch_size = 10001 }
  }

  expect_failures = [var.batching]
}

run "a_window_below_0_is_refused" {
  command = plan

  variables {
    batching = { batch_size = 10, maximum_batching_window_in_seconds = -1 }
  }

  expect_failures = [var.batching]
}

run "a_window_of_301_is_refused" {
  command = plan

  variables {
    batching = { maximum_batching_window_in_seconds = 301 }
  }

  expect_failures = [var.batching]
}

run "a_batch_of_11_without_a_window_is_refused" {
  command = plan

  variables {
    batching = { batch_size = 11, maximum_batching_window_in_seconds = 0 }
  }

  expect_failures = [var.batching]
}

run "a_parallelization_of_0_is_refused" {
  command = plan

  variables {
    batching = { parallelization_factor = 0 }
  }

  expect_failures = [var.batching]
}

run "a_parallelization_of_11_is_refused" {
  command = plan

  variables {
    batching = { parallelization_factor = 11 }
  }

  expect_failures = [var.batching]
}

run "at_timestamp_is_refused" {
  command = plan

  variables {
    polling = { starting_position = "AT_TIMESTAMP" }
  }

  expect_failures = [var.polling]
}

run "retries_below_minus_1_are_refused" {
  command = plan

  variables {
    failures = { maximum_retry_attempts = -2 }
  }

  expect_failures = [var.failures]
}

run "retries_of_10001_are_refused" {
  command = plan

  variables {
    failures = { maximum_retry_attempts = 10001 }
  }

  expect_failures = [var.failures]
}

run "an_age_of_0_is_refused" {
  command = plan

  variables {
    failures = { maximum_record_age_in_seconds = 0 }
  }

  expect_failures = [var.failures]
}

run "an_age_of_59_is_refused" {
  command = plan

  variables {
    failures = { maximum_record_age_in_seconds = 59 }
  }

  expect_failures = [var.failures]
}

run "an_age_beyond_the_stream_s_24_hours_is_refused" {
  command = plan

  variables {
    failures = { maximum_record_age_in_seconds = 86401 }
  }

  expect_failures = [var.failures]
}

run "retries_for_ever_at_any_age_are_refused" {
  command = plan

  variables {
    failures = { maximum_retry_attempts = -1, maximum_record_age_in_seconds = -1 }
  }

  expect_failures = [var.failures]
}

run "two_destinations_are_refused" {
  command = plan

  variables {
    failures = {
      sqs_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:given-up"
      sns_topic_arn = "arn:aws:sns:eu-west-1:123456789012:given-up"
    }
  }

  expect_failures = [var.failures]
}

run "no_destination_at_all_is_refused" {
  command = plan

  variables {
    default_bucket_arn = null
  }

  expect_failures = [var.failures]
}

run "a_bucket_s_name_in_place_of_its_arn_is_refused" {
  command = plan

  variables {
    failures = { s3_bucket_arn = "given-up" }
  }

  expect_failures = [var.failures]
}

run "a_fifo_queue_is_refused" {
  command = plan

  variables {
    failures = { sqs_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:given-up.fifo" }
  }

  expect_failures = [var.failures]
}

run "a_fifo_topic_is_refused" {
  command = plan

  variables {
    failures = { sns_topic_arn = "arn:aws:sns:eu-west-1:123456789012:given-up.fifo" }
  }

  expect_failures = [var.failures]
}

run "a_function_as_destination_is_refused" {
  command = plan

  variables {
    failures = { sqs_queue_arn = "arn:aws:lambda:eu-west-1:123456789012:function:given-up" }
  }

  expect_failures = [var.failures]
}

run "tags_at_their_edges_pass" {
  command = plan

  variables {
    tags = merge({ for number in range(49) : "key-${number}" => "" }, { (join("", [for _ in range(128) : "k"])) = join("", [for _ in range(256) : "v"]) })
  }
}

run "more_than_50_tags_are_refused" {
  command = plan

  variables {
    tags = { for number in range(51) : "key-${number}" => "" }
  }

  expect_failures = [var.tags]
}

run "a_tag_s_key_of_129_characters_is_refused" {
  command = plan

  variables {
    tags = { (join("", [for _ in range(129) : "k"])) = "" }
  }

  expect_failures = [var.tags]
}

run "a_tag_s_value_of_257_characters_is_refused" {
  command = plan

  variables {
    tags = { team = join("", [for _ in range(257) : "v"]) }
  }

  expect_failures = [var.tags]
}

run "a_tag_of_aws_s_own_is_refused" {
  command = plan

  variables {
    tags = { "AWS:team" = "shop" }
  }

  expect_failures = [var.tags]
}
