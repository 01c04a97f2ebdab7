variable "opensearch_endpoint" {
  description = "Endpoint of the domain or serverless collection, https://host."
  type        = string
}

variable "opensearch_arn" {
  description = "ARN of the same domain or collection."
  type        = string
}
