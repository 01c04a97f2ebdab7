variable "name" {
  description = "Names the collection and its two policies."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,31}$", var.name))
    error_message = "name must be 3 to 32 lowercase letters, digits or hyphens, a letter first, got \"${var.name}\": AWS makes no collection of another."
  }
}

variable "description" {
  description = "What the collection is for."
  type        = string
  default     = "Indexes kept equal to DynamoDB tables."
  nullable    = false

  validation {
    condition     = length(var.description) <= 1000
    error_message = "description must be at most 1000 characters, got ${length(var.description)}."
  }
}

variable "standby_replicas" {
  description = "ENABLED keeps a copy in a second zone, at twice the price of capacity; DISABLED does not, and suits development. It stays for the collection's life."
  type        = string
  default     = "ENABLED"
  nullable    = false

  validation {
    condition     = contains(["ENABLED", "DISABLED"], var.standby_replicas)
    error_message = "standby_replicas must be ENABLED or DISABLED, got \"${var.standby_replicas}\"."
  }
}

variable "vpc_endpoint_ids" {
  description = "OpenSearch Serverless VPC endpoints that the collection is reached by. None: reached from anywhere, by the principals of its data access policy."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.vpc_endpoint_ids : can(regex("^vpce-[0-9a-z]+$", id))])
    error_message = "vpc_endpoint_ids must be ids of OpenSearch Serverless endpoints, vpce-ID, got ${join(", ", var.vpc_endpoint_ids)}: the collection could not be reached."
  }
}

variable "kms_key_arn" {
  description = "Key that the collection is encrypted by, for its life. Null: AWS's own."
  type        = string
  default     = null

  validation {
    condition     = alltrue([for arn in var.kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
    error_message = "kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.kms_key_arn[*])}\": an encryption policy takes no alias."
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
