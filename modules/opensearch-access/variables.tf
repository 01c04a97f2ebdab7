variable "opensearch" {
  description = "The OpenSearch that the team already has: the endpoint of a domain or serverless collection, and its ARN."
  type = object({
    endpoint = string # as the domain or collection shows it
    arn      = string # decides how requests are signed, and what the role may do
  })
  nullable = false

  validation {
    condition     = can(regex("^(https://[a-zA-Z0-9.-]+|https?://(localhost|127\\.0\\.0\\.1)(:[0-9]{1,5})?)$", var.opensearch.endpoint))
    error_message = "opensearch.endpoint must be https://HOST without port, path or trailing slash (http and a port on localhost alone), got \"${var.opensearch.endpoint}\": requests could not be sent or signed."
  }

  validation {
    condition     = can(regex("^arn:[^:]+:(es:[a-z0-9-]+:[0-9]{12}:domain/[a-z][a-z0-9-]{2,27}|aoss:[a-z0-9-]+:[0-9]{12}:collection/[a-z0-9]+)$", var.opensearch.arn))
    error_message = "opensearch.arn must be a domain's, arn:aws:es:REGION:ACCOUNT:domain/NAME, or a serverless collection's, arn:aws:aoss:REGION:ACCOUNT:collection/ID, got \"${var.opensearch.arn}\": it decides how requests are signed and what the role may do."
  }
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
  description = "ARN of the same role, which `domain_policy` admits."
  type        = string
  nullable    = false
}
