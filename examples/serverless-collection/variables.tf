variable "reader_arns" {
  description = "ARNs of IAM roles and users that may search."
  type        = list(string)
  default     = []
}

variable "deletion_protection_enabled" {
  description = "Whether DynamoDB refuses to delete the table. Apply false before `terraform destroy`."
  type        = bool
  default     = true
}
