locals {
  # The role that is made, or the team's own.
  role = var.role.existing == null ? {
    arn  = one(aws_iam_role.this[*].arn)
    name = one(aws_iam_role.this[*].name)
    } : {
    arn  = var.role.existing.arn
    name = reverse(split("/", var.role.existing.arn))[0]
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    sid     = "RunFunction"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  count = var.role.existing == null ? 1 : 0

  name                 = "${var.name}-${var.region}"
  path                 = var.role.path
  description          = "What the function ${var.name} may do."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.role.permissions_boundary

  tags = var.tags
}

resource "aws_iam_role_policy" "this" {
  count = var.role.existing == null ? 1 : 0

  name   = "indexer"
  role   = local.role.name
  policy = data.aws_iam_policy_document.this.json
}

moved {
  from = aws_iam_role.this
  to   = aws_iam_role.this[0]
}

moved {
  from = aws_iam_role_policy.this
  to   = aws_iam_role_policy.this[0]
}
