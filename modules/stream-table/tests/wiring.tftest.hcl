# Is the wiring right? The provider is a mock: nothing is made, nothing is asked.

mock_provider "aws" {}

variables {
  name = "orders"
}

run "a_table_is_made_recoverable_and_encrypted_with_its_stream_on" {
  command = plan

  variables {
    table = {
      hash_key  = { name = "customer_id", type = "S" }
      range_key = { name = "order_id", type = "N" }
    }
  }

  assert {
    condition     = aws_dynamodb_table.this[0].name == "orders"
    error_message = "Without a name of its own the table has the pipeline's."
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
    condition     = one(aws_dynamodb_table.this[0].point_in_time_recovery).enabled && one(aws_dynamodb_table.this[0].server_side_encryption).enabled
    error_message = "Recovery and encryption are not options."
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
    table = { hash_key = { name = "sku", type = "S" } }
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

  variables {
    existing_table = {
      stream_arn = "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/shop.orders/stream/2026-01-01T00:00:00.000"
      hash_key   = "customer_id"
      range_key  = "order_id"
    }
  }

  assert {
    condition     = length(aws_dynamodb_table.this) == 0
    error_message = "The table is somebody else's."
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
    table = { hash_key = { name = "sku", type = "S" } }
  }

  assert {
    condition     = aws_dynamodb_table.this[0].tags == tomap({ team = "shop" })
    error_message = "A team finds what it pays for by its tags."
  }
}
