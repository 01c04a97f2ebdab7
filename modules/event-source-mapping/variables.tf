variable "stream_arn" {
  description = "ARN of the DynamoDB stream to read."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:[^:]+:[0-9]{12}:table/[^/]+/stream/[^/]+$", var.stream_arn))
    error_message = "stream_arn must be a stream's ARN, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, got \"${var.stream_arn}\": the table's own ARN has no stream to read."
  }
}

variable "stream_view_type" {
  description = "What the stream's records contain: filters on an image that they do not have are refused. Null: unknown, and no filter is refused."
  type        = string
  default     = null

  validation {
    condition = alltrue([
      for view in var.stream_view_type[*] : contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], view)
    ])
    error_message = "stream_view_type must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES, got \"${join("", var.stream_view_type[*])}\"."
  }
}

variable "key_names" {
  description = "Attributes of the table's primary key: `filters.keys` of others are refused. Null: unknown, and no filter is refused."
  type        = list(string)
  default     = null
}

variable "table_kms_key_arn" {
  description = "ARN of the customer managed key that encrypts the table. Null: there is no such key, and the role needs no key permission."
  type        = string
  default     = null

  validation {
    condition     = alltrue([for arn in var.table_kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
    error_message = "table_kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.table_kms_key_arn[*])}\": an alias cannot be named in a policy."
  }
}

variable "account_id" {
  description = "Account of the function and of what it delivers to, where the stream is another's. Null: the stream's own."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null || can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be an account's 12 digits, got \"${coalesce(var.account_id, "none")}\": discarded batches go only to a bucket of that account."
  }
}

variable "function_name" {
  description = "Name or ARN of the function that receives the stream; with `:ALIAS` behind it, that version of it."
  type        = string
  nullable    = false
}

variable "function_response_types" {
  description = "What Lambda reads in the function's answer: `ReportBatchItemFailures`, the sequence number to continue from, or nothing."
  type        = list(string)
  default     = ["ReportBatchItemFailures"]
  nullable    = false

  validation {
    condition     = alltrue([for kind in var.function_response_types : kind == "ReportBatchItemFailures"])
    error_message = "function_response_types must be [\"ReportBatchItemFailures\"] or [], got ${jsonencode(var.function_response_types)}: Lambda reads nothing else in an answer."
  }
}

variable "role_name" {
  description = "Name of the function's role, which gets the permissions to read the stream and to deliver discarded batches. Null if `attach_policy` is false."
  type        = string
  default     = null

  validation {
    condition     = var.role_name != null || !var.attach_policy
    error_message = "role_name must be the name of the function's role unless attach_policy is false, got none: Lambda refuses a mapping whose role cannot read the stream."
  }
}

variable "attach_policy" {
  description = "Whether the role gets the policy here. False: the team puts the output `policy_json` into its role, before the mapping is made."
  type        = bool
  default     = true
  nullable    = false
}

variable "batching" {
  description = "How the stream is cut into invocations."
  type = object({
    batch_size                         = optional(number, 1000) # at most, and at most 6 MB
    maximum_batching_window_in_seconds = optional(number, 1)    # how long a batch that is not full waits: that much lag
    parallelization_factor             = optional(number, 1)    # more when the iterator age grows; order is kept per item
    tumbling_window_in_seconds         = optional(number, 0)    # for functions that carry a state from batch to batch: never the indexer
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

  validation {
    condition     = var.batching.tumbling_window_in_seconds >= 0 && var.batching.tumbling_window_in_seconds <= 900
    error_message = "batching.tumbling_window_in_seconds must be 0 (none) to 900, got ${var.batching.tumbling_window_in_seconds}: Lambda keeps a state no longer."
  }
}

variable "polling" {
  description = "Where reading starts, and whether the mapping is enabled. A disabled mapping keeps its position. A changed `starting_position` creates a new mapping, which starts there."
  type = object({
    starting_position = optional(string, "TRIM_HORIZON") # LATEST may miss what is written while the mapping is made
    enabled           = optional(bool, true)             # false pauses: records wait, and are gone after 24 hours
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["TRIM_HORIZON", "LATEST"], var.polling.starting_position)
    error_message = "polling.starting_position must be TRIM_HORIZON or LATEST, got \"${var.polling.starting_position}\": Lambda starts at a time only in Kinesis and Kafka, so AT_TIMESTAMP would be refused at apply."
  }
}

variable "filters" {
  description = "Which records the function gets: those that match at least one filter, or all records without filters. Use `documents.filter` to choose what the index contains."
  type = list(object({
    event_names = optional(list(string))                                                                                                                                                                     # INSERT, MODIFY, REMOVE; null: all three
    keys        = optional(map(object({ type = optional(string, "S"), equals = optional(list(string)), not_equals = optional(list(string)), begins_with = optional(string), exists = optional(bool) })), {}) # by attribute, one test each, of a value of the type S, N, B or BOOL; all must hold
    new_image   = optional(map(object({ type = optional(string, "S"), equals = optional(list(string)), not_equals = optional(list(string)), begins_with = optional(string), exists = optional(bool) })), {}) # the same; a REMOVE has no new image
    old_image   = optional(map(object({ type = optional(string, "S"), equals = optional(list(string)), not_equals = optional(list(string)), begins_with = optional(string), exists = optional(bool) })), {}) # the same; an INSERT has no old image
    pattern     = optional(string)                                                                                                                                                                           # instead of all these: the pattern itself, as JSON
  }))
  default  = []
  nullable = false

  validation {
    condition     = length(var.filters) <= 10
    error_message = "filters must be at most 10, got ${length(var.filters)}: Lambda takes no more (5 until the account asks for the quota)."
  }

  validation {
    condition = alltrue([for filter in var.filters :
      (filter.pattern != null) != (filter.event_names != null || length(filter.keys) + length(filter.new_image) + length(filter.old_image) > 0)
    ])
    error_message = "filters must each ask something or have a pattern, got both or neither in ${join(", ", [for number, filter in var.filters : "filters[${number}]" if(filter.pattern != null) == (filter.event_names != null || length(filter.keys) + length(filter.new_image) + length(filter.old_image) > 0)])}: it would let every record pass, or say two things."
  }

  validation {
    condition = alltrue([for filter in var.filters :
      filter.event_names == null ? true : length(filter.event_names) > 0 && length(setsubtract(filter.event_names, ["INSERT", "MODIFY", "REMOVE"])) == 0
    ])
    error_message = "filters.event_names must be one or more of INSERT, MODIFY and REMOVE, got ${jsonencode(flatten([for filter in var.filters : filter.event_names if filter.event_names != null]))}: no record has another, and the filter would let none pass."
  }

  validation {
    condition = alltrue(flatten([for filter in var.filters : [for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) :
      contains(["S", "N", "B", "BOOL"], asked.type)
    ]]))
    error_message = "filters.keys, new_image and old_image must test a value of the type S, N, B or BOOL, got ${join(", ", flatten([for filter in var.filters : [for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) : asked.type]]))}: for what is inside a map, list or set write a pattern."
  }

  validation {
    condition = alltrue(flatten([for filter in var.filters : [for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) :
      length([for test in [asked.equals, asked.not_equals, asked.begins_with, asked.exists] : true if test != null]) == 1 &&
      length(coalesce(asked.equals, ["-"])) > 0 && length(coalesce(asked.not_equals, ["-"])) > 0 && asked.begins_with != ""
    ]]))
    error_message = "filters.keys, new_image and old_image must have one test for an attribute, equals, not_equals, begins_with or exists, and a value in it, got otherwise for ${join(", ", flatten([for filter in var.filters : [for name, asked in merge(filter.keys, filter.new_image, filter.old_image) : name if length([for test in [asked.equals, asked.not_equals, asked.begins_with, asked.exists] : true if test != null]) != 1 || length(coalesce(asked.equals, ["-"])) == 0 || length(coalesce(asked.not_equals, ["-"])) == 0 || asked.begins_with == ""]]))}: Lambda would refuse the pattern, or take one test of several."
  }

  validation {
    condition = alltrue(flatten([for filter in var.filters : [for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) : [for value in concat(coalesce(asked.equals, []), coalesce(asked.not_equals, [])) :
      asked.type == "N" ? can(regex("^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\\.[0-9]*[1-9])$", value)) : asked.type == "BOOL" ? contains(["true", "false"], value) : true
    ]]]))
    error_message = "filters must have the values of an N as DynamoDB writes them (\"12.5\", not \"12.50\" or \"1e3\"), of a BOOL as true or false, got ${join(", ", flatten([for filter in var.filters : [for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) : concat(coalesce(asked.equals, []), coalesce(asked.not_equals, [])) if contains(["N", "BOOL"], asked.type)]]))}: a number is a string in a record, and is compared letter by letter."
  }

  validation {
    condition = alltrue(flatten([for filter in var.filters : [for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) :
      asked.type == "BOOL" ? asked.not_equals == null && asked.begins_with == null : asked.type == "N" ? can(regex("^-?[0-9]*[.]?[0-9]*$", coalesce(asked.begins_with, "0"))) : true
    ]]))
    error_message = "filters must test a BOOL by equals or exists, an N by the beginning of a number with begins_with, got otherwise for ${join(", ", flatten([for filter in var.filters : [for name, asked in merge(filter.keys, filter.new_image, filter.old_image) : name if asked.type == "BOOL" && (asked.not_equals != null || asked.begins_with != null) || asked.type == "N" && !can(regex("^-?[0-9]*[.]?[0-9]*$", coalesce(asked.begins_with, "0")))]]))}: a boolean is not text, so all records would match, or no record."
  }

  validation {
    condition = (
      !contains(["KEYS_ONLY", "NEW_IMAGE"], coalesce(var.stream_view_type, "unknown")) ||
      alltrue([for filter in var.filters : length(filter.old_image) == 0])
    )
    error_message = "filters.old_image must be {} where the stream's records have no old image, got ${join(", ", flatten([for filter in var.filters : keys(filter.old_image)]))} with ${coalesce(var.stream_view_type, "unknown")}: the filter could let none pass."
  }

  validation {
    condition = (
      !contains(["KEYS_ONLY", "OLD_IMAGE"], coalesce(var.stream_view_type, "unknown")) ||
      alltrue([for filter in var.filters : length(filter.new_image) == 0])
    )
    error_message = "filters.new_image must be {} where the stream's records have no new image, got ${join(", ", flatten([for filter in var.filters : keys(filter.new_image)]))} with ${coalesce(var.stream_view_type, "unknown")}: the filter could let none pass."
  }

  validation {
    condition = (
      var.key_names == null ||
      length(setsubtract(flatten([for filter in var.filters : keys(filter.keys)]), coalesce(var.key_names, []))) == 0
    )
    error_message = "filters.keys must be of the table's primary key, got ${join(", ", flatten([for filter in var.filters : keys(filter.keys)]))} where that is ${join(", ", coalesce(var.key_names, []))}: a record's Keys hold nothing else, and the filter could let none pass."
  }

  validation {
    condition = alltrue([
      for filter in var.filters : length(filter.old_image) == 0 || try(length(setsubtract(filter.event_names, ["INSERT"])) > 0, true)
    ])
    error_message = "filters.old_image must be {} if event_names is only INSERT, got ${join(", ", flatten([for filter in var.filters : keys(filter.old_image) if try(length(setsubtract(filter.event_names, ["INSERT"])) == 0, false)]))}: an INSERT has no old image, and the filter could let none pass."
  }

  validation {
    condition = alltrue([
      for filter in var.filters : length(filter.new_image) == 0 || try(length(setsubtract(filter.event_names, ["REMOVE"])) > 0, true)
    ])
    error_message = "filters.new_image must be {} if event_names is only REMOVE, got ${join(", ", flatten([for filter in var.filters : keys(filter.new_image) if try(length(setsubtract(filter.event_names, ["REMOVE"])) == 0, false)]))}: a REMOVE has no new image, and the filter could let none pass."
  }

  validation {
    condition     = alltrue([for filter in var.filters : filter.pattern == null ? true : can(keys(jsondecode(filter.pattern)))])
    error_message = "filters.pattern must be a JSON object, {\"eventName\": [\"INSERT\"]}, got ${join(", ", [for filter in var.filters : filter.pattern if filter.pattern != null])}: Lambda could not read it."
  }

  validation {
    condition     = alltrue([for filter in var.filters : length(coalesce(filter.pattern, "-")) <= 4096])
    error_message = "filters.pattern must be at most 4096 characters, got ${join(", ", [for filter in var.filters : length(filter.pattern) if filter.pattern != null])}: Lambda takes no longer one."
  }

  validation {
    condition = alltrue([for filter in var.filters :
      length(setsubtract(try(keys(jsondecode(filter.pattern)), []), ["awsRegion", "dynamodb", "eventID", "eventName", "eventSource", "eventSourceARN", "eventVersion", "userIdentity", "$or"])) == 0
    ])
    error_message = "filters.pattern must ask for members of a record (awsRegion, dynamodb, eventID, eventName, eventSource, eventSourceARN, eventVersion, userIdentity), got ${join(", ", flatten([for filter in var.filters : try(keys(jsondecode(filter.pattern)), [])]))}: a name that no record has lets none pass."
  }

  validation {
    condition = alltrue([for filter in var.filters :
      length(setsubtract(try(keys(jsondecode(filter.pattern).dynamodb), []), ["ApproximateCreationDateTime", "Keys", "NewImage", "OldImage", "SequenceNumber", "SizeBytes", "StreamViewType", "$or"])) == 0
    ])
    error_message = "filters.pattern must ask below dynamodb for ApproximateCreationDateTime, Keys, NewImage, OldImage, SequenceNumber, SizeBytes or StreamViewType, got ${join(", ", flatten([for filter in var.filters : try(keys(jsondecode(filter.pattern).dynamodb), [])]))}: a name that no record has lets none pass."
  }

  validation {
    condition = alltrue([for filter in var.filters :
      length(setsubtract(try([for value in jsondecode(filter.pattern).eventName : value if can(regex("", value))], []), ["INSERT", "MODIFY", "REMOVE"])) == 0
    ])
    error_message = "filters.pattern must ask of eventName INSERT, MODIFY or REMOVE, got ${jsonencode(flatten([for filter in var.filters : try(jsondecode(filter.pattern).eventName, [])]))}: no record has another."
  }

  validation {
    condition = alltrue(flatten([for filter in var.filters : [for image in ["Keys", "NewImage", "OldImage"] : try([for name, asked in jsondecode(filter.pattern).dynamodb[image] :
      name == "$or" || try(length(keys(asked)) > 0 && length(setsubtract(keys(asked), ["S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL", "$or"])) == 0, false)
    ], [])]]))
    error_message = "filters.pattern must have the value's type below an attribute's name, {\"NewImage\": {\"status\": {\"S\": [\"paid\"]}}}, got ${join(", ", [for filter in var.filters : filter.pattern if filter.pattern != null])}: without it the rule never looks at the value."
  }

  validation {
    # As jsonencode writes it; the tests before the one that is looked for may hold lists.
    condition = !anytrue([
      for filter in var.filters :
      can(regex("\"(S|N|B|SS|NS|BS)\":\\[(?:[^\\[\\]]|\\[[^\\[\\]]*\\])*\\{\"numeric\"", jsonencode(jsondecode(filter.pattern))))
    ])
    error_message = "filters.pattern must not ask numeric of an N, got ${join(", ", [for filter in var.filters : filter.pattern if filter.pattern != null])}: a number is a string in a record, so numeric never holds. Compare it as text, or let the function choose."
  }

  validation {
    condition = !anytrue([
      for filter in var.filters :
      can(
        regex(
          "\"(S|N|B|SS|NS|BS)\":\\[(?:(?:[^\\[\\]]|\\[[^\\[\\]]*\\])*,)?(-?[0-9]|true|false|null)", jsonencode(jsondecode(filter.pattern))
        )
      )
    ])
    error_message = "filters.pattern must give the values of an S, N or B as strings, {\"N\": [\"5\"]}, got ${join(", ", [for filter in var.filters : filter.pattern if filter.pattern != null])}: they are strings in a record, numbers too, and nothing else equals them."
  }
}

variable "filter_kms_key_arn" {
  description = "ARN of the key that the filters are encrypted by in Lambda; its policy must let `lambda.amazonaws.com` decrypt. Null: Lambda's own."
  type        = string
  default     = null

  validation {
    condition     = alltrue([for arn in var.filter_kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
    error_message = "filter_kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.filter_kms_key_arn[*])}\": Lambda takes no alias."
  }
}

variable "failures" {
  description = "How long a failing batch is retried, and the destination of discarded batches: at most one, by default `default_bucket_arn`."
  type = object({
    bisect_batch_on_function_error = optional(bool, true)    # halve a batch that the function raised on, until the record is found
    maximum_retry_attempts         = optional(number, -1)    # -1: until the age below; the count starts afresh whenever a partial answer moves on
    maximum_record_age_in_seconds  = optional(number, 82800) # 23 of the stream's 24 hours: one hour is left to deliver a discarded batch
    s3_bucket_arn                  = optional(string)        # keeps the records
    sqs_queue_arn                  = optional(string)        # metadata only: fetch the records before the stream trims them
    sns_topic_arn                  = optional(string)        # metadata only, as above

    create = optional(object({                 # makes one instead: s3, sqs or sns
      type              = string               # which of the three
      retention_in_days = optional(number, 14) # how long discarded batches are kept; a topic keeps nothing
    }))
    kms_key_arn = optional(string) # of the customer managed key that encrypts the destination, existing or created; null: AWS's key
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.failures.maximum_retry_attempts >= -1 && var.failures.maximum_retry_attempts <= 10000
    error_message = "failures.maximum_retry_attempts must be -1 (until the record is too old) to 10000, got ${var.failures.maximum_retry_attempts}."
  }

  validation {
    condition = (
      var.failures.maximum_record_age_in_seconds == -1 ||
      (var.failures.maximum_record_age_in_seconds >= 60 && var.failures.maximum_record_age_in_seconds <= 86400)
    )
    error_message = "failures.maximum_record_age_in_seconds must be -1 or 60 to 86400, got ${var.failures.maximum_record_age_in_seconds}: the stream keeps records for 86400 s, so a greater age (Lambda takes up to 604800) would lose them to trimming instead of giving them up."
  }

  validation {
    condition     = var.failures.maximum_retry_attempts != -1 || var.failures.maximum_record_age_in_seconds != -1
    error_message = "failures.maximum_retry_attempts and failures.maximum_record_age_in_seconds must not both be -1, got both: one batch that always fails would stop its shard until the stream trims it, and everything behind it, unseen."
  }

  validation {
    condition = (
      length(
        compact([var.failures.s3_bucket_arn, var.failures.sqs_queue_arn, var.failures.sns_topic_arn, one(var.failures.create[*].type)])
      ) <=
      1
    )
    error_message = "failures.s3_bucket_arn, failures.sqs_queue_arn, failures.sns_topic_arn, failures.create: at most one may be set, got ${length(compact([var.failures.s3_bucket_arn, var.failures.sqs_queue_arn, var.failures.sns_topic_arn, one(var.failures.create[*].type)]))}. A mapping has one destination."
  }

  validation {
    condition = (
      length(
        compact([
          var.failures.s3_bucket_arn,
          var.failures.sqs_queue_arn,
          var.failures.sns_topic_arn,
          one(var.failures.create[*].type),
          var.default_bucket_arn
        ])
      ) >=
      1
    )
    error_message = "failures.s3_bucket_arn, failures.sqs_queue_arn, failures.sns_topic_arn or failures.create must be set if default_bucket_arn is null, got null: a discarded batch would be lost."
  }

  validation {
    condition     = alltrue([for type in var.failures.create[*].type : contains(["s3", "sqs", "sns"], type)])
    error_message = "failures.create.type must be s3, sqs or sns, got \"${join("", var.failures.create[*].type)}\": Lambda delivers what a DynamoDB stream gives up to nothing else."
  }

  validation {
    condition = alltrue([
      for create in var.failures.create[*] : create.retention_in_days >= 1 && create.retention_in_days <= (create.type == "s3" ? 3650 : 14)
    ])
    error_message = "failures.create.retention_in_days must be 1 to 14 days, with s3 to 3650, got ${join("", var.failures.create[*].retention_in_days)}: a queue keeps a message no longer."
  }

  validation {
    condition     = alltrue([for arn in var.failures.kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
    error_message = "failures.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.failures.kms_key_arn[*])}\": an alias cannot be named in a policy."
  }

  validation {
    condition     = alltrue([for arn in var.failures.s3_bucket_arn[*] : can(regex("^arn:[^:]+:s3:::[a-z0-9.-]{3,63}$", arn))])
    error_message = "failures.s3_bucket_arn must be a bucket's ARN, arn:aws:s3:::NAME, got \"${join("", var.failures.s3_bucket_arn[*])}\"."
  }

  validation {
    condition = alltrue([
      for arn in var.failures.sqs_queue_arn[*] : can(regex("^arn:[^:]+:sqs:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,80}$", arn))
    ])
    error_message = "failures.sqs_queue_arn must be a standard queue's ARN, arn:aws:sqs:REGION:ACCOUNT:NAME, got \"${join("", var.failures.sqs_queue_arn[*])}\": Lambda delivers to no FIFO queue."
  }

  validation {
    condition = alltrue([
      for arn in var.failures.sns_topic_arn[*] : can(regex("^arn:[^:]+:sns:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}$", arn))
    ])
    error_message = "failures.sns_topic_arn must be a standard topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got \"${join("", var.failures.sns_topic_arn[*])}\": Lambda delivers to no FIFO topic."
  }
}

variable "default_bucket_arn" {
  description = "Bucket for discarded batches if `failures` names no destination. Null: `failures` must name one."
  type        = string
  default     = null
}

variable "metrics_config" {
  description = "Which metrics the mapping reports: `EventCount` is the only count of discarded and lost batches."
  type = object({
    metrics = optional(list(string), ["EventCount"]) # [] saves some 2 dollars a month, and no alarm reports lost batches
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for metric in var.metrics_config.metrics : metric == "EventCount"])
    error_message = "metrics_config.metrics must be [\"EventCount\"] or [], got ${jsonencode(var.metrics_config.metrics)}: a DynamoDB stream has no other."
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
