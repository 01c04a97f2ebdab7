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

  validation {
    condition = (var.table == null) != (var.existing_table == null)
    error_message = join(" ", [
      "table, existing_table: exactly one of the two must be set, got ${var.table == null ? "neither" : "both"}. The index follows one",
      "table.",
    ])
  }

  validation {
    condition = alltrue([for table in var.table[*] : can(regex("^[a-zA-Z0-9_.-]{3,255}$", table.name))])
    error_message = join(" ", [
      "table.name must be 3 to 255 letters, digits, underscores, dots or hyphens, got",
      "\"${join("", [for table in var.table[*] : table.name])}\": DynamoDB refuses any other.",
    ])
  }

  validation {
    condition     = alltrue([for type in var.table[*].hash_key.type : contains(["S", "N", "B"], type)])
    error_message = "table.hash_key.type must be S, N or B, got \"${join("", var.table[*].hash_key.type)}\": nothing else can be a key."
  }

  validation {
    condition = alltrue([for type in flatten(var.table[*].range_key[*].type) : contains(["S", "N", "B"], type)])
    error_message = join(" ", [
      "table.range_key.type must be S, N or B, got",
      "\"${join("", flatten(var.table[*].range_key[*].type))}\": nothing else can be a key.",
    ])
  }

  validation {
    condition = alltrue([
      for key in flatten([for table in var.table[*] : concat([table.hash_key], table.range_key[*])]) :
      length(key.name) >= 1 && length(key.name) <= 255
    ])
    error_message = join(" ", [
      "table.hash_key.name and table.range_key.name must be 1 to 255 characters, got",
      "${join(", ", [for key in flatten([for table in var.table[*] : concat([table.hash_key], table.range_key[*])]) : length(key.name)])}:",
      "DynamoDB takes no longer name of a key.",
    ])
  }

  validation {
    condition = alltrue([for table in var.table[*] : table.range_key == null ? true : table.range_key.name != table.hash_key.name])
    error_message = join(" ", [
      "table.range_key.name must be another attribute than table.hash_key.name, got \"${join("", var.table[*].hash_key.name)}\" for both:",
      "DynamoDB refuses the table.",
    ])
  }

  validation {
    condition = alltrue([
      for view in var.table[*].stream_view_type : contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], view)
    ])
    error_message = join(" ", [
      "table.stream_view_type must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES, got",
      "\"${join("", var.table[*].stream_view_type)}\".",
    ])
  }

  validation {
    condition     = alltrue([for class in var.table[*].table_class : contains(["STANDARD", "STANDARD_INFREQUENT_ACCESS"], class)])
    error_message = "table.table_class must be STANDARD or STANDARD_INFREQUENT_ACCESS, got \"${join("", var.table[*].table_class)}\"."
  }

  validation {
    condition = alltrue([
      for table in var.table[*] :
      table.ttl_attribute_name == null ? true :
      length(table.ttl_attribute_name) >= 1 && length(table.ttl_attribute_name) <= 255
    ])
    error_message = join(" ", [
      "table.ttl_attribute_name must be 1 to 255 characters, got",
      "${join("", [for name in var.table[*].ttl_attribute_name : length(name) if name != null])}: DynamoDB takes no longer name here.",
    ])
  }

  validation {
    condition = alltrue(
      [for days in var.table[*].point_in_time_recovery.recovery_period_in_days : days >= 1 && days <= 35 && floor(days) == days]
    )
    error_message = join(" ", [
      "table.point_in_time_recovery.recovery_period_in_days must be a whole number, 1 to 35, got",
      "${join("", var.table[*].point_in_time_recovery.recovery_period_in_days)}: DynamoDB keeps no more days.",
    ])
  }
}

variable "provisioned_capacity" {
  description = <<-EOT
    Provisioned capacity of the table, which scales between its bounds. It is cheaper than on demand if the load is steady.
    If null, the table is on demand.

    - `read`: Read capacity.
    - `write`: Write capacity.
    - `read.min_capacity`, `write.min_capacity`: Minimum number of units.
    - `read.max_capacity`, `write.max_capacity`: Maximum number of units.
    - `read.target_value`, `write.target_value`: Percentage of the units that is to be in use.
  EOT
  type = object({
    read  = object({ min_capacity = number, max_capacity = number, target_value = optional(number, 70) })
    write = object({ min_capacity = number, max_capacity = number, target_value = optional(number, 70) })
  })
  default = null

  validation {
    condition     = var.provisioned_capacity == null || var.table != null
    error_message = "provisioned_capacity must be null with existing_table, got one: nothing of that table is changed."
  }

  validation {
    condition = alltrue([
      for bounds in flatten([for capacity in var.provisioned_capacity[*] : [capacity.read, capacity.write]]) :
      (
        bounds.min_capacity >= 1 &&
        bounds.min_capacity <= bounds.max_capacity &&
        floor(bounds.min_capacity) == bounds.min_capacity &&
        floor(bounds.max_capacity) == bounds.max_capacity
      )
    ])
    error_message = join(" ", [
      "provisioned_capacity must have a min_capacity of 1 or more, and at most max_capacity, in whole units, got",
      "${join(
        ", ",
        [
          for bounds in flatten([for capacity in var.provisioned_capacity[*] : [capacity.read, capacity.write]]) :
          "${bounds.min_capacity} to ${bounds.max_capacity}"
        ]
      )}:",
      "there would be nothing to scale between.",
    ])
  }

  validation {
    condition = alltrue([
      for bounds in flatten([for capacity in var.provisioned_capacity[*] : [capacity.read, capacity.write]]) :
      bounds.target_value >= 20 && bounds.target_value <= 90
    ])
    error_message = join(" ", [
      "provisioned_capacity must have a target_value of 20 to 90 percent, got",
      "${join(
        ", ",
        [for bounds in flatten([for capacity in var.provisioned_capacity[*] : [capacity.read, capacity.write]]) : bounds.target_value]
      )}:",
      "DynamoDB scales to no other.",
    ])
  }
}

variable "global_secondary_indexes" {
  description = <<-EOT
    Global secondary indexes of the table that is created, by name.

    - `hash_key`: Hash key: an attribute `name` and its `type`, S, N or B.
    - `range_key`: Range key: an attribute `name` and its `type`. If null, the hash key is the whole key.
    - `projection_type`: ALL, KEYS_ONLY, or INCLUDE for the keys and `non_key_attributes`.
    - `non_key_attributes`: Attributes to copy into the index, with INCLUDE.
    - `capacity`: Provisioned capacity of the index. If null, it has the bounds of the table.
    - `capacity.read`, `capacity.write`: See `provisioned_capacity`.
    - `capacity.read.min_capacity`, `capacity.write.min_capacity`: Minimum number of units.
    - `capacity.read.max_capacity`, `capacity.write.max_capacity`: Maximum number of units.
    - `capacity.read.target_value`, `capacity.write.target_value`: Percentage of the units that is to be in use.
  EOT
  type = map(object({
    hash_key           = object({ name = string, type = string })
    range_key          = optional(object({ name = string, type = string }))
    projection_type    = optional(string, "ALL")
    non_key_attributes = optional(list(string))
    capacity = optional(object({
      read  = object({ min_capacity = number, max_capacity = number, target_value = optional(number, 70) })
      write = object({ min_capacity = number, max_capacity = number, target_value = optional(number, 70) })
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition = length(var.global_secondary_indexes) == 0 || var.table != null
    error_message = join(" ", [
      "global_secondary_indexes must be {} with existing_table, got ${join(", ", keys(var.global_secondary_indexes))}: nothing of that",
      "table is changed.",
    ])
  }

  validation {
    condition = length(var.global_secondary_indexes) <= 20
    error_message = join(" ", [
      "global_secondary_indexes must be at most 20, got ${length(var.global_secondary_indexes)}: DynamoDB makes no more of them for a",
      "table unless the account asks for the quota.",
    ])
  }

  validation {
    condition = alltrue([for name in keys(var.global_secondary_indexes) : can(regex("^[a-zA-Z0-9_.-]{3,255}$", name))])
    error_message = join(" ", [
      "global_secondary_indexes must each have a name of 3 to 255 letters, digits, underscores, dots or hyphens, got",
      "${join(", ", keys(var.global_secondary_indexes))}: DynamoDB refuses any other.",
    ])
  }

  validation {
    condition = alltrue([
      for key in flatten([for index in values(var.global_secondary_indexes) : concat([index.hash_key], index.range_key[*])]) :
      contains(["S", "N", "B"], key.type)
    ])
    error_message = join(" ", [
      "global_secondary_indexes must have keys of the type S, N or B, got",
      "${join(
        ", ",
        [
          for key in flatten([for index in values(var.global_secondary_indexes) : concat([index.hash_key], index.range_key[*])]) :
          "${key.type} for ${key.name}"
        ]
      )}:",
      "nothing else can be a key.",
    ])
  }

  validation {
    condition = alltrue([
      for index in values(var.global_secondary_indexes) : index.range_key == null ? true : index.range_key.name != index.hash_key.name
    ])
    error_message = join(" ", [
      "global_secondary_indexes must have a range_key of another attribute than their hash_key, got",
      "${join(
        ", ",
        [
          for name, index in var.global_secondary_indexes :
          "\"${index.hash_key.name}\" for both of ${name}"
          if try(index.range_key.name, null) == index.hash_key.name
        ]
      )}:",
      "DynamoDB refuses the index.",
    ])
  }

  validation {
    condition = alltrue([
      for name in flatten([
        for index in values(var.global_secondary_indexes) :
        [index.hash_key.name, index.range_key[*].name, coalesce(index.non_key_attributes, [])]
      ]) :
      length(name) >= 1 && length(name) <= 255
    ])
    error_message = join(" ", [
      "global_secondary_indexes must have keys and non_key_attributes with names of 1 to 255 characters, got",
      "${join(
        ", ",
        flatten([
          for index, asked in var.global_secondary_indexes :
          [
            for name in flatten([asked.hash_key.name, asked.range_key[*].name, coalesce(asked.non_key_attributes, [])]) :
            "${length(name)} in ${index}"
            if length(name) < 1 || length(name) > 255
          ]
        ])
      )}:",
      "DynamoDB takes no longer name in an index.",
    ])
  }

  validation {
    condition = alltrue([
      for index in values(var.global_secondary_indexes) :
      (
        contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type) &&
        (index.projection_type == "INCLUDE") == (length(coalesce(index.non_key_attributes, [])) > 0)
      )
    ])
    error_message = join(" ", [
      "global_secondary_indexes must have the projection_type ALL, KEYS_ONLY or INCLUDE, with non_key_attributes only for INCLUDE, got",
      "otherwise for",
      "${join(
        ", ",
        [
          for name, index in var.global_secondary_indexes :
          name
          if(
            !contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type) ||
            (index.projection_type == "INCLUDE") != (length(coalesce(index.non_key_attributes, [])) > 0)
          )
        ]
      )}:",
      "DynamoDB refuses the index.",
    ])
  }

  validation {
    condition = alltrue([
      for index in values(var.global_secondary_indexes) :
      (
        length(coalesce(index.non_key_attributes, [])) <= 20 &&
        length(distinct(coalesce(index.non_key_attributes, []))) == length(coalesce(index.non_key_attributes, []))
      )
    ])
    error_message = join(" ", [
      "global_secondary_indexes must each have at most 20 non_key_attributes, each once, got",
      "${join(
        ", ",
        [
          for name, index in var.global_secondary_indexes :
          "${length(index.non_key_attributes)} (${length(distinct(index.non_key_attributes))} different) for ${name}"
          if(
            length(coalesce(index.non_key_attributes, [])) > 20 ||
            length(distinct(coalesce(index.non_key_attributes, []))) != length(coalesce(index.non_key_attributes, []))
          )
        ]
      )}:",
      "for more, take the projection_type ALL.",
    ])
  }
  validation {
    condition = var.provisioned_capacity != null || alltrue([for index in values(var.global_secondary_indexes) : index.capacity == null])
    error_message = join(" ", [
      "global_secondary_indexes must have a capacity only where the table has one, got it for",
      "${join(", ", [for name, index in var.global_secondary_indexes : name if index.capacity != null])}: an index of a table on demand is",
      "on demand.",
    ])
  }

  validation {
    condition = alltrue([
      for bounds in flatten([
        for index in values(var.global_secondary_indexes) : [for capacity in index.capacity[*] : [capacity.read, capacity.write]]
      ]) :
      (
        bounds.min_capacity >= 1 &&
        bounds.min_capacity <= bounds.max_capacity &&
        floor(bounds.min_capacity) == bounds.min_capacity &&
        floor(bounds.max_capacity) == bounds.max_capacity &&
        bounds.target_value >= 20 &&
        bounds.target_value <= 90
      )
    ])
    error_message = join(" ", [
      "global_secondary_indexes must have a capacity with a min_capacity of 1 or more, a max_capacity of no less, in whole units, and a",
      "target_value of 20 to 90 percent, got",
      "${join(
        ", ",
        [
          for bounds in flatten([
            for index in values(var.global_secondary_indexes) :
            [for capacity in index.capacity[*] : [capacity.read, capacity.write]]
          ]) :
          "${bounds.min_capacity} to ${bounds.max_capacity} at ${bounds.target_value}"
        ]
      )}.",
    ])
  }
}

variable "local_secondary_indexes" {
  description = <<-EOT
    Local secondary indexes of the table that is created, by name. They sort by another attribute below the same hash key.
    A change replaces the table.

    - `range_key`: Range key: an attribute `name` and its `type`, S, N or B.
    - `projection_type`: ALL, KEYS_ONLY, or INCLUDE for the keys and `non_key_attributes`.
    - `non_key_attributes`: Attributes to copy into the index, with INCLUDE.
  EOT
  type = map(object({
    range_key          = object({ name = string, type = string })
    projection_type    = optional(string, "ALL")
    non_key_attributes = optional(list(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition = length(var.local_secondary_indexes) == 0 || try(var.table.range_key, null) != null
    error_message = join(" ", [
      "local_secondary_indexes must be {} unless a table with a range_key is made here, got",
      "${join(", ", keys(var.local_secondary_indexes))}: they sort what has the same hash key.",
    ])
  }

  validation {
    condition = length(var.local_secondary_indexes) <= 5
    error_message = join(" ", [
      "local_secondary_indexes must be at most 5, got",
      "${length(var.local_secondary_indexes)}: DynamoDB makes no more of them for a table.",
    ])
  }

  validation {
    condition = alltrue([for name in keys(var.local_secondary_indexes) : can(regex("^[a-zA-Z0-9_.-]{3,255}$", name))])
    error_message = join(" ", [
      "local_secondary_indexes must each have a name of 3 to 255 letters, digits, underscores, dots or hyphens, got",
      "${join(", ", keys(var.local_secondary_indexes))}: DynamoDB refuses any other.",
    ])
  }

  validation {
    condition = alltrue([for index in values(var.local_secondary_indexes) : contains(["S", "N", "B"], index.range_key.type)])
    error_message = join(" ", [
      "local_secondary_indexes must have range keys of the type S, N or B, got",
      "${join(", ", [for index in values(var.local_secondary_indexes) : "${index.range_key.type} for ${index.range_key.name}"])}: nothing",
      "else can be a key.",
    ])
  }

  validation {
    condition = alltrue([for index in values(var.local_secondary_indexes) : index.range_key.name != try(var.table.hash_key.name, null)])
    error_message = join(" ", [
      "local_secondary_indexes must have a range_key of another attribute than table.hash_key, got",
      "${join(
        ", ",
        [
          for name, index in var.local_secondary_indexes :
          "\"${index.range_key.name}\" for both of ${name}"
          if index.range_key.name == try(var.table.hash_key.name, null)
        ]
      )}:",
      "DynamoDB refuses the index.",
    ])
  }

  validation {
    condition = length(setintersection(keys(var.local_secondary_indexes), keys(var.global_secondary_indexes))) == 0
    error_message = join(" ", [
      "local_secondary_indexes must have other names than global_secondary_indexes, got",
      "${join(", ", setintersection(keys(var.local_secondary_indexes), keys(var.global_secondary_indexes)))} for both: a query says by",
      "name which index it means.",
    ])
  }

  validation {
    condition = alltrue([
      for name in flatten([
        for index in values(var.local_secondary_indexes) : [index.range_key.name, coalesce(index.non_key_attributes, [])]
      ]) :
      length(name) >= 1 && length(name) <= 255
    ])
    error_message = join(" ", [
      "local_secondary_indexes must have range keys and non_key_attributes with names of 1 to 255 characters, got",
      "${join(
        ", ",
        flatten([
          for index, asked in var.local_secondary_indexes :
          [
            for name in flatten([asked.range_key.name, coalesce(asked.non_key_attributes, [])]) :
            "${length(name)} in ${index}"
            if length(name) < 1 || length(name) > 255
          ]
        ])
      )}:",
      "DynamoDB takes no longer name in an index.",
    ])
  }

  validation {
    condition = alltrue([
      for index in values(var.local_secondary_indexes) :
      (
        contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type) &&
        (index.projection_type == "INCLUDE") == (length(coalesce(index.non_key_attributes, [])) > 0)
      )
    ])
    error_message = join(" ", [
      "local_secondary_indexes must have the projection_type ALL, KEYS_ONLY or INCLUDE, with non_key_attributes only for INCLUDE, got",
      "otherwise for",
      "${join(
        ", ",
        [
          for name, index in var.local_secondary_indexes :
          name
          if(
            !contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type) ||
            (index.projection_type == "INCLUDE") != (length(coalesce(index.non_key_attributes, [])) > 0)
          )
        ]
      )}:",
      "DynamoDB refuses the index.",
    ])
  }

  validation {
    condition = alltrue([
      for index in values(var.local_secondary_indexes) :
      (
        length(coalesce(index.non_key_attributes, [])) <= 20 &&
        length(distinct(coalesce(index.non_key_attributes, []))) == length(coalesce(index.non_key_attributes, []))
      )
    ])
    error_message = join(" ", [
      "local_secondary_indexes must each have at most 20 non_key_attributes, each once, got",
      "${join(
        ", ",
        [
          for name, index in var.local_secondary_indexes :
          "${length(index.non_key_attributes)} (${length(distinct(index.non_key_attributes))} different) for ${name}"
          if(
            length(coalesce(index.non_key_attributes, [])) > 20 ||
            length(distinct(coalesce(index.non_key_attributes, []))) != length(coalesce(index.non_key_attributes, []))
          )
        ]
      )}:",
      "for more, take the projection_type ALL.",
    ])
  }

  # Here for both: two variables whose rules read one another would be a cycle.
  validation {
    condition = (
      length(flatten([
        for index in concat(
          [for index in values(var.global_secondary_indexes) : index.non_key_attributes],
          [for index in values(var.local_secondary_indexes) : index.non_key_attributes]
        ) :
        coalesce(index, [])
      ])) <=
      100
    )
    error_message = join(" ", [
      "global_secondary_indexes and local_secondary_indexes must have at most 100 non_key_attributes together, got",
      "${length(flatten([
        for index in concat(
          [for index in values(var.global_secondary_indexes) : index.non_key_attributes],
          [for index in values(var.local_secondary_indexes) : index.non_key_attributes]
        ) :
        coalesce(index, [])
      ]))}:",
      "DynamoDB copies no more, one in two indexes counted twice. For more, take the projection_type ALL.",
    ])
  }
}

variable "replicas" {
  description = <<-EOT
    Replicas of the table in other regions, by region (a global table). The index follows the table of this region, which receives
    the writes of the others.

    - `kms_key_arn`: ARN of a key in that region. Required if a customer managed key encrypts the table.
    - `point_in_time_recovery`: Whether continuous backups of the replica are enabled.
    - `propagate_tags`: Whether the replica has the table's tags.
  EOT
  type = map(object({
    kms_key_arn            = optional(string)
    point_in_time_recovery = optional(bool, true)
    propagate_tags         = optional(bool, true)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.replicas) == 0 || var.table != null
    error_message = "replicas must be {} with existing_table, got ${join(", ", keys(var.replicas))}: nothing of that table is changed."
  }

  validation {
    condition = length(var.replicas) == 0 || var.provisioned_capacity == null
    error_message = join(" ", [
      "replicas must be {} with provisioned_capacity, got ${join(", ", keys(var.replicas))}: DynamoDB takes a replica of a table that",
      "scales already, and this one begins to when it is there.",
    ])
  }

  validation {
    condition = length(var.replicas) == 0 || try(var.table.stream_view_type, "") == "NEW_AND_OLD_IMAGES" || var.table == null
    error_message = join(" ", [
      "table.stream_view_type must be NEW_AND_OLD_IMAGES with replicas, got ${try(var.table.stream_view_type, "none")} with",
      "${join(", ", keys(var.replicas))}: DynamoDB replicates from the stream.",
    ])
  }

  validation {
    condition     = alltrue([for region in keys(var.replicas) : can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]$", region))])
    error_message = "replicas must each be named by a region, such as eu-central-1, got ${join(", ", keys(var.replicas))}."
  }

  validation {
    condition = !contains(keys(var.replicas), data.aws_region.here.id)
    error_message = join(" ", [
      "replicas must be in other regions than the table's, got ${join(", ", keys(var.replicas))} for a table in",
      "${data.aws_region.here.id}: it would be its own replica.",
    ])
  }

  validation {
    condition = alltrue([
      for replica in values(var.replicas) : (replica.kms_key_arn != null) == (try(var.table.kms_key_arn, null) != null)
    ])
    error_message = join(" ", [
      "replicas must have a kms_key_arn where the table has one and nowhere else, got otherwise for",
      "${join(
        ", ",
        [for region, replica in var.replicas : region if(replica.kms_key_arn != null) != (try(var.table.kms_key_arn, null) != null)]
      )}:",
      "the tables of all regions are encrypted in one way.",
    ])
  }
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

  validation {
    condition = alltrue([
      for view in compact(var.existing_table[*].stream_view_type) :
      contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], view)
    ])
    error_message = join(" ", [
      "existing_table.stream_view_type must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES, got",
      "\"${join("", compact(var.existing_table[*].stream_view_type))}\".",
    ])
  }

  validation {
    condition = alltrue([
      for name in flatten([for table in var.existing_table[*] : concat([table.hash_key], table.range_key[*])]) :
      length(name) >= 1 && length(name) <= 255
    ])
    error_message = join(" ", [
      "existing_table.hash_key and existing_table.range_key must be 1 to 255 characters, got",
      "${join(
        ", ",
        [for name in flatten([for table in var.existing_table[*] : concat([table.hash_key], table.range_key[*])]) : length(name)]
      )}:",
      "no key has another name.",
    ])
  }

  validation {
    condition = alltrue([for table in var.existing_table[*] : table.range_key != table.hash_key])
    error_message = join(" ", [
      "existing_table.range_key must be another attribute than existing_table.hash_key, got",
      "\"${join("", var.existing_table[*].hash_key)}\" for both: a table's keys differ; leave it out if only the hash key is the key.",
    ])
  }
}

variable "tags" {
  description = "Tags of everything here that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
