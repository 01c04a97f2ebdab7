# Is every refusal right? Each rule has a run that is refused, and one that passes at the edge.

mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/orders-eu-west-1" } # OpenTofu knows it at plan
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
    arn       = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
    name      = "orders"
    key_names = ["customer_id", "order_id"]
  }
}

run "the_least_of_everything_passes" {
  command = plan

  variables {
    name       = "or"
    connection = { endpoint = "https://search.example.com", service = "aoss" }
    index      = { number_of_shards = 1, number_of_replicas = 0, refresh_interval = "-1", mappings = "{}" }
    function = {
      memory_size                    = 128
      timeout                        = 10
      architecture                   = "x86_64"
      runtime                        = "python3.12"
      reserved_concurrent_executions = 1
      vpc                            = { subnet_ids = ["subnet-0a"], security_group_ids = ["sg-0a"] }
      logging                        = { retention_in_days = 1, application_log_level = "TRACE" }
    }
  }
}

run "the_most_of_everything_passes" {
  command = plan

  variables {
    name  = "a-name-of-48-letters-that-is-as-long-as-it-may-b"
    role  = { path = "/${join("", [for _ in range(510) : "p"])}/", permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess" }
    index = { number_of_shards = 1024, refresh_interval = "500ms", settings = "{}" }
    function = {
      memory_size = 10240
      timeout     = 900
      runtime     = "python3.13"
      vpc = {
        subnet_ids         = [for number in range(16) : "subnet-${number}"]
        security_group_ids = [for number in range(4) : "sg-${number}"]
        security_group     = { vpc_id = "vpc-0a", egress_cidr_blocks = ["0.0.0.0/0"] }
      }
      logging = { retention_in_days = 3653, application_log_level = "INFO", system_log_level = "WARN" }
    }
  }
}

run "a_name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "Orders"
  }

  expect_failures = [var.name]
}

run "a_name_of_1_letter_is_refused" {
  command = plan

  variables {
    name = "o"
  }

  expect_failures = [var.name]
}

run "a_name_of_49_letters_is_refused" {
  command = plan

  variables {
    name = "o23456789-123456789-123456789-123456789-123456789"
  }

  expect_failures = [var.name]
}

run "a_name_with_an_underscore_is_refused" {
  command = plan

  variables {
    name = "shop_orders"
  }

  expect_failures = [var.name]
}

run "a_missing_zip_is_refused" {
  command = plan

  variables {
    package = { path = "nowhere.zip" }
  }

  expect_failures = [aws_lambda_function.this]
}

run "an_unknown_service_is_refused" {
  command = plan

  variables {
    connection = { endpoint = "https://search.example.com", service = "opensearch" }
  }

  expect_failures = [var.connection]
}

run "an_index_of_0_shards_is_refused" {
  command = plan

  variables {
    index = { number_of_shards = 0 }
  }

  expect_failures = [var.index]
}

run "an_index_of_1025_shards_is_refused" {
  command = plan

  variables {
    index = { number_of_shards = 1025 }
  }

  expect_failures = [var.index]
}

run "fewer_than_0_replicas_are_refused" {
  command = plan

  variables {
    index = { number_of_replicas = -1 }
  }

  expect_failures = [var.index]
}

run "a_refresh_interval_without_a_unit_is_refused" {
  command = plan

  variables {
    index = { refresh_interval = "30" }
  }

  expect_failures = [var.index]
}

run "mappings_that_are_no_json_are_refused" {
  command = plan

  variables {
    index = { mappings = "properties: {}" }
  }

  expect_failures = [var.index]
}

run "mappings_that_are_a_list_are_refused" {
  command = plan

  variables {
    index = { mappings = "[]" }
  }

  expect_failures = [var.index]
}

run "memory_of_127_mb_is_refused" {
  command = plan

  variables {
    function = { memory_size = 127 }
  }

  expect_failures = [var.function]
}

run "memory_of_10241_mb_is_refused" {
  command = plan

  variables {
    function = { memory_size = 10241 }
  }

  expect_failures = [var.function]
}

run "a_timeout_of_9_is_refused" {
  command = plan

  variables {
    function = { timeout = 9 }
  }

  expect_failures = [var.function]
}

run "a_timeout_of_901_is_refused" {
  command = plan

  variables {
    function = { timeout = 901 }
  }

  expect_failures = [var.function]
}

run "an_unknown_architecture_is_refused" {
  command = plan

  variables {
    function = { architecture = "amd64" }
  }

  expect_failures = [var.function]
}

run "python_3_11_is_refused" {
  command = plan

  variables {
    function = { runtime = "python3.11" }
  }

  expect_failures = [var.function]
}

run "another_language_is_refused" {
  command = plan

  variables {
    function = { runtime = "nodejs22.x" }
  }

  expect_failures = [var.function]
}

run "a_reserved_concurrency_of_0_is_refused" {
  command = plan

  variables {
    function = { reserved_concurrent_executions = 0 }
  }

  expect_failures = [var.function]
}

run "a_retention_of_10_days_is_refused" {
  command = plan

  variables {
    function = { logging = { retention_in_days = 10 } }
  }

  expect_failures = [var.function]
}

run "an_unknown_log_level_is_refused" {
  command = plan

  variables {
    function = { logging = { application_log_level = "WARN" } }
  }

  expect_failures = [var.function]
}

run "documents_at_their_edges_pass" {
  command = plan

  variables {
    documents = {
      filter                  = { status = { equals = ["paid"] }, deleted_at = { exists = false }, sku = { begins_with = "A-" } }
      include_attributes      = []
      id_prefix               = "a23456789-123456789_123456789012345678901234567890123456789012A"
      ttl_deletes             = "ignore"
      unsupported_field_names = "flatten"
    }
    index = { numeric_fields = { "lines.price" = { type = "scaled_float", scaling_factor = 100 }, total = { type = "keyword" } } }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name             = "orders"
      key_names        = ["customer_id", "order_id"]
      stream_view_type = "NEW_IMAGE"
    }
  }
}

run "a_filter_that_asks_nothing_is_refused" {
  command = plan

  variables {
    documents = { filter = { status = {} } }
  }

  expect_failures = [var.documents]
}

run "an_unknown_answer_to_ttl_deletes_is_refused" {
  command = plan

  variables {
    documents = { ttl_deletes = "ignore" }
  }

  expect_failures = [var.documents]
}

run "keeping_expired_documents_without_a_new_image_is_refused" {
  command = plan

  variables {
    documents = { ttl_deletes = "ignore" }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name             = "orders"
      key_names        = ["customer_id", "order_id"]
      stream_view_type = "KEYS_ONLY"
    }
  }

  expect_failures = [var.documents]
}

run "a_prefix_of_64_characters_is_refused" {
  command = plan

  variables {
    documents = { id_prefix = "a234567890123456789012345678901234567890123456789012345678901234" }
  }

  expect_failures = [var.documents]
}

run "a_prefix_that_reads_as_a_part_of_a_key_is_refused" {
  command = plan

  variables {
    documents = { id_prefix = "1" }
  }

  expect_failures = [var.documents]
}

run "an_unknown_policy_of_names_is_refused" {
  command = plan

  variables {
    documents = { unsupported_field_names = "drop" }
  }

  expect_failures = [var.documents]
}

run "an_unknown_type_of_number_is_refused" {
  command = plan

  variables {
    index = { numeric_fields = { total = { type = "float" } } }
  }

  expect_failures = [var.index]
}

run "a_scaled_number_without_its_factor_is_refused" {
  command = plan

  variables {
    index = { numeric_fields = { total = { type = "scaled_float" } } }
  }

  expect_failures = [var.index]
}

run "a_factor_of_a_number_that_is_not_scaled_is_refused" {
  command = plan

  variables {
    index = { numeric_fields = { total = { type = "double", scaling_factor = 100 } } }
  }

  expect_failures = [var.index]
}

run "an_alias_of_a_key_is_refused" {
  command = plan

  variables {
    kms_key_arns = { quarantine = "arn:aws:kms:eu-west-1:123456789012:alias/quarantine" }
  }

  expect_failures = [aws_lambda_function.this]
}

run "half_a_shard_is_refused" {
  command = plan

  variables {
    index = { number_of_shards = 1.5 }
  }

  expect_failures = [var.index]
}

run "a_filter_that_no_item_can_meet_is_refused" {
  command = plan

  variables {
    documents = { filter = { status = { equals = [] } } }
  }

  expect_failures = [var.documents]
}

run "tags_at_their_edges_pass" {
  command = plan

  variables {
    tags = merge(
      { for number in range(49) : "key-${number}" => "" },
      { (join("", [for _ in range(128) : "k"])) = join("", [for _ in range(256) : "v"]) }
    )
  }
}

run "ten_routes_at_their_edges_pass" {
  command = plan

  variables {
    indices = {
      aa                                               = { filter = {} }
      alias-of_48-letters-that-is-as-long-as-it-may-be = { filter = { status = { exists = true } } }
      orders                                           = { filter = { status = { equals = ["paid"] } } }
      orders-vip                                       = { filter = { status = { begins_with = "p" } } }
      orders-v                                         = { filter = {} }
      offers-v1                                        = { filter = {} }
      a3                                               = { filter = {} }
      a4                                               = { filter = {} }
      a5                                               = { filter = {} }
      a6                                               = { filter = {} }
    }
  }
}

run "eleven_routes_are_refused" {
  command = plan

  variables {
    indices = { for number in range(11) : "a${number}" => { filter = {} } }
  }

  expect_failures = [var.indices]
}

run "an_alias_with_capitals_is_refused" {
  command = plan

  variables {
    indices = { Orders = { filter = {} } }
  }

  expect_failures = [var.indices]
}

run "an_alias_of_1_letter_is_refused" {
  command = plan

  variables {
    indices = { o = { filter = {} } }
  }

  expect_failures = [var.indices]
}

run "an_alias_of_49_letters_is_refused" {
  command = plan

  variables {
    indices = { alias-of-49-letters-that-is-longer-than-it-may-be-12 = { filter = {} } }
  }

  expect_failures = [var.indices]
}

run "an_alias_that_is_another_s_index_is_refused" {
  command = plan

  variables {
    indices = { orders = { filter = {} }, orders-v1 = { filter = {} } }
  }

  expect_failures = [var.indices]
}

run "a_route_that_asks_nothing_of_an_attribute_is_refused" {
  command = plan

  variables {
    indices = { orders = { filter = { status = {} } } }
  }

  expect_failures = [var.indices]
}

run "a_route_that_no_item_can_meet_is_refused" {
  command = plan

  variables {
    indices = { orders = { filter = { status = { equals = [] } } } }
  }

  expect_failures = [var.indices]
}

run "settings_that_fill_the_environment_pass" {
  command = plan

  variables {
    documents = { include_attributes = [format("%3530s", "x")] } # and 565 bytes around it
  }
}

run "settings_beyond_the_environment_are_refused" {
  command = plan

  variables {
    documents = { include_attributes = [format("%3531s", "x")] }
  }

  expect_failures = [aws_lambda_function.this]
}

run "routes_beyond_the_environment_are_refused" {
  command = plan

  variables {
    indices = { orders = { filter = { status = { equals = [for number in range(1000) : "status-${number}"] } } } }
  }

  expect_failures = [aws_lambda_function.this]
}

run "a_version_attribute_where_the_view_is_not_known_is_refused" {
  command = plan

  variables {
    documents = { version_attribute = "revision" }
  }

  expect_failures = [var.documents]
}

run "keeping_expired_documents_where_the_view_is_not_known_is_refused" {
  command = plan

  variables {
    documents = { ttl_deletes = "ignore" }
  }

  expect_failures = [var.documents]
}

run "a_version_attribute_with_old_images_passes" {
  command = plan

  variables {
    documents = { version_attribute = "revision" }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name             = "orders"
      key_names        = ["customer_id", "order_id"]
      stream_view_type = "OLD_IMAGE"
    }
  }
}

run "a_version_attribute_without_old_images_is_refused" {
  command = plan

  variables {
    documents = { version_attribute = "revision" }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name             = "orders"
      key_names        = ["customer_id", "order_id"]
      stream_view_type = "NEW_IMAGE"
    }
  }

  expect_failures = [var.documents]
}

run "a_version_attribute_of_keys_alone_is_refused" {
  command = plan

  variables {
    documents = { version_attribute = "revision" }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name             = "orders"
      key_names        = ["customer_id", "order_id"]
      stream_view_type = "KEYS_ONLY"
    }
  }

  expect_failures = [var.documents]
}

run "a_version_attribute_without_a_name_is_refused" {
  command = plan

  variables {
    documents = { version_attribute = "" }
  }

  expect_failures = [var.documents]
}

run "an_unknown_mode_of_tracing_is_refused" {
  command = plan

  variables {
    function = { tracing_mode = "Passive" }
  }

  expect_failures = [var.function]
}

run "an_alias_of_the_environment_s_key_is_refused" {
  command = plan

  variables {
    kms_key_arns = { environment = "arn:aws:kms:eu-west-1:123456789012:alias/functions" }
  }

  expect_failures = [aws_lambda_function.this]
}

run "a_signing_profile_in_place_of_a_configuration_is_refused" {
  command = plan

  variables {
    function = { code_signing_config_arn = "arn:aws:signer:eu-west-1:123456789012:/signing-profiles/shop" }
  }

  expect_failures = [aws_lambda_function.this]
}

run "an_unknown_level_of_the_system_s_log_is_refused" {
  command = plan

  variables {
    function = { logging = { system_log_level = "ERROR" } }
  }

  expect_failures = [var.function]
}

run "an_alias_of_the_log_s_key_is_refused" {
  command = plan

  variables {
    kms_key_arns = { log_group = "alias/logs" }
  }

  expect_failures = [aws_lambda_function.this]
}

run "a_bucket_s_name_in_place_of_its_arn_is_refused" {
  command = plan

  variables {
    on_failure = { quarantine_bucket = { arn = "shop-quarantine" } }
  }

  expect_failures = [aws_lambda_function.this]
}

run "a_path_without_its_end_is_refused" {
  command = plan

  variables {
    role = { path = "/search" }
  }

  expect_failures = [var.role]
}

run "a_path_of_513_characters_is_refused" {
  command = plan

  variables {
    role = { path = "/${join("", [for _ in range(511) : "p"])}/" }
  }

  expect_failures = [var.role]
}

run "a_role_s_name_in_place_of_its_arn_is_refused" {
  command = plan

  variables {
    role = { existing = { arn = "indexer" } }
  }

  expect_failures = [aws_lambda_function.this]
}

run "a_boundary_of_a_role_that_is_not_made_is_refused" {
  command = plan

  variables {
    role = {
      existing             = { arn = "arn:aws:iam::123456789012:role/indexer" }
      permissions_boundary = "arn:aws:iam::123456789012:policy/functions"
    }
  }

  expect_failures = [var.role]
}

run "a_path_of_a_role_that_is_not_made_is_refused" {
  command = plan

  variables {
    role = { existing = { arn = "arn:aws:iam::123456789012:role/indexer" }, path = "/search/" }
  }

  expect_failures = [var.role]
}

run "a_network_without_subnets_is_refused" {
  command = plan

  variables {
    function = { vpc = { subnet_ids = [], security_group_ids = ["sg-0a"] } }
  }

  expect_failures = [var.function]
}

run "a_network_of_17_subnets_is_refused" {
  command = plan

  variables {
    function = { vpc = { subnet_ids = [for number in range(17) : "subnet-${number}"], security_group_ids = ["sg-0a"] } }
  }

  expect_failures = [var.function]
}

run "a_network_without_a_group_is_refused" {
  command = plan

  variables {
    function = { vpc = { subnet_ids = ["subnet-0a"] } }
  }

  expect_failures = [var.function]
}

run "five_groups_and_one_that_is_made_are_refused" {
  command = plan

  variables {
    function = {
      vpc = {
        subnet_ids         = ["subnet-0a"]
        security_group_ids = [for number in range(5) : "sg-${number}"]
        security_group     = { vpc_id = "vpc-0a", egress_cidr_blocks = ["10.0.0.0/16"] }
      }
    }
  }

  expect_failures = [var.function]
}

run "a_group_that_lets_nothing_out_is_refused" {
  command = plan

  variables {
    function = { vpc = { subnet_ids = ["subnet-0a"], security_group = { vpc_id = "vpc-0a" } } }
  }

  expect_failures = [var.function]
}

run "an_address_in_place_of_a_block_is_refused" {
  command = plan

  variables {
    function = {
      vpc = { subnet_ids = ["subnet-0a"], security_group = { vpc_id = "vpc-0a", egress_cidr_blocks = ["10.0.0.1"] } }
    }
  }

  expect_failures = [var.function]
}

run "an_alias_of_the_table_s_key_is_refused" {
  command = plan

  variables {
    source_table = {
      arn         = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name        = "orders"
      key_names   = ["customer_id", "order_id"]
      kms_key_arn = "alias/tables"
    }
  }

  expect_failures = [aws_lambda_function.this]
}

run "a_timeout_that_just_fits_the_batch_passes" {
  command = plan

  variables {
    batch_size = 1001
    function   = { timeout = 21 }
  }
}

run "a_timeout_too_short_for_the_batch_is_warned_about" {
  command = plan

  variables {
    batch_size = 1001
    function   = { timeout = 20 }
  }

  expect_failures = [check.timeout_fits_batch]
}

run "a_reservation_for_all_batches_of_a_shard_passes" {
  command = plan

  variables {
    parallelization_factor = 4
    function               = { reserved_concurrent_executions = 4 }
  }
}

run "a_reservation_below_the_batches_of_a_shard_is_warned_about" {
  command = plan

  variables {
    parallelization_factor = 4
    function               = { reserved_concurrent_executions = 3 }
  }

  expect_failures = [check.reservation_fits_one_shard]
}

run "keeping_what_expires_passes" {
  command = plan

  variables {
    documents = { ttl_deletes = "ignore" }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name             = "orders"
      key_names        = ["order_id"]
      stream_view_type = "NEW_IMAGE"
      ttl_enabled      = true
    }
  }
}

run "keeping_what_never_expires_is_warned_about" {
  command = plan

  variables {
    documents = { ttl_deletes = "ignore" }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name             = "orders"
      key_names        = ["order_id"]
      stream_view_type = "NEW_IMAGE"
      ttl_enabled      = false
    }
  }

  expect_failures = [check.kept_items_expire]
}

run "keeping_what_expires_in_a_table_with_replicas_is_refused" {
  command = plan

  variables {
    documents = { ttl_deletes = "ignore" }
    source_table = {
      arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name             = "orders"
      key_names        = ["order_id"]
      stream_view_type = "NEW_IMAGE"
      has_replicas     = true
    }
  }

  expect_failures = [var.documents]
}

run "settings_that_are_a_list_are_refused" {
  command = plan

  variables {
    index = { settings = "[]" }
  }

  expect_failures = [var.index]
}

run "settings_that_have_an_attribute_of_their_own_are_refused" {
  command = plan

  variables {
    index = { settings = "{\"number_of_replicas\": 2}" }
  }

  expect_failures = [var.index]
}

run "settings_below_the_name_of_index_are_refused" {
  command = plan

  variables {
    index = { settings = "{\"index\": {\"codec\": \"best_compression\"}}" }
  }

  expect_failures = [var.index]
}

run "settings_of_a_collection_s_index_are_refused" {
  command = plan

  variables {
    index      = { settings = "{}" }
    connection = { endpoint = "https://search.example.com", service = "aoss" }
  }

  expect_failures = [aws_lambda_function.this]
}

run "keys_of_the_team_s_own_and_a_signed_zip_pass" {
  command = plan

  variables {
    source_table = {
      arn         = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
      name        = "orders"
      key_names   = ["customer_id", "order_id"]
      kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0c1d6e2a"
    }
    function = {
      tracing_mode            = "Active"
      code_signing_config_arn = "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0"
      logging                 = { system_log_level = "DEBUG" }
    }
    role       = { existing = { arn = "arn:aws:iam::123456789012:role/search/indexer" } }
    on_failure = { quarantine_bucket = { arn = "arn:aws:s3:::shop-quarantine" } }
    kms_key_arns = {
      environment = "arn:aws:kms:eu-west-1:123456789012:key/0c1d6e2a"
      log_group   = "arn:aws:kms:eu-west-1:123456789012:key/0c1d6e2a"
      quarantine  = "arn:aws:kms:eu-west-1:123456789012:key/0c1d6e2a"
    }
  }
}

run "filters_that_drop_removals_are_warned_about" {
  command = plan

  variables {
    filters_drop_removals = true
  }

  expect_failures = [check.removes_pass_the_filters]
}

run "an_index_name_of_1_letter_is_refused" {
  command = plan

  variables {
    index = { name = "o" }
  }

  expect_failures = [var.index]
}

run "an_index_name_of_2_letters_passes" {
  command = plan

  variables {
    index = { name = "o_" }
  }
}

run "an_index_name_of_48_letters_passes" {
  command = plan

  variables {
    index = { name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
  }
}

run "an_index_name_of_49_letters_is_refused" {
  command = plan

  variables {
    index = { name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
  }

  expect_failures = [var.index]
}

run "a_zip_in_a_bucket_passes" {
  command = plan

  variables {
    package = { s3_bucket = "releases", s3_key = "stream-indexer.zip", s3_object_version = "3" }
  }
}

run "a_bucket_without_a_key_is_refused" {
  command = plan

  variables {
    package = { s3_bucket = "releases" }
  }

  expect_failures = [var.package]
}

run "a_path_and_a_bucket_are_refused" {
  command = plan

  variables {
    package = { path = "versions.tf", s3_bucket = "releases", s3_key = "stream-indexer.zip" }
  }

  expect_failures = [var.package]
}
