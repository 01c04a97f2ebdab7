# Of the standard class: the others take no metrics from the log, and the function's own come that way.
resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: by CloudWatch's own key unless one is given; it never holds the contents of a record

  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.function.logging.retention_in_days
  kms_key_id        = var.kms_key_arns.log_group

  tags = var.tags
}
