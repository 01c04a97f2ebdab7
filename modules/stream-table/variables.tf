variable "name" {
  description = "Name of the table that is made, unless `table.name` says otherwise."
  type        = string
  nullable    = false
}

variable "table" {
  description = "The table to make, with its stream. Null: `existing_table` is the source."
  type = object({
    name                        = optional(string)                                   # null: the `name` above
    hash_key                    = object({ name = string, type = string })           # { name, type }, the type S, N or B
    range_key                   = optional(object({ name = string, type = string })) # the same; null: `hash_key` alone is the key
    stream_view_type            = optional(string, "NEW_IMAGE")                      # KEYS_ONLY and OLD_IMAGE cost a read of every changed item
    deletion_protection_enabled = optional(bool, false)                              # a deleted table leaves a backup for 35 days all the same
  })
  default = null

  validation {
    condition     = (var.table == null) != (var.existing_table == null)
    error_message = "table, existing_table: exactly one of the two must be set, got ${var.table == null ? "neither" : "both"}. The index follows one table."
  }

  validation {
    condition     = alltrue([for table in var.table[*] : can(regex("^[a-zA-Z0-9_.-]{3,255}$", coalesce(table.name, var.name)))])
    error_message = "table.name must be 3 to 255 letters, digits, underscores, dots or hyphens, got \"${join("", [for table in var.table[*] : coalesce(table.name, var.name)])}\": DynamoDB refuses any other."
  }

  validation {
    condition     = alltrue([for type in var.table[*].hash_key.type : contains(["S", "N", "B"], type)])
    error_message = "table.hash_key.type must be S, N or B, got \"${join("", var.table[*].hash_key.type)}\": nothing else can be a key."
  }

  validation {
    condition     = alltrue([for type in flatten(var.table[*].range_key[*].type) : contains(["S", "N", "B"], type)])
    error_message = "table.range_key.type must be S, N or B, got \"${join("", flatten(var.table[*].range_key[*].type))}\": nothing else can be a key."
  }

  validation {
    condition     = alltrue([for view in var.table[*].stream_view_type : contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], view)])
    error_message = "table.stream_view_type must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES, got \"${join("", var.table[*].stream_view_type)}\"."
  }
}

variable "existing_table" {
  description = "A table that somebody else makes: nothing of it is changed. Null: `table` is made."
  type = object({
    stream_arn = string           # the table's `stream_arn` attribute; its stream must be on
    hash_key   = string           # name of the attribute
    range_key  = optional(string) # the same; null: `hash_key` alone is the key
  })
  default = null

  validation {
    condition = alltrue([for arn in var.existing_table[*].stream_arn :
      can(regex("^arn:[^:]+:dynamodb:[^:]+:[0-9]{12}:table/[^/]+/stream/[^/]+$", arn))
    ])
    error_message = "existing_table.stream_arn must be a stream's ARN, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, got \"${join("", var.existing_table[*].stream_arn)}\": the table's own ARN has no stream to read."
  }
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
