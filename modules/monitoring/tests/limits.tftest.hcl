# Is every refusal right? Each rule has a run that is refused, and one that passes at the edge.

mock_provider "aws" {}

variables {
  table_name                = "orders"
  event_source_mapping_uuid = "14e0db71-5d35-4eb5-b481-8945cf9d10c2"
  region                    = "eu-west-1"
  function                  = { name = "orders-sync", timeout = 120, log_group = { name = "/aws/lambda/orders-sync" } }
  opensearch                = { arn = "arn:aws:es:eu-west-1:123456789012:domain/shop", service = "es" }
}

run "the_least_of_everything_passes" {
  command = plan

  variables {
    alarms = {
      topic_arn          = "arn:aws:sns:eu-west-1:123456789012:a"
      critical_topic_arn = "arn:aws:sns:eu-west-1:123456789012:c"
      ok_topic_arn       = "arn:aws-cn:sns:cn-north-1:123456789012:b"
      disabled           = []
      runbook_url        = "https://a"
      thresholds = {
        errors                            = 0.001
        duration_in_percent               = 1
        iterator_age_warning_in_seconds   = 1
        iterator_age_critical_in_seconds  = 2
        stalled_in_minutes                = 10
        nothing_polled_in_minutes         = 20
        cluster_writes_blocked_in_minutes = 5
        cluster_red_in_minutes            = 5
      }
    }
  }
}

run "the_most_of_everything_passes" {
  command = plan

  variables {
    alarms = {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations"
      disabled  = ["index-behind", "errors"]
      thresholds = {
        duration_in_percent               = 100
        concurrency_in_percent            = 100
        version_conflicts_in_percent      = 100
        iterator_age_warning_in_seconds   = 64799
        iterator_age_critical_in_seconds  = 64800
        stalled_in_minutes                = 1440
        nothing_polled_in_minutes         = 720
        cluster_writes_blocked_in_minutes = 1440
        cluster_red_in_minutes            = 1440
      }
    }
  }
}

run "giving_up_after_the_critical_age_passes" {
  command = plan

  variables {
    alarms                        = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
    maximum_record_age_in_seconds = 21601
  }
}

run "never_giving_up_passes" {
  command = plan

  variables {
    alarms                        = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
    maximum_record_age_in_seconds = -1
  }
}

run "giving_up_at_the_critical_age_is_warned_about" {
  command = plan

  variables {
    alarms                        = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
    maximum_record_age_in_seconds = 21600
  }

  expect_failures = [check.critical_age_comes_before_giving_up]
}

run "a_window_below_the_lag_passes" {
  command = plan

  variables {
    alarms                             = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
    maximum_batching_window_in_seconds = 59
  }
}

run "a_window_as_long_as_the_lag_is_warned_about" {
  command = plan

  variables {
    alarms                             = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
    maximum_batching_window_in_seconds = 60
  }

  expect_failures = [check.window_is_shorter_than_the_lag]
}

run "what_no_alarm_looks_at_is_not_warned_about" {
  command = plan

  variables {
    alarms = {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", disabled = ["iterator-age-critical", "replication-lag"]
    }
    maximum_record_age_in_seconds      = 60
    maximum_batching_window_in_seconds = 300
  }
}

run "a_critical_topic_of_another_service_is_refused" {
  command = plan

  variables {
    alarms = { critical_topic_arn = "arn:aws:sqs:eu-west-1:123456789012:pager" }
  }

  expect_failures = [output.alarm_arns]
}

run "an_arn_of_another_service_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sqs:eu-west-1:123456789012:operations" }
  }

  expect_failures = [output.alarm_arns]
}

run "a_fifo_topic_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations.fifo" }
  }

  expect_failures = [output.alarm_arns]
}

run "an_ok_topic_of_another_service_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", ok_topic_arn = "arn:aws:sqs:eu-west-1:123456789012:operations" }
  }

  expect_failures = [output.alarm_arns]
}

run "a_runbook_without_an_address_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", runbook_url = "docs/runbook.md" }
  }

  expect_failures = [var.alarms]
}

run "a_key_of_no_alarm_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", disabled = ["iterator-age"] }
  }

  expect_failures = [output.alarm_arns]
}

run "a_threshold_of_nought_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { errors = 0 } }
  }

  expect_failures = [var.alarms]
}

run "more_than_all_of_the_timeout_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { duration_in_percent = 101 } }
  }

  expect_failures = [var.alarms]
}

run "a_critical_age_below_the_warning_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { iterator_age_critical_in_seconds = 3600 } }
  }

  expect_failures = [var.alarms]
}

run "a_critical_age_too_near_the_end_of_the_stream_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { iterator_age_critical_in_seconds = 64801 } }
  }

  expect_failures = [var.alarms]
}

run "a_standstill_of_a_single_period_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { stalled_in_minutes = 5 } }
  }

  expect_failures = [var.alarms]
}

run "two_short_periods_without_polls_are_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { nothing_polled_in_minutes = 10 } }
  }

  expect_failures = [var.alarms]
}

run "half_a_period_without_polls_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { nothing_polled_in_minutes = 25 } }
  }

  expect_failures = [var.alarms]
}

run "more_than_half_a_day_without_polls_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { nothing_polled_in_minutes = 730 } }
  }

  expect_failures = [var.alarms]
}

run "a_part_of_a_period_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { stalled_in_minutes = 12 } }
  }

  expect_failures = [var.alarms]
}

run "more_than_a_day_without_progress_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { stalled_in_minutes = 1445 } }
  }

  expect_failures = [var.alarms]
}

run "a_part_of_a_period_is_refused_of_each_alarm_that_counts_minutes" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { cluster_red_in_minutes = 1 } }
  }

  expect_failures = [var.alarms]
}

run "more_than_a_day_of_refused_writes_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", thresholds = { cluster_writes_blocked_in_minutes = 1445 } }
  }

  expect_failures = [var.alarms]
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

