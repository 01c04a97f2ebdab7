# The destination of discarded batches, if it is created here. Only an object and its type are tested for null: an ARN may be
# unknown until apply.
locals {
  made = one(var.on_failure.create_destination[*].type)

  # What `on_failure` names comes first.
  destination_arn = coalesce(
    one(aws_s3_bucket.discarded[*].arn),
    one(aws_sqs_queue.discarded[*].arn),
    one(aws_sns_topic.discarded[*].arn),
    var.on_failure.s3_bucket_arn,
    var.on_failure.sqs_queue_arn,
    var.on_failure.sns_topic_arn,
    var.default_bucket_arn,
  )
  destination_type = coalesce(
    local.made,
    var.on_failure.sqs_queue_arn != null ? "sqs" : var.on_failure.sns_topic_arn != null ? "sns" : "s3",
  )
}

resource "aws_s3_bucket" "discarded" {
  # checkov:skip=CKV2_AWS_62: the mapping's metrics tell of what comes in
  # checkov:skip=CKV_AWS_18: would take a second bucket; the account's CloudTrail can record access
  # checkov:skip=CKV_AWS_21: Lambda writes each object once, under a name of its own
  # checkov:skip=CKV_AWS_144: of use where its table is, in one region

  count = local.made == "s3" ? 1 : 0

  bucket_prefix = "discarded-"
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "discarded" {
  count = length(aws_s3_bucket.discarded)

  bucket = aws_s3_bucket.discarded[0].bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "discarded" {
  count = length(aws_s3_bucket.discarded)

  bucket = aws_s3_bucket.discarded[0].bucket

  rule {
    bucket_key_enabled = true # one call to KMS for many objects

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arns.on_failure_destination == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arns.on_failure_destination
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "discarded" {
  count = length(aws_s3_bucket.discarded)

  bucket = aws_s3_bucket.discarded[0].bucket

  rule {
    id     = "retention"
    status = "Enabled"

    filter {}

    expiration {
      days = var.on_failure.create_destination.retention_in_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_sqs_queue" "discarded" {
  count = local.made == "sqs" ? 1 : 0

  name_prefix               = "discarded-"
  message_retention_seconds = var.on_failure.create_destination.retention_in_days * 86400
  sqs_managed_sse_enabled   = var.kms_key_arns.on_failure_destination == null ? true : null
  kms_master_key_id         = var.kms_key_arns.on_failure_destination
  tags                      = var.tags
}

resource "aws_sns_topic" "discarded" {
  count = local.made == "sns" ? 1 : 0

  name_prefix = "discarded-"
  # SNS encrypts only by KMS
  kms_master_key_id = var.kms_key_arns.on_failure_destination == null ? "alias/aws/sns" : var.kms_key_arns.on_failure_destination
  tags              = var.tags
}

data "aws_iam_policy_document" "discarded" {
  count = local.made == null ? 0 : 1

  statement {
    sid       = "RefusePlainHttp"
    effect    = "Deny"
    actions   = [{ s3 = "s3:*", sqs = "sqs:*", sns = "sns:Publish" }[local.made]] # whatever it is; SNS takes no wildcard here
    resources = local.made == "s3" ? [local.destination_arn, "${local.destination_arn}/*"] : [local.destination_arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "discarded" {
  count = length(aws_s3_bucket.discarded)

  bucket = aws_s3_bucket.discarded[0].bucket
  policy = data.aws_iam_policy_document.discarded[0].json

  # S3 takes one change of a bucket's access at a time, and answers the other with a conflict.
  depends_on = [aws_s3_bucket_public_access_block.discarded]
}

resource "aws_sqs_queue_policy" "discarded" {
  count = length(aws_sqs_queue.discarded)

  queue_url = aws_sqs_queue.discarded[0].url
  policy    = data.aws_iam_policy_document.discarded[0].json
}

resource "aws_sns_topic_policy" "discarded" {
  count = length(aws_sns_topic.discarded)

  arn    = aws_sns_topic.discarded[0].arn
  policy = data.aws_iam_policy_document.discarded[0].json
}
