variable "function" {
  description = <<-EOT
    Function that the stream invokes. Alarms, dashboard and saved queries are named after it.

    - `name`: Name of the function.
    - `timeout`: Timeout in seconds.
    - `reserved_concurrent_executions`: Reserved concurrency. -1 reserves none.
    - `log_group`: Log group in JSON. If null, no saved queries are created.
    - `log_group.name`: Name of the log group.
  EOT
  type = object({
    name                           = string
    timeout                        = number
    reserved_concurrent_executions = optional(number, -1)
    log_group                      = optional(object({ name = string }))
  })
  nullable = false
}

variable "event_source_mapping_uuid" {
  description = "UUID of the event source mapping."
  type        = string
  nullable    = false
}

variable "maximum_record_age_in_seconds" {
  description = "Age at which Lambda discards a record, to check thresholds. -1 sets no limit. If null, it is not known."
  type        = number
  default     = null
}

variable "maximum_batching_window_in_seconds" {
  description = "Maximum time that Lambda waits for a full batch, to check thresholds. If null, it is not known."
  type        = number
  default     = null
}

variable "table_name" {
  description = "Name of the table."
  type        = string
  nullable    = false
}

variable "table_in_other_account" {
  description = "Whether the table belongs to another account. Its metrics are there, so the alarm `nothing-polled` is not created."
  type        = bool
  default     = false
  nullable    = false
}

variable "region" {
  description = "Region of the function."
  type        = string
  nullable    = false
}

variable "opensearch" {
  description = <<-EOT
    OpenSearch that the function writes to. If null, the function is not the indexer, and only metrics of AWS are used.

    - `arn`: ARN of the domain or collection.
    - `service`: es for a domain, aoss for a collection.
  EOT
  type = object({
    arn     = string
    service = string
  })
  default = null
}

variable "quarantine_bucket" {
  description = <<-EOT
    Name of the S3 bucket with the quarantined records, whose number of objects is on the dashboard. If null, the dashboard shows
    none.
  EOT
  type        = string
  default     = null
}

variable "alarms" {
  description = <<-EOT
    CloudWatch alarms. Each is a heading in docs/runbook.md. If null, no alarm is created.

    - `topic_arn`: ARN of the SNS topic to notify when an alarm goes off.
    - `critical_topic_arn`: ARN of the SNS topic to notify instead when records are lost or will be, and when that is over.
    - `ok_topic_arn`: ARN of the SNS topic to notify when an alarm clears.
    - `disabled`: Keys of alarms not to create.
    - `runbook_url`: Address of your copy of docs/runbook.md. The description of each alarm links to its heading.
    - `thresholds`: Thresholds by alarm. Counts are per five minutes, and minutes are multiples of five.
    - `thresholds.errors`: Invocations that fail or time out.
    - `thresholds.throttles`: Invocations that Lambda throttles.
    - `thresholds.duration_in_percent`: Duration, as a percentage of the function's timeout.
    - `thresholds.concurrency_in_percent`: Concurrency, as a percentage of the function's reservation or of the account's quota.
    - `thresholds.iterator_age_warning_in_seconds`: Age of the last record read. No data is lost yet.
    - `thresholds.iterator_age_critical_in_seconds`: Age of the last record read. Records expire after 86400 s.
    - `thresholds.replication_lag_in_seconds`: 90th percentile of the replication lag during 15 minutes.
    - `thresholds.stalled_in_minutes`: Time during which the function is invoked and processes no record.
    - `thresholds.nothing_polled_in_minutes`: Time during which the table is written to and Lambda reads no record.
    - `thresholds.version_conflicts_in_percent`: Version conflicts, as a percentage of all changes during 15 minutes.
    - `thresholds.batches_discarded`: Records delivered to the on-failure destination.
    - `thresholds.destination_delivery_failures`: Failed deliveries to the on-failure destination.
    - `thresholds.events_dropped`: Records that Lambda discards and cannot deliver.
    - `thresholds.quarantined`: Records in the quarantine.
    - `thresholds.quarantine_failures`: Records that the quarantine bucket does not accept.
    - `thresholds.cluster_writes_blocked_in_minutes`: Time during which OpenSearch rejects writes.
    - `thresholds.cluster_red_in_minutes`: Time during which a primary shard is missing, or a collection reports server errors.
    - `thresholds.collection_errors`: Failed requests of a collection.
  EOT
  type = object({
    topic_arn          = optional(string)
    critical_topic_arn = optional(string)
    ok_topic_arn       = optional(string)
    disabled           = optional(set(string), [])
    runbook_url        = optional(string)
    thresholds = optional(object({
      errors                            = optional(number, 1)
      throttles                         = optional(number, 10)
      duration_in_percent               = optional(number, 80)
      concurrency_in_percent            = optional(number, 90)
      iterator_age_warning_in_seconds   = optional(number, 3600)
      iterator_age_critical_in_seconds  = optional(number, 21600)
      replication_lag_in_seconds        = optional(number, 60)
      stalled_in_minutes                = optional(number, 15)
      nothing_polled_in_minutes         = optional(number, 60)
      version_conflicts_in_percent      = optional(number, 50)
      batches_discarded                 = optional(number, 1)
      destination_delivery_failures     = optional(number, 1)
      events_dropped                    = optional(number, 1)
      quarantined                       = optional(number, 1)
      quarantine_failures               = optional(number, 1)
      cluster_writes_blocked_in_minutes = optional(number, 5)
      cluster_red_in_minutes            = optional(number, 5)
      collection_errors                 = optional(number, 10)
    }), {})
  })
  default = null

  validation {
    condition = alltrue([for url in compact(var.alarms[*].runbook_url) : can(regex("^https?://[^#[:space:]]+$", url))])
    error_message = join(" ", [
      "alarms.runbook_url must be an address, https://HOST/PATH, without #, got \"${join("", compact(var.alarms[*].runbook_url))}\": each",
      "alarm adds # and its key.",
    ])
  }

  validation {
    condition = alltrue([for value in flatten([for thresholds in var.alarms[*].thresholds : values(thresholds)]) : value > 0])
    error_message = join(" ", [
      "alarms.thresholds must be above 0, got",
      "${join(", ", [for name, value in try(var.alarms.thresholds, {}) : "${value} for ${name}" if value <= 0])}: the alarm would never be",
      "off.",
    ])
  }

  validation {
    condition = alltrue([for name, value in try(var.alarms.thresholds, {}) : value <= 100 if endswith(name, "_in_percent")])
    error_message = join(" ", [
      "alarms.thresholds in percent must be at most 100, got",
      "${join(
        ", ",
        [for name, value in try(var.alarms.thresholds, {}) : "${value} for ${name}" if endswith(name, "_in_percent") && value > 100]
      )}:",
      "the alarm would never go off.",
    ])
  }

  validation {
    condition = alltrue([
      for thresholds in var.alarms[*].thresholds :
      (
        thresholds.iterator_age_critical_in_seconds > thresholds.iterator_age_warning_in_seconds &&
        thresholds.iterator_age_critical_in_seconds <= 64800
      )
    ])
    error_message = join(" ", [
      "alarms.thresholds.iterator_age_critical_in_seconds must be above iterator_age_warning_in_seconds and at most 64800 (18 hours), got",
      "${join("", var.alarms[*].thresholds.iterator_age_critical_in_seconds)} with",
      "${join("", var.alarms[*].thresholds.iterator_age_warning_in_seconds)}: the stream forgets records after 24 hours, and an operator",
      "needs time to act.",
    ])
  }

  validation {
    condition = alltrue([for thresholds in var.alarms[*].thresholds : thresholds.stalled_in_minutes >= 10])
    error_message = join(" ", [
      "alarms.thresholds.stalled_in_minutes must be 10 or more, got ${join("", var.alarms[*].thresholds.stalled_in_minutes)}: what the",
      "function counts comes a little later than what Lambda does, and five minutes could look like a standstill because of that.",
    ])
  }

  validation {
    condition = alltrue([
      for thresholds in var.alarms[*].thresholds :
      (
        thresholds.nothing_polled_in_minutes % 10 == 0 &&
        thresholds.nothing_polled_in_minutes >= 20 &&
        thresholds.nothing_polled_in_minutes <= 720
      )
    ])
    error_message = join(" ", [
      "alarms.thresholds.nothing_polled_in_minutes must be a multiple of 10 from 20 to 720 (12 hours), got",
      "${join("", var.alarms[*].thresholds.nothing_polled_in_minutes)}: the alarm compares two halves of it, and records expire from the",
      "stream after 24 hours.",
    ])
  }

  validation {
    condition = alltrue(
      [for name, value in try(var.alarms.thresholds, {}) : value % 5 == 0 && value <= 1440 if endswith(name, "_in_minutes")]
    )
    error_message = join(" ", [
      "alarms.thresholds in minutes must be multiples of 5, at most 1440, got",
      "${join(
        ", ",
        [
          for name, value in try(var.alarms.thresholds, {}) :
          "${value} for ${name}"
          if endswith(name, "_in_minutes") && (value % 5 != 0 || value > 1440)
        ]
      )}:",
      "CloudWatch looks every five minutes, a day back at most.",
    ])
  }
}

variable "create_dashboard" {
  description = "Whether to create a CloudWatch dashboard."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
  nullable    = false
}
