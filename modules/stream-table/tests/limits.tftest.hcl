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

run "tags_at_their_edges_pass" {
  command = plan

  variables {
    tags  = merge({ for number in range(49) : "key-${number}" => "" }, { (join("", [for _ in range(128) : "k"])) = join("", [for _ in range(256) : "v"]) })
    table = { hash_key = { name = "sku", type = "S" } }
  }
}

run "more_than_50_tags_are_refused" {
  command = plan

  variables {
    tags  = { for number in range(51) : "key-${number}" => "" }
    table = { hash_key = { name = "sku", type = "S" } }
  }

  expect_failures = [var.tags]
}

run "a_tag_s_key_of_129_characters_is_refused" {
  command = plan

  variables {
    tags  = { (join("", [for _ in range(129) : "k"])) = "" }
    table = { hash_key = { name = "sku", type = "S" } }
  }

  expect_failures = [var.tags]
}

run "a_tag_s_value_of_257_characters_is_refused" {
  command = plan

  variables {
    tags  = { team = join("", [for _ in range(257) : "v"]) }
    table = { hash_key = { name = "sku", type = "S" } }
  }

  expect_failures = [var.tags]
}

run "a_tag_of_aws_s_own_is_refused" {
  command = plan

  variables {
    tags  = { "AWS:team" = "shop" }
    table = { hash_key = { name = "sku", type = "S" } }
  }

  expect_failures = [var.tags]
}
