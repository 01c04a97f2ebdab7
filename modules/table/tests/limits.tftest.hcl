# Is every refusal right? Each rule has a run that is refused, and one that passes at the edge.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

run "no_table_at_all_is_refused" {
  command         = plan
  expect_failures = [var.table]
}

run "two_tables_are_refused" {
  command = plan

  variables {
    table          = { name = "orders", hash_key = { name = "id", type = "S" } }
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

run "a_table_name_of_three_letters_passes" {
  command = plan

  variables {
    table = { name = "abc", hash_key = { name = "id", type = "S" } }
  }
}

run "a_table_name_of_255_letters_passes" {
  command = plan

  variables {
    table = { name = join("", [for _ in range(255) : "x"]), hash_key = { name = "id", type = "S" } }
  }
}

run "a_table_name_of_256_letters_is_refused" {
  command = plan

  variables {
    table = { name = join("", [for _ in range(256) : "x"]), hash_key = { name = "id", type = "S" } }
  }

  expect_failures = [var.table]
}

run "a_hash_key_of_type_bool_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "BOOL" } }
  }

  expect_failures = [var.table]
}

run "a_range_key_of_type_list_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "L" } }
  }

  expect_failures = [var.table]
}

run "keys_of_numbers_and_binary_pass" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "B" }, range_key = { name = "at", type = "N" } }
  }
}

run "an_unknown_view_type_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, stream_view_type = "new_image" }
  }

  expect_failures = [var.table]
}

run "keys_only_passes" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, stream_view_type = "KEYS_ONLY" }
  }
}

run "a_table_arn_in_place_of_the_stream_s_is_refused" {
  command = plan

  variables {
    existing_table = { stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders", hash_key = "id" }
  }

  expect_failures = [output.stream_arn]
}

run "an_unknown_table_class_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, table_class = "GLACIER" }
  }

  expect_failures = [var.table]
}

run "a_ttl_attribute_of_256_characters_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, ttl_attribute_name = format("%256s", "x") }
  }

  expect_failures = [var.table]
}

run "a_ttl_attribute_of_255_characters_and_a_recovery_period_of_35_days_pass" {
  command = plan

  variables {
    table = {
      name                   = "orders"
      hash_key               = { name = "id", type = "S" }
      ttl_attribute_name     = format("%255s", "x")
      point_in_time_recovery = { recovery_period_in_days = 35 }
    }
  }
}

run "a_recovery_period_of_36_days_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, point_in_time_recovery = { recovery_period_in_days = 36 } }
  }

  expect_failures = [var.table]
}

run "a_ttl_attribute_of_1_character_and_a_recovery_period_of_1_day_pass" {
  command = plan

  variables {
    table = {
      name                   = "orders"
      hash_key               = { name = "id", type = "S" }
      ttl_attribute_name     = "t"
      point_in_time_recovery = { recovery_period_in_days = 1 }
    }
  }
}

run "an_alias_of_a_key_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, kms_key_arn = "alias/orders" }
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "an_alias_of_an_existing_table_s_key_is_refused" {
  command = plan

  variables {
    existing_table = {
      stream_arn  = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
      hash_key    = "id",
      kms_key_arn = "alias/orders"
    }
  }

  expect_failures = [output.kms_key_arn]
}

run "of_an_existing_table_no_capacity_can_be_set" {
  command = plan

  variables {
    existing_table = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
      hash_key   = "id"
    }
    provisioned_capacity = { read = { min_capacity = 1, max_capacity = 1 }, write = { min_capacity = 1, max_capacity = 1 } }
  }

  expect_failures = [var.provisioned_capacity]
}

run "of_an_existing_table_no_index_can_be_set" {
  command = plan

  variables {
    existing_table = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", hash_key = "id"
    }
    global_secondary_indexes = { by_status = { hash_key = { name = "status", type = "S" } } }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "of_an_existing_table_no_local_index_can_be_set" {
  command = plan

  variables {
    existing_table = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", hash_key = "id"
    }
    local_secondary_indexes = { by_total = { range_key = { name = "total", type = "N" } } }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "of_an_existing_table_no_replica_can_be_set" {
  command = plan

  variables {
    existing_table = { stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", hash_key = "id" }
    replicas       = { eu-central-1 = {} }
  }

  expect_failures = [var.replicas]
}

run "a_capacity_of_0_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = {
      read  = { min_capacity = 0, max_capacity = 1, target_value = 70 }
      write = { min_capacity = 1, max_capacity = 1 }
    }
  }

  expect_failures = [var.provisioned_capacity]
}

run "bounds_the_wrong_way_round_are_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = {
      read  = { min_capacity = 2, max_capacity = 1, target_value = 70 }
      write = { min_capacity = 1, max_capacity = 1 }
    }
  }

  expect_failures = [var.provisioned_capacity]
}

run "a_utilization_of_91_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = {
      read  = { min_capacity = 1, max_capacity = 1, target_value = 91 }
      write = { min_capacity = 1, max_capacity = 1 }
    }
  }

  expect_failures = [var.provisioned_capacity]
}

run "a_utilization_of_19_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = {
      read  = { min_capacity = 1, max_capacity = 1, target_value = 19 }
      write = { min_capacity = 1, max_capacity = 1 }
    }
  }

  expect_failures = [var.provisioned_capacity]
}

run "the_least_capacity_at_the_edges_of_utilization_passes" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = {
      read  = { min_capacity = 1, max_capacity = 1, target_value = 20 }
      write = { min_capacity = 1, max_capacity = 1, target_value = 90 }
    }
    global_secondary_indexes = {
      by_status = {
        hash_key = { name = "status", type = "S" }
        capacity = {
          read  = { min_capacity = 1, max_capacity = 1, target_value = 20 }
          write = { min_capacity = 1, max_capacity = 1, target_value = 90 }
        }
      }
    }
  }
}

run "twenty_indexes_pass" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = { for number in range(20) : "by_status_${number}" => { hash_key = { name = "status", type = "S" } } }
  }
}

run "twenty_one_indexes_are_refused" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = { for number in range(21) : "by_status_${number}" => { hash_key = { name = "status", type = "S" } } }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "an_index_s_name_of_two_letters_is_refused" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = { by = { hash_key = { name = "status", type = "S" } } }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "an_index_over_a_bool_is_refused" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = { by_paid = { hash_key = { name = "paid", type = "BOOL" } } }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "an_attribute_of_two_types_is_refused" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = { by_id = { hash_key = { name = "id", type = "N" } } }
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "an_unknown_projection_is_refused" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = { by_status = { hash_key = { name = "status", type = "S" }, projection_type = "SOME" } }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "attributes_to_include_beside_all_are_refused" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = { by_status = { hash_key = { name = "status", type = "S" }, non_key_attributes = ["total"] } }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "an_index_s_capacity_on_demand_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = {
      by_status = {
        hash_key = { name = "status", type = "S" }
        capacity = { read = { min_capacity = 1, max_capacity = 2, target_value = 70 }, write = { min_capacity = 1, max_capacity = 1 } }
      }
    }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "an_index_s_capacity_of_0_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = {
      read  = { min_capacity = 1, max_capacity = 2, target_value = 70 }
      write = { min_capacity = 1, max_capacity = 1 }
    }
    global_secondary_indexes = {
      by_status = {
        hash_key = { name = "status", type = "S" }
        capacity = { read = { min_capacity = 0, max_capacity = 2, target_value = 70 }, write = { min_capacity = 1, max_capacity = 1 } }
      }
    }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "five_local_indexes_pass" {
  command = plan

  variables {
    table                   = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    local_secondary_indexes = { for number in range(5) : "by_total_${number}" => { range_key = { name = "total", type = "N" } } }
  }
}

run "six_local_indexes_are_refused" {
  command = plan

  variables {
    table                   = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    local_secondary_indexes = { for number in range(6) : "by_total_${number}" => { range_key = { name = "total", type = "N" } } }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "a_local_index_of_a_table_without_a_range_key_is_refused" {
  command = plan

  variables {
    table                   = { name = "orders", hash_key = { name = "id", type = "S" } }
    local_secondary_indexes = { for number in range(1) : "by_total_${number}" => { range_key = { name = "total", type = "N" } } }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "a_local_index_s_name_of_two_letters_is_refused" {
  command = plan

  variables {
    table                   = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    local_secondary_indexes = { by = { range_key = { name = "total", type = "N" } } }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "a_local_index_over_a_list_is_refused" {
  command = plan

  variables {
    table                   = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    local_secondary_indexes = { by_total = { range_key = { name = "total", type = "L" } } }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "a_local_index_that_includes_nothing_is_refused" {
  command = plan

  variables {
    table                   = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    local_secondary_indexes = { by_total = { range_key = { name = "total", type = "N" }, projection_type = "INCLUDE" } }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "a_replica_of_a_stream_without_old_images_is_refused" {
  command = plan

  variables {
    table    = { name = "orders", hash_key = { name = "id", type = "S" } }
    replicas = { eu-central-1 = {} }
  }

  expect_failures = [var.replicas]
}

run "a_replica_of_a_table_with_provisioned_capacity_is_refused" {
  command = plan

  variables {
    table                = { name = "orders", hash_key = { name = "id", type = "S" }, stream_view_type = "NEW_AND_OLD_IMAGES" }
    provisioned_capacity = { read = { min_capacity = 1, max_capacity = 1 }, write = { min_capacity = 1, max_capacity = 1 } }
    replicas             = { eu-central-1 = {} }
  }

  expect_failures = [var.replicas]
}

run "a_replica_that_is_no_region_is_refused" {
  command = plan

  variables {
    table    = { name = "orders", hash_key = { name = "id", type = "S" }, stream_view_type = "NEW_AND_OLD_IMAGES" }
    replicas = { Frankfurt = {} }
  }

  expect_failures = [var.replicas]
}

run "a_replica_without_the_table_s_way_of_encryption_is_refused" {
  command = plan

  variables {
    table = {
      name             = "orders"
      hash_key         = { name = "id", type = "S" }
      stream_view_type = "NEW_AND_OLD_IMAGES"
      kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
    replicas = { eu-central-1 = {} }
  }

  expect_failures = [var.replicas]
}

run "a_replica_s_key_of_another_region_is_refused" {
  command = plan

  variables {
    table = {
      name             = "orders"
      hash_key         = { name = "id", type = "S" }
      stream_view_type = "NEW_AND_OLD_IMAGES"
      kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
    replicas = { eu-central-1 = { kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" } }
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "replicas_with_keys_of_their_regions_pass" {
  command = plan

  variables {
    table = {
      name             = "orders"
      hash_key         = { name = "id", type = "S" }
      stream_view_type = "NEW_AND_OLD_IMAGES"
      kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
    replicas = { eu-central-1 = { kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" } }
  }
}

run "an_existing_table_with_a_view_that_is_none_is_refused" {
  command = plan

  variables {
    table = null
    existing_table = {
      stream_arn       = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
      hash_key         = "id",
      stream_view_type = "NEW"
    }
  }

  expect_failures = [var.existing_table]
}

run "a_key_of_an_existing_table_passes" {
  command = plan

  variables {
    table = null

    existing_table = {
      stream_arn  = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
      hash_key    = "id"
      kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

      stream_view_type = "NEW_AND_OLD_IMAGES"
    }
  }

  assert {
    condition     = output.stream_view_type == "NEW_AND_OLD_IMAGES"
    error_message = "The modules that need the view type get it."
  }
}

run "a_key_s_name_of_256_characters_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = join("", [for _ in range(256) : "x"]), type = "S" } }
  }

  expect_failures = [var.table]
}

run "a_key_without_a_name_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "", type = "S" } }
  }

  expect_failures = [var.table]
}

run "one_attribute_for_both_keys_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "id", type = "S" } }
  }

  expect_failures = [var.table]
}

run "a_key_of_another_region_is_refused" {
  command = plan

  variables {
    table = {
      name        = "orders"
      hash_key    = { name = "id", type = "S" }
      kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "names_as_long_and_as_short_as_they_can_be_pass" {
  command = plan

  variables {
    table = {
      name      = "orders"
      hash_key  = { name = join("", [for _ in range(255) : "x"]), type = "S" }
      range_key = { name = "r", type = "S" }
    }
    global_secondary_indexes = {
      by_g = {
        hash_key           = { name = "g", type = "S" }
        range_key          = { name = "r", type = "S" }
        projection_type    = "INCLUDE"
        non_key_attributes = ["n", join("", [for _ in range(255) : "x"])]
      }
      by_many = {
        hash_key           = { name = "g", type = "S" }
        projection_type    = "INCLUDE"
        non_key_attributes = [for number in range(20) : "a${number}"]
      }
    }
    local_secondary_indexes = {
      by_l = {
        range_key          = { name = "l", type = "S" }
        projection_type    = "INCLUDE"
        non_key_attributes = ["n", join("", [for _ in range(255) : "x"])]
      }
      by_more = {
        range_key          = { name = "l", type = "S" }
        projection_type    = "INCLUDE"
        non_key_attributes = [for number in range(20) : "a${number}"]
      }
    }
  }
}

run "one_attribute_for_both_keys_of_an_index_is_refused" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = { by_day = { hash_key = { name = "day", type = "S" }, range_key = { name = "day", type = "S" } } }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "an_index_s_key_of_256_characters_is_refused" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = { by_day = { hash_key = { name = join("", [for _ in range(256) : "x"]), type = "S" } } }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "an_attribute_to_include_without_a_name_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = {
      by_day = { hash_key = { name = "day", type = "S" }, projection_type = "INCLUDE", non_key_attributes = [""] }
    }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "twenty_one_attributes_to_include_are_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = {
      by_day = {
        hash_key           = { name = "day", type = "S" }
        projection_type    = "INCLUDE"
        non_key_attributes = [for number in range(21) : "a${number}"]
      }
    }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "an_attribute_to_include_twice_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" } }
    global_secondary_indexes = {
      by_day = { hash_key = { name = "day", type = "S" }, projection_type = "INCLUDE", non_key_attributes = ["total", "total"] }
    }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "a_hundred_attributes_to_include_in_all_indexes_pass" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    global_secondary_indexes = {
      for number in range(4) :
      "by_day_${number}" => {
        hash_key           = { name = "day", type = "S" }
        projection_type    = "INCLUDE"
        non_key_attributes = [for number in range(20) : "a${number}"]
      }
    }
    local_secondary_indexes = {
      by_total = {
        range_key          = { name = "total", type = "N" },
        projection_type    = "INCLUDE",
        non_key_attributes = [for number in range(19) : "a${number}"]
      }
      by_status = { range_key = { name = "status", type = "S" }, projection_type = "INCLUDE", non_key_attributes = ["a1"] }
    }
  }
}

run "a_hundred_and_one_attributes_to_include_in_all_indexes_are_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    global_secondary_indexes = {
      for number in range(4) :
      "by_day_${number}" => {
        hash_key           = { name = "day", type = "S" }
        projection_type    = "INCLUDE"
        non_key_attributes = [for number in range(20) : "a${number}"]
      }
    }
    local_secondary_indexes = {
      by_total = {
        range_key          = { name = "total", type = "N" },
        projection_type    = "INCLUDE",
        non_key_attributes = [for number in range(19) : "a${number}"]
      }
      by_status = { range_key = { name = "status", type = "S" }, projection_type = "INCLUDE", non_key_attributes = ["a1", "a2"] }
    }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "a_local_index_over_the_hash_key_is_refused" {
  command = plan

  variables {
    table                   = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    local_secondary_indexes = { by_id = { range_key = { name = "id", type = "S" } } }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "a_local_index_over_the_range_key_passes" {
  command = plan

  variables {
    table                   = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    local_secondary_indexes = { by_at = { range_key = { name = "at", type = "N" }, projection_type = "KEYS_ONLY" } }
  }
}

run "two_indexes_of_one_name_are_refused" {
  command = plan

  variables {
    table                    = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    global_secondary_indexes = { by_total = { hash_key = { name = "total", type = "N" } } }
    local_secondary_indexes  = { by_total = { range_key = { name = "total", type = "N" } } }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "a_local_index_s_key_of_256_characters_is_refused" {
  command = plan

  variables {
    table                   = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    local_secondary_indexes = { by_long = { range_key = { name = join("", [for _ in range(256) : "x"]), type = "N" } } }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "twenty_one_attributes_to_include_in_a_local_index_are_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, range_key = { name = "at", type = "N" } }
    local_secondary_indexes = {
      by_total = {
        range_key          = { name = "total", type = "N" }
        projection_type    = "INCLUDE"
        non_key_attributes = [for number in range(21) : "a${number}"]
      }
    }
  }

  expect_failures = [var.local_secondary_indexes]
}

run "a_replica_in_the_table_s_own_region_is_refused" {
  command = plan

  variables {
    table    = { name = "orders", hash_key = { name = "id", type = "S" }, stream_view_type = "NEW_AND_OLD_IMAGES" }
    replicas = { eu-west-1 = {} }
  }

  expect_failures = [var.replicas]
}

run "a_stream_of_another_region_is_refused" {
  command = plan

  variables {
    existing_table = {
      stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", hash_key = "id"
    }
  }

  expect_failures = [output.stream_arn]
}

run "an_existing_table_s_key_without_a_name_is_refused" {
  command = plan

  variables {
    existing_table = { stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", hash_key = "" }
  }

  expect_failures = [var.existing_table]
}

run "an_existing_table_s_key_of_256_characters_is_refused" {
  command = plan

  variables {
    existing_table = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
      hash_key   = "id",
      range_key  = join("", [for _ in range(256) : "x"])
    }
  }

  expect_failures = [var.existing_table]
}

run "one_attribute_for_both_keys_of_an_existing_table_is_refused" {
  command = plan

  variables {
    existing_table = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", hash_key = "id", range_key = "id"
    }
  }

  expect_failures = [var.existing_table]
}

run "an_existing_table_s_key_of_another_region_is_refused" {
  command = plan

  variables {
    existing_table = {
      stream_arn  = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
      hash_key    = "id",
      kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }

  expect_failures = [output.kms_key_arn]
}

run "an_existing_table_s_longest_names_pass" {
  command = plan

  variables {
    existing_table = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
      hash_key   = join("", [for _ in range(255) : "x"])
      range_key  = "r"
    }
  }
}

run "an_index_s_utilization_of_19_is_refused" {
  command = plan

  variables {
    table                = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = { read = { min_capacity = 1, max_capacity = 1 }, write = { min_capacity = 1, max_capacity = 1 } }
    global_secondary_indexes = {
      by_status = {
        hash_key = { name = "status", type = "S" }
        capacity = { read = { min_capacity = 1, max_capacity = 1, target_value = 19 }, write = { min_capacity = 1, max_capacity = 1 } }
      }
    }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "an_index_s_utilization_of_91_is_refused" {
  command = plan

  variables {
    table                = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = { read = { min_capacity = 1, max_capacity = 1 }, write = { min_capacity = 1, max_capacity = 1 } }
    global_secondary_indexes = {
      by_status = {
        hash_key = { name = "status", type = "S" }
        capacity = { read = { min_capacity = 1, max_capacity = 1 }, write = { min_capacity = 1, max_capacity = 1, target_value = 91 } }
      }
    }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "a_ttl_attribute_without_a_name_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, ttl_attribute_name = "" }
  }

  expect_failures = [var.table]
}

run "a_recovery_period_of_0_days_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, point_in_time_recovery = { recovery_period_in_days = 0 } }
  }

  expect_failures = [var.table]
}

run "half_a_day_is_refused" {
  command = plan

  variables {
    table = { name = "orders", hash_key = { name = "id", type = "S" }, point_in_time_recovery = { recovery_period_in_days = 7.5 } }
  }

  expect_failures = [var.table]
}

run "half_a_unit_is_refused" {
  command = plan

  variables {
    table                = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = { read = { min_capacity = 1.5, max_capacity = 5 }, write = { min_capacity = 1, max_capacity = 5 } }
  }

  expect_failures = [var.provisioned_capacity]
}

run "half_a_unit_of_an_index_is_refused" {
  command = plan

  variables {
    table                = { name = "orders", hash_key = { name = "id", type = "S" } }
    provisioned_capacity = { read = { min_capacity = 1, max_capacity = 5 }, write = { min_capacity = 1, max_capacity = 5 } }

    global_secondary_indexes = {
      by_day = {
        hash_key = { name = "day", type = "S" }
        capacity = { read = { min_capacity = 1, max_capacity = 5 }, write = { min_capacity = 1, max_capacity = 5.5 } }
      }
    }
  }

  expect_failures = [var.global_secondary_indexes]
}

run "a_stream_that_is_disabled_is_refused" {
  command = plan

  variables {
    existing_table = { stream_arn = null, hash_key = "id" }
  }

  expect_failures = [output.stream_arn]
}
