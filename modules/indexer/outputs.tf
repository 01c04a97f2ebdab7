output "function_name" {
  description = "Name of the function. Available when its index is set up."
  value       = aws_lambda_function.this.function_name
  depends_on  = [aws_lambda_invocation.setup_index]
}

output "function_arn" {
  description = "ARN of the function. Available when its index is set up."
  value       = aws_lambda_function.this.arn
  depends_on  = [aws_lambda_invocation.setup_index]
}

output "aliases" {
  description = "Aliases of all indices, sorted. Known at plan, for `opensearch-access`."
  value       = local.aliases
}

output "ready_aliases" {
  description = "Aliases of all indices, sorted. Available when the indices are set up."
  value       = local.aliases
  depends_on  = [aws_lambda_invocation.setup_index]
}

output "role_name" {
  description = "Name of the function's role."
  value       = local.role.name
}

output "role_arn" {
  description = "ARN of the function's role. OpenSearch must grant it access."
  value       = local.role.arn
}

output "policy_json" {
  description = "JSON policy document that the role needs for this module. Attach it to an existing role yourself."
  value       = data.aws_iam_policy_document.this.json
}

output "security_group_id" {
  description = "ID of the security group that is created. The domain's security group must allow it. Null if it is not created."
  value       = one(aws_security_group.this[*].id)
}

output "vpc" {
  description = "Subnets and security groups of the function, for the access function. Null outside a VPC."
  value = var.function.vpc == null ? null : {
    subnet_ids         = var.function.vpc.subnet_ids
    security_group_ids = local.security_group_ids
  }
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "quarantine_bucket" {
  description = "Name of the quarantine bucket, which stores records that can never be indexed."
  value       = local.quarantine.bucket
}

output "quarantine_bucket_arn" {
  description = "ARN of the quarantine bucket. Available when it accepts records."
  value       = local.quarantine.arn
  depends_on = [
    aws_s3_bucket_policy.quarantine,
    aws_s3_bucket_public_access_block.quarantine,
    aws_s3_bucket_server_side_encryption_configuration.quarantine,
  ]
}
