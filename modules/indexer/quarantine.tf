locals {
  # The bucket that is made, or the team's own.
  quarantine = var.on_failure.quarantine_bucket == null ? {
    arn    = one(aws_s3_bucket.quarantine[*].arn)
    bucket = one(aws_s3_bucket.quarantine[*].bucket)
    } : {
    arn    = var.on_failure.quarantine_bucket.arn
    bucket = reverse(split(":", var.on_failure.quarantine_bucket.arn))[0]
  }
}

# Two kinds of object: quarantine/ (records that can never be indexed, written by the function) and aws/lambda/
# (discarded batches, which Lambda writes). Nothing expires: each object is the only copy of what the index lacks.
resource "aws_s3_bucket" "quarantine" {
  # checkov:skip=CKV2_AWS_6: there is one below; it goes by a count that checkov does not follow
  # checkov:skip=CKV_AWS_145: by S3's own key, or by kms_key_arns.quarantine
  # checkov:skip=CKV2_AWS_61: nothing expires: each object is the only word of what the index lacks
  # checkov:skip=CKV2_AWS_62: the function's metrics and an alarm tell of what comes in
  # checkov:skip=CKV_AWS_18: would take a second bucket; the account's CloudTrail can record access
  # checkov:skip=CKV_AWS_21: a key is derived from its record, so what overwrites an object is the same record
  # checkov:skip=CKV_AWS_144: of use where its table is, in one region

  count = var.on_failure.quarantine_bucket == null ? 1 : 0

  bucket_prefix = "${trimsuffix(substr(var.name, 0, 25), "-")}-quarantine-" # the provider adds 26 characters, S3 takes 63

  tags = var.tags
}

resource "aws_s3_bucket_public_access_block" "quarantine" {
  count = var.on_failure.quarantine_bucket == null ? 1 : 0

  bucket = local.quarantine.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "quarantine" {
  count = var.on_failure.quarantine_bucket == null ? 1 : 0

  bucket = local.quarantine.bucket

  rule {
    bucket_key_enabled = true # one call to KMS for many objects

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arns.quarantine == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arns.quarantine
    }
  }
}

data "aws_iam_policy_document" "quarantine" {
  statement {
    sid       = "RefusePlainHttp"
    effect    = "Deny"
    actions   = ["s3:*"] # whatever it is
    resources = [local.quarantine_bucket_arn, "${local.quarantine_bucket_arn}/*"]

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

resource "aws_s3_bucket_policy" "quarantine" {
  count = var.on_failure.quarantine_bucket == null ? 1 : 0

  bucket = local.quarantine.bucket
  policy = data.aws_iam_policy_document.quarantine.json

  # S3 takes one change of a bucket's access at a time, and answers the other with a conflict.
  depends_on = [aws_s3_bucket_public_access_block.quarantine]
}

moved {
  from = aws_s3_bucket.quarantine
  to   = aws_s3_bucket.quarantine[0]
}

moved {
  from = aws_s3_bucket_public_access_block.quarantine
  to   = aws_s3_bucket_public_access_block.quarantine[0]
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.quarantine
  to   = aws_s3_bucket_server_side_encryption_configuration.quarantine[0]
}

moved {
  from = aws_s3_bucket_policy.quarantine
  to   = aws_s3_bucket_policy.quarantine[0]
}
