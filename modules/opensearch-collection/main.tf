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
}

resource "aws_opensearchserverless_collection" "this" {
  name             = aws_opensearchserverless_security_policy.encryption.name
  description      = var.description
  type             = "SEARCH" # no other keeps the ids of documents
  standby_replicas = var.standby_replicas
  tags             = var.tags
}
