variable "name" {
  description = "Name of the function and, without `routes`, of the index's alias; the start of its other names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,47}$", var.name))
    error_message = "name must be 2 to 48 lowercase letters, digits or hyphens, a letter first, got \"${var.name}\": the name of an S3 bucket begins with it, which has neither capitals nor underscores."
  }
}

variable "package_file" {
  description = "Path of the zip that `make package` builds."
  type        = string
  nullable    = false
}

variable "source_table" {
  description = "The table that the index is kept equal to."
  type = object({
    arn       = string # whose items the function may read
    name      = string
    key_names = list(string) # attributes of the primary key, hash key first

    region = optional(string) # null: the one in `arn`, which is unknown until apply for a table that is created

    kms_key_arn      = optional(string) # of the customer managed key that encrypts it; null: no such key
    stream_view_type = optional(string) # null: not known
    ttl_enabled      = optional(bool)   # whether time to live deletes items; null: not known
    has_replicas     = optional(bool)   # whether the table has replicas in other regions; null: not known

    function_account_id = optional(string) # where the table is another account's: that of the function; null: the table's own
  })
  nullable = false

  validation {
    condition = alltrue([
      for arn in var.source_table.kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))
    ])
    error_message = "source_table.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.source_table.kms_key_arn[*])}\": an alias cannot be named in a policy."
  }
}

variable "region" {
  description = "Region of function, table and OpenSearch. The role's name carries it, for IAM knows no regions: two of them may hold the same `name`."
  type        = string
  nullable    = false
}

variable "opensearch" {
  description = "The OpenSearch to write to, once the function's role may: the `opensearch` output of `opensearch-access`."
  type = object({
    endpoint = string # https://host
    service  = string # that requests are signed for: a domain's or a serverless collection's
  })
  nullable = false

  validation {
    condition     = contains(["es", "aoss"], var.opensearch.service)
    error_message = "opensearch.service must be es or aoss, got \"${var.opensearch.service}\": requests signed for another are refused."
  }

  # Here and not with the index: its own rules would wait for OpenSearch's address, and be silent where that is wrong.
  validation {
    condition     = var.opensearch.service == "es" || var.index.settings == null
    error_message = "index.settings must be null with a serverless collection, got ${join("", var.index.settings[*])}: a collection takes only the mappings."
  }
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

  validation {
    condition = (
      var.index.number_of_shards >= 1 &&
      var.index.number_of_shards <= 1024 &&
      floor(var.index.number_of_shards) == var.index.number_of_shards
    )
    error_message = "index.number_of_shards must be a whole number, 1 to 1024, got ${var.index.number_of_shards}: OpenSearch makes no index of more."
  }

  validation {
    condition     = var.index.number_of_replicas >= 0 && floor(var.index.number_of_replicas) == var.index.number_of_replicas
    error_message = "index.number_of_replicas must be a whole number, 0 or more, got ${var.index.number_of_replicas}."
  }

  validation {
    condition     = can(regex("^(-1|[0-9]+(nanos|micros|ms|s|m|h|d))$", var.index.refresh_interval))
    error_message = "index.refresh_interval must be -1 or a number with its unit (nanos, micros, ms, s, m, h, d), such as 1s, got \"${var.index.refresh_interval}\"."
  }

  validation {
    condition     = alltrue([for asked in values(var.index.number_fields) : contains(["double", "long", "string", "scaled"], asked.type)])
    error_message = "index.number_fields must each have the type double, long, string or scaled, got ${join(", ", [for path, asked in var.index.number_fields : "${asked.type} for ${path}" if !contains(["double", "long", "string", "scaled"], asked.type)])}."
  }

  validation {
    condition     = alltrue([for asked in values(var.index.number_fields) : (asked.type == "scaled") == (asked.scaling_factor != null)])
    error_message = "index.number_fields must have a scaling_factor (100 keeps two decimals) where the type is scaled and nowhere else, got otherwise for ${join(", ", [for path, asked in var.index.number_fields : path if(asked.type == "scaled") != (asked.scaling_factor != null)])}."
  }

  validation {
    condition     = alltrue([for mappings in var.index.mappings[*] : can(keys(jsondecode(mappings)))])
    error_message = "index.mappings must be a JSON object, {\"properties\": {...}}, got ${join("", var.index.mappings[*])}: OpenSearch could not read it."
  }

  validation {
    condition     = alltrue([for settings in var.index.settings[*] : can(keys(jsondecode(settings)))])
    error_message = "index.settings must be a JSON object, {\"analysis\": {...}}, got ${join("", var.index.settings[*])}: OpenSearch could not read it."
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
    error_message = "index.settings must be without index (it is their parent), number_of_shards, number_of_replicas and refresh_interval (they have attributes), got ${join("", var.index.settings[*])}."
  }
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

  validation {
    condition = alltrue([
      for asked in values(var.documents.filter) :
      asked.equals == null ? asked.exists != null || asked.begins_with != null :
      length(asked.equals) > 0
    ])
    error_message = "documents.filter must ask equals (of one value or more), exists or begins_with of each attribute, got otherwise for ${join(", ", [for name, asked in var.documents.filter : name if asked.equals == null ? asked.exists == null && asked.begins_with == null : length(asked.equals) == 0])}: it would match all items, or no item."
  }

  validation {
    condition     = contains(["apply", "keep"], var.documents.ttl_deletes)
    error_message = "documents.ttl_deletes must be apply or keep, got \"${var.documents.ttl_deletes}\"."
  }

  validation {
    condition     = var.documents.ttl_deletes != "keep" || !coalesce(var.source_table.has_replicas, false)
    error_message = "documents.ttl_deletes must be apply for a table with replicas (got keep). DynamoDB marks a TTL deletion only in the region where it happens, so deletions from other regions would delete documents."
  }

  validation {
    condition = (
      var.documents.ttl_deletes != "keep" ||
      contains(["NEW_IMAGE", "NEW_AND_OLD_IMAGES"], coalesce(var.source_table.stream_view_type, "unknown"))
    )
    error_message = "documents.ttl_deletes must be apply unless table.stream_view_type (or existing_table.stream_view_type) is NEW_IMAGE or NEW_AND_OLD_IMAGES, got keep with ${coalesce(var.source_table.stream_view_type, "none given")}: a late read of a change finds no item and cannot know that time to live deleted it."
  }

  validation {
    condition = (
      var.documents.version_attribute == null ||
      contains(["NEW_AND_OLD_IMAGES", "OLD_IMAGE"], coalesce(var.source_table.stream_view_type, "unknown"))
    )
    error_message = "documents.version_attribute must be null unless table.stream_view_type (or existing_table.stream_view_type) is NEW_AND_OLD_IMAGES or OLD_IMAGE, got \"${join("", var.documents.version_attribute[*])}\" with ${coalesce(var.source_table.stream_view_type, "none given")}: a removal has the item's last version only in its old image."
  }

  validation {
    condition     = var.documents.version_attribute != ""
    error_message = "documents.version_attribute must be the name of an attribute, or null, got \"\"."
  }

  validation {
    condition     = var.documents.id_prefix == null || can(regex("^[A-Za-z][A-Za-z0-9_-]{0,62}$", var.documents.id_prefix))
    error_message = "documents.id_prefix must be a letter and up to 62 letters, digits, _ or -, or null, got \"${join("", var.documents.id_prefix[*])}\": other characters mark the parts of a key in an id."
  }

  validation {
    condition     = contains(["rename", "flatten", "quarantine"], var.documents.refused_names)
    error_message = "documents.refused_names must be rename, flatten or quarantine, got \"${var.documents.refused_names}\"."
  }
}

variable "routes" {
  description = "Several indexes in place of the one named `name`: by alias `{ filter = {...} }`, as `documents.filter`, which goes before ({}: every item). An item has a document in each whose filter it meets, and in no other."
  type = map(object({
    filter = map(object({ equals = optional(list(string)), exists = optional(bool), begins_with = optional(string) })) # by attribute; all must hold, and {} takes every item
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for alias in keys(var.routes) : can(regex("^[a-z][a-z0-9_-]{1,47}$", alias))])
    error_message = "routes must have aliases of 2 to 48 lowercase letters, digits, hyphens or underscores, a letter first, got ${join(", ", [for alias in keys(var.routes) : "\"${alias}\"" if !can(regex("^[a-z][a-z0-9_-]{1,47}$", alias))])}: OpenSearch takes them as names."
  }

  validation {
    condition = alltrue([
      for alias in keys(var.routes) :
      !contains(keys(var.routes), replace(alias, "/-v[0-9]+$/", "")) || replace(alias, "/-v[0-9]+$/", "") == alias
    ])
    error_message = "routes must not have an alias that is another's with -v and a number, got ${join(", ", [for alias in keys(var.routes) : "\"${alias}\"" if contains(keys(var.routes), replace(alias, "/-v[0-9]+$/", "")) && replace(alias, "/-v[0-9]+$/", "") != alias])}: so the other's index is named, and OpenSearch takes no alias of an index's name."
  }

  validation {
    condition     = length(var.routes) <= 10
    error_message = "routes must be at most 10, got ${length(var.routes)}: every change is an action in each index, and the role's policy has each index's paths."
  }

  validation {
    condition = alltrue(
      flatten([
        for route in values(var.routes) :
        [
          for asked in values(route.filter) :
          asked.equals == null ? asked.exists != null || asked.begins_with != null :
          length(asked.equals) > 0
        ]
      ])
    )
    error_message = "routes must each ask in their filter equals (of one value or more), exists or begins_with of each attribute, got otherwise for ${join(", ", flatten([for alias, route in var.routes : [for name, asked in route.filter : "${name} of ${alias}" if asked.equals == null ? asked.exists == null && asked.begins_with == null : length(asked.equals) == 0]]))}: it would match all items, or no item."
  }
}

# tflint-ignore: terraform_unused_declarations # is there to be refused
variable "tumbling_window_in_seconds" {
  description = "The mapping's tumbling window: 0, none."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.tumbling_window_in_seconds == 0
    error_message = "batching.tumbling_window_in_seconds must be 0 before the indexer, got ${var.tumbling_window_in_seconds}: in a tumbling window Lambda fails every answer without a state, and the indexer keeps none. It is for functions that sum up: use event-source-mapping by itself."
  }
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

  validation {
    condition     = var.function.memory_size >= 128 && var.function.memory_size <= 10240
    error_message = "function.memory_size must be 128 to 10240 MB, got ${var.function.memory_size}: Lambda has no other."
  }

  validation {
    condition     = var.function.timeout >= 10 && var.function.timeout <= 900
    error_message = "function.timeout must be 10 to 900 seconds, got ${var.function.timeout}: the function keeps 2 s back to answer and would have no time to index, and Lambda runs nothing longer."
  }

  validation {
    condition     = contains(["arm64", "x86_64"], var.function.architecture)
    error_message = "function.architecture must be arm64 or x86_64, got \"${var.function.architecture}\": the zip is built for one of them."
  }

  validation {
    condition     = contains(["python3.12", "python3.13"], var.function.runtime)
    error_message = "function.runtime must be python3.12 or python3.13, got \"${var.function.runtime}\": older ones lack what the zip's compiled parts need of the system."
  }

  validation {
    condition     = var.function.reserved_concurrent_executions == -1 || var.function.reserved_concurrent_executions >= 1
    error_message = "function.reserved_concurrent_executions must be -1 (none reserved) or 1 or more, got ${var.function.reserved_concurrent_executions}: 0 would throttle every batch until it is too old. To pause, set polling.enabled = false."
  }

  validation {
    condition     = contains(["PassThrough", "Active"], var.function.tracing_mode)
    error_message = "function.tracing_mode must be PassThrough or Active, got \"${var.function.tracing_mode}\"."
  }

  validation {
    condition     = alltrue([for arn in var.function.kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
    error_message = "function.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.function.kms_key_arn[*])}\": an alias cannot be named in a policy."
  }

  validation {
    condition = alltrue([
      for arn in var.function.code_signing_config_arn[*] :
      can(regex("^arn:[^:]+:lambda:[^:]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$", arn))
    ])
    error_message = "function.code_signing_config_arn must be a code signing configuration's ARN, arn:aws:lambda:REGION:ACCOUNT:code-signing-config:csc-ID, got \"${join("", var.function.code_signing_config_arn[*])}\"."
  }
}

variable "batch_size" {
  description = "Records that the mapping hands over at a time, at most; null: not known. Checked against `function.timeout`."
  type        = number
  default     = null
}

variable "parallelization_factor" {
  description = "Batches of a shard that the mapping hands over at a time, at most; null: not known. Checked against `function.reserved_concurrent_executions`."
  type        = number
  default     = null
}

variable "filters_drop_removals" {
  description = "Output `filters_drop_removals` of `event-source-mapping`. If true, a plan warns that deleted items keep their documents."
  type        = bool
  default     = false
  nullable    = false
}

variable "role" {
  description = "The function's role. With `existing` no role and no policy is made: give that role all of `policy_json` first."
  type = object({
    path                 = optional(string, "/")              # in IAM, by which a team may delegate roles
    permissions_boundary = optional(string)                   # ARN of the policy that bounds what the role can ever do
    existing             = optional(object({ arn = string })) # an existing role; null: a role is created
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^/([a-zA-Z0-9_+=,.@-]+/)*$", var.role.path)) && length(var.role.path) <= 512
    error_message = "role.path must be / or /NAMES/, at most 512 characters, got \"${var.role.path}\": IAM takes no other."
  }

  validation {
    condition     = alltrue([for arn in var.role.permissions_boundary[*] : can(regex("^arn:[^:]+:iam::([0-9]{12}|aws):policy/.+$", arn))])
    error_message = "role.permissions_boundary must be a policy's ARN, arn:aws:iam::ACCOUNT:policy/NAME, got \"${join("", var.role.permissions_boundary[*])}\"."
  }

  validation {
    condition     = alltrue([for arn in var.role.existing[*].arn : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "role.existing.arn must be a role's ARN, arn:aws:iam::ACCOUNT:role/NAME, got \"${join("", var.role.existing[*].arn)}\": Lambda runs the function as that role."
  }

  validation {
    condition     = var.role.existing == null || (var.role.permissions_boundary == null && var.role.path == "/")
    error_message = "role.path and role.permissions_boundary must not be set with role.existing, got ${join(" and ", concat(var.role.path == "/" ? [] : ["path \"${var.role.path}\""], [for arn in var.role.permissions_boundary[*] : "permissions_boundary \"${arn}\""]))}: they would bound a role that is not made."
  }
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

  validation {
    condition     = alltrue([for network in var.network[*] : length(network.subnet_ids) >= 1 && length(network.subnet_ids) <= 16])
    error_message = "network.subnet_ids must be 1 to 16, got ${length(flatten(var.network[*].subnet_ids))}: Lambda takes no more, and without one the function is in no VPC."
  }

  validation {
    condition = alltrue([
      for network in var.network[*] :
      (
        length(network.security_group_ids) + length(network.security_group[*]) >= 1 &&
        length(network.security_group_ids) + length(network.security_group[*]) <= 5
      )
    ])
    error_message = "network.security_group_ids must be 1 to 5, network.security_group counted in, got ${length(flatten([var.network[*].security_group_ids, var.network[*].security_group[*].vpc_id]))}: Lambda takes no more, and without one it takes the VPC's default group, which lets everything out."
  }

  validation {
    condition = alltrue([for group in flatten(var.network[*].security_group[*]) :
      length(concat(group.egress_security_group_ids, group.egress_prefix_list_ids, group.egress_cidr_blocks)) > 0
    ])
    error_message = "network.security_group must be given egress_security_group_ids, egress_prefix_list_ids or egress_cidr_blocks, got none of them: the function could reach neither OpenSearch nor S3."
  }

  validation {
    condition     = alltrue([for block in flatten(var.network[*].security_group[*].egress_cidr_blocks) : can(cidrnetmask(block))])
    error_message = "network.security_group.egress_cidr_blocks must be IPv4 blocks, such as 10.0.0.0/16, got ${join(", ", flatten(var.network[*].security_group[*].egress_cidr_blocks))}."
  }
}

variable "quarantine" {
  description = "How what could not be indexed is kept."
  type = object({
    kms_key_arn = optional(string)                   # null: encrypted by S3's own key; a key's policy must let the function's role use it
    existing    = optional(object({ arn = string })) # an existing bucket, which is not changed; null: a bucket is created
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for arn in var.quarantine.kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))
    ])
    error_message = "quarantine.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.quarantine.kms_key_arn[*])}\": an alias cannot be named in a policy."
  }

  validation {
    condition     = alltrue([for arn in var.quarantine.existing[*].arn : can(regex("^arn:[^:]+:s3:::[a-z0-9.-]{3,63}$", arn))])
    error_message = "quarantine.existing.arn must be a bucket's ARN, arn:aws:s3:::NAME, got \"${join("", var.quarantine.existing[*].arn)}\"."
  }
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

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.logging.retention_in_days)
    error_message = "logging.retention_in_days must be one of CloudWatch's: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, got ${var.logging.retention_in_days}."
  }

  validation {
    condition     = contains(["TRACE", "DEBUG", "INFO"], var.logging.application_log_level)
    error_message = "logging.application_log_level must be TRACE, DEBUG or INFO, got \"${var.logging.application_log_level}\": Lambda takes the lines that carry metrics for INFO, and would drop them."
  }

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN"], var.logging.system_log_level)
    error_message = "logging.system_log_level must be DEBUG, INFO or WARN, got \"${var.logging.system_log_level}\"."
  }

  validation {
    condition     = alltrue([for arn in var.logging.kms_key_id[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
    error_message = "logging.kms_key_id must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.logging.kms_key_id[*])}\": CloudWatch Logs takes neither an alias nor an ID."
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
