locals {
  # Known at plan: which of the two is set.
  service = var.domain == null ? "aoss" : "es"
  arn     = one(concat(var.domain[*].arn, var.collection[*].arn))

  # As aws_opensearch_domain (a host name), aws_opensearchserverless_collection (an address) and the console show it.
  _given   = trimspace(one(concat(var.domain[*].endpoint, var.collection[*].endpoint)))
  _host    = trimsuffix(trimsuffix(trimprefix(local._given, "https://"), "/"), ":443")
  endpoint = startswith(local._host, "http://") ? local._host : "https://${local._host}"

  # At most one.
  fine_grained_access = flatten(var.domain[*].fine_grained_access[*])

  # One row for each right. On a domain each request that the function makes has its path; a serverless collection has
  # one right for all of its API, narrowed by its data access policy.
  rights = {
    es = {
      WriteDocuments = { action = "es:ESHttpPost", paths = [for alias in var.aliases : "${alias}/_bulk"] }
      FindIndex      = { action = "es:ESHttpGet", paths = [for alias in var.aliases : "${alias}/_alias/${alias}"] }
      SetUpIndex = {
        action = "es:ESHttpPut"
        paths = flatten([for alias in var.aliases :
          ["_index_template/${alias}", "${alias}-v1", "${alias}/_mapping", "${alias}/_settings"]
        ])
      }
    }
    aoss = {
      UseCollection = { action = "aoss:APIAccessAll", paths = [] }
    }
  }
  statements = {
    for sid, right in local.rights[local.service] : sid => {
      action    = right.action
      resources = length(right.paths) == 0 ? [local.arn] : [for path in right.paths : "${local.arn}/${path}"]
    }
  }
}

data "aws_iam_policy_document" "role" {
  dynamic "statement" {
    for_each = local.statements

    content {
      sid       = statement.key
      actions   = [statement.value.action]
      resources = statement.value.resources
    }
  }
}

resource "aws_iam_role_policy" "this" {
  count = var.attach_policy ? 1 : 0

  name   = "opensearch-access"
  role   = var.role_name
  policy = data.aws_iam_policy_document.role.json

  lifecycle {
    # What the indexer and its event source mapping need besides is 1300 characters, 3100 in a VPC with a key for everything.
    precondition {
      condition = length(jsonencode(local.statements)) <= 7000
      error_message = join(" ", [
        "indices must make statements of at most 7000 characters, got ${length(jsonencode(local.statements))} for ${length(var.aliases)}",
        "of them: IAM takes 10240 of all that a role is allowed inline. Use fewer indices or shorter aliases, or your own role with",
        "managed policies (role.existing).",
      ])
    }
  }
}

moved {
  from = aws_iam_role_policy.this
  to   = aws_iam_role_policy.this[0]
}

# For the domain's side. Within one account the role's own policy is enough, unless the domain's denies.
data "aws_iam_policy_document" "domain" {
  dynamic "statement" {
    for_each = local.statements

    content {
      sid       = statement.key
      actions   = [statement.value.action]
      resources = statement.value.resources

      principals {
        type        = "AWS"
        identifiers = [var.role_arn]
      }
    }
  }
}
