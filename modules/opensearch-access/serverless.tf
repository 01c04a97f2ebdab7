# What a serverless collection needs in addition to IAM. Its policies name the collection and its indexes by name.
locals {
  # One or none of each.
  data_access = flatten(var.collection[*].data_access[*])
  network     = flatten(var.collection[*].network[*])
  encryption  = flatten(var.collection[*].encryption[*])

  # AWS takes 3 to 32 characters, and all policies of a region share their names.
  policy_name = length(var.name) <= 24 ? "${var.name}-indexer" : "${substr(var.name, 0, 15)}-${substr(sha1(var.name), 0, 8)}-indexer"

  # The alias and the index behind it, because requests name the alias. A rebuild makes `orders-v2`; the pattern lets in
  # `orders-vip` as well, for it knows no digits.
  index_names          = flatten([for alias in var.aliases : [alias, "${alias}-v*"]])
  collection_resources = [for collection in var.collection[*] : "collection/${collection.name}"]
  index_resources = flatten([
    for collection in var.collection[*] : [for name in local.index_names : "index/${collection.name}/${name}"]
  ])

  # By the API's operations: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-genref.html
  # Nothing is read or deleted: no ReadDocument, no DeleteIndex, no DeleteCollectionItems.
  _indexer = {
    Description = "The function ${var.name} sets its index up and writes to it."
    Principal   = [var.role_arn]
    Rules = [
      {
        ResourceType = "collection"
        Resource     = local.collection_resources
        Permission = [
          "aoss:CreateCollectionItems",   # the alias, made with its index
          "aoss:DescribeCollectionItems", # GET ALIAS/_alias/ALIAS
          "aoss:UpdateCollectionItems",   # PUT _index_template/ALIAS
        ]
      },
      {
        # Without the alias's own name: a write to an alias that is missing must not make an index of that name.
        ResourceType = "index"
        Resource     = [for resource in local.index_resources : resource if endswith(resource, "-v*")]
        Permission   = ["aoss:CreateIndex"] # PUT ALIAS-v1
      },
      {
        ResourceType = "index"
        Resource     = local.index_resources
        Permission = [
          "aoss:DescribeIndex", # otherwise an index that is there looks missing
          "aoss:UpdateIndex",   # PUT ALIAS/_mapping
          "aoss:WriteDocument", # POST ALIAS/_bulk
        ]
      },
    ]
  }
  _reader_arns = flatten(local.data_access[*].reader_arns)
  _readers = {
    Description = "Readers."
    Principal   = local._reader_arns
    Rules       = [{ ResourceType = "index", Resource = local.index_resources, Permission = ["aoss:DescribeIndex", "aoss:ReadDocument"] }]
  }
  data_access_policy = length(local._reader_arns) == 0 ? jsonencode([local._indexer]) : jsonencode([local._indexer, local._readers])

  _vpc_endpoint_ids = flatten(local.network[*].vpc_endpoint_ids)
  _reached_from = merge(
    { Rules = [{ ResourceType = "collection", Resource = local.collection_resources }] },
    { AllowFromPublic = length(local._vpc_endpoint_ids) == 0 },
    length(local._vpc_endpoint_ids) == 0 ? {} : { SourceVPCEs = local._vpc_endpoint_ids },
  )
  network_policy = jsonencode([local._reached_from])

  _kms_key_arn = one(local.encryption[*].kms_key_arn)
  encryption_policy = jsonencode(merge(
    { Rules = [{ ResourceType = "collection", Resource = local.collection_resources }] },
    { AWSOwnedKey = local._kms_key_arn == null },
    local._kms_key_arn == null ? {} : { KmsARN = local._kms_key_arn },
  ))
}

# Only a collection of type SEARCH keeps the ids of documents. In any other each write of an item adds a document, and
# no deletion finds one.
data "aws_opensearchserverless_collection" "this" {
  count = length([for collection in var.collection[*] : collection if collection.validate_type])

  id = split("/", local.arn)[1]

  lifecycle {
    postcondition {
      condition = self.type == "SEARCH"
      error_message = join(" ", [
        "collection.arn must be of a collection of type SEARCH, got ${self.type}: it would not keep the ids of documents, and the index",
        "would hold every version of an item.",
      ])
    }

    postcondition {
      condition = self.name == var.collection.name
      error_message = join(" ", [
        "collection.name must be the name of the collection in collection.arn, ${self.name}, got \"${var.collection.name}\": its policies",
        "would be for another.",
      ])
    }
  }
}

resource "aws_opensearchserverless_access_policy" "this" {
  count = length(local.data_access)

  name        = local.policy_name
  type        = "data"
  description = "What the function ${var.name} may do."
  policy      = local.data_access_policy
}

resource "aws_opensearchserverless_security_policy" "network" {
  count = length(local.network)

  name        = local.policy_name
  type        = "network"
  description = "Where the function ${var.name} reaches its collection from."
  policy      = local.network_policy
}

resource "aws_opensearchserverless_security_policy" "encryption" {
  count = length(local.encryption)

  name        = local.policy_name
  type        = "encryption"
  description = "The key of the collection that the function ${var.name} writes to."
  policy      = local.encryption_policy
}
