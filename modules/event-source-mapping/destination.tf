# The destination of discarded batches, if it is created here. Only an object and its type are tested for null: an ARN may be
# unknown until apply.
locals {
  made = one(var.failures.create[*].type)

  # What `failures` names comes first.
  destination_arn = coalesce(
    one(aws_s3_bucket.given_up[*].arn),
    one(aws_sqs_queue.given_up[*].arn),
    one(aws_sns_topic.given_up[*].arn),
    var.failures.s3_bucket_arn,
    var.failures.sqs_queue_arn,
    var.failures.sns_topic_arn,
    var.default_bucket_arn,
  )
  destination_type = coalesce(
    local.made,
    var.failures.sqs_queue_arn != null ? "sqs" : var.failures.sns_topic_arn != null ? "sns" : "s3",
  )
}

resource "aws_s3_bucket" "given_up" {
  # checkov:skip=CKV2_AWS_62: the mapping's metrics tell of what comes in
  # checkov:skip=CKV_AWS_18: would take a second bucket; the account's CloudTrail can record access
  # checkov:skip=CKV_AWS_21: Lambda writes each object once, under a name of its own
  # checkov:skip=CKV_AWS_144: of use where its table is, in one region

  count = local.made == "s3" ? 1 : 0

  bucket_prefix = "given-up-"
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "given_up" {
  count = length(aws_s3_bucket.given_up)

  bucket = aws_s3_bucket.given_up[0].bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "given_up" {
  count = length(aws_s3_bucket.given_up)

  bucket = aws_s3_bucket.given_up[0].bucket

  rule {
    bucket_key_enabled = true # one call to KMS for many objects

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.failures.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.failures.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "given_up" {
  count = length(aws_s3_bucket.given_up)

  bucket = aws_s3_bucket.given_up[0].bucket

  rule {
    id     = "retention"
    status = "Enabled"

    filter {}

    expiration {
      days = var.failures.create.retention_in_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_sqs_queue" "given_up" {
  count = local.made == "sqs" ? 1 : 0

  name_prefix               = "given-up-"
  message_retention_seconds = var.failures.create.retention_in_days * 86400
  sqs_managed_sse_enabled   = var.failures.kms_key_arn == null ? true : null
  kms_master_key_id         = var.failures.kms_key_arn
  tags                      = var.tags
}

resource "aws_sns_topic" "given_up" {
  count = local.made == "sns" ? 1 : 0

  name_prefix       = "given-up-"
  kms_master_key_id = var.failures.kms_key_arn == null ? "alias/aws/sns" : var.failures.kms_key_arn # SNS encrypts only by KMS
  tags              = var.tags
}

data "aws_iam_policy_document" "given_up" {
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

resource "aws_s3_bucket_policy" "given_up" {
  count = length(aws_s3_bucket.given_up)

  bucket = aws_s3_bucket.given_up[0].bucket
  policy = data.aws_iam_policy_document.given_up[0].json

  # S3 takes one change of a bucket's access at a time, and answers the other with a conflict.
  depends_on = [aws_s3_bucket_public_access_block.given_up]
}

resource "aws_sqs_queue_policy" "given_up" {
  count = length(aws_sqs_queue.given_up)

  queue_url = aws_sqs_queue.given_up[0].url
  policy    = data.aws_iam_policy_document.given_up[0].json
}

resource "aws_sns_topic_policy" "given_up" {
  count = length(aws_sns_topic.given_up)

  arn    = aws_sns_topic.given_up[0].arn
  policy = data.aws_iam_policy_document.given_up[0].json
}
