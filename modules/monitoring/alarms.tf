locals {
  _thresholds = var.alarms[*].thresholds # empty without alarms

  # One row an alarm, and one heading in docs/runbook.md: it goes off at the threshold or above, in each of so many
  # periods of five minutes (one, unless `periods` says otherwise; `period`, in seconds, sets another length).
  # `lagging`: the composite alarm goes off with it.
  # `critical`: records are lost or will be, unless an operator acts.
  alarms = {
    errors = {
      source    = "function"
      metric    = "Errors"
      statistic = "Sum"
      threshold = one(local._thresholds[*].errors)
      meaning   = "The function raised or timed out: whole batches are retried."
    }
    throttles = {
      source    = "function"
      metric    = "Throttles"
      statistic = "Sum"
      threshold = one(local._thresholds[*].throttles)
      meaning   = "Lambda has no concurrency left for the function: batches wait and age."
    }
    duration = {
      source    = "function"
      metric    = "Duration"
      statistic = "Maximum"
      threshold = one([for t in local._thresholds : var.function.timeout * 1000 * t.duration_in_percent / 100]) # milliseconds
      meaning   = "Batches take nearly all of the function's timeout: the index answers slowly, or not at all."
    }
    concurrency = {
      source = "function"
      metric_queries = (
        local._has_own_concurrency ?
        { used = ["function", "ConcurrentExecutions"] } :
        { used = ["account", "ConcurrentExecutions"], claimed = ["account", "ClaimedAccountConcurrency"] }
      )
      statistic = "Maximum"
      expression = (
        local._has_own_concurrency ?
        "100 * used / ${var.function.reserved_concurrent_executions}" :
        "100 * claimed / SERVICE_QUOTA(used)"
      )
      threshold = one(local._thresholds[*].concurrency_in_percent)
      periods   = 3
      meaning   = "Nearly all of the concurrency that the function may use is in use: a further shard would be throttled."
    }
    iterator-age-warning = {
      source    = "function"
      metric    = "IteratorAge"
      statistic = "Maximum"
      threshold = one([for t in local._thresholds : t.iterator_age_warning_in_seconds * 1000])
      lagging   = true
      meaning   = "What the function is given is old: the index is behind the table. Nothing is lost yet."
    }
    iterator-age-critical = {
      source    = "function"
      metric    = "IteratorAge"
      statistic = "Maximum"
      threshold = one([for t in local._thresholds : t.iterator_age_critical_in_seconds * 1000])
      lagging   = true
      critical  = true
      meaning   = "What the function is given is so old that somebody must act: the stream forgets records after 24 hours."
    }
    replication-lag = {
      source    = "own"
      metric    = local.own.ReplicationLag.name
      statistic = "p90"
      threshold = one([for t in local._thresholds : t.replication_lag_in_seconds * 1000])
      periods   = 3
      lagging   = true
      meaning   = "One change in ten, or more, takes too long from the table to the index."
    }
    stalled = {
      source = "own"
      metric_queries = {
        invoked   = ["mapping", "InvokedEventCount"] # counts again what is retried, also what Lambda throttles
        processed = ["own", local.own.RecordsProcessed.name]
      }
      statistic  = "Sum"
      expression = "IF(invoked > 0 AND FILL(processed, 0) == 0, 1, 0)" # a function that raises or is not invoked reports nothing
      threshold  = 1
      periods    = one([for t in local._thresholds : t.stalled_in_minutes / 5])
      lagging    = true
      meaning    = "Records are handed to the function again and again, and none of them is dealt with."
    }
    nothing-polled = {
      source = "mapping"
      metric_queries = {
        consumed = ["table", "ConsumedWriteCapacityUnits"]
        polled   = ["mapping", "PolledEventCount"]  # includes records that the filters drop
        invoked  = ["mapping", "InvokedEventCount"] # counts retries: a blocked shard is not polled, and `stalled` reports it
      }
      statistic  = "Sum"
      expression = "IF(FILL(consumed, 0) > 0 AND FILL(polled, 0) == 0 AND FILL(invoked, 0) == 0, 1, 0)"
      threshold  = 1
      period     = one([for t in local._thresholds : t.nothing_polled_in_minutes * 60 / 2])
      periods    = 2 # a write just before the end of one period is polled in the next
      lagging    = true
      critical   = true # the age of records is unknown while no record is read, so no other alarm goes off
      meaning    = "The table is written to, but Lambda reads no records from its stream. Records expire after 24 hours."
    }
    version-conflicts = {
      source = "own"
      metric_queries = {
        stale   = ["own", local.own.VersionConflicts.name]
        written = ["own", local.own.DocumentsIndexed.name]
        deleted = ["own", local.own.DocumentsDeleted.name]
      }
      statistic  = "Sum"
      expression = "100 * FILL(stale, 0) / (FILL(stale, 0) + FILL(written, 0) + FILL(deleted, 0))"
      threshold  = one(local._thresholds[*].version_conflicts_in_percent)
      periods    = 3
      meaning    = "Most changes are older than what the index has: they are delivered again and again, or something else writes the index."
    }
    batches-discarded = {
      source    = "mapping"
      metric    = "OnFailureDestinationDeliveredEventCount"
      statistic = "Sum"
      threshold = one(local._thresholds[*].batches_discarded)
      critical  = true
      meaning   = "Batches were retried for as long as allowed and went to the on-failure destination: the index lacks them."
    }
    destination-delivery-failures = {
      source    = "function"
      metric    = "DestinationDeliveryFailures"
      statistic = "Sum"
      threshold = one(local._thresholds[*].destination_delivery_failures)
      critical  = true
      meaning   = "The on-failure destination did not take what Lambda gave up."
    }
    events-dropped = {
      source    = "mapping"
      metric    = "DroppedEventCount"
      statistic = "Sum"
      threshold = one(local._thresholds[*].events_dropped)
      critical  = true
      meaning   = "Batches were given up and could not be delivered either: nothing but the table has them."
    }
    quarantined = {
      source    = "own"
      metric    = local.own.RecordsQuarantined.name
      statistic = "Sum"
      threshold = one(local._thresholds[*].quarantined)
      meaning   = local.own.RecordsQuarantined.meaning
    }
    quarantine-failures = {
      source    = "own"
      metric    = local.own.QuarantineFailures.name
      statistic = "Sum"
      threshold = one(local._thresholds[*].quarantine_failures)
      critical  = true
      meaning   = local.own.QuarantineFailures.meaning
    }
    shared-ordinals = {
      source    = "own"
      metric    = local.own.SharedOrdinals.name
      statistic = "Sum"
      threshold = 1
      meaning   = "Sequence numbers are not as expected: the order of two changes of an item in one second may not be known."
    }
    cluster-writes-blocked = {
      source     = "index"
      metric     = local.is_collection ? null : "ClusterIndexWritesBlocked"
      statistic  = "Maximum"
      expression = local.is_collection ? local.collection.sums["IngestionRequestErrors"] : null
      threshold  = one([for t in local._thresholds : local.is_collection ? t.collection_errors : 1])
      periods    = one([for t in local._thresholds : t.cluster_writes_blocked_in_minutes / 5])
      meaning    = "OpenSearch refuses writes."
    }
    cluster-red = {
      source     = "index"
      metric     = local.is_collection ? null : "ClusterStatus.red"
      statistic  = "Maximum"
      expression = local.is_collection ? local.collection.sums["5xx"] : null
      threshold  = one([for t in local._thresholds : local.is_collection ? t.collection_errors : 1])
      periods    = one([for t in local._thresholds : t.cluster_red_in_minutes / 5])
      meaning    = "OpenSearch is not whole: a domain lacks a primary shard, or a collection answers with errors of its own."
    }
  }

  _has_own_concurrency = var.function.reserved_concurrent_executions != -1

  defaults      = { metric = null, expression = null, metric_queries = {}, period = 300, periods = 1, lagging = false, critical = false }
  keys          = concat(keys(local.alarms), ["index-behind"])
  unknown_keys  = setsubtract(flatten(var.alarms[*].disabled), local.keys)
  disabled_keys = var.alarms == null ? toset(local.keys) : var.alarms.disabled
  enabled_alarms = {
    for key, row in local.alarms : key => merge(local.defaults, row)
    if(
      !contains(local.disabled_keys, key) &&
      (var.opensearch != null || !contains(["own", "index"], row.source)) &&
      (key != "nothing-polled" || !var.table_in_other_account)
    )
  }
  lagging_alarms = contains(local.disabled_keys, "index-behind") ? [] : [for key, row in local.enabled_alarms : key if row.lagging]

  _runbook_url = one(compact(var.alarms[*].runbook_url))
  runbook_links = {
    for key in local.keys :
    key => "What to do: ${local._runbook_url == null ? "docs/runbook.md, \"${key}\"." : "${local._runbook_url}#${key}"}"
  }

  topic_pattern = "^arn:[^:]+:sns:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}$"

  # The topics that an alarm notifies when it goes off and when it is over: a paging service closes its incident by the second.
  notification_arns = {
    default = {
      alarm = compact(var.alarms[*].topic_arn)
      ok    = compact(var.alarms[*].ok_topic_arn)
    }
    critical = {
      alarm = compact([for alarms in var.alarms[*] : alarms.critical_topic_arn == null ? alarms.topic_arn : alarms.critical_topic_arn])
      ok    = compact(flatten([for alarms in var.alarms[*] : [alarms.ok_topic_arn, alarms.critical_topic_arn]]))
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.enabled_alarms

  alarm_name          = "${var.function.name}-${each.key}"
  alarm_description   = "${each.value.meaning} ${local.runbook_links[each.key]}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching" # no writes, no metrics
  alarm_actions       = local.notification_arns[each.value.critical ? "critical" : "default"].alarm
  ok_actions          = local.notification_arns[each.value.critical ? "critical" : "default"].ok

  namespace          = each.value.metric == null ? null : local.sources[each.value.source].namespace
  metric_name        = each.value.metric
  dimensions         = each.value.metric == null ? null : local.sources[each.value.source].dimensions
  statistic          = each.value.metric == null || startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic = each.value.metric != null && startswith(each.value.statistic, "p") ? each.value.statistic : null
  period             = each.value.metric == null ? null : each.value.period

  dynamic "metric_query" {
    for_each = each.value.metric_queries

    content {
      id = metric_query.key

      metric {
        namespace   = local.sources[metric_query.value[0]].namespace
        metric_name = metric_query.value[1]
        dimensions  = local.sources[metric_query.value[0]].dimensions
        stat        = each.value.statistic
        period      = each.value.period
      }
    }
  }

  dynamic "metric_query" {
    for_each = each.value.expression == null ? [] : [each.value.expression]

    content {
      id          = "result"
      expression  = metric_query.value
      period      = length(each.value.metric_queries) == 0 ? each.value.period : null # math has that of its metric_queries
      return_data = true
    }
  }

  tags = var.tags

  lifecycle {
    # CloudWatch deletes no alarm that a composite alarm names: with this the composite alarm is updated first.
    create_before_destroy = true
  }
}

# One state for the question: is the index equal to the table?
resource "aws_cloudwatch_composite_alarm" "index_behind" {
  count = length(local.lagging_alarms) == 0 ? 0 : 1

  alarm_name        = "${var.function.name}-index-behind"
  alarm_description = "The index is behind the table. ${local.runbook_links["index-behind"]}"
  alarm_rule        = join(" OR ", [for key in local.lagging_alarms : "ALARM(\"${aws_cloudwatch_metric_alarm.this[key].alarm_name}\")"])
  alarm_actions     = local.notification_arns.default.alarm
  ok_actions        = local.notification_arns.default.ok

  tags = var.tags
}
