# A table whose paid orders a function of this example publishes to a topic.

module "orders" {
  source = "../../modules/table"
  # source = "github.com/example/terraform-aws-stream-indexer//modules/table?ref=v0.1.0"

  table = {
    name             = "orders"
    hash_key         = { name = "order_id", type = "S" }
    stream_view_type = "NEW_AND_OLD_IMAGES" # so that the filter sees what the status was before

    deletion_protection_enabled = var.deletion_protection_enabled
  }
}

module "notify" {
  source = "../../modules/event-source-mapping"
  # source = "github.com/example/terraform-aws-stream-indexer//modules/event-source-mapping?ref=v0.1.0"

  stream_arn       = module.orders.stream_arn
  stream_view_type = module.orders.stream_view_type
  key_names        = module.orders.key_names
  function_name    = aws_lambda_function.notify.function_name
  role_name        = aws_iam_role.notify.name

  # The orders that are paid by this change, and were not before.
  filters = [
    {
      event_names = ["INSERT"]
      new_image   = { status = { equals = ["paid"] } }
    },
    {
      event_names = ["MODIFY"]
      new_image   = { status = { equals = ["paid"] } }
      old_image   = { status = { not_equals = ["paid"] } }
    },
    {
      event_names = ["MODIFY"]
      new_image   = { status = { equals = ["paid"] } }
      old_image   = { status = { exists = false } } # not_equals never holds for what is not there
    },
  ]

  event_source_mapping = { batch_size = 10, maximum_batching_window_in_seconds = 0 }            # notify at once
  on_failure           = { maximum_retry_attempts = 10, create_destination = { type = "sqs" } } # and not for 23 hours
}

resource "aws_sns_topic" "paid_orders" {
  # checkov:skip=CKV_AWS_26: order and event ids alone; a key is for the team to choose

  name = "paid-orders"
}

resource "aws_lambda_function" "notify" {
  # checkov:skip=CKV_AWS_115: one batch of each shard is under way
  # checkov:skip=CKV_AWS_116: a dead letter queue is for asynchronous invocations; what the mapping gives up has its own queue
  # checkov:skip=CKV_AWS_117: it calls SNS alone
  # checkov:skip=CKV_AWS_173: the topic's ARN alone, no secret
  # checkov:skip=CKV_AWS_272: whom to trust with signing is for the team to choose
  # checkov:skip=CKV_AWS_50: traces are for the team to choose

  function_name = "notify"
  description   = "Publishes each paid order to the topic ${aws_sns_topic.paid_orders.name}."
  role          = aws_iam_role.notify.arn
  handler       = "handler.handle"

  filename         = "../../build/notify.zip"
  source_code_hash = filebase64sha256("../../build/notify.zip")
  runtime          = "python3.13"
  architectures    = ["arm64"]
  timeout          = 30

  environment {
    variables = { TOPIC_ARN = aws_sns_topic.paid_orders.arn }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.notify.name
  }

  depends_on = [aws_iam_role_policy.notify]
}

resource "aws_cloudwatch_log_group" "notify" {
  # checkov:skip=CKV_AWS_158: encrypted by CloudWatch's own key
  # checkov:skip=CKV_AWS_338: of use for as long as the stream keeps records, and a few weeks more

  name              = "/aws/lambda/notify"
  retention_in_days = 30
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

# What the function does by itself; event-source-mapping gives it the stream and the queue.
data "aws_iam_policy_document" "notify" {
  statement {
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.notify.arn}:*"] # its streams, which Lambda names
  }

  statement {
    sid       = "Tell"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.paid_orders.arn]
  }
}

resource "aws_iam_role" "notify" {
  name               = "notify"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "notify" {
  name   = "notify"
  role   = aws_iam_role.notify.name
  policy = data.aws_iam_policy_document.notify.json
}
