output "function_name" {
  description = "Name of the function, once its index is set up."
  value       = aws_lambda_function.this.function_name
  depends_on  = [aws_lambda_invocation.setup_index]
}

output "function_arn" {
  description = "ARN of the function, once its index is set up."
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
  description = "Name of the function's role, to attach policies to."
  value       = local.role.name
}

output "role_arn" {
  description = "ARN of the function's role, for OpenSearch to admit."
  value       = local.role.arn
}

output "policy_json" {
  description = "JSON policy document that this module gives the role. An existing role needs it too."
  value       = data.aws_iam_policy_document.this.json
}

output "security_group_id" {
  description = "ID of the security group that is created. The domain's security group must allow it. Null if it is not created."
  value       = one(aws_security_group.this[*].id)
}

output "network" {
  description = "Subnets and all security groups of the function, for another that goes with it. Null outside a VPC."
  value       = var.network == null ? null : { subnet_ids = var.network.subnet_ids, security_group_ids = local.security_group_ids }
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "quarantine_bucket" {
  description = "Name of the bucket that keeps what could not be indexed."
  value       = local.quarantine.bucket
}

output "quarantine_bucket_arn" {
  description = "ARN of that bucket, once it is fit to take records."
  value       = local.quarantine.arn
  depends_on = [
    aws_s3_bucket_policy.quarantine,
    aws_s3_bucket_public_access_block.quarantine,
    aws_s3_bucket_server_side_encryption_configuration.quarantine,
  ]
}
