variable "opensearch_endpoint" {
  description = "Endpoint of the domain, https://host."
  type        = string
}

variable "opensearch_arn" {
  description = "ARN of the same domain."
  type        = string
}

variable "deletion_protection_enabled" {
  description = "Whether the table is kept from being deleted: true for production."
  type        = bool
  default     = false
}

variable "replicas" {
  description = "Other regions that have the table too, by region, each with a key of that region. None: the table is in one."
  type        = map(object({ kms_key_arn = string }))
  default     = {}
}

variable "fine_grained_access" {
  description = "Who writes the function's security role, where the domain has fine-grained access control. Null: it has none."
  type        = object({ master_role_arn = string })
  default     = null
}

variable "network" {
  description = "Subnets and security groups, where the domain lies inside a VPC. Null: its endpoint is public."
  type        = object({ subnet_ids = list(string), security_group_ids = list(string) })
  default     = null
}

variable "code_signing_config_arn" {
  description = "Who must have signed the zip. Null: nobody."
  type        = string
  default     = null
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what the function's role can ever do. Null: none."
  type        = string
  default     = null
}
