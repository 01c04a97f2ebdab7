output "opensearch" {
  description = "What the function needs to reach OpenSearch (`endpoint`, `service` to sign for), once its role may."
  value       = { endpoint = var.opensearch.endpoint, service = local.service }
  depends_on  = [aws_iam_role_policy.this]
}

output "region" {
  description = "Region of the domain or collection."
  value       = split(":", var.opensearch.arn)[3]
}

output "domain_policy" {
  description = "JSON document to merge into the domain's access policy, where it must name the role: another account's domain, or one that denies. Null for a serverless collection, which has no such policy."
  value       = local.service == "es" ? data.aws_iam_policy_document.domain.json : null
}
