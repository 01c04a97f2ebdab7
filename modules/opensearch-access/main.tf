locals {
  service = split(":", var.opensearch.arn)[2]

  # A domain's resource returns a host name, a collection's an address.
  _host    = trimsuffix(trimsuffix(trimprefix(var.opensearch.endpoint, "https://"), "/"), ":443")
  endpoint = startswith(local._host, "http://") ? local._host : "https://${local._host}"

  # One row for each right. On a domain each request that the function makes has its path; a serverless collection has
  # one right for all of its API, narrowed by its data access policy.
  rights = {
    es = {
      WriteDocuments = { action = "es:ESHttpPost", paths = [for index in var.indexes : "${index}/_bulk"] }
      FindIndex      = { action = "es:ESHttpGet", paths = [for index in var.indexes : "${index}/_alias/${index}"] }
      SetUpIndex = {
        action = "es:ESHttpPut"
        paths = flatten([for index in var.indexes :
          ["_index_template/${index}", "${index}-v1", "${index}/_mapping", "${index}/_settings"]
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
      resources = length(right.paths) == 0 ? [var.opensearch.arn] : [for path in right.paths : "${var.opensearch.arn}/${path}"]
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
    # What the indexer and its trigger need besides is 1300 characters, 3100 in a VPC with a key for everything.
    precondition {
      condition     = length(jsonencode(local.statements)) <= 7000
      error_message = "indexes must make statements of at most 7000 characters, got ${length(jsonencode(local.statements))} for ${length(var.indexes)} of them: IAM takes 10240 of all that a role is allowed inline. Use fewer routes, shorter aliases, or an existing role with managed policies (role.existing)."
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
