# Types and defaults are those of the modules, which check the values.

variable "name" {
  description = "Name of the function, its role, its alarms, and of the alias to search unless `index.name` or `indices` is set."
  type        = string
  nullable    = false
}

variable "package" {
  description = <<-EOT
    Deployment package of the function: the zip of a release, or the zip that `make package` builds.
    Set either `path` or `s3_bucket` and `s3_key`.

    - `path`: Path of a local zip.
    - `s3_bucket`: Name of the bucket that stores the zip, in the function's region.
    - `s3_key`: Key of the zip in `s3_bucket`.
    - `s3_object_version`: Version of the zip. Without it, Terraform does not notice a new zip under the same key.
  EOT
  type = object({
    path              = optional(string)
    s3_bucket         = optional(string)
    s3_key            = optional(string)
    s3_object_version = optional(string)
  })
  nullable = false
}

variable "table" {
  description = <<-EOT
    DynamoDB table to create, with its stream. Set either `table` or `existing_table`.
    For provisioned capacity, secondary indexes and replicas, use `modules/table` and `existing_table`.

    - `name`: Name of the table.
    - `hash_key`: Hash key: an attribute `name` and its `type`, S, N or B.
    - `range_key`: Range key: an attribute `name` and its `type`. If null, the hash key is the whole primary key.
    - `stream_view_type`: Contents of stream records. KEYS_ONLY and OLD_IMAGE cost a read of every changed item.
    - `deletion_protection_enabled`: Whether DynamoDB refuses to delete the table. Apply false before `terraform destroy`.
    - `table_class`: STANDARD, or STANDARD_INFREQUENT_ACCESS for lower storage and higher request prices.
    - `ttl_attribute_name`: Name of the TTL attribute (expiry time in epoch seconds). If null, TTL is disabled.
    - `ttl_enabled`: Whether TTL is enabled. Apply false before you remove `ttl_attribute_name`: AWS needs the name to disable TTL.
    - `kms_key_arn`: ARN of the customer managed key that encrypts the table. If null, AWS owns the key.
    - `point_in_time_recovery`: Continuous backups. With them, DynamoDB keeps a system backup of a deleted table for 35 days.
    - `point_in_time_recovery.enabled`: Whether continuous backups are enabled.
    - `point_in_time_recovery.recovery_period_in_days`: Number of days to keep continuous backups.
  EOT
  type = object({
    name                        = string
    hash_key                    = object({ name = string, type = string })
    range_key                   = optional(object({ name = string, type = string }))
    stream_view_type            = optional(string, "NEW_IMAGE")
    deletion_protection_enabled = optional(bool, true)
    table_class                 = optional(string, "STANDARD")
    ttl_attribute_name          = optional(string)
    ttl_enabled                 = optional(bool, true)
    kms_key_arn                 = optional(string)
    point_in_time_recovery = optional(object({
      enabled                 = optional(bool, true)
      recovery_period_in_days = optional(number, 35)
    }), {})
  })
  default = null
}

variable "existing_table" {
  description = <<-EOT
    Existing DynamoDB table, or the output `source` of `modules/table`. It is not modified.

    - `stream_arn`: ARN of the table's stream, which must be enabled: the attribute `stream_arn` of an `aws_dynamodb_table`.
    - `hash_key`: Name of the hash key.
    - `range_key`: Name of the range key. If null, the hash key is the whole primary key.
    - `stream_view_type`: Contents of stream records. Required by `documents.ttl_deletes` and `documents.version_attribute`.
    - `kms_key_arn`: ARN of the customer managed key that encrypts the table. Required for such tables.
    - `ttl_enabled`: Whether TTL is enabled. If null, it is not known.
    - `has_replicas`: Whether the table has replicas in other regions. If null, it is not known.
  EOT
  type = object({
    stream_arn       = string
    hash_key         = string
    range_key        = optional(string)
    stream_view_type = optional(string)
    kms_key_arn      = optional(string)
    ttl_enabled      = optional(bool)
    has_replicas     = optional(bool)
  })
  default = null
}

variable "domain" {
  description = <<-EOT
    OpenSearch Service domain to index into. Set either `domain` or `collection`.

    - `endpoint`: Endpoint of the domain: a host name, as `aws_opensearch_domain` returns it, or an `https` address.
    - `arn`: ARN of the domain.
    - `fine_grained_access`: Grants the function access at apply. For a domain with fine-grained access control.
    - `fine_grained_access.master_role_arn`: ARN of an IAM role that may administer the domain's security and that Lambda can assume.
    - `fine_grained_access.attach_policy`: Whether to attach the policy in the output `security_admin_policy_json` to that role.
  EOT
  type = object({
    endpoint = string
    arn      = string
    fine_grained_access = optional(object({
      master_role_arn = string
      attach_policy   = optional(bool, true)
    }))
  })
  default = null
}

variable "collection" {
  description = <<-EOT
    OpenSearch Serverless collection to index into, of type SEARCH. Set either `domain` or `collection`.

    - `endpoint`: Endpoint of the collection.
    - `arn`: ARN of the collection.
    - `name`: Name of the collection. Its policies refer to the name.
    - `validate_type`: Whether to read and check the collection's type (`aoss:BatchGetCollection`).
    - `data_access`: Creates the function's data access policy, if set.
    - `data_access.reader_arns`: ARNs of principals that may search.
    - `network`: Creates a network policy, if set.
    - `network.vpc_endpoint_ids`: IDs of OpenSearch Serverless VPC endpoints that reach the collection. If empty, access is public.
    - `encryption`: Creates the encryption policy, if set. The collection must be created after the policy.
    - `encryption.kms_key_arn`: ARN of the customer managed key that encrypts the collection. If null, AWS owns the key.
  EOT
  type = object({
    endpoint      = string
    arn           = string
    name          = string
    validate_type = optional(bool, true)
    data_access = optional(object({
      reader_arns = optional(list(string), [])
    }))
    network = optional(object({
      vpc_endpoint_ids = optional(list(string), [])
    }))
    encryption = optional(object({
      kms_key_arn = optional(string)
    }))
  })
  default = null
}

variable "index" {
  description = <<-EOT
    Index settings. The apply creates the index, and updates it in place where OpenSearch allows it.
    A collection takes only the mappings.

    - `name`: Alias to search. Defaults to `name`. Ignored if `indices` is set.
    - `number_of_shards`: Number of primary shards. A change requires a rebuild.
    - `number_of_replicas`: Number of replicas. Use 0 for a domain with one node.
    - `refresh_interval`: Time until a write is visible to searches. -1 disables refreshes.
    - `numeric_fields`: Types of numeric fields, by path (`lines.price`). The default is `double`.
    - `numeric_fields.type`: double, long, keyword or scaled_float.
    - `numeric_fields.scaling_factor`: Scaling factor of a scaled_float: 100 keeps two decimals.
    - `mappings`: OpenSearch mappings as JSON. They override the defaults.
    - `settings`: Static index settings as JSON, such as `analysis`. A change requires a rebuild.
  EOT
  type = object({
    name               = optional(string)
    number_of_shards   = optional(number, 1)
    number_of_replicas = optional(number, 1)
    refresh_interval   = optional(string, "1s")
    numeric_fields = optional(map(object({
      type           = string
      scaling_factor = optional(number)
    })), {})
    mappings = optional(string)
    settings = optional(string)
  })
  default  = {}
  nullable = false
}

variable "indices" {
  description = <<-EOT
    Several indices instead of one, by alias. An item has a document in every index whose filter it matches.

    - `filter`: Conditions by attribute. `documents.filter` applies as well. {} matches every item.
    - `filter.equals`: Values to match.
    - `filter.exists`: Whether the attribute must exist.
    - `filter.begins_with`: Prefix to match.
  EOT
  type = map(object({
    filter = map(object({
      equals      = optional(list(string))
      exists      = optional(bool)
      begins_with = optional(string)
    }))
  }))
  default  = {}
  nullable = false
}

variable "documents" {
  description = <<-EOT
    Items to index, and the contents of their documents.

    - `filter`: Conditions by attribute. An item has a document only while it matches all of them.
    - `filter.equals`: Values to match.
    - `filter.exists`: Whether the attribute must exist.
    - `filter.begins_with`: Prefix to match.
    - `include_attributes`: Attributes to index. If null, all attributes.
    - `exclude_attributes`: Attributes not to index.
    - `ttl_deletes`: apply, or ignore to keep the documents of items that TTL deletes.
    - `version_attribute`: Number attribute that every write of an item raises. If null, the version comes from the stream record.
    - `id_prefix`: Prefix of document ids. Required if several tables share an index.
    - `unsupported_field_names`: escape, flatten (into `flattened_attributes`) or pass_through names that OpenSearch rejects.
  EOT
  type = object({
    filter = optional(map(object({
      equals      = optional(list(string))
      exists      = optional(bool)
      begins_with = optional(string)
    })), {})
    include_attributes      = optional(list(string))
    exclude_attributes      = optional(list(string), [])
    ttl_deletes             = optional(string, "apply")
    version_attribute       = optional(string)
    id_prefix               = optional(string)
    unsupported_field_names = optional(string, "escape")
  })
  default  = {}
  nullable = false
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
}

variable "on_failure" {
  description = <<-EOT
    Retries, the on-failure destination of discarded batches, and the quarantine bucket of rejected records.

    - `bisect_batch_on_function_error`: Whether Lambda splits a batch in two when the function fails.
    - `maximum_retry_attempts`: Maximum number of retries. -1 retries until the record is too old.
    - `maximum_record_age_in_seconds`: Age at which Lambda discards a record. Records expire from the stream after 86400 s.
    - `s3_bucket_arn`: ARN of a bucket that receives discarded batches with their records. Defaults to the quarantine bucket.
    - `sqs_queue_arn`: ARN of a queue that receives metadata of discarded batches. Fetch the records before they expire.
    - `sns_topic_arn`: ARN of a topic that receives metadata of discarded batches. Fetch the records before they expire.
    - `create_destination`: Creates an on-failure destination, if set.
    - `create_destination.type`: s3, sqs or sns.
    - `create_destination.retention_in_days`: Number of days to keep discarded batches. A topic keeps nothing.
    - `quarantine_bucket`: Existing bucket for records that can never be indexed. If null, a bucket is created.
    - `quarantine_bucket.arn`: ARN of the bucket, which is not modified.
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
    quarantine_bucket = optional(object({ arn = string }))
  })
  default  = {}
  nullable = false
}

variable "function" {
  description = <<-EOT
    Lambda function, its network and log.

    - `memory_size`: Memory in MB. CPU is proportional to memory.
    - `timeout`: Timeout in seconds for one batch, including retries inside the function.
    - `architecture`: arm64 or x86_64. It must match the package.
    - `runtime`: python3.12 or python3.13. It must match the package.
    - `reserved_concurrent_executions`: Reserved concurrency: at least shards x `parallelization_factor`. -1 reserves none.
    - `tracing_mode`: PassThrough, or Active to trace sampled invocations with X-Ray.
    - `code_signing_config_arn`: ARN of a code signing configuration. Lambda then accepts only signed packages.
    - `account_id`: ID of the function's account, if the table belongs to another account.
    - `vpc`: VPC configuration. OpenSearch, S3 and DynamoDB must be reachable from the VPC. If null, the function is in no VPC.
    - `vpc.subnet_ids`: IDs of private subnets, in at least two zones.
    - `vpc.security_group_ids`: IDs of existing security groups.
    - `vpc.security_group`: Creates a security group that allows only outbound HTTPS, to the targets in `egress_...`.
    - `vpc.security_group.vpc_id`: ID of the subnets' VPC.
    - `vpc.security_group.egress_security_group_ids`: IDs of the security groups of the domain and of interface endpoints.
    - `vpc.security_group.egress_prefix_list_ids`: IDs of the prefix lists of gateway endpoints for S3 and DynamoDB.
    - `vpc.security_group.egress_cidr_blocks`: IPv4 blocks of targets that have no security group.
    - `logging`: Log group. The log never contains the contents of a record.
    - `logging.retention_in_days`: Number of days to keep the log.
    - `logging.application_log_level`: Minimum level of the function's log lines.
    - `logging.system_log_level`: Minimum level of Lambda's log lines. Saved queries read its reports.
  EOT
  type = object({
    memory_size                    = optional(number, 1024)
    timeout                        = optional(number, 120)
    architecture                   = optional(string, "arm64")
    runtime                        = optional(string, "python3.13")
    reserved_concurrent_executions = optional(number, -1)
    tracing_mode                   = optional(string, "PassThrough")
    code_signing_config_arn        = optional(string)
    account_id                     = optional(string)
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = optional(list(string), [])
      security_group = optional(object({
        vpc_id                    = string
        egress_security_group_ids = optional(list(string), [])
        egress_prefix_list_ids    = optional(list(string), [])
        egress_cidr_blocks        = optional(list(string), [])
      }))
    }))
    logging = optional(object({
      retention_in_days     = optional(number, 30)
      application_log_level = optional(string, "INFO")
      system_log_level      = optional(string, "INFO")
    }), {})
  })
  default  = {}
  nullable = false
}

variable "role" {
  description = <<-EOT
    Execution role of the function. Apart from `function`, so that an existing role can have policies that this module outputs.

    - `path`: IAM path of the role.
    - `permissions_boundary`: ARN of the role's permissions boundary.
    - `existing`: Existing role, which is not modified. Attach the policies in the output `role_policy_documents` to it first.
    - `existing.arn`: ARN of the role.
  EOT
  type = object({
    path                 = optional(string, "/")
    permissions_boundary = optional(string)
    existing             = optional(object({ arn = string }))
  })
  default  = {}
  nullable = false
}

variable "kms_key_arns" {
  description = <<-EOT
    ARNs of customer managed keys. Where one is null, AWS owns or manages the key.
    The keys of the table and of a collection are attributes of `table`, `existing_table` and `collection`.

    - `environment`: Key of the function's environment variables.
    - `log_group`: Key of the log group. Its key policy must allow CloudWatch Logs to use it.
    - `filters`: Key of the event source mapping's filters. Its key policy must allow `lambda.amazonaws.com` to decrypt.
    - `quarantine`: Key of the quarantine bucket. Its key policy must allow the function's role to use it.
    - `on_failure_destination`: Key of the on-failure destination.
  EOT
  type = object({
    environment            = optional(string)
    log_group              = optional(string)
    filters                = optional(string)
    quarantine             = optional(string)
    on_failure_destination = optional(string)
  })
  default  = {}
  nullable = false
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
