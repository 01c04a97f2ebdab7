locals {
  seconds_for_a_batch = 10 + ceil(coalesce(var.batch_size, 0) / 100)

  # What an item must be to have a document, by the index's alias.
  filters = { for alias in coalescelist(keys(var.routes), [var.name]) : alias => lookup(var.routes, alias, { filter = {} }).filter }

  aliases = tolist(keys(local.filters))

  environment = {
    OPENSEARCH_ENDPOINT = var.opensearch.endpoint
    OPENSEARCH_SERVICE  = var.opensearch.service
    INDICES             = jsonencode(local.filters)
    TABLE_NAME          = var.source_table.function_account_id == null ? var.source_table.name : var.source_table.arn # another account's table has no name here
    TABLE_KEY_NAMES     = jsonencode(var.source_table.key_names)
    QUARANTINE_BUCKET   = local.quarantine.bucket
    DOCUMENT_RULES      = jsonencode({ for key, value in var.documents : key => value if key != "refused_names" })
    FIELD_NAME_POLICY   = var.documents.refused_names
    SETUP_SHA256        = sha256(local.index_definition) # setup accepts this definition only
    MAX_BULK_BYTES      = 10 * 1024 * 1024               # what every domain and collection takes; larger instances take 100 MiB
  }

  # As Lambda measures it, all of it as JSON, with a bucket's longest name for one that is yet to be made. Base64 counts bytes.
  environment_bytes = length(base64encode(jsonencode(merge(local.environment, { QUARANTINE_BUCKET = format("%63s", "") })))) / 4 * 3
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_116: a dead letter queue is for asynchronous invocations; what the mapping gives up has its own destination
  # checkov:skip=CKV_AWS_117: a domain inside a VPC is for the team to choose; elsewhere requests are signed, over TLS
  # checkov:skip=CKV_AWS_173: names and addresses alone, no secret
  # checkov:skip=CKV_AWS_272: whom to trust with signing is for the team to choose
  # checkov:skip=CKV_AWS_50: traces are for the team to choose, and cost by use; metrics and log tell where time goes

  function_name = var.name
  description   = "Keeps OpenSearch equal to the DynamoDB table ${var.source_table.name}."
  role          = local.role.arn
  handler       = "stream_indexer.handler.handle"

  filename         = var.package_file
  source_code_hash = fileexists(var.package_file) ? filebase64sha256(var.package_file) : null # a destroy needs no zip
  runtime          = var.function.runtime
  architectures    = [var.function.architecture]

  code_signing_config_arn = var.function.code_signing_config_arn

  memory_size                    = var.function.memory_size
  timeout                        = var.function.timeout
  reserved_concurrent_executions = var.function.reserved_concurrent_executions

  kms_key_arn = var.function.kms_key_arn # of the environment, which holds no secret

  environment {
    variables = local.environment
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = var.logging.application_log_level
    system_log_level      = var.logging.system_log_level
  }

  tracing_config {
    mode = var.function.tracing_mode
  }

  dynamic "vpc_config" {
    for_each = var.network[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = local.security_group_ids
    }
  }

  # Lambda refuses a function whose role cannot do what its settings ask for.
  depends_on = [aws_iam_role_policy.this]

  tags = var.tags

  lifecycle {
    # A validation of the variable would refuse a destroy too. Of a precondition, a destroy makes a warning.
    precondition {
      condition     = fileexists(var.package_file)
      error_message = "package_file must be the path of the function's zip, got \"${var.package_file}\", where there is no file: run `make package` first."
    }

    precondition {
      condition     = local.environment_bytes <= 4096
      error_message = "documents and routes must make an environment of at most 4096 bytes, got ${local.environment_bytes}, of which documents ${length(local.environment.DOCUMENT_RULES)} and routes ${length(local.environment.INDICES)}: Lambda gives a function no more. Ask for fewer values, or by begins_with, or name the attributes that are left out where they are fewer."
    }

    # The ARN of a domain may be known no sooner than at apply, where a validation would refuse a destroy as well.
    precondition {
      condition     = var.region == coalesce(var.source_table.region, split(":", var.source_table.arn)[3])
      error_message = "opensearch.arn must be in the table's region, got ${var.region} for a table in ${coalesce(var.source_table.region, split(":", var.source_table.arn)[3])}: the function runs in the table's region and signs its requests for it."
    }
  }
}
