locals {
  # Views without a new image, and two changes of one item in one second, of which an attribute says the newer one.
  reads_items = var.documents.version_attribute == null || coalesce(var.source_table.stream_view_type, "unknown") != "NEW_AND_OLD_IMAGES"

  # By way of locals: a policy document that names a resource directly reads as "known after apply" whenever that
  # resource has any change at all.
  log_group_arn         = aws_cloudwatch_log_group.this.arn
  quarantine_bucket_arn = aws_s3_bucket.quarantine.arn
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

# The rights to read the stream and to write to OpenSearch are given by `stream-trigger` and `opensearch-access`.
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_group_arn}:*"] # its streams, which Lambda names
  }

  statement {
    sid       = "KeepRefusedRecords"
    actions   = ["s3:PutObject"]
    resources = ["${local.quarantine_bucket_arn}/quarantine/${var.name}/*"] # keys are derived from the records

    condition { # were the bucket deleted and its name taken by somebody else, they would get the records
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [split(":", var.source_table.arn)[4]]
    }
  }

  dynamic "statement" {
    for_each = var.quarantine.kms_key_arn == null ? [] : [var.quarantine.kms_key_arn]

    content {
      sid       = "EncryptRefusedRecords" # and the batches that Lambda gives up, which it delivers as this role
      actions   = ["kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.reads_items ? [var.source_table.arn] : []

    content {
      sid       = "ReadItems"
      actions   = ["dynamodb:BatchGetItem"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.source_table.kms_key_arn == null ? [] : [var.source_table.kms_key_arn]

    content {
      sid       = "DecryptItems"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["dynamodb.${var.region}.amazonaws.com*"] # .cn in China
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.name}-${var.region}"
  description        = "What the function ${var.name} may do."
  assume_role_policy = data.aws_iam_policy_document.assume.json

  tags = var.tags
}

resource "aws_iam_role_policy" "this" {
  name   = "indexer"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}
