locals {
  _region = try(split(":", var.stream_arn)[3], null)

  # What delivering takes, by the kind of destination.
  delivery = {
    s3 = {
      # The whole bucket, as Lambda's guide has it: which key it tries when the mapping is made it does not say.
      # Discarded batches are below aws/lambda/.
      actions   = ["s3:PutObject", "s3:ListBucket"]
      resources = [local.destination_arn, "${local.destination_arn}/*"]
      # If the bucket is deleted and another account takes its name, that account would get the records.
      conditions  = { "s3:ResourceAccount" = var.account_id == null ? try(split(":", var.stream_arn)[4], null) : var.account_id }
      key_actions = ["kms:GenerateDataKey"]
    }
    sqs = {
      actions     = ["sqs:SendMessage"],
      resources   = [local.destination_arn],
      conditions  = {},
      key_actions = ["kms:GenerateDataKey", "kms:Decrypt"]
    }
    sns = {
      actions = ["sns:Publish"], resources = [local.destination_arn], conditions = {}, key_actions = ["kms:GenerateDataKey", "kms:Decrypt"]
    }
  }[local.destination_type]

  # What the role does with keys, each by way of the one service that needs it.
  keys = {
    DecryptStream = { key_arn = var.table_kms_key_arn, service = "dynamodb", actions = ["kms:Decrypt"] }
    EncryptDiscarded = {
      key_arn = var.kms_key_arns.on_failure_destination
      service = local.destination_type
      actions = local.delivery.key_actions
    }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "ReadStream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [var.stream_arn]
  }

  statement {
    sid       = "ListStreams"
    actions   = ["dynamodb:ListStreams"]
    resources = ["*"] # IAM has no resource for this action, and Lambda requires it of the role
  }

  statement {
    sid       = "DeliverDiscarded"
    actions   = local.delivery.actions
    resources = local.delivery.resources

    dynamic "condition" {
      for_each = local.delivery.conditions

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = [condition.value]
      }
    }

    condition { # Lambda itself asks without this key, the function's code with it
      test     = "Null"
      variable = "lambda:SourceFunctionArn"
      values   = ["true"]
    }
  }

  dynamic "statement" {
    for_each = { for sid, key in local.keys : sid => key if key.key_arn != null }

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = [statement.value.key_arn]

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["${statement.value.service}.${local._region}.amazonaws.com*"] # .cn in China
      }
    }
  }
}

resource "aws_iam_role_policy" "this" {
  count = var.attach_policy ? 1 : 0

  name_prefix = "event-source-mapping-" # several triggers may share a role
  role        = var.role_name
  policy      = data.aws_iam_policy_document.this.json
}

moved {
  from = aws_iam_role_policy.this
  to   = aws_iam_role_policy.this[0]
}
