# Is every refusal right? Each rule has a run that is refused, and one that passes at the edge.

mock_provider "aws" {}

variables {
  name = "orders"
}

run "no_table_at_all_is_refused" {
  command         = plan
  expect_failures = [var.table]
}

run "two_tables_are_refused" {
  command = plan

  variables {
    table          = { hash_key = { name = "id", type = "S" } }
    existing_table = { stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", hash_key = "id" }
  }

  expect_failures = [var.table]
}

run "a_table_name_of_two_letters_is_refused" {
  command = plan

  variables {
    table = { name = "ab", hash_key = { name = "id", type = "S" } }
  }

  expect_failures = [var.table]
}

run "a_name_of_two_letters_is_refused_where_the_table_takes_it" {
  command = plan

  variables {
    name  = "ab"
    table = { hash_key = { name = "id", type = "S" } }
  }

  expect_failures = [var.table]
}

run "a_table_name_of_three_letters_passes" {
  command = plan

  variables {
    name  = "ab"
    table = { name = "abc", hash_key = { name = "id", type = "S" } }
  }
}

run "a_hash_key_of_type_bool_is_refused" {
  command = plan

  variables {
    table = { hash_key = { name = "id", type = "BOOL" } }
  }

  expect_failures = [var.table]
}

run "a_range_key_of_type_list_is_refused" {
  command = plan

  variables {
    table = { hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "L" } }
  }

  expect_failures = [var.table]
}

run "keys_of_numbers_and_binary_pass" {
  command = plan

  variables {
    table = { hash_key = { name = "id", type = "B" }, range_key = { name = "at", type = "N" } }
  }
}

run "an_unknown_view_type_is_refused" {
  command = plan

  variables {
    table = { hash_key = { name = "id", type = "S" }, stream_view_type = "new_image" }
  }

  expect_failures = [var.table]
}

run "keys_only_passes" {
  command = plan

  variables {
    table = { hash_key = { name = "id", type = "S" }, stream_view_type = "KEYS_ONLY" }
  }
}

run "a_table_arn_in_place_of_the_stream_s_is_refused" {
  command = plan

  variables {
    existing_table = { stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders", hash_key = "id" }
  }

  expect_failures = [var.existing_table]
}
