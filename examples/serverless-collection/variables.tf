variable "reader_arns" {
  description = "IAM roles and users who may search."
  type        = list(string)
  default     = []
}
