# Are alarms and dashboard wired right? The provider is a mock.

mock_provider "aws" {}

variables {
  table_name    = "orders"
  mapping_uuid  = "14e0db71-5d35-4eb5-b481-8945cf9d10c2"
  function_name = "orders-sync"
  region        = "eu-west-1"
}

run "no_alarms_object_makes_no_alarms" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0 && length(output.alarm_arns) == 0
    error_message = "Alarms are made only where somebody is told of them."
  }
}

run "a_topic_makes_every_alarm" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["errors", "throttles", "iterator-age", "given-up", "dropped", "quarantined"])
    error_message = "Each row of local.alarms is one alarm."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:operations"])])
    error_message = "Each alarm tells the topic."
  }

  assert {
    condition     = alltrue([for key, alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name == "orders-sync-${key}"])
    error_message = "An alarm's name says whose it is and which heading of the runbook."
  }
}

run "each_alarm_watches_its_own_source" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["errors"].dimensions == tomap({ FunctionName = "orders-sync" })
    error_message = "Lambda counts errors by function."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["given-up"].dimensions == tomap({ EventSourceMappingUUID = "14e0db71-5d35-4eb5-b481-8945cf9d10c2" })
    error_message = "Lambda counts what was given up by mapping."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["quarantined"].namespace == "StreamIndexer" && aws_cloudwatch_metric_alarm.this["quarantined"].metric_name == "Quarantined"
    error_message = "The function's own metrics are those of metrics.json."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["iterator-age"].threshold == 3600000
    error_message = "An hour, in milliseconds."
  }
}

run "an_arn_of_another_service_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sqs:eu-west-1:123456789012:operations" }
  }

  expect_failures = [var.alarms]
}

run "a_fifo_topic_is_refused" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations.fifo" }
  }

  expect_failures = [var.alarms]
}

run "what_is_made_has_the_tags" {
  command = plan

  variables {
    tags   = { team = "shop" }
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.tags == tomap({ team = "shop" })])
    error_message = "A team finds what it pays for by its tags."
  }
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
