locals {
  seconds_for_a_batch = 10 + ceil(coalesce(var.batch_size, 0) / 100)

  # What an item must be to have a document, by the index's alias.
  filters = {
    for alias in coalescelist(keys(var.indices), [coalesce(var.index.name, var.name)]) :
    alias => lookup(var.indices, alias, { filter = {} }).filter
  }

  # Null without the file: a destroy needs no zip.
  package_hash = one([for path in var.package.path[*] : fileexists(path) ? filebase64sha256(path) : null])

  aliases = tolist(keys(local.filters))

  environment = {
    OPENSEARCH_ENDPOINT = var.connection.endpoint
    OPENSEARCH_SERVICE  = var.connection.service
    INDICES             = jsonencode(local.filters)
    # another account's table has no name here
    TABLE_NAME        = var.function.account_id == null ? var.source_table.name : var.source_table.arn
    TABLE_KEY_NAMES   = jsonencode(var.source_table.key_names)
    QUARANTINE_BUCKET = local.quarantine.bucket
    DOCUMENT_RULES    = jsonencode({ for key, value in var.documents : key => value if key != "unsupported_field_names" })
    FIELD_NAME_POLICY = var.documents.unsupported_field_names
    SETUP_SHA256      = sha256(local.index_definition) # setup accepts this definition only
    MAX_BULK_BYTES    = 10 * 1024 * 1024               # what every domain and collection takes; larger instances take 100 MiB
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

  filename          = var.package.path
  source_code_hash  = local.package_hash
  s3_bucket         = var.package.s3_bucket
  s3_key            = var.package.s3_key
  s3_object_version = var.package.s3_object_version

  runtime       = var.function.runtime
  architectures = [var.function.architecture]

  code_signing_config_arn = var.function.code_signing_config_arn

  memory_size                    = var.function.memory_size
  timeout                        = var.function.timeout
  reserved_concurrent_executions = var.function.reserved_concurrent_executions

  kms_key_arn = var.kms_key_arns.environment # of the environment, which holds no secret

  environment {
    variables = local.environment
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = var.function.logging.application_log_level
    system_log_level      = var.function.logging.system_log_level
  }

  tracing_config {
    mode = var.function.tracing_mode
  }

  dynamic "vpc_config" {
    for_each = var.function.vpc[*]

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
      condition = alltrue([for path in var.package.path[*] : fileexists(path)])
      error_message = join(" ", [
        "package.path must be the path of a zip, got \"${coalesce(var.package.path, "none")}\", where there is no file: run `make",
        "package`, or download the zip of a release.",
      ])
    }

    precondition {
      condition = local.environment_bytes <= 4096
      error_message = join(" ", [
        "documents and indices must make an environment of at most 4096 bytes, got ${local.environment_bytes}, of which documents",
        "${length(local.environment.DOCUMENT_RULES)} and indices ${length(local.environment.INDICES)}: Lambda gives a function no more.",
        "Ask for fewer values, or by begins_with, or name the attributes that are left out where they are fewer.",
      ])
    }

    precondition {
      condition = alltrue(
        [for arn in var.source_table.kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))]
      )
      error_message = join(" ", [
        "source_table.kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got",
        "\"${join("", var.source_table.kms_key_arn[*])}\": an alias cannot be named in a policy.",
      ])
    }

    precondition {
      condition = var.connection.service == "es" || var.index.settings == null
      error_message = join(" ", [
        "index.settings must be null with a serverless collection, got ${join("", var.index.settings[*])}: a collection takes only the",
        "mappings.",
      ])
    }

    precondition {
      condition = alltrue([
        for arn in var.function.code_signing_config_arn[*] :
        can(regex("^arn:[^:]+:lambda:[^:]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$", arn))
      ])
      error_message = join(" ", [
        "function.code_signing_config_arn must be a code signing configuration's ARN,",
        "arn:aws:lambda:REGION:ACCOUNT:code-signing-config:csc-ID, got \"${join("", var.function.code_signing_config_arn[*])}\".",
      ])
    }

    precondition {
      condition = alltrue([for arn in var.role.existing[*].arn : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", arn))])
      error_message = join(" ", [
        "role.existing.arn must be a role's ARN, arn:aws:iam::ACCOUNT:role/NAME, got \"${join("", var.role.existing[*].arn)}\": Lambda",
        "runs the function as that role.",
      ])
    }

    precondition {
      condition = alltrue(
        [for arn in var.kms_key_arns.environment[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))]
      )
      error_message = join(" ", [
        "kms_key_arns.environment must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got",
        "\"${join("", var.kms_key_arns.environment[*])}\": an alias cannot be named in a policy.",
      ])
    }

    precondition {
      condition = alltrue([for arn in var.kms_key_arns.log_group[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
      error_message = join(" ", [
        "kms_key_arns.log_group must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got",
        "\"${join("", var.kms_key_arns.log_group[*])}\": CloudWatch Logs takes neither an alias nor an ID.",
      ])
    }

    precondition {
      condition = alltrue(
        [for arn in var.kms_key_arns.quarantine[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))]
      )
      error_message = join(" ", [
        "kms_key_arns.quarantine must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got",
        "\"${join("", var.kms_key_arns.quarantine[*])}\": an alias cannot be named in a policy.",
      ])
    }

    precondition {
      condition = alltrue([for arn in var.on_failure.quarantine_bucket[*].arn : can(regex("^arn:[^:]+:s3:::[a-z0-9.-]{3,63}$", arn))])
      error_message = join(" ", [
        "on_failure.quarantine_bucket.arn must be a bucket's ARN, arn:aws:s3:::NAME, got",
        "\"${join("", var.on_failure.quarantine_bucket[*].arn)}\".",
      ])
    }
  }
}
