locals {
  # What `failures` names comes first; an ARN of it may be unknown until apply.
  destination_arn = coalesce(
    var.failures.s3_bucket_arn,
    var.failures.sqs_queue_arn,
    var.failures.sns_topic_arn,
    var.default_bucket_arn,
  )
  _kind = var.failures.sqs_queue_arn != null ? "sqs" : var.failures.sns_topic_arn != null ? "sns" : "s3"

  # What delivering takes, by the kind of destination.
  delivery = {
    s3 = {
      # The whole bucket, as Lambda's guide has it: which key it tries when the mapping is made it does not say.
      # What was given up goes below aws/lambda/.
      actions   = ["s3:PutObject", "s3:ListBucket"]
      resources = [local.destination_arn, "${local.destination_arn}/*"]
      # The table's account: were the bucket deleted and its name taken by somebody else, they would get the records.
      conditions = { "s3:ResourceAccount" = split(":", var.stream_arn)[4] }
    }
    sqs = { actions = ["sqs:SendMessage"], resources = [local.destination_arn], conditions = {} }
    sns = { actions = ["sns:Publish"], resources = [local.destination_arn], conditions = {} }
  }[local._kind]
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
    sid       = "DeliverGivenUp"
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
  }
}

resource "aws_iam_role_policy" "this" {
  name_prefix = "stream-trigger-" # several triggers may share a role
  role        = var.role_name
  policy      = data.aws_iam_policy_document.this.json
}
