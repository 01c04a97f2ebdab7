variable "domain" {
  description = "Endpoint and ARN of the domain. If null, the example creates a small domain with one node and a public endpoint."
  type        = object({ endpoint = string, arn = string })
  default     = null
}

variable "deletion_protection_enabled" {
  description = "Whether DynamoDB refuses to delete the table. Apply false before `terraform destroy`."
  type        = bool
  default     = true
}

variable "replica_key_arns" {
  description = "Other regions that have the table too: by region, the key there that encrypts it. None: the table is in one."
  type        = map(string)
  default     = {}
}

variable "fine_grained_access" {
  description = "The role that writes the function's security role, if the domain has fine-grained access control. Null: it does not."
  type = object({
    master_role_arn = string
    attach_policy   = optional(bool, true)
  })
  default = null
}

variable "vpc" {
  description = "Subnets and security groups, where the domain lies inside a VPC. Null: its endpoint is public."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = optional(list(string), [])
    security_group = optional(object({
      vpc_id                    = string
      egress_security_group_ids = optional(list(string), [])
      egress_prefix_list_ids    = optional(list(string), [])
      egress_cidr_blocks        = optional(list(string), [])
    }))
  })
  default = null
}

variable "code_signing_config_arn" {
  description = "The code signing configuration that the zip must satisfy. Null: any zip is accepted."
  type        = string
  default     = null
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what the function's role can ever do. Null: none."
  type        = string
  default     = null
}
