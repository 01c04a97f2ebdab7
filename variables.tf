# Types and defaults are those of the modules, which check the values: each rule exists once, next to what it protects.

variable "name" {
  description = "Names the function, the index (its alias) unless there are `routes`, the alarms, and the table unless `table.name` does."
  type        = string
  nullable    = false
}

variable "package_file" {
  description = "Path of the zip that `make package` builds."
  type        = string
  nullable    = false
}

variable "table" {
  description = "The table to make, with its stream. Null: `existing_table` is the source."
  type = object({
    name                        = optional(string)                                   # null: the `name` above
    hash_key                    = object({ name = string, type = string })           # { name, type }, the type S, N or B
    range_key                   = optional(object({ name = string, type = string })) # the same; null: only `hash_key` is the key
    stream_view_type            = optional(string, "NEW_IMAGE")                      # KEYS_ONLY and OLD_IMAGE cost a read of every changed item
    deletion_protection_enabled = optional(bool, false)                              # a deleted table still leaves a backup for 35 days
    table_class                 = optional(string, "STANDARD")                       # STANDARD_INFREQUENT_ACCESS: cheaper to keep, dearer to use
    ttl_attribute_name          = optional(string)                                   # expiry time of an item, in seconds since 1970; null: TTL is off
    ttl_enabled                 = optional(bool, true)                               # false: TTL is off; to remove the name, apply this first: AWS needs the name to switch TTL off
    kms_key_arn                 = optional(string)                                   # ARN of a customer managed key; null: a key that AWS owns

    point_in_time_recovery = optional(object({       # without it a deleted table is gone at once
      enabled                 = optional(bool, true) # false: no backups but the team's own
      recovery_period_in_days = optional(number, 35) # how far back the table can be put
    }), {})
  })
  default = null
}

variable "capacity" {
  description = "Provisioned capacity of the table, which scales between its bounds: cheaper than on demand where the load is steady. Null: on demand."
  type = object({
    read  = object({ min_capacity = number, max_capacity = number, target_value = optional(number, 70) }) # units, and the percentage of them that is to be in use
    write = object({ min_capacity = number, max_capacity = number, target_value = optional(number, 70) }) # the same
  })
  default = null
}

variable "global_secondary_indexes" {
  description = "Indexes of the table that is made, by name: other keys to query by. They have no part in the stream."
  type = map(object({
    hash_key           = object({ name = string, type = string })           # { name, type }, the type S, N or B
    range_key          = optional(object({ name = string, type = string })) # the same; null: only `hash_key`
    projection_type    = optional(string, "ALL")                            # KEYS_ONLY, or INCLUDE for the keys and those below
    non_key_attributes = optional(list(string))                             # with INCLUDE: which attributes besides the keys

    capacity = optional(object({ read = object({ min_capacity = number, max_capacity = number, target_value = optional(number, 70) }), write = object({ min_capacity = number, max_capacity = number, target_value = optional(number, 70) }) })) # null: bounds as the table's
  }))
  default  = {}
  nullable = false
}

variable "local_secondary_indexes" {
  description = "Indexes of the table that is made, by name, which sort by another attribute below the same hash key. For the table's life: others take another table."
  type = map(object({
    range_key          = object({ name = string, type = string }) # { name, type }, the type S, N or B
    projection_type    = optional(string, "ALL")                  # KEYS_ONLY, or INCLUDE for the keys and those below
    non_key_attributes = optional(list(string))                   # with INCLUDE: which attributes besides the keys
  }))
  default  = {}
  nullable = false
}

variable "replicas" {
  description = "Other regions that have the table too, by region: a global table. The index follows the table of this region, into which the others' writes come."
  type = map(object({
    kms_key_arn            = optional(string)     # a key in that region, if a customer managed key encrypts the table
    point_in_time_recovery = optional(bool, true) # as the table's
    propagate_tags         = optional(bool, true) # the table's tags
  }))
  default  = {}
  nullable = false
}

variable "existing_table" {
  description = "An existing table, which is not changed. Null: `table` is created."
  type = object({
    stream_arn = string           # the table's `stream_arn` attribute; its stream must be on
    hash_key   = string           # name of the attribute
    range_key  = optional(string) # the same; null: only `hash_key` is the key

    stream_view_type = optional(string) # what its stream's records hold; only what depends on it needs to know
    kms_key_arn      = optional(string) # of the customer managed key that encrypts it, which the function uses to read; null: no such key

    function_account_id = optional(string) # where the table is another account's: that of the function; null: the table's own
  })
  default = null
}

variable "opensearch" {
  description = "The OpenSearch that the team already has: the endpoint of a domain or serverless collection, and its ARN."
  type = object({
    endpoint = string # as the domain or collection shows it
    arn      = string # decides how requests are signed, and what the role may do
  })
  nullable = false
}

variable "serverless" {
  description = "Of a serverless collection: its name, and which of its policies are made here. Null for a domain."
  type = object({
    collection_name = string                   # its policies know it by name, the ARN by id
    check_type      = optional(bool, true)     # false: the type, which must be SEARCH, is not read (aoss:BatchGetCollection)
    data_access = optional(object({            # {} makes the data access policy; `reader_arns` may search
      reader_arns = optional(list(string), []) # principals that may search, in addition to the function
    }))
    network = optional(object({                     # {} creates a network policy: from anywhere, or only from these endpoints
      vpc_endpoint_ids = optional(list(string), []) # []: the collection is reached from anywhere
    }))
    encryption = optional(object({   # {} makes the encryption policy, by AWS's key or this; the collection must come after it
      kms_key_arn = optional(string) # of a customer managed key; null: AWS's key
    }))
  })
  default = null
}

variable "fine_grained_access" {
  description = "For a domain with fine-grained access control: the role that writes the function's security role into it at apply. Null: map it by hand from `opensearch_security_role`."
  type = object({
    master_role_arn = string               # IAM role that may administer the domain's security and that Lambda may take on
    attach_policy   = optional(bool, true) # false: the role has what `security_admin_policy_json` says already
  })
  default = null
}

variable "index" {
  description = "How the index is made: set up at apply, changed in place where OpenSearch can; a serverless collection takes only the mappings."
  type = object({
    number_of_shards   = optional(number, 1)                                                             # for the index's life: another number takes a rebuild
    number_of_replicas = optional(number, 1)                                                             # 0 on a domain of one node
    refresh_interval   = optional(string, "1s")                                                          # how soon a write can be found; -1: never by itself
    number_fields      = optional(map(object({ type = string, scaling_factor = optional(number) })), {}) # by path, "lines.price": double, long, string, or scaled with its factor
    mappings           = optional(string)                                                                # OpenSearch's `mappings`; null: dynamic, numbers as doubles, no dates guessed
    settings           = optional(string)                                                                # OpenSearch's `settings` that an index has from its start, such as `analysis`: a change takes a rebuild
  })
  default  = {}
  nullable = false
}

variable "documents" {
  description = "Which items have a document, and what is in it."
  type = object({
    filter             = optional(map(object({ equals = optional(list(string)), exists = optional(bool), begins_with = optional(string) })), {}) # by attribute; all must hold, and an item for which they do no more loses its document
    include_attributes = optional(list(string))                                                                                                  # null: all
    exclude_attributes = optional(list(string), [])                                                                                              # from all, or from those included
    ttl_deletes        = optional(string, "apply")                                                                                               # keep: documents outlive items that time to live deletes
    version_attribute  = optional(string)                                                                                                        # an N that every write of an item raises; null: the version is the record's
    id_prefix          = optional(string)                                                                                                        # distinguishes this table's documents from another table's in one index; null: the index has only this table's
    refused_names      = optional(string, "rename")                                                                                              # flatten: kept under `flattened_attributes`; quarantine: OpenSearch judges
  })
  default  = {}
  nullable = false
}

variable "routes" {
  description = "Several indexes in place of the one named `name`: by alias `{ filter = {...} }`, as `documents.filter`, which goes before ({}: every item). An item has a document in each whose filter it meets, and in no other."
  type = map(object({
    filter = map(object({ equals = optional(list(string)), exists = optional(bool), begins_with = optional(string) })) # by attribute; all must hold, and {} takes every item
  }))
  default  = {}
  nullable = false
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
}

variable "polling" {
  description = "Where reading starts, and whether the mapping is enabled. A disabled mapping keeps its position. A changed `starting_position` creates a new mapping, which starts there."
  type = object({
    starting_position = optional(string, "TRIM_HORIZON") # LATEST may miss what is written while the mapping is made
    enabled           = optional(bool, true)             # false pauses: records wait, and are gone after 24 hours
  })
  default  = {}
  nullable = false
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
}

variable "filter_kms_key_arn" {
  description = "ARN of the key that the filters are encrypted by in Lambda; its policy must let `lambda.amazonaws.com` decrypt. Null: Lambda's own."
  type        = string
  default     = null
}

variable "failures" {
  description = "How long a failing batch is retried, and the destination of discarded batches: at most one, by default the quarantine bucket."
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
}

variable "function" {
  description = "What the function runs on. Architecture and runtime are those that the zip was built for."
  type = object({
    memory_size                    = optional(number, 1024)          # the CPU grows with it
    timeout                        = optional(number, 120)           # for one batch, its retries included
    architecture                   = optional(string, "arm64")       # `make package PLATFORM=x86_64` builds the other
    runtime                        = optional(string, "python3.13")  # the one that the zip was built for
    reserved_concurrent_executions = optional(number, -1)            # otherwise at least shards x parallelization_factor
    tracing_mode                   = optional(string, "PassThrough") # Active: X-Ray samples the invocations
    kms_key_arn                    = optional(string)                # encrypts the environment, which holds no secret; null: Lambda's own key
    code_signing_config_arn        = optional(string)                # Lambda then accepts only a zip that AWS Signer has signed
  })
  default  = {}
  nullable = false
}

variable "role" {
  description = "The function's role. With `existing` no role and no policy is made: give that role all of `role_policy_documents` first."
  type = object({
    path                 = optional(string, "/")              # in IAM, by which a team may delegate roles
    permissions_boundary = optional(string)                   # ARN of the policy that bounds what the role can ever do
    existing             = optional(object({ arn = string })) # an existing role; null: a role is created
  })
  default  = {}
  nullable = false
}

variable "network" {
  description = "Where in a VPC the function runs; from there it must reach OpenSearch, S3 and DynamoDB. Null: outside of any, for an endpoint that is public."
  type = object({
    subnet_ids         = list(string)                        # private ones, in two zones or more
    security_group_ids = optional(list(string), [])          # the team's own
    security_group = optional(object({                       # a security group that is created, with HTTPS egress only to what is named here
      vpc_id                    = string                     # the one of the subnets
      egress_security_group_ids = optional(list(string), []) # the domain's, and those of interface endpoints
      egress_prefix_list_ids    = optional(list(string), []) # those of the gateway endpoints of S3 and DynamoDB
      egress_cidr_blocks        = optional(list(string), []) # where there is no group to name
    }))
  })
  default = null
}

variable "quarantine" {
  description = "How what could not be indexed is kept."
  type = object({
    kms_key_arn = optional(string)                   # null: encrypted by S3's own key; a key's policy must let the function's role use it
    existing    = optional(object({ arn = string })) # an existing bucket, which is not changed; null: a bucket is created
  })
  default  = {}
  nullable = false
}

variable "logging" {
  description = "The function's log, which never holds the contents of a record."
  type = object({
    retention_in_days     = optional(number, 30)     # how long the log is kept
    application_log_level = optional(string, "INFO") # the least severe that is kept
    system_log_level      = optional(string, "INFO") # the same of what Lambda itself says; saved queries read its reports
    kms_key_id            = optional(string)         # ARN of a key that its policy lets CloudWatch Logs use; null: CloudWatch's own
  })
  default  = {}
  nullable = false
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
}

variable "tags" {
  description = "Tags of everything here that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
