output "connection" {
  description = "Address of OpenSearch (`endpoint`) and service to sign for (`service`). Available when the function's role has access."
  value       = { endpoint = local.endpoint, service = local.service }

  precondition {
    condition = can(regex("^(https://[a-zA-Z0-9.-]+|https?://(localhost|127[.]0[.]0[.]1)(:[0-9]{1,5})?)$", local.endpoint))
    error_message = join(" ", [
      "domain.endpoint and collection.endpoint must be a host name or https://HOST, got \"${local._given}\": the function sends signed",
      "requests to port 443.",
    ])
  }

  precondition {
    condition = var.domain == null || can(regex("^arn:[^:]+:es:[a-z0-9-]+:[0-9]{12}:domain/[a-z][a-z0-9-]{2,27}$", local.arn))
    error_message = join(" ", [
      "domain.arn must be a domain's ARN, arn:aws:es:REGION:ACCOUNT:domain/NAME, got \"${local.arn}\": the role's policy names the domain.",
      "For a collection, set collection instead.",
    ])
  }

  precondition {
    condition = var.collection == null || can(regex("^arn:[^:]+:aoss:[a-z0-9-]+:[0-9]{12}:collection/[a-z0-9]+$", local.arn))
    error_message = join(" ", [
      "collection.arn must be a collection's ARN, arn:aws:aoss:REGION:ACCOUNT:collection/ID, got \"${local.arn}\": the role's policy names",
      "the collection. For a domain, set domain instead.",
    ])
  }

  precondition {
    condition = !strcontains(local.endpoint, local.service == "es" ? ".aoss.amazonaws." : ".es.amazonaws.")
    error_message = join(" ", [
      "domain.endpoint and collection.endpoint must be of the domain or collection in arn, got \"${local._given}\" with ${local.arn}:",
      "requests to it would be signed for another service.",
    ])
  }

  precondition {
    condition = try(split(":", local.arn)[3], var.region) == var.region
    error_message = join(" ", [
      "domain.arn and collection.arn must be in the function's region, got ${try(split(":", local.arn)[3], "none")} for a function in",
      "${var.region}: the function signs its requests for its own region.",
    ])
  }

  precondition {
    condition = alltrue([for collection in var.collection[*] : can(regex("^[a-z][a-z0-9-]{2,31}$", collection.name))])
    error_message = join(" ", [
      "collection.name must be 3 to 32 lowercase letters, digits or hyphens, a letter first, got \"${join("", var.collection[*].name)}\":",
      "no collection has another, and a policy that names one with a wildcard would be for many.",
    ])
  }

  precondition {
    condition = alltrue([
      for arn in flatten(var.collection[*].data_access[*].reader_arns) :
      can(regex("^(arn:[^:*]+:(iam|sts)::[0-9]{12}:[^*]+|saml/[0-9]{12}/[^*]+)$", arn))
    ])
    error_message = join(" ", [
      "collection.data_access.reader_arns must be ARNs of roles or users, or saml/ACCOUNT/PROVIDER/..., without wildcards, got",
      "${join(", ", flatten(var.collection[*].data_access[*].reader_arns))}: a data access policy takes no others.",
    ])
  }

  precondition {
    condition = alltrue([for id in flatten(var.collection[*].network[*].vpc_endpoint_ids) : can(regex("^vpce-[0-9a-z]+$", id))])
    error_message = join(" ", [
      "collection.network.vpc_endpoint_ids must be ids of OpenSearch Serverless endpoints, vpce-ID, got",
      "${join(", ", flatten(var.collection[*].network[*].vpc_endpoint_ids))}: the collection could not be reached.",
    ])
  }

  precondition {
    condition = alltrue([
      for arn in compact(flatten(var.collection[*].encryption[*].kms_key_arn)) :
      can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))
    ])
    error_message = join(" ", [
      "collection.encryption.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got",
      "\"${join("", compact(flatten(var.collection[*].encryption[*].kms_key_arn)))}\": an encryption policy takes no alias.",
    ])
  }

  precondition {
    condition = alltrue([
      for access in flatten(var.domain[*].fine_grained_access[*]) :
      can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", access.master_role_arn))
    ])
    error_message = join(" ", [
      "domain.fine_grained_access.master_role_arn must be a role's ARN, arn:aws:iam::ACCOUNT:role/NAME, got",
      "\"${join("", flatten(var.domain[*].fine_grained_access[*])[*].master_role_arn)}\": a Lambda function can only assume a role, not a",
      "user.",
    ])
  }

  depends_on = [
    aws_iam_role_policy.this,
    aws_lambda_invocation.access,
    aws_opensearchserverless_access_policy.this,
    aws_opensearchserverless_security_policy.network,
    data.aws_opensearchserverless_collection.this,
  ]
}

output "arn" {
  description = "ARN of the domain or collection."
  value       = local.arn
}

output "service" {
  description = "Service of the ARN: es for a domain, aoss for a collection."
  value       = local.service
}

output "policy_json" {
  description = "JSON policy document that the function's role needs. Attach it yourself if `attach_policy` is false."
  value       = data.aws_iam_policy_document.role.json
}

output "domain_access_policy" {
  description = <<-EOT
    JSON policy document to merge into the domain's access policy. Required for a domain in another account or with a Deny. Null
    for a collection.
  EOT
  value       = local.service == "es" ? data.aws_iam_policy_document.domain.json : null
}

output "data_access_policy" {
  description = "JSON document of the collection's data access policy for the function's role. Null for a domain."
  value       = var.collection == null ? null : local.data_access_policy
}

output "network_policy" {
  description = "JSON document of the collection's network policy. Null for a domain."
  value       = var.collection == null ? null : local.network_policy
}

output "encryption_policy" {
  description = "JSON document of the collection's encryption policy, which must exist before the collection. Null for a domain."
  value       = var.collection == null ? null : local.encryption_policy
}

output "opensearch_security_role" {
  description = <<-EOT
    Role in the domain's security plugin: its `name`, its `document` and its `mapping` (JSON). Use it to grant access by hand.
    Null for a collection.
  EOT
  value = local.service == "es" ? {
    name     = local.security_role
    document = jsonencode(local.permissions)
    mapping  = jsonencode({ backend_roles = [var.role_arn] })
  } : null
}

output "security_admin_policy_json" {
  description = "JSON policy document that the role in `fine_grained_access` needs. Null without `fine_grained_access`."
  value       = one(data.aws_iam_policy_document.master[*].json)
}
