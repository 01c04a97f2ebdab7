variable "name" {
  description = "Names the collection and its two policies."
  type        = string
  nullable    = false

  validation {
    condition = can(regex("^[a-z][a-z0-9-]{2,31}$", var.name))
    error_message = join(" ", [
      "name must be 3 to 32 lowercase letters, digits or hyphens, a letter first, got",
      "\"${var.name}\": AWS makes no collection of another.",
    ])
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
  description = <<-EOT
    ENABLED keeps a copy in a second zone, at twice the price of capacity; DISABLED does not, and suits development. It stays for
    the collection's life.
  EOT
  type        = string
  default     = "ENABLED"
  nullable    = false

  validation {
    condition     = contains(["ENABLED", "DISABLED"], var.standby_replicas)
    error_message = "standby_replicas must be ENABLED or DISABLED, got \"${var.standby_replicas}\"."
  }
}

variable "vpc_endpoint_ids" {
  description = <<-EOT
    OpenSearch Serverless VPC endpoints that the collection is reached by. None: reached from anywhere, by the principals of its
    data access policy.
  EOT
  type        = list(string)
  default     = []
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that the collection is encrypted by, for its life. Null: AWS's own."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything here that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
