# Is the wiring right? The provider is a mock, so the policies are asserted where the real one computes them, in tests/plan.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_opensearchserverless_collection" {
    defaults = { name = "shop", type = "SEARCH" }
  }
}

variables {
  name      = "orders"
  aliases   = ["orders"]
  role_name = "orders-eu-west-1"
  role_arn  = "arn:aws:iam::123456789012:role/orders-eu-west-1"
  region    = "eu-west-1"
}

run "a_domain_is_signed_for_as_es" {
  command = plan

  variables {
    domain = { endpoint = "https://search.example.com", arn = "arn:aws:es:eu-west-1:123456789012:domain/shop" }
  }

  assert {
    condition     = output.connection == { endpoint = "https://search.example.com", service = "es" }
    error_message = "The service is the ARN's."
  }

  assert {
    condition     = output.arn == "arn:aws:es:eu-west-1:123456789012:domain/shop"
    error_message = "The ARN is the domain's."
  }

  assert {
    condition     = aws_iam_role_policy.this[0].role == "orders-eu-west-1"
    error_message = "The right is given to the role that was named."
  }
}

run "a_role_of_the_team_s_own_is_left_alone" {
  command = plan

  variables {
    attach_policy = false
    domain        = { endpoint = "https://search.example.com", arn = "arn:aws:es:eu-west-1:123456789012:domain/shop" }
  }

  assert {
    condition     = length(aws_iam_role_policy.this) == 0 && output.policy_json == "{}"
    error_message = "The policy is shown and not attached."
  }
}

run "a_serverless_collection_is_signed_for_as_aoss_and_has_no_domain_policy" {
  command = plan

  variables {
    collection = {
      endpoint = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn      = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name     = "shop"
    }
  }

  assert {
    condition     = output.connection.service == "aoss" && output.domain_access_policy == null && output.opensearch_security_role == null
    error_message = "A collection is another service."
  }

  assert {
    condition     = data.aws_opensearchserverless_collection.this[0].id == "07tjusf2h91cunochc"
    error_message = "The collection is looked up by the ARN's id."
  }

  assert {
    condition = (length(aws_opensearchserverless_access_policy.this) == 0
      && length(aws_opensearchserverless_security_policy.network) == 0
      && length(aws_opensearchserverless_security_policy.encryption) == 0
    && jsondecode(output.data_access_policy)[0].Principal == ["arn:aws:iam::123456789012:role/orders-eu-west-1"])
    error_message = "Nothing is made that was not asked for; the documents are there to merge."
  }
}

run "each_policy_of_a_collection_is_made_when_asked" {
  command = plan

  variables {
    name = "orders-of-the-whole-of-the-company-and-its-children"
    collection = {
      endpoint      = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn           = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name          = "shop"
      validate_type = false
      data_access   = {}
      network       = {}
      encryption    = {}
    }
  }

  assert {
    condition     = length(data.aws_opensearchserverless_collection.this) == 0
    error_message = "A principal that may not read the collection says so."
  }

  assert {
    condition = (
      aws_opensearchserverless_access_policy.this[0].type == "data" &&
      length(aws_opensearchserverless_access_policy.this[0].name) == 32
    )
    error_message = "A policy's name has 32 characters at most."
  }

  assert {
    condition = (aws_opensearchserverless_security_policy.network[0].type == "network"
    && aws_opensearchserverless_security_policy.encryption[0].type == "encryption")
    error_message = "A network and an encryption policy."
  }
}

run "the_security_role_is_written_by_another_function_as_the_master_role" {
  command = plan

  variables {
    domain = {
      endpoint            = "https://search.example.com"
      arn                 = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      fine_grained_access = { master_role_arn = "arn:aws:iam::123456789012:role/admins/security" }
    }
    access_function = { package = { path = "versions.tf" }, runtime = "python3.13", architecture = "arm64" }
  }

  assert {
    condition = (aws_lambda_function.access[0].role == "arn:aws:iam::123456789012:role/admins/security"
      && aws_lambda_function.access[0].function_name == "orders-access"
    && aws_lambda_function.access[0].handler == "stream_indexer.admin.security_role.handle")
    error_message = "The indexer's own role administers nothing."
  }

  assert {
    condition     = aws_iam_role_policy.master[0].role == "security"
    error_message = "A role's name is the last of its ARN."
  }

  assert {
    condition = (
      aws_lambda_invocation.access[0].lifecycle_scope == "CREATE_ONLY" &&
      aws_lambda_invocation.access[0].input == "{\"action\":\"write\"}"
    )
    error_message = "A write that failed is no update that counts as done, and the event names the action only."
  }

  assert {
    condition = (
      toset(keys(aws_lambda_invocation.access[0].triggers)) ==
      toset(["endpoint", "role", "permissions", "backend_role", "code"])
    )
    error_message = "Whatever is written, where, and by which code, writes again."
  }

  assert {
    condition = (
      aws_lambda_invocation.revoke[0].lifecycle_scope == "CRUD" &&
      aws_lambda_invocation.revoke[0].input == "{\"action\":\"remove\"}"
    )
    error_message = "A destroy removes the indexer from the domain's security."
  }

  assert {
    condition = (
      terraform_data.admission[0].input ==
      { endpoint = "https://search.example.com", role = "orders-stream-indexer", backend_role = var.role_arn }
    )
    error_message = "A moved domain or another role takes a new function, and the old one removes what it wrote."
  }

  assert {
    condition = one(aws_lambda_function.access[0].environment).variables == tomap({
      OPENSEARCH_ENDPOINT  = "https://search.example.com"
      SECURITY_ROLE        = output.opensearch_security_role.name
      SECURITY_PERMISSIONS = output.opensearch_security_role.document
      BACKEND_ROLE         = "arn:aws:iam::123456789012:role/orders-eu-west-1"
    })
    error_message = "What is written is what is shown, and comes from the environment."
  }
}

run "the_function_that_writes_security_reaches_a_domain_inside_a_vpc" {
  command = plan

  variables {
    domain = {
      endpoint            = "https://vpc-shop-abc123.eu-west-1.es.amazonaws.com"
      arn                 = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      fine_grained_access = { master_role_arn = "arn:aws:iam::123456789012:role/security" }
    }
    access_function = {
      package      = { path = "versions.tf" }
      runtime      = "python3.13"
      architecture = "arm64"
      vpc          = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
    }
  }

  assert {
    condition     = aws_lambda_function.access[0].vpc_config[0].subnet_ids == toset(["subnet-1", "subnet-2"])
    error_message = "It runs where the indexer does."
  }

  assert {
    condition     = aws_lambda_function.access[0].vpc_config[0].security_group_ids == toset(["sg-1"])
    error_message = "With the same security groups."
  }
}

run "the_function_that_writes_security_has_nothing_that_was_not_asked_for" {
  command = plan

  variables {
    domain = {
      endpoint            = "https://search.example.com"
      arn                 = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      fine_grained_access = { master_role_arn = "arn:aws:iam::123456789012:role/security" }
    }
    access_function = { package = { path = "versions.tf" }, runtime = "python3.13", architecture = "arm64" }
  }

  assert {
    condition = (
      one(aws_lambda_function.access[0].tracing_config).mode == "PassThrough" &&
      length(aws_lambda_function.access[0].vpc_config) == 0
    )
    error_message = "No traces, no VPC."
  }

  assert {
    condition = !anytrue([
      for sid in ["ReadEnvironment", "SendTraces", "AttachToNetwork"] :
      contains(data.aws_iam_policy_document.master[0].statement[*].sid, sid)
    ])
    error_message = "And no rights for them."
  }
}

run "the_function_that_writes_security_is_signed_traced_and_encrypted_as_the_indexer_is" {
  command = plan

  variables {
    domain = {
      endpoint            = "https://search.example.com"
      arn                 = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      fine_grained_access = { master_role_arn = "arn:aws:iam::123456789012:role/security" }
    }
    access_function = {
      package                 = { path = "versions.tf" }
      runtime                 = "python3.13"
      architecture            = "arm64"
      tracing_mode            = "Active"
      code_signing_config_arn = "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0"
      logging                 = { retention_in_days = 90, application_log_level = "DEBUG", system_log_level = "WARN" }
    }
    kms_key_arns = {
      environment = "arn:aws:kms:eu-west-1:123456789012:key/0c1d6e2a"
      log_group   = "arn:aws:kms:eu-west-1:123456789012:key/1d2e7f3b"
    }
  }

  assert {
    condition     = aws_lambda_function.access[0].code_signing_config_arn == var.access_function.code_signing_config_arn
    error_message = "The function whose role may admit any principal is signed as well."
  }

  assert {
    condition = (
      aws_lambda_function.access[0].kms_key_arn == var.kms_key_arns.environment &&
      one(aws_lambda_function.access[0].tracing_config).mode == "Active"
    )
    error_message = "The key of the environment, the traces."
  }

  assert {
    condition     = length(setsubtract(["ReadEnvironment", "SendTraces"], data.aws_iam_policy_document.master[0].statement[*].sid)) == 0
    error_message = "The master role has the rights for them."
  }

  assert {
    condition = (
      one(aws_lambda_function.access[0].logging_config).application_log_level == "DEBUG" &&
      one(aws_lambda_function.access[0].logging_config).system_log_level == "WARN"
    )
    error_message = "What its log keeps."
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.access[0].retention_in_days == 90 &&
      aws_cloudwatch_log_group.access[0].kms_key_id == var.kms_key_arns.log_group
    )
    error_message = "For how long, and by which key."
  }
}

run "a_master_role_that_has_its_policy_is_left_alone" {
  command = plan

  variables {
    domain = {
      endpoint            = "https://search.example.com"
      arn                 = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      fine_grained_access = { master_role_arn = "arn:aws:iam::123456789012:role/security", attach_policy = false }
    }
    access_function = { package = { path = "versions.tf" }, runtime = "python3.13", architecture = "arm64" }
  }

  assert {
    condition     = length(aws_iam_role_policy.master) == 0 && output.security_admin_policy_json == "{}"
    error_message = "The policy is shown and not attached."
  }
}

run "a_host_name_as_the_domain_s_resource_returns_it_is_an_endpoint" {
  command = plan

  variables {
    domain = {
      endpoint = "search.example.com"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
    }
  }

  assert {
    condition     = output.connection.endpoint == "https://search.example.com"
    error_message = "The function sends signed requests to the host, over TLS."
  }
}

run "a_port_and_a_trailing_slash_of_an_endpoint_are_left_out" {
  command = plan

  variables {
    domain = {
      endpoint = "https://search.example.com:443/"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
    }
  }

  assert {
    condition     = output.connection.endpoint == "https://search.example.com"
    error_message = "The function sends signed requests to the host, over TLS."
  }
}
