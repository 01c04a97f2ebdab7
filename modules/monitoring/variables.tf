variable "function" {
  description = "The function that the stream goes to; alarms, dashboard and saved queries are named after it."
  type = object({
    name                           = string
    timeout                        = number               # seconds
    reserved_concurrent_executions = optional(number, -1) # -1: it shares the account's
    log_group_name                 = optional(string)     # of its log in JSON; null: no saved queries
  })
  nullable = false
}

variable "mapping_uuid" {
  description = "Identifier of the event source mapping, which counts polled, discarded and lost records."
  type        = string
  nullable    = false
}

variable "maximum_record_age_in_seconds" {
  description = "After which the mapping gives a record up; -1: never, null: not known. The critical iterator age is checked against it."
  type        = number
  default     = null
}

variable "maximum_batching_window_in_seconds" {
  description = "How long the mapping lets a batch fill; null: not known. The replication lag's threshold is checked against it."
  type        = number
  default     = null
}

variable "table_name" {
  description = "Name of the table, where the dashboard's story begins."
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
  description = "Region of all of them."
  type        = string
  nullable    = false
}

variable "opensearch" {
  description = "Where the index is. Null: the function is not the indexer, and nothing is made of index and own metrics."
  type = object({
    arn = string # of a domain or a serverless collection
  })
  default = null
}

variable "quarantine_bucket" {
  description = "Name of the S3 bucket with the quarantined records, whose number of objects is on the dashboard. If null, the dashboard shows none."
  type        = string
  default     = null
}

variable "alarms" {
  description = "Creates the alarms and sets the topics that they notify. Null: no alarms."
  type = object({
    topic_arn          = optional(string)          # notified when an alarm goes off; it may be created in the same apply; null: no notification
    critical_topic_arn = optional(string)          # in place of it for those that say that records are lost or will be, also when such a one is over; null: as the others
    ok_topic_arn       = optional(string)          # notified when the alarm is over; null: no notification
    disabled           = optional(set(string), []) # keys of alarms that are not made
    runbook_url        = optional(string)          # address of your copy of docs/runbook.md: each alarm links to its heading; null: it names the heading
  })
  default = null

  validation {
    condition = alltrue([
      for arn in compact(var.alarms[*].topic_arn) : can(regex("^arn:[^:]+:sns:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}$", arn))
    ])
    error_message = "alarms.topic_arn must be a standard SNS topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got \"${join("", compact(var.alarms[*].topic_arn))}\": CloudWatch could not notify it."
  }

  validation {
    condition = alltrue([
      for arn in compact(var.alarms[*].critical_topic_arn) : can(regex("^arn:[^:]+:sns:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}$", arn))
    ])
    error_message = "alarms.critical_topic_arn must be a standard SNS topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got \"${join("", compact(var.alarms[*].critical_topic_arn))}\": CloudWatch could not notify it."
  }

  validation {
    condition = alltrue([
      for arn in compact(var.alarms[*].ok_topic_arn) : can(regex("^arn:[^:]+:sns:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}$", arn))
    ])
    error_message = "alarms.ok_topic_arn must be a standard SNS topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got \"${join("", compact(var.alarms[*].ok_topic_arn))}\": CloudWatch could not notify it."
  }

  validation {
    condition     = alltrue([for url in compact(var.alarms[*].runbook_url) : can(regex("^https?://[^#[:space:]]+$", url))])
    error_message = "alarms.runbook_url must be an address, https://HOST/PATH, without #, got \"${join("", compact(var.alarms[*].runbook_url))}\": each alarm adds # and its key."
  }

  validation {
    condition     = length(setsubtract(flatten(var.alarms[*].disabled), concat(keys(local.alarms), ["index-behind"]))) == 0
    error_message = "alarms.disabled must be keys of alarms, the headings of docs/runbook.md, got ${join(", ", setsubtract(flatten(var.alarms[*].disabled), concat(keys(local.alarms), ["index-behind"])))}: the intended alarm would stay enabled. The keys are ${join(", ", concat(keys(local.alarms), ["index-behind"]))}."
  }
}

variable "alarm_thresholds" {
  description = "From where on each alarm goes off; counts are those of five minutes, and minutes come in fives."
  type = object({
    errors                            = optional(number, 1)     # invocations that raised or timed out
    throttles                         = optional(number, 10)    # invocations that Lambda refused
    duration_in_percent               = optional(number, 80)    # of the function's timeout; the function itself stops 2 s before its end
    concurrency_in_percent            = optional(number, 90)    # of what is reserved for the function, otherwise of the account's quota; for 15 minutes
    iterator_age_warning_in_seconds   = optional(number, 3600)  # nothing is lost yet
    iterator_age_critical_in_seconds  = optional(number, 21600) # 18 of the stream's 24 hours are left to act
    replication_lag_in_seconds        = optional(number, 60)    # of one change in ten, for 15 minutes
    stalled_in_minutes                = optional(number, 15)    # during which the function is invoked and processes no record
    nothing_polled_in_minutes         = optional(number, 60)    # during which the table is written to and nothing is read from its stream
    version_conflicts_in_percent      = optional(number, 50)    # of all changes, for 15 minutes
    batches_discarded                 = optional(number, 1)     # records that went to the on-failure destination
    destination_delivery_failures     = optional(number, 1)     # deliveries that the destination did not take
    events_dropped                    = optional(number, 1)     # records that are nowhere but in the table
    quarantined                       = optional(number, 1)     # records that can never be indexed
    quarantine_failures               = optional(number, 1)     # records that the quarantine did not take
    cluster_writes_blocked_in_minutes = optional(number, 5)     # during which OpenSearch refuses writes, all the while
    cluster_red_in_minutes            = optional(number, 5)     # during which OpenSearch is not whole, all the while
    collection_errors                 = optional(number, 10)    # bulk requests that a serverless collection failed at; a domain has no such count
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for value in values(var.alarm_thresholds) : value > 0])
    error_message = "alarm_thresholds must be above 0, got ${join(", ", [for name, value in var.alarm_thresholds : "${value} for ${name}" if value <= 0])}: the alarm would never be off."
  }

  validation {
    condition     = alltrue([for name, value in var.alarm_thresholds : value <= 100 if endswith(name, "_in_percent")])
    error_message = "alarm_thresholds in percent must be at most 100, got ${join(", ", [for name, value in var.alarm_thresholds : "${value} for ${name}" if endswith(name, "_in_percent") && value > 100])}: the alarm would never go off."
  }

  validation {
    condition = (
      var.alarm_thresholds.iterator_age_critical_in_seconds > var.alarm_thresholds.iterator_age_warning_in_seconds &&
      var.alarm_thresholds.iterator_age_critical_in_seconds <= 64800
    )
    error_message = "alarm_thresholds.iterator_age_critical_in_seconds must be above iterator_age_warning_in_seconds and at most 64800 (18 hours), got ${var.alarm_thresholds.iterator_age_critical_in_seconds} with ${var.alarm_thresholds.iterator_age_warning_in_seconds}: the stream forgets records after 24 hours, and an operator needs time to act."
  }

  validation {
    condition     = var.alarm_thresholds.stalled_in_minutes >= 10
    error_message = "alarm_thresholds.stalled_in_minutes must be 10 or more, got ${var.alarm_thresholds.stalled_in_minutes}: what the function counts comes a little later than what Lambda does, and five minutes could look like a standstill because of that."
  }

  validation {
    condition = (
      var.alarm_thresholds.nothing_polled_in_minutes % 10 == 0 &&
      var.alarm_thresholds.nothing_polled_in_minutes >= 20 &&
      var.alarm_thresholds.nothing_polled_in_minutes <= 720
    )
    error_message = "alarm_thresholds.nothing_polled_in_minutes must be a multiple of 10 from 20 to 720 (12 hours), got ${var.alarm_thresholds.nothing_polled_in_minutes}: the alarm compares two halves of it, and records expire from the stream after 24 hours."
  }

  validation {
    condition     = alltrue([for name, value in var.alarm_thresholds : value % 5 == 0 && value <= 1440 if endswith(name, "_in_minutes")])
    error_message = "alarm_thresholds in minutes must be multiples of 5, at most 1440, got ${join(", ", [for name, value in var.alarm_thresholds : "${value} for ${name}" if endswith(name, "_in_minutes") && (value % 5 != 0 || value > 1440)])}: CloudWatch looks every five minutes, a day back at most."
  }
}

variable "tags" {
  description = "Tags of everything here that can have them."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = (
      length(var.tags) <= 50 &&
      alltrue([
        for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")
      ])
    )
    error_message = "tags must be at most 50, with keys of 1 to 128 characters that do not begin with aws: and values of at most 256, got ${jsonencode(var.tags)}: AWS takes no other."
  }
}
