locals {
  rules = [{ ResourceType = "collection", Resource = ["collection/${var.name}"] }]
}

# AWS makes no collection without a key to encrypt it by, and the key stays for the collection's life.
resource "aws_opensearchserverless_security_policy" "encryption" {
  name        = var.name
  type        = "encryption"
  description = "The key of the collection ${var.name}."

  policy = jsonencode(merge(
    { Rules = local.rules, AWSOwnedKey = var.kms_key_arn == null },
    var.kms_key_arn == null ? {} : { KmsARN = var.kms_key_arn },
  ))

  lifecycle {
    # Of a value that may be unknown at plan: a validation would refuse a destroy too.
    precondition {
      condition = alltrue([for arn in var.kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
      error_message = join(" ", [
        "kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.kms_key_arn[*])}\": an encryption policy",
        "takes no alias.",
      ])
    }
  }
}

# From where it can be reached at all. Who may do what is asked after that: IAM and a data access policy.
resource "aws_opensearchserverless_security_policy" "network" {
  name        = var.name
  type        = "network"
  description = "Where the collection ${var.name} is reached from."

  policy = jsonencode([merge(
    { Rules = local.rules, AllowFromPublic = length(var.vpc_endpoint_ids) == 0 },
    length(var.vpc_endpoint_ids) == 0 ? {} : { SourceVPCEs = var.vpc_endpoint_ids },
  )])

  lifecycle {
    precondition {
      condition = alltrue([for id in var.vpc_endpoint_ids : can(regex("^vpce-[0-9a-z]+$", id))])
      error_message = join(" ", [
        "vpc_endpoint_ids must be ids of OpenSearch Serverless endpoints, vpce-ID, got ${join(", ", var.vpc_endpoint_ids)}: the collection",
        "could not be reached.",
      ])
    }
  }
}

resource "aws_opensearchserverless_collection" "this" {
  name             = aws_opensearchserverless_security_policy.encryption.name
  description      = var.description
  type             = "SEARCH" # no other keeps the ids of documents
  standby_replicas = var.standby_replicas
  tags             = var.tags
}
