locals {
  # Views without a new image, and two changes of one item in one second, of which an attribute says the newer one.
  reads_items = var.documents.version_attribute == null || coalesce(var.source_table.stream_view_type, "unknown") != "NEW_AND_OLD_IMAGES"

  # By way of locals: a policy document that names a resource directly reads as "known after apply" whenever that
  # resource has any change at all.
  log_group_arn         = aws_cloudwatch_log_group.this.arn
  quarantine_bucket_arn = local.quarantine.arn

  _table     = split(":", var.source_table.arn) # arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME
  account_id = var.function.account_id == null ? local._table[4] : var.function.account_id
  # Built from names: the policy is created before the function.
  function_arn = "arn:${local._table[1]}:lambda:${var.region}:${local.account_id}:function:${var.name}"

  # What Lambda requires of the role of a function in a VPC, and for what it creates there.
  network_interface_actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ]
}

# The rights to read the stream and to write to OpenSearch are given by `event-source-mapping` and `opensearch-access`.
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

    condition { # if the bucket is deleted and another account takes its name, that account would get the records
      test     = "StringEquals"
      variable = "s3:ResourceAccount"
      values   = [local.account_id]
    }

    condition { # an object is written once: what is kept is never overwritten
      test     = "Null"
      variable = "s3:if-none-match"
      values   = ["false"]
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

  dynamic "statement" {
    for_each = var.kms_key_arns.quarantine[*]

    content {
      sid       = "EncryptRefusedRecords" # and the batches that Lambda gives up, which it delivers as this role
      actions   = ["kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["s3.${var.region}.amazonaws.com*"] # .cn in China
      }
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arns.environment[*]

    content {
      sid       = "ReadEnvironment" # Lambda grants it too, but only to this role: not to a role created again under its name
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition { # Lambda itself asks without this key, the function's code with it
        test     = "Null"
        variable = "lambda:SourceFunctionArn"
        values   = ["true"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.function.tracing_mode == "Active" ? ["Active"] : []

    content {
      sid       = "SendTraces"
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"] # IAM has no resource for them
    }
  }

  dynamic "statement" {
    for_each = var.function.vpc[*]

    content {
      sid       = "AttachToNetwork"
      actions   = local.network_interface_actions
      resources = ["*"] # Lambda asks for it before there is an interface that could be named
    }
  }

  # Lambda does it as this role; the code that runs as the same role has no use for it.
  dynamic "statement" {
    for_each = var.function.vpc[*]

    content {
      sid       = "KeepNetworkFromCode"
      effect    = "Deny"
      actions   = ["ec2:*"]
      resources = ["*"] # whatever was allowed above

      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = [local.function_arn]
      }
    }
  }
}
