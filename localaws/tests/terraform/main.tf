# A table, a function and the mapping between them, every setting of the mapping given: what Terraform's provider asks
# of the local AWS.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {}

variable "package_file" {
  type = string
}

variable "batch_size" {
  type    = number
  default = 10
}

variable "enabled" {
  type    = bool
  default = true
}

resource "aws_dynamodb_table" "this" {
  name             = "pipeline"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_s3_bucket" "failures" {
  bucket = "failures"
}

resource "aws_lambda_function" "this" {
  function_name    = "pipeline"
  role             = "arn:aws:iam::123456789012:role/pipeline"
  runtime          = "python3.13"
  handler          = "recorder.handle"
  filename         = var.package_file
  source_code_hash = filebase64sha256(var.package_file)
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = aws_dynamodb_table.this.stream_arn
  function_name                      = aws_lambda_function.this.arn
  starting_position                  = "TRIM_HORIZON"
  enabled                            = var.enabled
  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = 1
  parallelization_factor             = 2
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = 3
  maximum_record_age_in_seconds      = 82800
  function_response_types            = ["ReportBatchItemFailures"]

  destination_config {
    on_failure {
      destination_arn = aws_s3_bucket.failures.arn
    }
  }

  filter_criteria {
    filter {
      pattern = jsonencode({ eventName = ["INSERT", "MODIFY"] })
    }
  }

  metrics_config {
    metrics = ["EventCount"]
  }

  tags = {
    purpose = "search"
  }
}

resource "aws_iam_role" "states" {
  name = "pipeline-states"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "states.amazonaws.com" } }]
  })
}

resource "aws_cloudwatch_log_group" "states" {
  name = "/aws/vendedlogs/states/pipeline"
}

resource "aws_sfn_state_machine" "this" {
  name     = "pipeline"
  role_arn = aws_iam_role.states.arn

  definition = jsonencode({
    StartAt = "Step"
    States = {
      Step = {
        Type       = "Task"
        Resource   = "arn:aws:states:::lambda:invoke"
        Parameters = { FunctionName = aws_lambda_function.this.arn, "Payload.$" = "$" }
        End        = true
      }
    }
  })

  logging_configuration {
    log_destination = "${aws_cloudwatch_log_group.states.arn}:*"
    level           = "ERROR"
  }

  tags = {
    purpose = "search"
  }
}

output "mapping_uuid" {
  value = aws_lambda_event_source_mapping.this.uuid
}

resource "aws_cloudwatch_metric_alarm" "math" {
  alarm_name          = "local-math"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = { FunctionName = aws_lambda_function.this.function_name }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id          = "result"
    expression  = "FILL(errors, 0)"
    return_data = true
  }
}

resource "aws_cloudwatch_composite_alarm" "any" {
  alarm_name = "local-any"
  alarm_rule = "ALARM(\"${aws_cloudwatch_metric_alarm.math.alarm_name}\")"
}
