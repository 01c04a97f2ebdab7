variable "stream_arn" {
  description = "ARN of the DynamoDB stream."
  type        = string
  nullable    = false
}

variable "stream_view_type" {
  description = "Contents of stream records. If null, filters on images are not checked."
  type        = string
  default     = null

  validation {
    condition = alltrue([
      for view in var.stream_view_type[*] : contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], view)
    ])
    error_message = join(" ", [
      "stream_view_type must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES, got",
      "\"${join("", var.stream_view_type[*])}\".",
    ])
  }
}

variable "key_names" {
  description = "Names of the table's key attributes. If null, `filters.keys` is not checked."
  type        = list(string)
  default     = null
}

variable "table_kms_key_arn" {
  description = "ARN of the customer managed key that encrypts the table. Required for such tables."
  type        = string
  default     = null
}

variable "account_id" {
  description = "ID of the function's account, if the stream belongs to another account."
  type        = string
  default     = null
}

variable "function_name" {
  description = "Name or ARN of the function, or of an alias (`NAME:ALIAS`)."
  type        = string
  nullable    = false
}

variable "function_response_types" {
  description = "Response types: `ReportBatchItemFailures`, or an empty list."
  type        = list(string)
  default     = ["ReportBatchItemFailures"]
  nullable    = false

  validation {
    condition = alltrue([for kind in var.function_response_types : kind == "ReportBatchItemFailures"])
    error_message = join(" ", [
      "function_response_types must be [\"ReportBatchItemFailures\"] or [], got ${jsonencode(var.function_response_types)}: Lambda reads",
      "nothing else in an answer.",
    ])
  }
}

variable "role_name" {
  description = "Name of the function's role. Null only if `attach_policy` is false."
  type        = string
  default     = null

  validation {
    condition = var.role_name != null || !var.attach_policy
    error_message = join(" ", [
      "role_name must be the name of the function's role unless attach_policy is false, got none: Lambda refuses a mapping whose role",
      "cannot read the stream.",
    ])
  }
}

variable "attach_policy" {
  description = <<-EOT
    Whether to attach the policy in the output `policy_json` to the role. If false, attach it yourself before the mapping is
    created.
  EOT
  type        = bool
  default     = true
  nullable    = false
}

variable "event_source_mapping" {
  description = <<-EOT
    Event source mapping: how Lambda polls the stream.

    - `batch_size`: Maximum number of records in a batch. A batch is at most 6 MB.
    - `maximum_batching_window_in_seconds`: Maximum time to wait for a full batch. It adds to the replication lag.
    - `parallelization_factor`: Number of concurrent batches of each shard. Changes of one item stay in order.
    - `starting_position`: TRIM_HORIZON or LATEST. LATEST can miss changes that are made while Lambda creates the mapping.
    - `enabled`: Whether Lambda polls the stream. While it does not, records wait, and expire after 24 hours.
  EOT
  type = object({
    batch_size                         = optional(number, 1000)
    maximum_batching_window_in_seconds = optional(number, 1)
    parallelization_factor             = optional(number, 1)
    starting_position                  = optional(string, "TRIM_HORIZON")
    enabled                            = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition = var.event_source_mapping.batch_size >= 1 && var.event_source_mapping.batch_size <= 10000
    error_message = join(" ", [
      "event_source_mapping.batch_size must be 1 to 10000 records, got",
      "${var.event_source_mapping.batch_size}: Lambda takes no other.",
    ])
  }

  validation {
    condition = (
      var.event_source_mapping.maximum_batching_window_in_seconds >= 0 &&
      var.event_source_mapping.maximum_batching_window_in_seconds <= 300
    )
    error_message = join(" ", [
      "event_source_mapping.maximum_batching_window_in_seconds must be 0 to 300, got",
      "${var.event_source_mapping.maximum_batching_window_in_seconds}: Lambda waits no longer for a batch to fill.",
    ])
  }

  validation {
    condition = var.event_source_mapping.batch_size <= 10 || var.event_source_mapping.maximum_batching_window_in_seconds >= 1
    error_message = join(" ", [
      "event_source_mapping.maximum_batching_window_in_seconds must be 1 or more when event_source_mapping.batch_size is above 10, got",
      "${var.event_source_mapping.maximum_batching_window_in_seconds} with ${var.event_source_mapping.batch_size} records: without a",
      "window large batches never fill.",
    ])
  }

  validation {
    condition = var.event_source_mapping.parallelization_factor >= 1 && var.event_source_mapping.parallelization_factor <= 10
    error_message = join(" ", [
      "event_source_mapping.parallelization_factor must be 1 to 10 batches of a shard at a time, got",
      "${var.event_source_mapping.parallelization_factor}: Lambda runs no more.",
    ])
  }

  validation {
    condition = contains(["TRIM_HORIZON", "LATEST"], var.event_source_mapping.starting_position)
    error_message = join(" ", [
      "event_source_mapping.starting_position must be TRIM_HORIZON or LATEST, got \"${var.event_source_mapping.starting_position}\":",
      "Lambda starts at a time only in Kinesis and Kafka, so AT_TIMESTAMP would be refused at apply.",
    ])
  }
}

variable "tumbling_window_in_seconds" {
  description = "Length of a tumbling window, for functions that keep a state from batch to batch. 0 disables windows."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition = var.tumbling_window_in_seconds >= 0 && var.tumbling_window_in_seconds <= 900
    error_message = join(" ", [
      "tumbling_window_in_seconds must be 0 (none) to 900, got",
      "${var.tumbling_window_in_seconds}: Lambda keeps a state no longer.",
    ])
  }
}

variable "filters" {
  description = <<-EOT
    Filters of the event source mapping. The function receives records that match at least one of them.
    To choose which items an index contains, use `documents.filter`.

    - `event_names`: INSERT, MODIFY and REMOVE. If null, all of them.
    - `keys`: Conditions by key attribute. A record must match all of them.
    - `new_image`: Conditions by attribute of the new image. A REMOVE has no new image.
    - `old_image`: Conditions by attribute of the old image. An INSERT has no old image.
    - `pattern`: Filter pattern as JSON, instead of conditions.
    - `keys.type`, `new_image.type`, `old_image.type`: Type of the value: S, N, B or BOOL.
    - `keys.equals`, `new_image.equals`, `old_image.equals`: Values to match.
    - `keys.not_equals`, `new_image.not_equals`, `old_image.not_equals`: Values not to match. A missing attribute never matches.
    - `keys.begins_with`, `new_image.begins_with`, `old_image.begins_with`: Prefix to match.
    - `keys.exists`, `new_image.exists`, `old_image.exists`: Whether the attribute must exist.
  EOT
  type = list(object({
    event_names = optional(list(string))
    keys = optional(map(object({
      type        = optional(string, "S")
      equals      = optional(list(string))
      not_equals  = optional(list(string))
      begins_with = optional(string)
      exists      = optional(bool)
    })), {})
    new_image = optional(map(object({
      type        = optional(string, "S")
      equals      = optional(list(string))
      not_equals  = optional(list(string))
      begins_with = optional(string)
      exists      = optional(bool)
    })), {})
    old_image = optional(map(object({
      type        = optional(string, "S")
      equals      = optional(list(string))
      not_equals  = optional(list(string))
      begins_with = optional(string)
      exists      = optional(bool)
    })), {})
    pattern = optional(string)
  }))
  default  = []
  nullable = false

  validation {
    condition     = length(var.filters) <= 10
    error_message = "filters must be at most 10, got ${length(var.filters)}: Lambda takes no more (5 until the account asks for the quota)."
  }

  validation {
    condition = alltrue([
      for filter in var.filters :
      (
        (filter.pattern != null) !=
        (filter.event_names != null || length(filter.keys) + length(filter.new_image) + length(filter.old_image) > 0)
      )
    ])
    error_message = join(" ", [
      "filters must each ask something or have a pattern, got both or neither in",
      "${join(
        ", ",
        [
          for number, filter in var.filters :
          "filters[${number}]"
          if(
            (filter.pattern != null) ==
            (filter.event_names != null || length(filter.keys) + length(filter.new_image) + length(filter.old_image) > 0)
          )
        ]
      )}:",
      "it would let every record pass, or say two things.",
    ])
  }

  validation {
    condition = alltrue([
      for filter in var.filters :
      (
        filter.event_names == null ?
        true :
        length(filter.event_names) > 0 && length(setsubtract(filter.event_names, ["INSERT", "MODIFY", "REMOVE"])) == 0
      )
    ])
    error_message = join(" ", [
      "filters.event_names must be one or more of INSERT, MODIFY and REMOVE, got",
      "${jsonencode(flatten([for filter in var.filters : filter.event_names if filter.event_names != null]))}: no record has another, and",
      "the filter would let none pass.",
    ])
  }

  validation {
    condition = alltrue(flatten([
      for filter in var.filters :
      [
        for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) :
        contains(["S", "N", "B", "BOOL"], asked.type)
      ]
    ]))
    error_message = join(" ", [
      "filters.keys, new_image and old_image must test a value of the type S, N, B or BOOL, got",
      "${join(
        ", ",
        flatten([
          for filter in var.filters :
          [for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) : asked.type]
        ])
      )}:",
      "for what is inside a map, list or set write a pattern.",
    ])
  }

  validation {
    condition = alltrue(flatten([
      for filter in var.filters :
      [
        for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) :
        (
          length([for test in [asked.equals, asked.not_equals, asked.begins_with, asked.exists] : true if test != null]) == 1 &&
          length(coalesce(asked.equals, ["-"])) > 0 &&
          length(coalesce(asked.not_equals, ["-"])) > 0 &&
          asked.begins_with != ""
        )
      ]
    ]))
    error_message = join(" ", [
      "filters.keys, new_image and old_image must have one test for an attribute, equals, not_equals, begins_with or exists, and a value",
      "in it, got otherwise for",
      "${join(
        ", ",
        flatten([
          for filter in var.filters :
          [
            for name, asked in merge(filter.keys, filter.new_image, filter.old_image) :
            name
            if(
              length([for test in [asked.equals, asked.not_equals, asked.begins_with, asked.exists] : true if test != null]) != 1 ||
              length(coalesce(asked.equals, ["-"])) == 0 ||
              length(coalesce(asked.not_equals, ["-"])) == 0 ||
              asked.begins_with == ""
            )
          ]
        ])
      )}:",
      "Lambda would refuse the pattern, or take one test of several.",
    ])
  }

  validation {
    condition = alltrue(flatten([
      for filter in var.filters :
      [
        for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) :
        [
          for value in concat(coalesce(asked.equals, []), coalesce(asked.not_equals, [])) :
          (
            asked.type == "N" ?
            can(regex("^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\\.[0-9]*[1-9])$", value)) :
            asked.type == "BOOL" ?
            contains(["true", "false"], value) :
            true
          )
        ]
      ]
    ]))
    error_message = join(" ", [
      "filters must have the values of an N as DynamoDB writes them (\"12.5\", not \"12.50\" or \"1e3\"), of a BOOL as true or false, got",
      "${join(
        ", ",
        flatten([
          for filter in var.filters :
          [
            for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) :
            concat(coalesce(asked.equals, []), coalesce(asked.not_equals, []))
            if contains(["N", "BOOL"], asked.type)
          ]
        ])
      )}:",
      "a number is a string in a record, and is compared letter by letter.",
    ])
  }

  validation {
    condition = alltrue(flatten([
      for filter in var.filters :
      [
        for asked in concat(values(filter.keys), values(filter.new_image), values(filter.old_image)) :
        (
          asked.type == "BOOL" ?
          asked.not_equals == null && asked.begins_with == null :
          asked.type == "N" ?
          can(regex("^-?[0-9]*[.]?[0-9]*$", coalesce(asked.begins_with, "0"))) :
          true
        )
      ]
    ]))
    error_message = join(" ", [
      "filters must test a BOOL by equals or exists, an N by the beginning of a number with begins_with, got otherwise for",
      "${join(
        ", ",
        flatten([
          for filter in var.filters :
          [
            for name, asked in merge(filter.keys, filter.new_image, filter.old_image) :
            name
            if(
              asked.type == "BOOL" && (asked.not_equals != null || asked.begins_with != null) ||
              asked.type == "N" && !can(regex("^-?[0-9]*[.]?[0-9]*$", coalesce(asked.begins_with, "0")))
            )
          ]
        ])
      )}:",
      "a boolean is not text, so all records would match, or no record.",
    ])
  }

  validation {
    condition = (
      !contains(["KEYS_ONLY", "NEW_IMAGE"], coalesce(var.stream_view_type, "unknown")) ||
      alltrue([for filter in var.filters : length(filter.old_image) == 0])
    )
    error_message = join(" ", [
      "filters.old_image must be {} where the stream's records have no old image, got",
      "${join(", ", flatten([for filter in var.filters : keys(filter.old_image)]))} with ${coalesce(var.stream_view_type, "unknown")}: the",
      "filter could let none pass.",
    ])
  }

  validation {
    condition = (
      !contains(["KEYS_ONLY", "OLD_IMAGE"], coalesce(var.stream_view_type, "unknown")) ||
      alltrue([for filter in var.filters : length(filter.new_image) == 0])
    )
    error_message = join(" ", [
      "filters.new_image must be {} where the stream's records have no new image, got",
      "${join(", ", flatten([for filter in var.filters : keys(filter.new_image)]))} with ${coalesce(var.stream_view_type, "unknown")}: the",
      "filter could let none pass.",
    ])
  }

  validation {
    condition = (
      var.key_names == null ||
      length(setsubtract(flatten([for filter in var.filters : keys(filter.keys)]), coalesce(var.key_names, []))) == 0
    )
    error_message = join(" ", [
      "filters.keys must be of the table's primary key, got ${join(", ", flatten([for filter in var.filters : keys(filter.keys)]))} where",
      "that is ${join(", ", coalesce(var.key_names, []))}: a record's Keys hold nothing else, and the filter could let none pass.",
    ])
  }

  validation {
    condition = alltrue([
      for filter in var.filters : length(filter.old_image) == 0 || try(length(setsubtract(filter.event_names, ["INSERT"])) > 0, true)
    ])
    error_message = join(" ", [
      "filters.old_image must be {} if event_names is only INSERT, got",
      "${join(
        ", ",
        flatten(
          [for filter in var.filters : keys(filter.old_image) if try(length(setsubtract(filter.event_names, ["INSERT"])) == 0, false)]
        )
      )}:",
      "an INSERT has no old image, and the filter could let none pass.",
    ])
  }

  validation {
    condition = alltrue([
      for filter in var.filters : length(filter.new_image) == 0 || try(length(setsubtract(filter.event_names, ["REMOVE"])) > 0, true)
    ])
    error_message = join(" ", [
      "filters.new_image must be {} if event_names is only REMOVE, got",
      "${join(
        ", ",
        flatten(
          [for filter in var.filters : keys(filter.new_image) if try(length(setsubtract(filter.event_names, ["REMOVE"])) == 0, false)]
        )
      )}:",
      "a REMOVE has no new image, and the filter could let none pass.",
    ])
  }

  validation {
    condition = alltrue([for filter in var.filters : filter.pattern == null ? true : can(keys(jsondecode(filter.pattern)))])
    error_message = join(" ", [
      "filters.pattern must be a JSON object, {\"eventName\": [\"INSERT\"]}, got",
      "${join(", ", [for filter in var.filters : filter.pattern if filter.pattern != null])}: Lambda could not read it.",
    ])
  }

  validation {
    condition = alltrue([for filter in var.filters : length(coalesce(filter.pattern, "-")) <= 4096])
    error_message = join(" ", [
      "filters.pattern must be at most 4096 characters, got",
      "${join(", ", [for filter in var.filters : length(filter.pattern) if filter.pattern != null])}: Lambda takes no longer one.",
    ])
  }

  validation {
    condition = alltrue([
      for filter in var.filters :
      (
        length(setsubtract(
          try(keys(jsondecode(filter.pattern)), []),
          ["awsRegion", "dynamodb", "eventID", "eventName", "eventSource", "eventSourceARN", "eventVersion", "userIdentity", "$or"]
        )) ==
        0
      )
    ])
    error_message = join(" ", [
      "filters.pattern must ask for members of a record (awsRegion, dynamodb, eventID, eventName, eventSource, eventSourceARN,",
      "eventVersion, userIdentity), got ${join(", ", flatten([for filter in var.filters : try(keys(jsondecode(filter.pattern)), [])]))}: a",
      "name that no record has lets none pass.",
    ])
  }

  validation {
    condition = alltrue([
      for filter in var.filters :
      (
        length(setsubtract(
          try(keys(jsondecode(filter.pattern).dynamodb), []),
          ["ApproximateCreationDateTime", "Keys", "NewImage", "OldImage", "SequenceNumber", "SizeBytes", "StreamViewType", "$or"]
        )) ==
        0
      )
    ])
    error_message = join(" ", [
      "filters.pattern must ask below dynamodb for ApproximateCreationDateTime, Keys, NewImage, OldImage, SequenceNumber, SizeBytes or",
      "StreamViewType, got ${join(", ", flatten([for filter in var.filters : try(keys(jsondecode(filter.pattern).dynamodb), [])]))}: a",
      "name that no record has lets none pass.",
    ])
  }

  validation {
    condition = alltrue([
      for filter in var.filters :
      (
        length(setsubtract(
          try([for value in jsondecode(filter.pattern).eventName : value if can(regex("", value))], []),
          ["INSERT", "MODIFY", "REMOVE"]
        )) ==
        0
      )
    ])
    error_message = join(" ", [
      "filters.pattern must ask of eventName INSERT, MODIFY or REMOVE, got",
      "${jsonencode(flatten([for filter in var.filters : try(jsondecode(filter.pattern).eventName, [])]))}: no record has another.",
    ])
  }

  validation {
    condition = alltrue(flatten([
      for filter in var.filters :
      [
        for image in ["Keys", "NewImage", "OldImage"] :
        try(
          [
            for name, asked in jsondecode(filter.pattern).dynamodb[image] :
            (
              name == "$or" ||
              try(
                (
                  length(keys(asked)) > 0 &&
                  length(setsubtract(keys(asked), ["S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL", "$or"])) == 0
                ),
                false
              )
            )
          ],
          []
        )
      ]
    ]))
    error_message = join(" ", [
      "filters.pattern must have the value's type below an attribute's name, {\"NewImage\": {\"status\": {\"S\": [\"paid\"]}}}, got",
      "${join(", ", [for filter in var.filters : filter.pattern if filter.pattern != null])}: without it the rule never looks at the",
      "value.",
    ])
  }

  validation {
    # As jsonencode writes it; the tests before the one that is looked for may hold lists.
    condition = !anytrue([
      for filter in var.filters :
      can(regex("\"(S|N|B|SS|NS|BS)\":\\[(?:[^\\[\\]]|\\[[^\\[\\]]*\\])*\\{\"numeric\"", jsonencode(jsondecode(filter.pattern))))
    ])
    error_message = join(" ", [
      "filters.pattern must not ask numeric of an N, got",
      "${join(", ", [for filter in var.filters : filter.pattern if filter.pattern != null])}: a number is a string in a record, so numeric",
      "never holds. Compare it as text, or let the function choose.",
    ])
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
    error_message = join(" ", [
      "filters.pattern must give the values of an S, N or B as strings, {\"N\": [\"5\"]}, got",
      "${join(", ", [for filter in var.filters : filter.pattern if filter.pattern != null])}: they are strings in a record, numbers too,",
      "and nothing else equals them.",
    ])
  }
}

variable "kms_key_arns" {
  description = <<-EOT
    ARNs of customer managed keys. Where one is null, AWS owns or manages the key.

    - `filters`: Key of the event source mapping's filters. Its key policy must allow `lambda.amazonaws.com` to decrypt.
    - `on_failure_destination`: Key of the on-failure destination.
  EOT
  type = object({
    filters                = optional(string)
    on_failure_destination = optional(string)
  })
  default  = {}
  nullable = false
}

variable "on_failure" {
  description = <<-EOT
    Retries, and the on-failure destination of discarded batches.

    - `bisect_batch_on_function_error`: Whether Lambda splits a batch in two when the function fails.
    - `maximum_retry_attempts`: Maximum number of retries. -1 retries until the record is too old.
    - `maximum_record_age_in_seconds`: Age at which Lambda discards a record. Records expire from the stream after 86400 s.
    - `s3_bucket_arn`: ARN of a bucket that receives discarded batches with their records. Defaults to `default_bucket_arn`.
    - `sqs_queue_arn`: ARN of a queue that receives metadata of discarded batches. Fetch the records before they expire.
    - `sns_topic_arn`: ARN of a topic that receives metadata of discarded batches. Fetch the records before they expire.
    - `create_destination`: Creates an on-failure destination, if set.
    - `create_destination.type`: s3, sqs or sns.
    - `create_destination.retention_in_days`: Number of days to keep discarded batches. A topic keeps nothing.
  EOT
  type = object({
    bisect_batch_on_function_error = optional(bool, true)
    maximum_retry_attempts         = optional(number, -1)
    maximum_record_age_in_seconds  = optional(number, 82800)
    s3_bucket_arn                  = optional(string)
    sqs_queue_arn                  = optional(string)
    sns_topic_arn                  = optional(string)
    create_destination = optional(object({
      type              = string
      retention_in_days = optional(number, 14)
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition = var.on_failure.maximum_retry_attempts >= -1 && var.on_failure.maximum_retry_attempts <= 10000
    error_message = join(" ", [
      "on_failure.maximum_retry_attempts must be -1 (until the record is too old) to 10000, got",
      "${var.on_failure.maximum_retry_attempts}.",
    ])
  }

  validation {
    condition = (
      var.on_failure.maximum_record_age_in_seconds == -1 ||
      (var.on_failure.maximum_record_age_in_seconds >= 60 && var.on_failure.maximum_record_age_in_seconds <= 86400)
    )
    error_message = join(" ", [
      "on_failure.maximum_record_age_in_seconds must be -1 or 60 to 86400, got ${var.on_failure.maximum_record_age_in_seconds}: the stream",
      "keeps records for 86400 s, so a greater age (Lambda takes up to 604800) would lose them to trimming instead of giving them up.",
    ])
  }

  validation {
    condition = var.on_failure.maximum_retry_attempts != -1 || var.on_failure.maximum_record_age_in_seconds != -1
    error_message = join(" ", [
      "on_failure.maximum_retry_attempts and on_failure.maximum_record_age_in_seconds must not both be -1, got both: one batch that always",
      "fails would stop its shard until the stream trims it, and everything behind it, unseen.",
    ])
  }

  validation {
    condition = (
      length(compact([
        var.on_failure.s3_bucket_arn,
        var.on_failure.sqs_queue_arn,
        var.on_failure.sns_topic_arn,
        one(var.on_failure.create_destination[*].type),
      ])) <=
      1
    )
    error_message = join(" ", [
      "on_failure.s3_bucket_arn, on_failure.sqs_queue_arn, on_failure.sns_topic_arn, on_failure.create_destination: at most one may be",
      "set, got",
      "${length(compact([
        var.on_failure.s3_bucket_arn,
        var.on_failure.sqs_queue_arn,
        var.on_failure.sns_topic_arn,
        one(var.on_failure.create_destination[*].type),
      ]))}.",
      "A mapping has one destination.",
    ])
  }

  validation {
    condition = (
      length(compact([
        var.on_failure.s3_bucket_arn,
        var.on_failure.sqs_queue_arn,
        var.on_failure.sns_topic_arn,
        one(var.on_failure.create_destination[*].type),
        var.default_bucket_arn,
      ])) >=
      1
    )
    error_message = join(" ", [
      "on_failure.s3_bucket_arn, on_failure.sqs_queue_arn, on_failure.sns_topic_arn or on_failure.create_destination must be set where",
      "there is no default_bucket_arn, got none: a discarded batch would be lost.",
    ])
  }

  validation {
    condition = alltrue([for type in var.on_failure.create_destination[*].type : contains(["s3", "sqs", "sns"], type)])
    error_message = join(" ", [
      "on_failure.create_destination.type must be s3, sqs or sns, got \"${join("", var.on_failure.create_destination[*].type)}\": Lambda",
      "delivers what a DynamoDB stream gives up to nothing else.",
    ])
  }

  validation {
    condition = alltrue([
      for create in var.on_failure.create_destination[*] :
      create.retention_in_days >= 1 && create.retention_in_days <= (create.type == "s3" ? 3650 : 14)
    ])
    error_message = join(" ", [
      "on_failure.create_destination.retention_in_days must be 1 to 14 days, with s3 to 3650, got",
      "${join("", var.on_failure.create_destination[*].retention_in_days)}: a queue keeps a message no longer.",
    ])
  }
}

variable "default_bucket_arn" {
  description = "ARN of the bucket that receives discarded batches if `on_failure` sets no destination. If null, `on_failure` must set one."
  type        = string
  default     = null
}

variable "metrics_config" {
  description = <<-EOT
    CloudWatch metrics of the event source mapping.

    - `metrics`: EventCount, or nothing. Without EventCount, discarded and dropped batches have no metric.
  EOT
  type = object({
    metrics = optional(list(string), ["EventCount"])
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([for metric in var.metrics_config.metrics : metric == "EventCount"])
    error_message = join(" ", [
      "metrics_config.metrics must be [\"EventCount\"] or [], got ${jsonencode(var.metrics_config.metrics)}: a DynamoDB stream has no",
      "other.",
    ])
  }
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
  nullable    = false
}
