# Is the wiring right? The provider is a mock, so the role's policies are asserted where they are applied, in tests/apply.

mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { bucket = "orders-quarantine-1", arn = "arn:aws:s3:::orders-quarantine-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/orders-eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name       = "orders"
  package    = { path = "versions.tf" }
  region     = "eu-west-1"
  connection = { endpoint = "https://search.example.com", service = "es" }
  source_table = {
    arn       = "arn:aws:dynamodb:eu-west-1:123456789012:table/Shop.Orders"
    name      = "Shop.Orders"
    key_names = ["customer_id", "order_id"]
  }
}

run "the_plan_shows_that_the_zip_changed" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("versions.tf")
    error_message = "The hash is of the zip's bytes."
  }
}

run "the_log_is_the_module_s_own_and_ends" {
  command = plan

  variables {
    function     = { logging = { retention_in_days = 365, application_log_level = "DEBUG", system_log_level = "WARN" } }
    kms_key_arns = { log_group = "arn:aws:kms:eu-west-1:123456789012:key/0c1d6e2a" }
  }

  assert {
    condition     = one(aws_lambda_function.this.logging_config).log_group == aws_cloudwatch_log_group.this.name
    error_message = "Lambda must not make a log group that keeps everything for ever."
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.this.retention_in_days == 365 &&
      aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arns.log_group
    )
    error_message = "What is set is passed on."
  }

  assert {
    condition = (
      one(aws_lambda_function.this.logging_config).application_log_level == "DEBUG" &&
      one(aws_lambda_function.this.logging_config).system_log_level == "WARN"
    )
    error_message = "What is set is passed on."
  }
}

run "the_index_is_set_up_with_what_was_given" {
  command = plan

  variables {
    index = {
      number_of_replicas = 0
      mappings           = "{\"properties\": {\"total\": {\"type\": \"scaled_float\", \"scaling_factor\": 100}}}"
    }
  }

  assert {
    condition = jsondecode(jsondecode(aws_lambda_invocation.setup_index.input).definition) == {
      settings = { number_of_shards = 1, number_of_replicas = 0, refresh_interval = "1s" }
      mappings = { properties = { total = { type = "scaled_float", scaling_factor = 100 } } }
    }
    error_message = "The function's setup takes settings and mappings in OpenSearch's form."
  }

  assert {
    condition = (
      one(aws_lambda_function.this.environment).variables.SETUP_SHA256 ==
      sha256(jsondecode(aws_lambda_invocation.setup_index.input).definition)
    )
    error_message = "The function accepts this definition and no other."
  }
}

run "what_an_index_has_from_its_start_is_told_apart" {
  command = plan

  variables {
    index = { settings = "{\"analysis\": {\"analyzer\": {\"codes\": {\"type\": \"pattern\", \"pattern\": \"-\"}}}}" }
  }

  assert {
    condition = (
      jsondecode(local.index_definition).fixed_settings ==
      { analysis = { analyzer = { codes = { type = "pattern", pattern = "-" } } } }
    )
    error_message = "OpenSearch does not change them in an index that is there."
  }
}

run "without_mappings_the_setup_has_none" {
  command = plan

  assert {
    condition     = toset(keys(jsondecode(local.index_definition))) == toset(["settings"])
    error_message = "No mappings is not the same as empty ones."
  }
}

run "the_role_s_name_tells_regions_apart" {
  command = plan

  assert {
    condition     = aws_iam_role.this[0].name == "orders-eu-west-1"
    error_message = "IAM knows no regions."
  }
}

run "nobody_else_sees_the_quarantine" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.quarantine[0].block_public_acls,
      aws_s3_bucket_public_access_block.quarantine[0].block_public_policy,
      aws_s3_bucket_public_access_block.quarantine[0].ignore_public_acls,
      aws_s3_bucket_public_access_block.quarantine[0].restrict_public_buckets,
    ])
    error_message = "The bucket holds whole records."
  }

  assert {
    condition     = aws_s3_bucket.quarantine[0].force_destroy != true
    error_message = "A destroy must not take what is in quarantine with it."
  }
}

run "the_longest_name_still_makes_a_bucket" {
  command = plan

  variables {
    name = "a-name-of-48-letters-that-is-as-long-as-it-may-b"
  }

  assert {
    condition     = aws_s3_bucket.quarantine[0].bucket_prefix == "a-name-of-48-letters-that-quarantine-"
    error_message = "S3 takes 63 characters, and the provider adds 26."
  }
}

run "the_function_is_told_all_it_asks_for" {
  command = apply # with the mock: the bucket's name is known no sooner

  assert {
    condition = one(aws_lambda_function.this.environment).variables == tomap({
      OPENSEARCH_ENDPOINT = "https://search.example.com"
      OPENSEARCH_SERVICE  = "es"
      INDICES             = "{\"orders\":{}}"
      TABLE_NAME          = "Shop.Orders"
      TABLE_KEY_NAMES     = "[\"customer_id\",\"order_id\"]"
      QUARANTINE_BUCKET   = "orders-quarantine-1"
      DOCUMENT_RULES = jsonencode({
        exclude_attributes = [], filter = {}, id_prefix = null, include_attributes = null, ttl_deletes = "apply", version_attribute = null
      })
      FIELD_NAME_POLICY = "escape"
      MAX_BULK_BYTES    = "10485760"
      SETUP_SHA256      = sha256("{\"settings\":{\"number_of_replicas\":1,\"number_of_shards\":1,\"refresh_interval\":\"1s\"}}")
    })
    error_message = "These are the names that lambda/src/stream_indexer/config.py reads."
  }
}

run "a_key_of_the_team_s_own_encrypts_the_quarantine" {
  command = plan

  variables {
    kms_key_arns = { quarantine = "arn:aws:kms:eu-west-1:123456789012:key/0c1d6e2a" }
  }

  assert {
    condition = (
      one(aws_s3_bucket_server_side_encryption_configuration.quarantine[0].rule).apply_server_side_encryption_by_default ==
      tolist([
        { kms_master_key_id = "arn:aws:kms:eu-west-1:123456789012:key/0c1d6e2a", sse_algorithm = "aws:kms" },
      ])
    )
    error_message = "The key that was given is the one in use."
  }
}

run "what_is_made_has_the_tags" {
  command = plan

  variables {
    tags = { team = "shop" }
    function = {
      vpc = {
        subnet_ids     = ["subnet-0a"]
        security_group = { vpc_id = "vpc-0a", egress_cidr_blocks = ["10.0.0.0/16"] }
      }
    }
  }

  assert {
    condition = alltrue([
      for made in [
        aws_lambda_function.this,
        aws_cloudwatch_log_group.this,
        aws_iam_role.this[0],
        aws_s3_bucket.quarantine[0],
        aws_security_group.this[0]
      ] :
      made.tags == tomap({ team = "shop" })
    ])
    error_message = "A team finds what it pays for by its tags."
  }
}

run "without_routes_there_is_the_index_of_the_name" {
  command = plan

  assert {
    condition     = output.ready_aliases == tolist(["orders"]) && output.aliases == tolist(["orders"])
    error_message = "The function's name is its index's alias."
  }
}

run "routes_take_the_place_of_the_index_of_the_name" {
  command = plan

  variables {
    indices = {
      orders_paid = { filter = { status = { equals = ["paid"] }, deleted_at = { exists = false } } }
      orders-all  = { filter = {} }
    }
  }

  assert {
    condition = jsondecode(one(aws_lambda_function.this.environment).variables.INDICES) == {
      orders-all = {}
      orders_paid = {
        status     = { equals = ["paid"], exists = null, begins_with = null }
        deleted_at = { equals = null, exists = false, begins_with = null }
      }
    }
    error_message = "The function gets each index's filter."
  }

  assert {
    condition     = output.ready_aliases == tolist(["orders-all", "orders_paid"])
    error_message = "None of several is the index."
  }

  assert {
    condition     = aws_lambda_invocation.setup_index.triggers.aliases == "orders-all,orders_paid"
    error_message = "Another alias is set up by another invocation."
  }
}

run "the_table_is_read_where_the_record_may_not_say_enough" {
  command = apply # with the mock: the document names what is made

  variables {
    documents = { version_attribute = "revision" }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/Shop.Orders"
      name             = "Shop.Orders"
      key_names        = ["customer_id", "order_id"]
      stream_view_type = "OLD_IMAGE"
    }
  }

  assert {
    condition     = contains(data.aws_iam_policy_document.this.statement[*].sid, "ReadItems")
    error_message = "Old images do not say what the item is now."
  }
}

run "nobody_reads_the_table_where_the_record_says_all" {
  command = apply # with the mock: the document names what is made

  variables {
    documents = { version_attribute = "revision" }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/Shop.Orders"
      name             = "Shop.Orders"
      key_names        = ["customer_id", "order_id"]
      stream_view_type = "NEW_AND_OLD_IMAGES"
    }
  }

  assert {
    condition     = !contains(data.aws_iam_policy_document.this.statement[*].sid, "ReadItems")
    error_message = "Both images are in the record, and the attribute says which change is newer."
  }
}

run "a_function_is_in_no_vpc_and_traces_nothing_by_itself" {
  command = plan

  assert {
    condition     = length(aws_lambda_function.this.vpc_config) == 0 && length(aws_security_group.this) == 0
    error_message = "Without a network there is no security group."
  }

  assert {
    condition     = one(aws_lambda_function.this.tracing_config).mode == "PassThrough"
    error_message = "Traces cost, and are asked for."
  }
}

run "what_a_function_runs_on_is_passed_on" {
  command = plan

  variables {
    function = {
      memory_size                    = 512
      timeout                        = 60
      architecture                   = "x86_64"
      runtime                        = "python3.12"
      reserved_concurrent_executions = 8
      tracing_mode                   = "Active"
      code_signing_config_arn        = "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0"
    }
    kms_key_arns = { environment = "arn:aws:kms:eu-west-1:123456789012:key/0c1d6e2a" }
  }

  assert {
    condition = (
      aws_lambda_function.this.memory_size == 512 &&
      aws_lambda_function.this.timeout == 60 &&
      aws_lambda_function.this.reserved_concurrent_executions == 8
    )
    error_message = "Size, time and concurrency."
  }

  assert {
    condition     = aws_lambda_function.this.architectures == tolist(["x86_64"]) && aws_lambda_function.this.runtime == "python3.12"
    error_message = "What the zip was built for."
  }

  assert {
    condition     = one(aws_lambda_function.this.tracing_config).mode == "Active"
    error_message = "X-Ray samples."
  }

  assert {
    condition = (
      aws_lambda_function.this.kms_key_arn == var.kms_key_arns.environment &&
      aws_lambda_function.this.code_signing_config_arn == var.function.code_signing_config_arn
    )
    error_message = "The key of the environment, the configuration of the signatures."
  }
}

run "a_role_is_made_below_its_path_and_within_its_boundary" {
  command = plan

  variables {
    role = { path = "/search/", permissions_boundary = "arn:aws:iam::123456789012:policy/functions" }
  }

  assert {
    condition = (
      aws_iam_role.this[0].path == "/search/" &&
      aws_iam_role.this[0].permissions_boundary == "arn:aws:iam::123456789012:policy/functions"
    )
    error_message = "What is set is passed on."
  }
}

run "with_a_role_of_the_team_s_own_none_is_made_and_none_is_changed" {
  command = plan

  variables {
    role = { existing = { arn = "arn:aws:iam::123456789012:role/search/indexer" } }
  }

  assert {
    condition     = length(aws_iam_role.this) == 0 && length(aws_iam_role_policy.this) == 0
    error_message = "The role is not created here."
  }

  assert {
    condition = (
      aws_lambda_function.this.role == "arn:aws:iam::123456789012:role/search/indexer" &&
      output.role_name == "indexer" &&
      output.role_arn == aws_lambda_function.this.role
    )
    error_message = "The function runs as it, and its name is without the path."
  }
}

run "with_a_bucket_of_the_team_s_own_none_is_made_and_none_is_changed" {
  command = plan

  variables {
    on_failure = { quarantine_bucket = { arn = "arn:aws:s3:::shop-quarantine" } }
  }

  assert {
    condition = 0 == sum([
      length(aws_s3_bucket.quarantine),
      length(aws_s3_bucket_policy.quarantine),
      length(aws_s3_bucket_public_access_block.quarantine),
      length(aws_s3_bucket_server_side_encryption_configuration.quarantine),
    ])
    error_message = "The bucket is not created here."
  }

  assert {
    condition = (
      one(aws_lambda_function.this.environment).variables.QUARANTINE_BUCKET == "shop-quarantine" &&
      output.quarantine_bucket == "shop-quarantine" &&
      output.quarantine_bucket_arn == "arn:aws:s3:::shop-quarantine"
    )
    error_message = "The function writes to it."
  }
}

run "in_a_vpc_the_team_s_own_groups_are_enough" {
  command = plan

  variables {
    function = { vpc = { subnet_ids = ["subnet-0a", "subnet-0b"], security_group_ids = ["sg-0a"] } }
  }

  assert {
    condition = (
      one(aws_lambda_function.this.vpc_config).subnet_ids == toset(["subnet-0a", "subnet-0b"]) &&
      one(aws_lambda_function.this.vpc_config).security_group_ids == toset(["sg-0a"])
    )
    error_message = "Where the function runs is the team's choice."
  }

  assert {
    condition     = length(aws_security_group.this) == 0 && output.security_group_id == null
    error_message = "None was asked for."
  }
}

run "a_group_that_is_made_lets_https_out_to_what_is_named_and_nothing_else" {
  command = apply # with the mock: the group's identifier is known no sooner

  variables {
    function = {
      vpc = {
        subnet_ids         = ["subnet-0a"]
        security_group_ids = ["sg-0a"]

        security_group = {
          vpc_id                    = "vpc-0a"
          egress_security_group_ids = ["sg-0d"]
          egress_prefix_list_ids    = ["pl-0a", "pl-0b"]
        }
      }
    }
  }

  assert {
    condition = jsonencode(one(aws_security_group.this[0].egress)) == jsonencode({
      cidr_blocks      = []
      description      = "HTTPS, to what was named"
      from_port        = 443
      ipv6_cidr_blocks = []
      prefix_list_ids  = ["pl-0a", "pl-0b"]
      protocol         = "tcp"
      security_groups  = ["sg-0d"]
      self             = false
      to_port          = 443
    })
    error_message = "One port, to what was named."
  }

  assert {
    condition     = length(aws_security_group.this[0].ingress) == 0 && aws_security_group.this[0].vpc_id == "vpc-0a"
    error_message = "Nothing connects to the function over its network."
  }

  assert {
    condition     = one(aws_lambda_function.this.vpc_config).security_group_ids == toset(["sg-0a", output.security_group_id])
    error_message = "It is added to the existing security groups."
  }
}
