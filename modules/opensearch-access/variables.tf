variable "name" {
  description = "Names what is made for the function in OpenSearch: its security role, its policies, and the function that writes them."
  type        = string
  nullable    = false
}

variable "opensearch" {
  description = "The OpenSearch that the team already has: the endpoint of a domain or serverless collection, and its ARN."
  type = object({
    endpoint = string # as the domain or collection shows it
    arn      = string # decides how requests are signed, and what the role may do
  })
  nullable = false

  validation {
    condition = can(
      regex("^((https://)?[a-zA-Z0-9.-]+(:443)?/?|https?://(localhost|127\\.0\\.0\\.1)(:[0-9]{1,5})?)$", var.opensearch.endpoint)
    )
    error_message = "opensearch.endpoint must be a host name or https://HOST, without a path (http and another port on localhost only), got \"${var.opensearch.endpoint}\": requests could not be sent or signed."
  }

  validation {
    condition = can(
      regex(
        "^arn:[^:]+:(es:[a-z0-9-]+:[0-9]{12}:domain/[a-z][a-z0-9-]{2,27}|aoss:[a-z0-9-]+:[0-9]{12}:collection/[a-z0-9]+)$",
        var.opensearch.arn
      )
    )
    error_message = "opensearch.arn must be a domain's, arn:aws:es:REGION:ACCOUNT:domain/NAME, or a serverless collection's, arn:aws:aoss:REGION:ACCOUNT:collection/ID, got \"${var.opensearch.arn}\": it decides how requests are signed and what the role may do."
  }
}

variable "serverless" {
  description = "Of a serverless collection: its name, and which of its policies are made here. Null for a domain."
  type = object({
    collection_name = string                   # its policies know it by name, the ARN by id
    check_type      = optional(bool, true)     # false: the type, which must be SEARCH, is not read (aoss:BatchGetCollection)
    data_access = optional(object({            # {} makes the data access policy; `reader_arns` may search
      reader_arns = optional(list(string), []) # principals that may search, in addition to the function
    }))
    network = optional(object({                     # {} creates a network policy: from anywhere, or only from these endpoints
      vpc_endpoint_ids = optional(list(string), []) # []: the collection is reached from anywhere
    }))
    encryption = optional(object({   # {} makes the encryption policy, by AWS's key or this; the collection must come after it
      kms_key_arn = optional(string) # of a customer managed key; null: AWS's key
    }))
  })
  default = null

  validation {
    condition     = (var.serverless != null) == can(regex(":aoss:", var.opensearch.arn))
    error_message = "serverless must be set where opensearch.arn is a collection's and nowhere else, got ${var.serverless == null ? "null" : "collection ${var.serverless.collection_name}"} for ${var.opensearch.arn}: its type would go unchecked, and its policies unwritten."
  }

  validation {
    condition     = alltrue([for serverless in var.serverless[*] : can(regex("^[a-z][a-z0-9-]{2,31}$", serverless.collection_name))])
    error_message = "serverless.collection_name must be 3 to 32 lowercase letters, digits or hyphens, a letter first, got \"${join("", var.serverless[*].collection_name)}\": no collection has another, and a policy that names one with a wildcard would be for many."
  }

  validation {
    condition = alltrue([
      for arn in flatten(var.serverless[*].data_access[*].reader_arns) :
      can(regex("^(arn:[^:*]+:(iam|sts)::[0-9]{12}:[^*]+|saml/[0-9]{12}/[^*]+)$", arn))
    ])
    error_message = "serverless.data_access.reader_arns must be ARNs of roles or users, or saml/ACCOUNT/PROVIDER/..., without wildcards, got ${join(", ", flatten(var.serverless[*].data_access[*].reader_arns))}: a data access policy takes no others."
  }

  validation {
    condition     = alltrue([for id in flatten(var.serverless[*].network[*].vpc_endpoint_ids) : can(regex("^vpce-[0-9a-z]+$", id))])
    error_message = "serverless.network.vpc_endpoint_ids must be ids of OpenSearch Serverless endpoints, vpce-ID, got ${join(", ", flatten(var.serverless[*].network[*].vpc_endpoint_ids))}: the collection could not be reached."
  }

  validation {
    condition = alltrue([
      for arn in compact(flatten(var.serverless[*].encryption[*].kms_key_arn)) :
      can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))
    ])
    error_message = "serverless.encryption.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", compact(flatten(var.serverless[*].encryption[*].kms_key_arn)))}\": an encryption policy takes no alias."
  }
}

variable "fine_grained_access" {
  description = "For a domain with fine-grained access control: the role that writes the function's security role into it at apply. Null: map it by hand from `opensearch_security_role`."
  type = object({
    master_role_arn = string               # IAM role that may administer the domain's security and that Lambda may take on
    attach_policy   = optional(bool, true) # false: the role has what `security_admin_policy_json` says already
  })
  default = null

  validation {
    condition = alltrue([
      for access in var.fine_grained_access[*] : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", access.master_role_arn))
    ])
    error_message = "fine_grained_access.master_role_arn must be a role's ARN, arn:aws:iam::ACCOUNT:role/NAME, got \"${join("", var.fine_grained_access[*].master_role_arn)}\": a function can run only as a role."
  }

  validation {
    condition     = var.fine_grained_access == null || can(regex(":es:", var.opensearch.arn))
    error_message = "fine_grained_access must be null for a serverless collection, got ${join("", var.fine_grained_access[*].master_role_arn)}: its data access policy is what admits there."
  }
}

variable "access_function" {
  description = "What the function that writes the security role is made of, as the indexer's is. Needed with `fine_grained_access`."
  type = object({
    package_file            = string                          # the zip of the indexer, which it is in
    runtime                 = string                          # the one that the zip was built for
    architecture            = string                          # the same
    tracing_mode            = optional(string, "PassThrough") # Active: X-Ray samples the invocations
    kms_key_arn             = optional(string)                # encrypts the environment, which holds no secret; null: Lambda's own key
    code_signing_config_arn = optional(string)                # Lambda then accepts only a zip that AWS Signer has signed
  })
  default = null

  validation {
    condition     = var.fine_grained_access == null || var.access_function != null
    error_message = "access_function must be set with fine_grained_access, got null: there would be no function to write the security role."
  }
}

variable "network" {
  description = "Subnets and security groups of that function, where the domain lies inside a VPC. Null: outside of any."
  type        = object({ subnet_ids = list(string), security_group_ids = list(string) })
  default     = null
}

variable "logging" {
  description = "The log of the same function."
  type = object({
    retention_in_days     = optional(number, 30)     # how long the log is kept
    application_log_level = optional(string, "INFO") # the least severe that is kept
    system_log_level      = optional(string, "INFO") # the same of what Lambda itself says; saved queries read its reports
    kms_key_id            = optional(string)         # ARN of a key that its policy lets CloudWatch Logs use; null: CloudWatch's own
  })
  default  = {}
  nullable = false
}

variable "indexes" {
  description = "Aliases of the indexes that the role may set up and write to."
  type        = list(string)
  nullable    = false
}

variable "role_name" {
  description = "Name of the function's role, which is given the right."
  type        = string
  nullable    = false
}

variable "role_arn" {
  description = "ARN of the same role, which `domain_access_policy` admits."
  type        = string
  nullable    = false
}

variable "attach_policy" {
  description = "Whether this module gives the role its policy. If false, attach `policy_json` to the role yourself."
  type        = bool
  default     = true
  nullable    = false
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
