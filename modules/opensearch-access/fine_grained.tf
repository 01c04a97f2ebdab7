# A domain with fine-grained access control asks its own security plugin, whatever IAM allows. Who may write there may
# admit any principal, so it is not the indexer that writes: a second function does, with a role that you name for it.
locals {
  # Null without the file: a destroy needs no zip.
  package_hash = one([for path in compact(var.access_function[*].package.path) : fileexists(path) ? filebase64sha256(path) : null])

  access_function = "${var.name}-access"
  security_role   = "${var.name}-stream-indexer"

  _arn = split(":", local.arn)
  # In the function's account; the domain may be another's. A wrong ARN of the role is refused in outputs.tf.
  _account     = one([for access in local.fine_grained_access : try(split(":", access.master_role_arn)[4], "")])
  log_arn      = "arn:${local._arn[1]}:logs:${var.region}:${coalesce(local._account, "0")}:log-group:/aws/lambda/${local.access_function}"
  function_arn = "arn:${local._arn[1]}:lambda:${var.region}:${coalesce(local._account, "0")}:function:${local.access_function}"

  # What Lambda requires of the role of a function in a VPC.
  network_interface_actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ]

  # Each of these is asked for by one of the indexer's requests; tests/flow leaves them out one at a time.
  permissions = {
    description = "The function ${var.name} sets its index up and writes to it."
    cluster_permissions = [
      "indices:admin/index_template/put", # of any name: the plugin does not distinguish templates, the role's IAM policy does
      "indices:data/write/bulk",
    ]
    index_permissions = [{
      index_patterns = flatten([for alias in var.aliases : [alias, "/${alias}-v[0-9]+/"]])
      allowed_actions = [
        "indices:admin/aliases",     # the alias, made with its index
        "indices:admin/aliases/get", # GET ALIAS/_alias/ALIAS
        "indices:admin/create",
        "indices:admin/mapping/put", # by a document with a new field too
        "indices:admin/settings/update",
        "indices:data/write/bulk[s]", # the part of a bulk request that goes to a shard
        "indices:data/write/delete",
        "indices:data/write/index",
        "indices:data/write/update", # of a document that cannot be there: how a body of deletes only finds its alias gone
      ]
    }]
  }
}

data "aws_iam_policy_document" "master" {
  count = length(local.fine_grained_access)

  statement {
    sid       = "WriteSecurityRole"
    actions   = ["es:ESHttpDelete", "es:ESHttpPut"]
    resources = ["${local.arn}/_plugins/_security/api/roles/${local.security_role}"]
  }

  statement {
    sid       = "MapSecurityRole"
    actions   = ["es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpPatch", "es:ESHttpPut"]
    resources = ["${local.arn}/_plugins/_security/api/rolesmapping/${local.security_role}"]
  }

  statement {
    sid       = "WriteAccessLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_arn}:*"] # its streams, which Lambda names
  }

  dynamic "statement" {
    for_each = compact([var.kms_key_arns.environment])

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
    for_each = [for mode in var.access_function[*].tracing_mode : mode if mode == "Active"]

    content {
      sid       = "SendTraces"
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"] # IAM has no resource for them
    }
  }

  dynamic "statement" {
    for_each = flatten(var.access_function[*].vpc[*])

    content {
      sid       = "AttachToNetwork"
      actions   = local.network_interface_actions
      resources = ["*"] # Lambda asks for it before there is an interface that could be named
    }
  }

  # Lambda does it as this role; the code that runs as the same role has no use for it.
  dynamic "statement" {
    for_each = flatten(var.access_function[*].vpc[*])

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

resource "aws_iam_role_policy" "master" {
  count = length([for access in local.fine_grained_access : access if access.attach_policy])

  name   = local.access_function
  role   = reverse(split("/", local.fine_grained_access[0].master_role_arn))[0]
  policy = data.aws_iam_policy_document.master[0].json
}

resource "aws_lambda_function" "access" {
  # checkov:skip=CKV_AWS_115: an apply invokes it, and waits for it
  # checkov:skip=CKV_AWS_116: a dead letter queue is for asynchronous invocations; an apply hears of a failure itself
  # checkov:skip=CKV_AWS_117: a domain inside a VPC is for the team to choose; elsewhere requests are signed, over TLS
  # checkov:skip=CKV_AWS_173: an address alone, no secret
  # checkov:skip=CKV_AWS_272: whom to trust with signing is for the team to choose
  # checkov:skip=CKV_AWS_50: traces are for the team to choose; it makes three requests at an apply
  count = length(local.fine_grained_access)

  function_name = local.access_function
  description   = "Lets the function ${var.name} into its OpenSearch domain, at apply."
  role          = local.fine_grained_access[0].master_role_arn
  handler       = "stream_indexer.admin.security_role.handle"

  filename          = var.access_function.package.path
  source_code_hash  = local.package_hash
  s3_bucket         = var.access_function.package.s3_bucket
  s3_key            = var.access_function.package.s3_key
  s3_object_version = var.access_function.package.s3_object_version

  runtime       = var.access_function.runtime
  architectures = [var.access_function.architecture]

  code_signing_config_arn = var.access_function.code_signing_config_arn

  memory_size = 256
  timeout     = 180 # it waits up to 120 s for IAM, and for a domain that has just been made

  kms_key_arn = var.kms_key_arns.environment # of the environment, which holds no secret

  environment {
    variables = {
      OPENSEARCH_ENDPOINT  = local.endpoint
      SECURITY_ROLE        = local.security_role
      SECURITY_PERMISSIONS = jsonencode(local.permissions)
      BACKEND_ROLE         = var.role_arn
    }
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.access[0].name
    application_log_level = var.access_function.logging.application_log_level
    system_log_level      = var.access_function.logging.system_log_level
  }

  tracing_config {
    mode = var.access_function.tracing_mode
  }

  dynamic "vpc_config" {
    for_each = flatten(var.access_function[*].vpc[*])

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  tags = var.tags

  depends_on = [aws_iam_role_policy.master]

  lifecycle {
    # A moved domain or another role takes a new function: the old one first removes what it wrote.
    replace_triggered_by = [terraform_data.admission]

    precondition {
      condition = alltrue([for path in var.access_function.package.path[*] : fileexists(path)])
      error_message = join(" ", [
        "package.path must be the path of a zip, got \"${coalesce(var.access_function.package.path, "none")}\", where there is no file:",
        "run `make package`, or download the zip of a release.",
      ])
    }
  }
}

resource "aws_cloudwatch_log_group" "access" {
  # checkov:skip=CKV_AWS_158: by CloudWatch's own key unless one is given; it holds the names of roles
  count = length(local.fine_grained_access)

  name              = "/aws/lambda/${local.access_function}"
  retention_in_days = var.access_function.logging.retention_in_days
  kms_key_id        = var.kms_key_arns.log_group

  tags = var.tags
}

# What the access function grants, and where. Each of these values is in the function's environment.
resource "terraform_data" "admission" {
  count = length(local.fine_grained_access)

  input = { endpoint = local.endpoint, role = local.security_role, backend_role = var.role_arn }
}

# Two resources. An update that fails is saved as done, so what writes has no updates: a changed trigger creates it again,
# and a failed one is not in the state, so that the next apply tries again.
resource "aws_lambda_invocation" "access" {
  count = length(local.fine_grained_access)

  function_name   = aws_lambda_function.access[0].function_name
  lifecycle_scope = "CREATE_ONLY"
  input           = jsonencode({ action = "write" })

  triggers = {
    endpoint     = local.endpoint
    role         = local.security_role
    permissions  = sha256(jsonencode(local.permissions))
    backend_role = var.role_arn
    code         = join(" ", compact(concat([local.package_hash], values(var.access_function.package))))
  }

  depends_on = [aws_lambda_invocation.revoke] # what a failed write has left is removed by a destroy
}

# A destroy removes the indexer from the domain's security. A later role with the same name would have access otherwise.
resource "aws_lambda_invocation" "revoke" {
  count = length(local.fine_grained_access)

  function_name   = aws_lambda_function.access[0].function_name
  lifecycle_scope = "CRUD"
  input           = jsonencode({ action = "remove" }) # constant, so that there are no updates

  triggers = {
    endpoint     = local.endpoint
    role         = local.security_role
    backend_role = var.role_arn
  }
}
