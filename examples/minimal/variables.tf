variable "opensearch_endpoint" {
  description = "Endpoint of the domain."
  type        = string
}

variable "opensearch_arn" {
  description = "ARN of the domain."
  type        = string
}

variable "deletion_protection_enabled" {
  description = "Whether DynamoDB refuses to delete the table. Apply false before `terraform destroy`."
  type        = bool
  default     = true
}
