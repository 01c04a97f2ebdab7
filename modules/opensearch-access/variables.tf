variable "name" {
  description = "Name of the pipeline, which begins the names of the security role, the policies and the access function."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of the function."
  type        = string
  nullable    = false
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

  validation {
    condition = (var.domain == null) != (var.collection == null)
    error_message = join(" ", [
      "domain, collection: exactly one of the two must be set, got ${var.domain == null ? "neither" : "both"}. The function writes to one",
      "OpenSearch.",
    ])
  }
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

variable "access_function" {
  description = <<-EOT
    Access function, which grants the indexer access at apply. Required with `domain.fine_grained_access`.

    - `package`: Deployment package, as the indexer's.
    - `package.path`: Path of a local zip.
    - `package.s3_bucket`, `package.s3_key`, `package.s3_object_version`: Object in S3, in place of a local zip.
    - `runtime`: python3.12 or python3.13. It must match the package.
    - `architecture`: arm64 or x86_64. It must match the package.
    - `tracing_mode`: PassThrough, or Active to trace sampled invocations with X-Ray.
    - `code_signing_config_arn`: ARN of a code signing configuration. Lambda then accepts only signed packages.
    - `logging`: Log group, as the indexer's.
    - `logging.retention_in_days`: Number of days to keep the log.
    - `logging.application_log_level`, `logging.system_log_level`: Minimum level of the function's and of Lambda's log lines.
    - `vpc`: Subnets and security groups. If null, the function is in no VPC.
    - `vpc.subnet_ids`, `vpc.security_group_ids`: IDs of the subnets and of the security groups.
  EOT
  type = object({
    package = object({
      path              = optional(string)
      s3_bucket         = optional(string)
      s3_key            = optional(string)
      s3_object_version = optional(string)
    })
    runtime                 = string
    architecture            = string
    tracing_mode            = optional(string, "PassThrough")
    code_signing_config_arn = optional(string)
    logging = optional(object({
      retention_in_days     = optional(number, 30)
      application_log_level = optional(string, "INFO")
      system_log_level      = optional(string, "INFO")
    }), {})
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
    }))
  })
  default = null

  validation {
    condition     = length(flatten(var.domain[*].fine_grained_access[*])) == 0 || var.access_function != null
    error_message = "access_function must be set with domain.fine_grained_access, got null: there would be no function to grant access."
  }
}

variable "kms_key_arns" {
  description = <<-EOT
    ARNs of customer managed keys. Where one is null, AWS owns or manages the key.

    - `environment`: Key of the function's environment variables.
    - `log_group`: Key of the log group. Its key policy must allow CloudWatch Logs to use it.
  EOT
  type = object({
    environment = optional(string)
    log_group   = optional(string)
  })
  default  = {}
  nullable = false
}

variable "aliases" {
  description = "Aliases of the indices that the role may set up and write to."
  type        = list(string)
  nullable    = false
}

variable "role_name" {
  description = "Name of the function's role."
  type        = string
  nullable    = false
}

variable "role_arn" {
  description = "ARN of the function's role."
  type        = string
  nullable    = false
}

variable "attach_policy" {
  description = "Whether to attach the policy in the output `policy_json` to the role. If false, attach it yourself."
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
