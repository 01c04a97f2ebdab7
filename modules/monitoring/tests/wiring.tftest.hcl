# Are alarms, dashboard and saved queries wired right? The provider is a mock.

mock_provider "aws" {}

variables {
  table_name                = "orders"
  event_source_mapping_uuid = "14e0db71-5d35-4eb5-b481-8945cf9d10c2"
  region                    = "eu-west-1"
  function                  = { name = "orders-sync", timeout = 120, log_group = { name = "/aws/lambda/orders-sync" } }
  opensearch                = { arn = "arn:aws:es:eu-west-1:123456789012:domain/shop", service = "es" }
}

run "no_alarms_object_makes_no_alarms" {
  command = plan

  assert {
    condition = (
      length(aws_cloudwatch_metric_alarm.this) == 0 &&
      length(aws_cloudwatch_composite_alarm.index_behind) == 0 &&
      length(output.alarm_arns) == 0
    )
    error_message = "Alarms are made only where they are asked for."
  }
}

run "an_alarms_object_makes_every_alarm" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(keys(local.alarms)) && length(local.alarms) == 18
    error_message = "Each row of local.alarms is one alarm."
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.this), aws_cloudwatch_composite_alarm.index_behind) :
      alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:operations"])
    ])
    error_message = "Each alarm notifies the topic."
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.this), aws_cloudwatch_composite_alarm.index_behind) :
      length(alarm.ok_actions) == 0
    ])
    error_message = "Without a topic for it, the end of an alarm notifies nothing."
  }

  assert {
    condition = alltrue([
      for key, alarm in aws_cloudwatch_metric_alarm.this :
      alarm.alarm_name == "orders-sync-${key}" && strcontains(alarm.alarm_description, "docs/runbook.md, \"${key}\"")
    ])
    error_message = "An alarm's name says whose it is and which heading of the runbook."
  }

  assert {
    condition = (
      aws_cloudwatch_composite_alarm.index_behind[0].alarm_rule ==
      join(
        " OR ",
        [
          for key in ["iterator-age-critical", "iterator-age-warning", "nothing-polled", "replication-lag", "stalled"] :
          "ALARM(\"orders-sync-${key}\")"
        ]
      )
    )
    error_message = "The index is behind when any of these says so."
  }
}

run "an_alarm_tells_where_the_team_reads_what_to_do" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", runbook_url = "https://wiki.example.com/search/runbook" }
  }

  assert {
    condition = alltrue([
      for key, alarm in merge(aws_cloudwatch_metric_alarm.this, { index-behind = aws_cloudwatch_composite_alarm.index_behind[0] }) :
      endswith(alarm.alarm_description, " What to do: https://wiki.example.com/search/runbook#${key}")
    ])
    error_message = "The operator follows the address to the alarm's heading."
  }
}

run "alarms_may_tell_nobody" {
  command = plan

  variables {
    alarms = {}
  }

  expect_failures = [check.alarms_notify_somebody]

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.this), aws_cloudwatch_composite_alarm.index_behind) :
      length(alarm.alarm_actions) == 0
    ])
    error_message = "Without a topic they are there to look at."
  }
}

run "another_topic_may_be_told_that_it_is_over" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", ok_topic_arn = "arn:aws:sns:eu-west-1:123456789012:relieved" }
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.this), aws_cloudwatch_composite_alarm.index_behind) :
      alarm.ok_actions == toset(["arn:aws:sns:eu-west-1:123456789012:relieved"])
    ])
    error_message = "Each alarm notifies the other topic."
  }
}

run "alarms_that_tell_of_a_loss_may_go_elsewhere" {
  command = plan

  variables {
    alarms = {
      topic_arn          = "arn:aws:sns:eu-west-1:123456789012:operations",
      critical_topic_arn = "arn:aws:sns:eu-west-1:123456789012:pager",
      ok_topic_arn       = "arn:aws:sns:eu-west-1:123456789012:relieved"
    }
  }

  assert {
    condition = (
      toset([
        for key, alarm in aws_cloudwatch_metric_alarm.this :
        key
        if alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:pager"])
      ]) ==
      toset([
        "iterator-age-critical",
        "nothing-polled",
        "batches-discarded",
        "destination-delivery-failures",
        "events-dropped",
        "quarantine-failures"
      ])
    )
    error_message = "Those that say that records are lost or will be, and no other."
  }

  assert {
    condition = alltrue([
      for alarm in concat(
        [for key, alarm in aws_cloudwatch_metric_alarm.this : alarm if !local.enabled_alarms[key].critical],
        aws_cloudwatch_composite_alarm.index_behind
      ) :
      (
        alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:operations"]) &&
        alarm.ok_actions == toset(["arn:aws:sns:eu-west-1:123456789012:relieved"])
      )
    ])
    error_message = "The others notify the same topic as before."
  }

  assert {
    condition = alltrue([
      for key in ["events-dropped", "batches-discarded"] :
      (
        aws_cloudwatch_metric_alarm.this[key].ok_actions ==
        toset(["arn:aws:sns:eu-west-1:123456789012:relieved", "arn:aws:sns:eu-west-1:123456789012:pager"])
      )
    ])
    error_message = "The end of a critical alarm notifies both topics."
  }
}

run "a_disabled_alarm_is_not_made_and_not_asked" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", disabled = ["stalled", "throttles"] }
  }

  assert {
    condition = (
      length(setintersection(keys(aws_cloudwatch_metric_alarm.this), ["stalled", "throttles"])) == 0 &&
      length(aws_cloudwatch_metric_alarm.this) == 16
    )
    error_message = "Those two, and no other."
  }

  assert {
    condition     = !strcontains(aws_cloudwatch_composite_alarm.index_behind[0].alarm_rule, "stalled")
    error_message = "A composite alarm cannot ask for one that is not there."
  }
}

run "the_composite_alarm_goes_with_its_last_row" {
  command = plan

  variables {
    alarms = {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations",
      disabled  = ["iterator-age-critical", "iterator-age-warning", "nothing-polled", "replication-lag", "stalled"]
    }
  }

  assert {
    condition     = length(aws_cloudwatch_composite_alarm.index_behind) == 0
    error_message = "It would have nothing to ask."
  }
}

run "the_composite_alarm_can_be_disabled_by_its_key" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations", disabled = ["index-behind"] }
  }

  assert {
    condition     = length(aws_cloudwatch_composite_alarm.index_behind) == 0 && length(aws_cloudwatch_metric_alarm.this) == 18
    error_message = "Only that alarm."
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
    condition = (
      aws_cloudwatch_metric_alarm.this["batches-discarded"].dimensions ==
      tomap({ EventSourceMappingUUID = "14e0db71-5d35-4eb5-b481-8945cf9d10c2" })
    )
    error_message = "Lambda counts discarded batches by mapping."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["quarantined"].namespace == "StreamIndexer" &&
      aws_cloudwatch_metric_alarm.this["quarantined"].metric_name == "RecordsQuarantined"
    )
    error_message = "The function's own metrics are those of metrics.json."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["cluster-red"].namespace == "AWS/ES" &&
      aws_cloudwatch_metric_alarm.this["cluster-red"].dimensions == tomap({ DomainName = "shop", ClientId = "123456789012" })
    )
    error_message = "A domain's metrics are those of its account and name."
  }

  assert {
    condition = (
      toset([
        for query in aws_cloudwatch_metric_alarm.this["stalled"].metric_query : query.metric[0].dimensions if length(query.metric) == 1
      ]) ==
      toset([tomap({ FunctionName = "orders-sync" }), tomap({ EventSourceMappingUUID = "14e0db71-5d35-4eb5-b481-8945cf9d10c2" })])
    )
    error_message = "What was handed over is the mapping's count, what was done the function's."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      length([for query in alarm.metric_query : query if query.expression != null]) == (alarm.metric_name == null ? 1 : 0)
    ])
    error_message = "An alarm watches one metric, or one expression."
  }
}

run "thresholds_have_defaults_and_units" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["iterator-age-warning"].threshold == 3600000 &&
      aws_cloudwatch_metric_alarm.this["iterator-age-critical"].threshold == 21600000
    )
    error_message = "An hour and six, in milliseconds."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["replication-lag"].threshold == 60000 &&
      aws_cloudwatch_metric_alarm.this["replication-lag"].extended_statistic == "p90" &&
      aws_cloudwatch_metric_alarm.this["replication-lag"].statistic == null
    )
    error_message = "A minute for nine changes in ten, in milliseconds."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["duration"].threshold == 96000
    error_message = "Four fifths of the function's 120 s, in milliseconds."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["stalled"].evaluation_periods == 3 &&
      alltrue([
        for key in ["errors", "cluster-writes-blocked", "cluster-red"] : aws_cloudwatch_metric_alarm.this[key].evaluation_periods == 1
      ])
    )
    error_message = "A quarter of an hour without progress, five minutes for an error or an index that is not whole."
  }
}

run "every_threshold_reaches_its_alarm" {
  command = plan

  variables {
    alarms = {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations"

      thresholds = {
        errors                            = 101
        throttles                         = 102
        duration_in_percent               = 50
        concurrency_in_percent            = 51
        iterator_age_warning_in_seconds   = 103
        iterator_age_critical_in_seconds  = 104
        replication_lag_in_seconds        = 105
        stalled_in_minutes                = 20
        nothing_polled_in_minutes         = 120
        version_conflicts_in_percent      = 52
        batches_discarded                 = 106
        destination_delivery_failures     = 107
        events_dropped                    = 108
        quarantined                       = 109
        quarantine_failures               = 110
        cluster_writes_blocked_in_minutes = 25
        cluster_red_in_minutes            = 30
        collection_errors                 = 111
      }
    }
  }

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.threshold } == {
      errors                        = 101
      throttles                     = 102
      duration                      = 60000
      concurrency                   = 51
      iterator-age-warning          = 103000
      iterator-age-critical         = 104000
      replication-lag               = 105000
      stalled                       = 1
      nothing-polled                = 1
      version-conflicts             = 52
      batches-discarded             = 106
      destination-delivery-failures = 107
      events-dropped                = 108
      quarantined                   = 109
      quarantine-failures           = 110
      shared-ordinals               = 1
      cluster-writes-blocked        = 1
      cluster-red                   = 1
    }
    error_message = "An input that moves no alarm would be a lie."
  }

  assert {
    condition = (
      (
        toset([
          for query in aws_cloudwatch_metric_alarm.this["nothing-polled"].metric_query : query.metric[0].period if length(query.metric) == 1
        ]) ==
        toset([3600])
      ) &&
      aws_cloudwatch_metric_alarm.this["nothing-polled"].evaluation_periods == 2
    )
    error_message = "Its minutes are two halves."
  }

  assert {
    condition = (
      {
        for key in ["stalled", "cluster-writes-blocked", "cluster-red"] : key => aws_cloudwatch_metric_alarm.this[key].evaluation_periods
      } ==
      { stalled = 4, cluster-writes-blocked = 5, cluster-red = 6 }
    )
    error_message = "Twenty minutes are four periods."
  }
}

run "a_collection_has_metrics_of_its_own" {
  command = plan

  variables {
    opensearch = { arn = "arn:aws:aoss:eu-west-1:123456789012:collection/abc123", service = "aoss" }

    alarms = {
      topic_arn  = "arn:aws:sns:eu-west-1:123456789012:operations"
      thresholds = { cluster_writes_blocked_in_minutes = 15 }
    }
  }

  assert {
    condition = (
      one(aws_cloudwatch_metric_alarm.this["cluster-red"].metric_query).expression ==
      "SELECT SUM(\"5xx\") FROM SCHEMA(\"AWS/AOSS\", ClientId, CollectionId, CollectionName) WHERE CollectionId = 'abc123'"
    )
    error_message = "It is neither red nor blocked, but answers with errors."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["cluster-writes-blocked"].evaluation_periods == 3
    error_message = "Its minutes are a collection's too."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["cluster-writes-blocked"].threshold == 10 &&
      one(aws_cloudwatch_metric_alarm.this["cluster-writes-blocked"].metric_query).period == 300
    )
    error_message = "Some errors end without action, and the query has another period."
  }

  assert {
    condition     = strcontains(aws_cloudwatch_dashboard.this[0].dashboard_name, "orders-sync-eu-west-1")
    error_message = "The name of the function and its region."
  }
}

run "without_reserved_concurrency_the_account_is_watched" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
  }

  assert {
    condition = (
      toset([
        for query in aws_cloudwatch_metric_alarm.this["concurrency"].metric_query : query.metric[0].metric_name if length(query.metric) == 1
      ]) ==
      toset(["ConcurrentExecutions", "ClaimedAccountConcurrency"])
    )
    error_message = "The function shares the account's."
  }
}

run "reserved_concurrency_is_watched_as_the_function_s" {
  command = plan

  variables {
    alarms   = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
    function = { name = "orders-sync", timeout = 120, reserved_concurrent_executions = 8 }
  }

  assert {
    condition = (
      [for query in aws_cloudwatch_metric_alarm.this["concurrency"].metric_query : query.expression if query.expression != null] ==
      ["100 * used / 8"]
    )
    error_message = "In percent of what is reserved."
  }

  assert {
    condition = (
      [
        for query in aws_cloudwatch_metric_alarm.this["concurrency"].metric_query : query.metric[0].dimensions if length(query.metric) == 1
      ] ==
      [tomap({ FunctionName = "orders-sync" })]
    )
    error_message = "The function's own use."
  }
}

run "any_other_function_has_what_is_lambda_s" {
  command = plan

  variables {
    alarms     = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
    opensearch = null
    function   = { name = "notify", timeout = 30 }
  }

  assert {
    condition = (
      toset(keys(aws_cloudwatch_metric_alarm.this)) ==
      toset([
        "errors",
        "throttles",
        "duration",
        "concurrency",
        "iterator-age-warning",
        "iterator-age-critical",
        "nothing-polled",
        "batches-discarded",
        "destination-delivery-failures",
        "events-dropped"
      ])
    )
    error_message = "A function that is not the indexer writes none of its metrics, and has no index."
  }

  assert {
    condition     = length(aws_cloudwatch_query_definition.this) == 0
    error_message = "Without a log group there is nothing to ask."
  }
}

run "the_writes_of_a_table_in_another_account_are_not_watched" {
  command = plan

  variables {
    alarms                 = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
    table_in_other_account = true
  }

  assert {
    condition = (
      setsubtract(keys(local.alarms), keys(aws_cloudwatch_metric_alarm.this)) == toset(["nothing-polled"]) &&
      !strcontains(aws_cloudwatch_composite_alarm.index_behind[0].alarm_rule, "nothing-polled")
    )
    error_message = "DynamoDB reports its metrics to the account of the table."
  }
}

run "queries_are_saved_for_the_function_s_log" {
  command = plan

  assert {
    condition = alltrue([
      for key, query in aws_cloudwatch_query_definition.this :
      query.name == "orders-sync/${key}" && query.log_group_names == tolist(["/aws/lambda/orders-sync"])
    ])
    error_message = "In a folder of the function's name, over its log."
  }

  assert {
    condition     = length(aws_cloudwatch_query_definition.this) == 8
    error_message = "Each row of local.queries is one saved query."
  }
}

run "what_is_made_has_the_tags" {
  command = plan

  variables {
    tags   = { team = "shop" }
    alarms = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:operations" }
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.this), aws_cloudwatch_composite_alarm.index_behind) :
      alarm.tags == tomap({ team = "shop" })
    ])
    error_message = "A team finds what it pays for by its tags."
  }
}
