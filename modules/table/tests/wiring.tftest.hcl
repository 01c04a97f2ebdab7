# Is the wiring right? The provider is a mock: nothing is made, nothing is asked.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

run "a_table_is_made_recoverable_and_encrypted_with_its_stream_on" {
  command = plan

  variables {
    table = {
      name      = "orders"
      hash_key  = { name = "customer_id", type = "S" }
      range_key = { name = "order_id", type = "N" }
    }
  }

  assert {
    condition     = aws_dynamodb_table.this[0].name == "orders"
    error_message = "Without its own name the table has the pipeline's name."
  }

  assert {
    condition     = aws_dynamodb_table.this[0].stream_enabled && aws_dynamodb_table.this[0].stream_view_type == "NEW_IMAGE"
    error_message = "A new image is all that an index needs."
  }

  assert {
    condition     = aws_dynamodb_table.this[0].billing_mode == "PAY_PER_REQUEST"
    error_message = "A table that is not used costs nothing."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.this[0].point_in_time_recovery).enabled &&
      !one(aws_dynamodb_table.this[0].server_side_encryption).enabled &&
      !one(aws_dynamodb_table.this[0].ttl).enabled
    )
    error_message = "A deleted table leaves a backup, its key is one that AWS owns, and TTL is written out as off."
  }

  assert {
    condition     = aws_dynamodb_table.this[0].attribute == toset([{ name = "customer_id", type = "S" }, { name = "order_id", type = "N" }])
    error_message = "DynamoDB declares the key's attributes and no other."
  }

  assert {
    condition     = output.key_names == tolist(["customer_id", "order_id"])
    error_message = "The hash key comes first."
  }
}

run "a_hash_key_alone_is_a_key" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "sku", type = "S" } }
  }

  assert {
    condition     = aws_dynamodb_table.this[0].range_key == null && output.key_names == tolist(["sku"])
    error_message = "No range key was asked for."
  }
}

run "a_table_can_have_a_name_of_its_own_and_be_protected" {
  command = plan

  variables {
    table = {
      name                        = "Shop.Orders"
      hash_key                    = { name = "order_id", type = "B" }
      deletion_protection_enabled = true
    }
  }

  assert {
    condition     = aws_dynamodb_table.this[0].name == "Shop.Orders" && aws_dynamodb_table.this[0].deletion_protection_enabled
    error_message = "What is set is passed on."
  }
}

run "of_an_existing_table_nothing_is_made_or_changed" {
  command = plan

  override_data {
    target = data.aws_region.here
    values = { id = "us-gov-west-1" }
  }

  variables {
    existing_table = {
      stream_arn = "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/shop.orders/stream/2026-01-01T00:00:00.000"
      hash_key   = "customer_id"
      range_key  = "order_id"
    }
  }

  assert {
    condition     = length(aws_dynamodb_table.this) == 0
    error_message = "The table is not created here."
  }

  assert {
    condition     = output.arn == "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/shop.orders" && output.name == "shop.orders"
    error_message = "The stream's ARN says which table it is of."
  }

  assert {
    condition     = output.stream_arn == var.existing_table.stream_arn && output.key_names == tolist(["customer_id", "order_id"])
    error_message = "What is given is passed through."
  }
}

run "what_is_made_has_the_tags" {
  command = plan

  variables {
    tags  = { team = "shop" }
    table = { name = "orders", hash_key = { name = "sku", type = "S" } }
  }

  assert {
    condition     = aws_dynamodb_table.this[0].tags == tomap({ team = "shop" })
    error_message = "A team finds what it pays for by its tags."
  }
}

run "what_is_asked_of_the_table_is_made" {
  command = plan

  variables {
    table = {
      name                   = "orders"
      hash_key               = { name = "customer_id", type = "S" }
      range_key              = { name = "order_id", type = "S" }
      stream_view_type       = "NEW_AND_OLD_IMAGES"
      table_class            = "STANDARD_INFREQUENT_ACCESS"
      ttl_attribute_name     = "expires_at"
      kms_key_arn            = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      point_in_time_recovery = { recovery_period_in_days = 7 }
    }
    global_secondary_indexes = {
      by_status = { hash_key = { name = "status", type = "S" }, range_key = { name = "placed_at", type = "N" } }
      by_note   = { hash_key = { name = "order_id", type = "S" }, projection_type = "INCLUDE", non_key_attributes = ["note"] }
    }
    local_secondary_indexes = {
      by_total = { range_key = { name = "total", type = "N" }, projection_type = "KEYS_ONLY" }
    }
    replicas = { eu-central-1 = { kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" } }
  }

  assert {
    condition = aws_dynamodb_table.this[0].attribute == toset([
      { name = "customer_id", type = "S" }, { name = "order_id", type = "S" }, { name = "status", type = "S" },
      { name = "placed_at", type = "N" }, { name = "total", type = "N" },
    ])
    error_message = "Each attribute that is a key somewhere is declared once, got ${jsonencode(aws_dynamodb_table.this[0].attribute)}."
  }

  assert {
    condition = (
      {
        for index in aws_dynamodb_table.this[0].global_secondary_index :
        index.name => join(" ", compact([index.hash_key, index.range_key, index.projection_type]))
      } ==
      { by_status = "status placed_at ALL", by_note = "order_id INCLUDE" }
    )
    error_message = "Got ${jsonencode(aws_dynamodb_table.this[0].global_secondary_index)}."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.this[0].local_secondary_index).range_key == "total" &&
      one(aws_dynamodb_table.this[0].local_secondary_index).projection_type == "KEYS_ONLY"
    )
    error_message = "The index that sorts."
  }

  assert {
    condition     = one(aws_dynamodb_table.this[0].ttl).enabled && one(aws_dynamodb_table.this[0].ttl).attribute_name == "expires_at"
    error_message = "To name the attribute is to switch time to live on."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.this[0].server_side_encryption).kms_key_arn == var.table.kms_key_arn &&
      output.kms_key_arn == var.table.kms_key_arn
    )
    error_message = "Who reads the table must be able to use its key."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.this[0].point_in_time_recovery).recovery_period_in_days == 7 &&
      aws_dynamodb_table.this[0].table_class == "STANDARD_INFREQUENT_ACCESS"
    )
    error_message = "What is set is passed on."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.this[0].replica).region_name == "eu-central-1" &&
      one(aws_dynamodb_table.this[0].replica).point_in_time_recovery &&
      one(aws_dynamodb_table.this[0].replica).propagate_tags
    )
    error_message = "A replica is as safe as the table."
  }

  assert {
    condition     = length(aws_appautoscaling_target.this) == 0 && length(data.aws_dynamodb_tables.present) == 0
    error_message = "On demand nothing scales, and nothing is asked."
  }
}

run "point_in_time_recovery_can_be_switched_off" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, point_in_time_recovery = { enabled = false } }
  }

  assert {
    condition     = !one(aws_dynamodb_table.this[0].point_in_time_recovery).enabled
    error_message = "As the input says."
  }
}

run "a_new_table_and_its_indexes_start_at_their_lower_bounds_and_scale" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "order_id", type = "S" } }
    provisioned_capacity = {
      read  = { min_capacity = 5, max_capacity = 50 }
      write = { min_capacity = 10, max_capacity = 100, target_value = 60 }
    }
    global_secondary_indexes = {
      by_status = { hash_key = { name = "status", type = "S" } }
      by_day = {
        hash_key = { name = "day", type = "N" },
        capacity = { read = { min_capacity = 1, max_capacity = 2 }, write = { min_capacity = 3, max_capacity = 4 } }
      }
    }
  }

  assert {
    condition = (
      aws_dynamodb_table.this[0].billing_mode == "PROVISIONED" &&
      aws_dynamodb_table.this[0].read_capacity == 5 &&
      aws_dynamodb_table.this[0].write_capacity == 10
    )
    error_message = "The table's lower bounds."
  }

  assert {
    condition = (
      { for index in aws_dynamodb_table.this[0].global_secondary_index : index.name => [index.read_capacity, index.write_capacity] } ==
      { by_status = [5, 10], by_day = [1, 3] }
    )
    error_message = "An index has the table's bounds, or its own."
  }

  assert {
    condition = (
      {
        for row, target in aws_appautoscaling_target.this :
        row => [target.resource_id, target.scalable_dimension, target.min_capacity, target.max_capacity]
      } ==
      {
        "table/read"            = ["table/orders", "dynamodb:table:ReadCapacityUnits", 5, 50]
        "table/write"           = ["table/orders", "dynamodb:table:WriteCapacityUnits", 10, 100]
        "index/by_status/read"  = ["table/orders/index/by_status", "dynamodb:index:ReadCapacityUnits", 5, 50]
        "index/by_status/write" = ["table/orders/index/by_status", "dynamodb:index:WriteCapacityUnits", 10, 100]
        "index/by_day/read"     = ["table/orders/index/by_day", "dynamodb:index:ReadCapacityUnits", 1, 2]
        "index/by_day/write"    = ["table/orders/index/by_day", "dynamodb:index:WriteCapacityUnits", 3, 4]
      }
    )
    error_message = "Got ${jsonencode(aws_appautoscaling_target.this)}."
  }

  assert {
    condition = (
      one(aws_appautoscaling_policy.this["table/write"].target_tracking_scaling_policy_configuration).target_value == 60 &&
      one(aws_appautoscaling_policy.this["table/read"].target_tracking_scaling_policy_configuration).target_value == 70
    )
    error_message = "Each at its utilization."
  }
}

run "capacity_that_has_scaled_stays_where_it_is_within_its_bounds" {
  command = plan

  override_data {
    target = data.aws_dynamodb_tables.present
    values = { names = ["orders"] }
  }

  override_data {
    target = data.aws_dynamodb_table.now
    values = {
      read_capacity  = 20
      write_capacity = 200
      # the last two since provider 6
      global_secondary_index = [
        {
          name                 = "by_status"
          hash_key             = "status"
          range_key            = ""
          projection_type      = "ALL"
          non_key_attributes   = []
          on_demand_throughput = []
          read_capacity        = 7
          write_capacity       = 8
          key_schema           = []
          warm_throughput      = []
        },
      ]
    }
  }

  variables {
    table                = { name = "orders", hash_key = { name = "order_id", type = "S" } }
    provisioned_capacity = { read = { min_capacity = 5, max_capacity = 50 }, write = { min_capacity = 10, max_capacity = 100 } }
    global_secondary_indexes = {
      by_status = { hash_key = { name = "status", type = "S" } }
    }
  }

  assert {
    condition     = aws_dynamodb_table.this[0].read_capacity == 20 && aws_dynamodb_table.this[0].write_capacity == 100
    error_message = "What scaling chose stays; what is out of bounds comes back to them."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.this[0].global_secondary_index).read_capacity == 7 &&
      one(aws_dynamodb_table.this[0].global_secondary_index).write_capacity == 10
    )
    error_message = "Of an index too."
  }
}
