variable "name" {
  description = "Name of the function, and of the alias to search unless `index.name` or `indices` is set."
  type        = string
  nullable    = false

  validation {
    condition = can(regex("^[a-z][a-z0-9-]{1,47}$", var.name))
    error_message = join(" ", [
      "name must be 2 to 48 lowercase letters, digits or hyphens, a letter first, got \"${var.name}\": it begins the name of an S3 bucket,",
      "which takes neither capitals nor underscores.",
    ])
  }
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

  validation {
    condition = (
      (var.package.path == null) == (var.package.s3_bucket != null) &&
      (var.package.s3_bucket == null) == (var.package.s3_key == null)
    )
    error_message = "package must be a path, or an s3_bucket and an s3_key, got ${jsonencode(var.package)}: Lambda takes one zip."
  }
}

variable "source_table" {
  description = <<-EOT
    Table that the index follows.

    - `arn`: ARN of the table, whose items the function may read.
    - `name`: Name of the table.
    - `key_names`: Names of the primary key's attributes, hash key first.
    - `kms_key_arn`: ARN of the customer managed key that encrypts the table. Required for such tables.
    - `stream_view_type`: Contents of stream records. If null, they are not known.
    - `ttl_enabled`: Whether TTL is enabled. If null, it is not known.
    - `has_replicas`: Whether the table has replicas in other regions. If null, it is not known.
  EOT
  type = object({
    arn              = string
    name             = string
    key_names        = list(string)
    kms_key_arn      = optional(string)
    stream_view_type = optional(string)
    ttl_enabled      = optional(bool)
    has_replicas     = optional(bool)
  })
  nullable = false
}

variable "region" {
  description = "Region of the function. It is part of the role's name, because IAM roles belong to no region."
  type        = string
  nullable    = false
}

variable "connection" {
  description = <<-EOT
    Output `connection` of `opensearch-access`.

    - `endpoint`: Address of the domain or collection.
    - `service`: Service to sign requests for: es or aoss.
  EOT
  type = object({
    endpoint = string
    service  = string
  })
  nullable = false

  validation {
    condition     = contains(["es", "aoss"], var.connection.service)
    error_message = "connection.service must be es or aoss, got \"${var.connection.service}\": requests signed for another are refused."
  }
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

  validation {
    condition = (
      var.index.number_of_shards >= 1 &&
      var.index.number_of_shards <= 1024 &&
      floor(var.index.number_of_shards) == var.index.number_of_shards
    )
    error_message = join(" ", [
      "index.number_of_shards must be a whole number, 1 to 1024, got",
      "${var.index.number_of_shards}: OpenSearch makes no index of more.",
    ])
  }

  validation {
    condition     = var.index.number_of_replicas >= 0 && floor(var.index.number_of_replicas) == var.index.number_of_replicas
    error_message = "index.number_of_replicas must be a whole number, 0 or more, got ${var.index.number_of_replicas}."
  }

  validation {
    condition = can(regex("^(-1|[0-9]+(nanos|micros|ms|s|m|h|d))$", var.index.refresh_interval))
    error_message = join(" ", [
      "index.refresh_interval must be -1 or a number with its unit (nanos, micros, ms, s, m, h, d), such as 1s, got",
      "\"${var.index.refresh_interval}\".",
    ])
  }

  validation {
    condition = alltrue(
      [for asked in values(var.index.numeric_fields) : contains(["double", "long", "keyword", "scaled_float"], asked.type)]
    )
    error_message = join(" ", [
      "index.numeric_fields must each have the type double, long, keyword or scaled_float, got",
      "${join(
        ", ",
        [
          for path, asked in var.index.numeric_fields :
          "${asked.type} for ${path}"
          if !contains(["double", "long", "keyword", "scaled_float"], asked.type)
        ]
      )}.",
    ])
  }

  validation {
    condition = alltrue([for asked in values(var.index.numeric_fields) : (asked.type == "scaled_float") == (asked.scaling_factor != null)])
    error_message = join(" ", [
      "index.numeric_fields must have a scaling_factor (100 keeps two decimals) where the type is scaled_float and nowhere else, got",
      "otherwise for",
      "${join(
        ", ",
        [for path, asked in var.index.numeric_fields : path if(asked.type == "scaled_float") != (asked.scaling_factor != null)]
      )}.",
    ])
  }

  validation {
    condition = alltrue([for mappings in var.index.mappings[*] : can(keys(jsondecode(mappings)))])
    error_message = join(" ", [
      "index.mappings must be a JSON object, {\"properties\": {...}}, got ${join("", var.index.mappings[*])}: OpenSearch could not read",
      "it.",
    ])
  }

  validation {
    condition = alltrue([for settings in var.index.settings[*] : can(keys(jsondecode(settings)))])
    error_message = join(" ", [
      "index.settings must be a JSON object, {\"analysis\": {...}}, got",
      "${join("", var.index.settings[*])}: OpenSearch could not read it.",
    ])
  }

  validation {
    condition = alltrue([
      for settings in var.index.settings[*] :
      (
        length(
          setintersection(try(keys(jsondecode(settings)), []), ["index", "number_of_shards", "number_of_replicas", "refresh_interval"])
        ) ==
        0
      )
    ])
    error_message = join(" ", [
      "index.settings must be without index (it is their parent), number_of_shards, number_of_replicas and refresh_interval (they have",
      "attributes), got ${join("", var.index.settings[*])}.",
    ])
  }

  validation {
    condition = var.index.name == null || can(regex("^[a-z][a-z0-9_-]{1,47}$", var.index.name))
    error_message = join(" ", [
      "index.name must be 2 to 48 lowercase letters, digits, hyphens or underscores, a letter first, got",
      "\"${coalesce(var.index.name, "none")}\": OpenSearch takes it as an alias.",
    ])
  }
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

  validation {
    condition = alltrue([
      for asked in values(var.documents.filter) :
      asked.equals == null ? asked.exists != null || asked.begins_with != null :
      length(asked.equals) > 0
    ])
    error_message = join(" ", [
      "documents.filter must ask equals (of one value or more), exists or begins_with of each attribute, got otherwise for",
      "${join(
        ", ",
        [
          for name, asked in var.documents.filter :
          name
          if asked.equals == null ? asked.exists == null && asked.begins_with == null : length(asked.equals) == 0
        ]
      )}:",
      "it would match all items, or no item.",
    ])
  }

  validation {
    condition     = contains(["apply", "ignore"], var.documents.ttl_deletes)
    error_message = "documents.ttl_deletes must be apply or ignore, got \"${var.documents.ttl_deletes}\"."
  }

  validation {
    condition = var.documents.ttl_deletes != "ignore" || !coalesce(var.source_table.has_replicas, false)
    error_message = join(" ", [
      "documents.ttl_deletes must be apply for a table with replicas (got ignore). DynamoDB marks a TTL deletion only in the region where",
      "it happens, so deletions from other regions would delete documents.",
    ])
  }

  validation {
    condition = (
      var.documents.ttl_deletes != "ignore" ||
      contains(["NEW_IMAGE", "NEW_AND_OLD_IMAGES"], coalesce(var.source_table.stream_view_type, "unknown"))
    )
    error_message = join(" ", [
      "documents.ttl_deletes must be apply unless table.stream_view_type (or existing_table.stream_view_type) is NEW_IMAGE or",
      "NEW_AND_OLD_IMAGES, got ignore with ${coalesce(var.source_table.stream_view_type, "none given")}: a late read of a change finds no",
      "item and cannot know that time to live deleted it.",
    ])
  }

  validation {
    condition = (
      var.documents.version_attribute == null ||
      contains(["NEW_AND_OLD_IMAGES", "OLD_IMAGE"], coalesce(var.source_table.stream_view_type, "unknown"))
    )
    error_message = join(" ", [
      "documents.version_attribute must be null unless table.stream_view_type (or existing_table.stream_view_type) is NEW_AND_OLD_IMAGES",
      "or OLD_IMAGE, got \"${join("", var.documents.version_attribute[*])}\" with",
      "${coalesce(var.source_table.stream_view_type, "none given")}: a removal has the item's last version only in its old image.",
    ])
  }

  validation {
    condition     = var.documents.version_attribute != ""
    error_message = "documents.version_attribute must be the name of an attribute, or null, got \"\"."
  }

  validation {
    condition = var.documents.id_prefix == null || can(regex("^[A-Za-z][A-Za-z0-9_-]{0,62}$", var.documents.id_prefix))
    error_message = join(" ", [
      "documents.id_prefix must be a letter and up to 62 letters, digits, _ or -, or null, got",
      "\"${join("", var.documents.id_prefix[*])}\": other characters mark the parts of a key in an id.",
    ])
  }

  validation {
    condition = contains(["escape", "flatten", "pass_through"], var.documents.unsupported_field_names)
    error_message = join(" ", [
      "documents.unsupported_field_names must be escape, flatten or pass_through, got",
      "\"${var.documents.unsupported_field_names}\".",
    ])
  }
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

  validation {
    condition = alltrue([for alias in keys(var.indices) : can(regex("^[a-z][a-z0-9_-]{1,47}$", alias))])
    error_message = join(" ", [
      "indices must have aliases of 2 to 48 lowercase letters, digits, hyphens or underscores, a letter first, got",
      "${join(", ", [for alias in keys(var.indices) : "\"${alias}\"" if !can(regex("^[a-z][a-z0-9_-]{1,47}$", alias))])}: OpenSearch takes",
      "them as names.",
    ])
  }

  validation {
    condition = alltrue([
      for alias in keys(var.indices) :
      !contains(keys(var.indices), replace(alias, "/-v[0-9]+$/", "")) || replace(alias, "/-v[0-9]+$/", "") == alias
    ])
    error_message = join(" ", [
      "indices must not have an alias that is another's with -v and a number, got",
      "${join(
        ", ",
        [
          for alias in keys(var.indices) :
          "\"${alias}\""
          if contains(keys(var.indices), replace(alias, "/-v[0-9]+$/", "")) && replace(alias, "/-v[0-9]+$/", "") != alias
        ]
      )}:",
      "so the other's index is named, and OpenSearch takes no alias of an index's name.",
    ])
  }

  validation {
    condition = length(var.indices) <= 10
    error_message = join(" ", [
      "indices must be at most 10, got ${length(var.indices)}: every change is an action in each index, and the role's policy has each",
      "index's paths.",
    ])
  }

  validation {
    condition = alltrue(flatten([
      for index in values(var.indices) :
      [
        for asked in values(index.filter) :
        asked.equals == null ? asked.exists != null || asked.begins_with != null : length(asked.equals) > 0
      ]
    ]))
    error_message = join(" ", [
      "indices must each ask in their filter equals (of one value or more), exists or begins_with of each attribute, got otherwise for",
      "${join(
        ", ",
        flatten([
          for alias, index in var.indices :
          [
            for name, asked in index.filter :
            "${name} of ${alias}"
            if asked.equals == null ? asked.exists == null && asked.begins_with == null : length(asked.equals) == 0
          ]
        ])
      )}:",
      "it would take every item or no item.",
    ])
  }
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

  validation {
    condition     = var.function.memory_size >= 128 && var.function.memory_size <= 10240
    error_message = "function.memory_size must be 128 to 10240 MB, got ${var.function.memory_size}: Lambda has no other."
  }

  validation {
    condition = var.function.timeout >= 10 && var.function.timeout <= 900
    error_message = join(" ", [
      "function.timeout must be 10 to 900 seconds, got ${var.function.timeout}: the function keeps 2 s back to answer and would have no",
      "time to index, and Lambda runs nothing longer.",
    ])
  }

  validation {
    condition     = contains(["arm64", "x86_64"], var.function.architecture)
    error_message = "function.architecture must be arm64 or x86_64, got \"${var.function.architecture}\": the zip is built for one of them."
  }

  validation {
    condition = contains(["python3.12", "python3.13"], var.function.runtime)
    error_message = join(" ", [
      "function.runtime must be python3.12 or python3.13, got \"${var.function.runtime}\": older ones lack what the zip's compiled parts",
      "need of the system.",
    ])
  }

  validation {
    condition = var.function.reserved_concurrent_executions == -1 || var.function.reserved_concurrent_executions >= 1
    error_message = join(" ", [
      "function.reserved_concurrent_executions must be -1 (none reserved) or 1 or more, got",
      "${var.function.reserved_concurrent_executions}: 0 would throttle every batch until it is too old. To pause, set",
      "event_source_mapping.enabled = false.",
    ])
  }

  validation {
    condition     = contains(["PassThrough", "Active"], var.function.tracing_mode)
    error_message = "function.tracing_mode must be PassThrough or Active, got \"${var.function.tracing_mode}\"."
  }

  validation {
    condition = alltrue([for vpc in var.function.vpc[*] : length(vpc.subnet_ids) >= 1 && length(vpc.subnet_ids) <= 16])
    error_message = join(" ", [
      "function.vpc.subnet_ids must be 1 to 16, got ${length(flatten(var.function.vpc[*].subnet_ids))}: Lambda takes no more, and without",
      "one the function is in no VPC.",
    ])
  }

  validation {
    condition = alltrue([
      for vpc in var.function.vpc[*] :
      (
        length(vpc.security_group_ids) + length(vpc.security_group[*]) >= 1 &&
        length(vpc.security_group_ids) + length(vpc.security_group[*]) <= 5
      )
    ])
    error_message = join(" ", [
      "function.vpc.security_group_ids must be 1 to 5, function.vpc.security_group counted in, got",
      "${length(flatten([var.function.vpc[*].security_group_ids, var.function.vpc[*].security_group[*].vpc_id]))}: Lambda takes no more,",
      "and without one it takes the VPC's default group, which lets everything out.",
    ])
  }

  validation {
    condition = alltrue([for group in flatten(var.function.vpc[*].security_group[*]) :
      length(concat(group.egress_security_group_ids, group.egress_prefix_list_ids, group.egress_cidr_blocks)) > 0
    ])
    error_message = join(" ", [
      "function.vpc.security_group must be given egress_security_group_ids, egress_prefix_list_ids or egress_cidr_blocks, got none of",
      "them: the function could reach neither OpenSearch nor S3.",
    ])
  }

  validation {
    condition = alltrue([for block in flatten(var.function.vpc[*].security_group[*].egress_cidr_blocks) : can(cidrnetmask(block))])
    error_message = join(" ", [
      "function.vpc.security_group.egress_cidr_blocks must be IPv4 blocks, such as 10.0.0.0/16, got",
      "${join(", ", flatten(var.function.vpc[*].security_group[*].egress_cidr_blocks))}.",
    ])
  }

  validation {
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.function.logging.retention_in_days
    )
    error_message = join(" ", [
      "function.logging.retention_in_days must be one of CloudWatch's: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,",
      "1096, 1827, 2192, 2557, 2922, 3288 or 3653, got ${var.function.logging.retention_in_days}.",
    ])
  }

  validation {
    condition = contains(["TRACE", "DEBUG", "INFO"], var.function.logging.application_log_level)
    error_message = join(" ", [
      "function.logging.application_log_level must be TRACE, DEBUG or INFO, got \"${var.function.logging.application_log_level}\": Lambda",
      "takes the lines that carry metrics for INFO, and would drop them.",
    ])
  }

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN"], var.function.logging.system_log_level)
    error_message = "function.logging.system_log_level must be DEBUG, INFO or WARN, got \"${var.function.logging.system_log_level}\"."
  }
}

variable "batch_size" {
  description = "Maximum number of records in a batch, to check `function.timeout`. If null, it is not known."
  type        = number
  default     = null
}

variable "parallelization_factor" {
  description = "Number of concurrent batches of each shard, to check `function.reserved_concurrent_executions`. If null, it is not known."
  type        = number
  default     = null
}

variable "on_failure" {
  description = <<-EOT
    Quarantine of records that can never be indexed.

    - `quarantine_bucket`: Existing bucket for records that can never be indexed. If null, a bucket is created.
    - `quarantine_bucket.arn`: ARN of the bucket, which is not modified.
  EOT
  type = object({
    quarantine_bucket = optional(object({ arn = string }))
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

  validation {
    condition     = can(regex("^/([a-zA-Z0-9_+=,.@-]+/)*$", var.role.path)) && length(var.role.path) <= 512
    error_message = "role.path must be / or /NAMES/, at most 512 characters, got \"${var.role.path}\": IAM takes no other."
  }

  validation {
    condition = var.role.existing == null || (var.role.permissions_boundary == null && var.role.path == "/")
    error_message = join(" ", [
      "role.path and role.permissions_boundary must not be set with role.existing, got",
      "${join(
        " and ",
        concat(
          var.role.path == "/" ? [] : ["path \"${var.role.path}\""],
          [for arn in var.role.permissions_boundary[*] : "permissions_boundary \"${arn}\""]
        )
      )}:",
      "they would bound a role that is not made.",
    ])
  }
}

variable "kms_key_arns" {
  description = <<-EOT
    ARNs of customer managed keys. Where one is null, AWS owns or manages the key.

    - `environment`: Key of the function's environment variables.
    - `log_group`: Key of the log group. Its key policy must allow CloudWatch Logs to use it.
    - `quarantine`: Key of the quarantine bucket. Its key policy must allow the function's role to use it.
  EOT
  type = object({
    environment = optional(string)
    log_group   = optional(string)
    quarantine  = optional(string)
  })
  default  = {}
  nullable = false
}

variable "filters_drop_removals" {
  description = "Output `filters_drop_removals` of `event-source-mapping`. If true, a check warns that removed items keep their documents."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
  nullable    = false
}
