locals {
  # What an item must be to have a document, by the index's alias.
  filters = { for alias in coalescelist(keys(var.routes), [var.name]) : alias => lookup(var.routes, alias, { filter = {} }).filter }
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_116: a dead letter queue is for asynchronous invocations; what the mapping gives up has its own destination
  # checkov:skip=CKV_AWS_117: a domain inside a VPC is for the team to choose; elsewhere requests are signed, over TLS
  # checkov:skip=CKV_AWS_173: names and addresses alone, no secret
  # checkov:skip=CKV_AWS_272: whom to trust with signing is for the team to choose
  # checkov:skip=CKV_AWS_50: traces are for the team to choose, and cost by use; metrics and log tell where time goes

  function_name = var.name
  description   = "Keeps OpenSearch equal to the DynamoDB table ${var.source_table.name}."
  role          = aws_iam_role.this.arn
  handler       = "stream_indexer.handler.handle"

  filename         = var.package_file
  source_code_hash = filebase64sha256(var.package_file)
  runtime          = var.function.runtime
  architectures    = [var.function.architecture]

  memory_size                    = var.function.memory_size
  timeout                        = var.function.timeout
  reserved_concurrent_executions = var.function.reserved_concurrent_executions

  environment {
    variables = {
      OPENSEARCH_ENDPOINT = var.opensearch.endpoint
      OPENSEARCH_SERVICE  = var.opensearch.service
      ROUTES              = jsonencode(local.filters)
      TABLE_NAME          = var.source_table.name
      KEY_NAMES           = jsonencode(var.source_table.key_names)
      QUARANTINE_BUCKET   = aws_s3_bucket.quarantine.bucket
      DOCUMENTS           = jsonencode({ for key, value in var.documents : key => value if key != "refused_names" })
      REFUSED_NAMES       = var.documents.refused_names
      MAX_BODY_BYTES      = 10 * 1024 * 1024 # what every domain and collection takes; larger instances take 100 MiB
    }
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = var.logging.application_log_level
  }

  depends_on = [aws_iam_role_policy.this]

  tags = var.tags
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: encrypted by CloudWatch's own key; it never holds the contents of a record

  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.logging.retention_in_days

  tags = var.tags
}

# Puts index template, index and alias of each route in place before the first record could create an index by accident.
resource "aws_lambda_invocation" "setup_index" {
  function_name = aws_lambda_function.this.function_name

  input = jsonencode({
    for key, value in {
      action = "setup_index"
      settings = {
        number_of_shards   = var.index.number_of_shards
        number_of_replicas = var.index.number_of_replicas
        refresh_interval   = var.index.refresh_interval
      }
      number_fields = length(var.index.number_fields) == 0 ? null : var.index.number_fields
      mappings      = one([for mappings in var.index.mappings[*] : jsondecode(mappings)])
    } : key => value if value != null
  })

  # A changed input invokes again by itself; these are what the function reads from its environment, and its code: new
  # defaults reach the index, and a zip built for another architecture fails the apply.
  triggers = {
    code          = aws_lambda_function.this.source_code_hash
    endpoint      = var.opensearch.endpoint
    aliases       = join(",", keys(local.filters))
    refused_names = var.documents.refused_names
  }
}
