# Warnings and no rules: the alarms that are made say less than they were meant to, and nothing else goes wrong.

check "critical_age_comes_before_giving_up" {
  assert {
    condition = (
      !contains(keys(local.enabled_alarms), "iterator-age-critical") ||
      alltrue([for t in local._thresholds : local._discarded_after > t.iterator_age_critical_in_seconds])
    )
    error_message = join(" ", [
      "on_failure.maximum_record_age_in_seconds must be above alarms.thresholds.iterator_age_critical_in_seconds, got",
      "${local._discarded_after} with ${join("", local._thresholds[*].iterator_age_critical_in_seconds)}: records are discarded before",
      "they are that old, and the alarm iterator-age-critical never goes off. Raise the first value or lower the second.",
    ])
  }
}

check "window_is_shorter_than_the_lag" {
  assert {
    condition = (
      !contains(keys(local.enabled_alarms), "replication-lag") ||
      alltrue([for t in local._thresholds : coalesce(var.maximum_batching_window_in_seconds, 0) < t.replication_lag_in_seconds])
    )
    error_message = join(" ", [
      "event_source_mapping.maximum_batching_window_in_seconds must be below alarms.thresholds.replication_lag_in_seconds, got",
      "${coalesce(var.maximum_batching_window_in_seconds, 0)} with ${join("", local._thresholds[*].replication_lag_in_seconds)}: a batch",
      "that is not full waits as long as that, and the alarm replication-lag stays on. Lower the one, or raise the other.",
    ])
  }
}

check "alarms_notify_somebody" {
  assert {
    condition = alltrue([for alarms in var.alarms[*] : alarms.topic_arn != null || alarms.critical_topic_arn != null])
    error_message = join(" ", [
      "alarms.topic_arn must be set for anyone to be notified, got null: the alarms are created without a topic and are visible only on",
      "the dashboard. Set it, or alarms.critical_topic_arn.",
    ])
  }
}

locals {
  _day             = 86400 # seconds: the stream keeps a record no longer, whatever the mapping would
  _discarded_after = coalesce(var.maximum_record_age_in_seconds, -1) == -1 ? local._day : var.maximum_record_age_in_seconds
}
