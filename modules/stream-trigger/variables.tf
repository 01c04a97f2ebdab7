variable "stream_arn" {
  description = "ARN of the DynamoDB stream to read."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:[^:]+:[0-9]{12}:table/[^/]+/stream/[^/]+$", var.stream_arn))
    error_message = "stream_arn must be a stream's ARN, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, got \"${var.stream_arn}\": the table's own ARN has no stream to read."
  }
}

variable "function_name" {
  description = "Name of the function that receives the stream. It must answer with `batchItemFailures`, which is always asked for."
  type        = string
  nullable    = false
}

variable "role_name" {
  description = "Name of the function's role, which is given the right to read the stream and to deliver what was given up."
  type        = string
  nullable    = false
}

variable "batching" {
  description = "How the stream is cut into invocations."
  type = object({
    batch_size                         = optional(number, 1000) # at most, and at most 6 MB
    maximum_batching_window_in_seconds = optional(number, 1)    # how long a batch that is not full waits: that much lag
    parallelization_factor             = optional(number, 1)    # more when the iterator age grows; order is kept per item
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.batching.batch_size >= 1 && var.batching.batch_size <= 10000
    error_message = "batching.batch_size must be 1 to 10000 records, got ${var.batching.batch_size}: Lambda takes no other."
  }

  validation {
    condition     = var.batching.maximum_batching_window_in_seconds >= 0 && var.batching.maximum_batching_window_in_seconds <= 300
    error_message = "batching.maximum_batching_window_in_seconds must be 0 to 300, got ${var.batching.maximum_batching_window_in_seconds}: Lambda waits no longer for a batch to fill."
  }

  validation {
    condition     = var.batching.batch_size <= 10 || var.batching.maximum_batching_window_in_seconds >= 1
    error_message = "batching.maximum_batching_window_in_seconds must be 1 or more when batching.batch_size is above 10, got ${var.batching.maximum_batching_window_in_seconds} with ${var.batching.batch_size} records: without a window large batches never fill."
  }

  validation {
    condition     = var.batching.parallelization_factor >= 1 && var.batching.parallelization_factor <= 10
    error_message = "batching.parallelization_factor must be 1 to 10 batches of a shard at a time, got ${var.batching.parallelization_factor}: Lambda runs no more."
  }
}

variable "polling" {
  description = "Where reading starts, and whether it goes on. A disabled mapping keeps its place; changing `starting_position` makes a new one without."
  type = object({
    starting_position = optional(string, "TRIM_HORIZON") # LATEST may miss what is written while the mapping is made
    enabled           = optional(bool, true)             # false pauses: records wait, and are gone after 24 hours
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["TRIM_HORIZON", "LATEST"], var.polling.starting_position)
    error_message = "polling.starting_position must be TRIM_HORIZON or LATEST, got \"${var.polling.starting_position}\": a DynamoDB stream has no other (AT_TIMESTAMP is Kinesis')."
  }
}

variable "failures" {
  description = "How long a failing batch is retried, and where it goes once it is given up: at most one destination, `default_bucket_arn` without one."
  type = object({
    bisect_batch_on_function_error = optional(bool, true)    # halve a batch that the function raised on, until the record is found
    maximum_retry_attempts         = optional(number, -1)    # -1: until the age below; the count starts afresh whenever a partial answer moves on
    maximum_record_age_in_seconds  = optional(number, 82800) # 23 of the stream's 24 hours: an hour to deliver what is given up
    s3_bucket_arn                  = optional(string)        # keeps the records
    sqs_queue_arn                  = optional(string)        # metadata only: fetch the records before the stream trims them
    sns_topic_arn                  = optional(string)        # metadata only, as above
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.failures.maximum_retry_attempts >= -1 && var.failures.maximum_retry_attempts <= 10000
    error_message = "failures.maximum_retry_attempts must be -1 (until the record is too old) to 10000, got ${var.failures.maximum_retry_attempts}."
  }

  validation {
    condition     = var.failures.maximum_record_age_in_seconds == -1 || (var.failures.maximum_record_age_in_seconds >= 60 && var.failures.maximum_record_age_in_seconds <= 86400)
    error_message = "failures.maximum_record_age_in_seconds must be -1 or 60 to 86400, got ${var.failures.maximum_record_age_in_seconds}: the stream keeps records for 86400 s, so a greater age (Lambda takes up to 604800) would lose them to trimming instead of giving them up."
  }

  validation {
    condition     = var.failures.maximum_retry_attempts != -1 || var.failures.maximum_record_age_in_seconds != -1
    error_message = "failures.maximum_retry_attempts and failures.maximum_record_age_in_seconds must not both be -1, got both: one batch that always fails would stop its shard until the stream trims it, and everything behind it, unseen."
  }

  validation {
    condition     = length(compact([var.failures.s3_bucket_arn, var.failures.sqs_queue_arn, var.failures.sns_topic_arn])) <= 1
    error_message = "failures.s3_bucket_arn, failures.sqs_queue_arn, failures.sns_topic_arn: at most one may be set, got ${length(compact([var.failures.s3_bucket_arn, var.failures.sqs_queue_arn, var.failures.sns_topic_arn]))}. A mapping has one destination."
  }

  validation {
    condition     = length(compact([var.failures.s3_bucket_arn, var.failures.sqs_queue_arn, var.failures.sns_topic_arn, var.default_bucket_arn])) >= 1
    error_message = "failures.s3_bucket_arn, failures.sqs_queue_arn or failures.sns_topic_arn must be set where there is no default_bucket_arn, got none: a batch that is given up would be gone."
  }

  validation {
    condition     = alltrue([for arn in var.failures.s3_bucket_arn[*] : can(regex("^arn:[^:]+:s3:::[a-z0-9.-]{3,63}$", arn))])
    error_message = "failures.s3_bucket_arn must be a bucket's ARN, arn:aws:s3:::NAME, got \"${join("", var.failures.s3_bucket_arn[*])}\"."
  }

  validation {
    condition     = alltrue([for arn in var.failures.sqs_queue_arn[*] : can(regex("^arn:[^:]+:sqs:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,80}$", arn))])
    error_message = "failures.sqs_queue_arn must be a standard queue's ARN, arn:aws:sqs:REGION:ACCOUNT:NAME, got \"${join("", var.failures.sqs_queue_arn[*])}\": Lambda delivers to no FIFO queue."
  }

  validation {
    condition     = alltrue([for arn in var.failures.sns_topic_arn[*] : can(regex("^arn:[^:]+:sns:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}$", arn))])
    error_message = "failures.sns_topic_arn must be a standard topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got \"${join("", var.failures.sns_topic_arn[*])}\": Lambda delivers to no FIFO topic."
  }
}

variable "default_bucket_arn" {
  description = "Bucket for batches that were given up, where `failures` names no destination. Null: `failures` must name one."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything here that can have them."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 50 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "tags must be at most 50, with keys of 1 to 128 characters that do not begin with aws: and values of at most 256, got ${jsonencode(var.tags)}: AWS takes no other."
  }
}
