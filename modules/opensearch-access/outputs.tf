output "connection" {
  description = "What the function needs to reach OpenSearch (`endpoint`, `service` to sign for), once its role may."
  value       = { endpoint = local.endpoint, service = local.service }
  depends_on = [
    aws_iam_role_policy.this,
    aws_lambda_invocation.access,
    aws_opensearchserverless_access_policy.this,
    aws_opensearchserverless_security_policy.network,
    data.aws_opensearchserverless_collection.this,
  ]
}

output "region" {
  description = "Region of the domain or collection."
  value       = split(":", var.opensearch.arn)[3]
}

output "policy_json" {
  description = "JSON document of what the function's role may do, to merge into the role's policy where `attach_policy` is false."
  value       = data.aws_iam_policy_document.role.json
}

output "domain_access_policy" {
  description = "JSON document to merge into the domain's access policy, where it must name the role: another account's domain, or one that denies. Null for a serverless collection, which has no such policy."
  value       = local.service == "es" ? data.aws_iam_policy_document.domain.json : null
}

output "data_access_policy" {
  description = "JSON document of the collection's data access policy: what the function's role may do in it. Null for a domain."
  value       = one([for serverless in local.serverless : local.data_access_policy])
}

output "network_policy" {
  description = "JSON document of the collection's network policy. Null for a domain."
  value       = one([for serverless in local.serverless : local.network_policy])
}

output "encryption_policy" {
  description = "JSON document of the collection's encryption policy, which must be there before the collection. Null for a domain."
  value       = one([for serverless in local.serverless : local.encryption_policy])
}

output "opensearch_security_role" {
  description = "Name (`name`) and JSON document (`document`) of the role in a domain's security plugin, and of who is mapped to it (`mapping`), for fine-grained access control by hand. Null for a serverless collection."
  value = local.service == "es" ? {
    name     = local.security_role
    document = jsonencode(local.permissions)
    mapping  = jsonencode({ backend_roles = [var.role_arn] })
  } : null
}

output "security_admin_policy_json" {
  description = "JSON document of what the role in `fine_grained_access` must be allowed. Null without it."
  value       = one(data.aws_iam_policy_document.master[*].json)
}
