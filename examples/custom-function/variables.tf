variable "deletion_protection_enabled" {
  description = "Whether DynamoDB refuses to delete the table. Apply false before `terraform destroy`."
  type        = bool
  default     = true
}
