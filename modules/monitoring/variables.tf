variable "function_name" {
  description = "Name of the indexer's function; the alarms and the dashboard are named after it."
  type        = string
  nullable    = false
}

variable "mapping_uuid" {
  description = "Identifier of the event source mapping, which counts what was polled, given up and lost."
  type        = string
  nullable    = false
}

variable "table_name" {
  description = "Name of the table, where the dashboard's story begins."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of all of them."
  type        = string
  nullable    = false
}

variable "alarms" {
  description = "Who is told. Null makes no alarms."
  type = object({
    topic_arn = string # it may be made in the same apply
  })
  default = null

  validation {
    condition     = alltrue([for arn in var.alarms[*].topic_arn : can(regex("^arn:[^:]+:sns:[^:]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}$", arn))])
    error_message = "alarms.topic_arn must be a standard SNS topic's ARN, arn:aws:sns:REGION:ACCOUNT:NAME, got \"${join("", var.alarms[*].topic_arn)}\": CloudWatch could tell nobody."
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
