variable "opensearch_endpoint" {
  description = "Endpoint of the domain."
  type        = string
}

variable "opensearch_arn" {
  description = "ARN of the domain."
  type        = string
}
