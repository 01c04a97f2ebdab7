# Is every refusal right? Each rule has a run that is refused, and one that passes at the edge.

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

run "no_opensearch_is_refused" {
  command         = plan
  expect_failures = [var.domain]
}

run "a_domain_and_a_collection_are_refused" {
  command = plan

  variables {
    domain = { endpoint = "https://search.example.com", arn = "arn:aws:es:eu-west-1:123456789012:domain/shop" }
    collection = {
      endpoint = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn      = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name     = "shop"
    }
  }

  expect_failures = [var.domain]
}

run "plain_http_to_this_machine_and_a_name_of_3_letters_pass" {
  command = plan

  variables {
    domain = { endpoint = "http://127.0.0.1:9200", arn = "arn:aws:es:eu-west-1:123456789012:domain/abc" }
  }
}

run "a_domain_s_name_of_28_letters_passes" {
  command = plan

  variables {
    domain = {
      endpoint = "https://localhost"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/abcdefghijklmnopqrstuvwxyz-1"
    }
  }
}

run "an_endpoint_with_a_path_is_refused" {
  command = plan

  variables {
    domain = { endpoint = "https://search.example.com/orders", arn = "arn:aws:es:eu-west-1:123456789012:domain/shop" }
  }

  expect_failures = [output.connection]
}

run "an_endpoint_with_a_password_is_refused" {
  command = plan

  variables {
    domain = {
      endpoint = "https://admin:secret@search.example.com"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
    }
  }

  expect_failures = [output.connection]
}

run "plain_http_to_another_machine_is_refused" {
  command = plan

  variables {
    domain = { endpoint = "http://search.example.com", arn = "arn:aws:es:eu-west-1:123456789012:domain/shop" }
  }

  expect_failures = [output.connection]
}

run "an_arn_of_another_service_is_refused" {
  command = plan

  variables {
    domain = { endpoint = "https://search.example.com", arn = "arn:aws:s3:::shop" }
  }

  expect_failures = [output.connection]
}

run "a_domain_s_index_in_the_arn_is_refused" {
  command = plan

  variables {
    domain = { endpoint = "https://search.example.com", arn = "arn:aws:es:eu-west-1:123456789012:domain/shop/*" }
  }

  expect_failures = [output.connection]
}

run "a_domain_s_name_of_2_letters_is_refused" {
  command = plan

  variables {
    domain = { endpoint = "https://search.example.com", arn = "arn:aws:es:eu-west-1:123456789012:domain/ab" }
  }

  expect_failures = [output.connection]
}

run "the_settings_of_a_collection_for_a_domain_are_refused" {
  command = plan

  variables {
    collection = {
      endpoint = "https://search.example.com"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      name     = "shop"
    }
  }

  expect_failures = [output.connection]
}

run "a_collection_s_name_of_3_letters_with_all_its_policies_passes" {
  command = plan

  variables {
    collection = {
      endpoint      = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn           = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name          = "abc"
      validate_type = false
      data_access   = { reader_arns = ["arn:aws:iam::123456789012:role/search", "saml/123456789012/provider/user/ann"] }
      network       = { vpc_endpoint_ids = ["vpce-050f79086ee71ac05"] }
      encryption    = { kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd" }
    }
  }
}

run "a_collection_s_name_of_32_letters_passes" {
  command = plan

  variables {
    collection = {
      endpoint      = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn           = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name          = "abcdefghijklmnopqrstuvwxyz012345"
      validate_type = false
    }
  }
}

run "a_collection_s_name_of_2_letters_is_refused" {
  command = plan

  variables {
    collection = {
      endpoint      = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn           = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name          = "ab"
      validate_type = false
    }
  }

  expect_failures = [output.connection]
}

run "a_collection_s_name_of_33_characters_is_refused" {
  command = plan

  variables {
    collection = {
      endpoint      = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn           = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name          = "abcdefghijklmnopqrstuvwxyz0123456"
      validate_type = false
    }
  }

  expect_failures = [output.connection]
}

run "a_wildcard_for_a_collection_s_name_is_refused" {
  command = plan

  variables {
    collection = {
      endpoint      = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn           = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name          = "shop*"
      validate_type = false
    }
  }

  expect_failures = [output.connection]
}

run "a_reader_who_is_anybody_is_refused" {
  command = plan

  variables {
    collection = {
      endpoint    = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn         = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name        = "shop"
      data_access = { reader_arns = ["arn:aws:iam::123456789012:role/*"] }
    }
  }

  expect_failures = [output.connection]
}

run "an_endpoint_of_another_kind_is_refused" {
  command = plan

  variables {
    collection = {
      endpoint = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn      = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name     = "shop"
      network  = { vpc_endpoint_ids = ["vpc-1"] }
    }
  }

  expect_failures = [output.connection]
}

run "an_alias_of_a_key_is_refused" {
  command = plan

  variables {
    collection = {
      endpoint   = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn        = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name       = "shop"
      encryption = { kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/shop" }
    }
  }

  expect_failures = [output.connection]
}

run "a_collection_of_type_vectorsearch_is_refused" {
  command = plan

  override_data {
    target = data.aws_opensearchserverless_collection.this
    values = { name = "shop", type = "VECTORSEARCH" }
  }

  variables {
    collection = {
      endpoint = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn      = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name     = "shop"
    }
  }

  expect_failures = [data.aws_opensearchserverless_collection.this]
}

run "a_collection_of_type_timeseries_is_refused" {
  command = plan

  override_data {
    target = data.aws_opensearchserverless_collection.this
    values = { name = "shop", type = "TIMESERIES" }
  }

  variables {
    collection = {
      endpoint = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn      = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name     = "shop"
    }
  }

  expect_failures = [data.aws_opensearchserverless_collection.this]
}

run "a_collection_of_another_name_is_refused" {
  command = plan

  variables {
    collection = {
      endpoint = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn      = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
      name     = "goods"
    }
  }

  expect_failures = [data.aws_opensearchserverless_collection.this]
}

run "a_master_role_with_a_path_passes" {
  command = plan

  variables {
    domain = {
      endpoint            = "https://search.example.com"
      arn                 = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      fine_grained_access = { master_role_arn = "arn:aws:iam::123456789012:role/admins/security" }
    }
    access_function = { package = { path = "versions.tf" }, runtime = "python3.13", architecture = "arm64" }
  }
}

run "a_user_for_a_master_role_is_refused" {
  command = plan

  variables {
    domain = {
      endpoint            = "https://search.example.com"
      arn                 = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      fine_grained_access = { master_role_arn = "arn:aws:iam::123456789012:user/admin" }
    }
    access_function = { package = { path = "versions.tf" }, runtime = "python3.13", architecture = "arm64" }
  }

  expect_failures = [output.connection]
}

run "a_missing_zip_is_refused" {
  command = plan

  variables {
    domain = {
      endpoint            = "https://search.example.com"
      arn                 = "arn:aws:es:eu-central-1:123456789012:domain/shop"
      fine_grained_access = { master_role_arn = "arn:aws:iam::123456789012:role/security" }
    }
    access_function = { package = { path = "nowhere.zip" }, runtime = "python3.13", architecture = "arm64" }
  }

  expect_failures = [aws_lambda_function.access]
}

run "fine_grained_access_without_its_function_is_refused" {
  command = plan

  variables {
    domain = {
      endpoint            = "https://search.example.com"
      arn                 = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      fine_grained_access = { master_role_arn = "arn:aws:iam::123456789012:role/security" }
    }
  }

  expect_failures = [var.access_function]
}

run "fifty_tags_pass" {
  command = plan

  variables {
    tags   = { for number in range(50) : "key${number}" => "value" }
    domain = { endpoint = "https://search.example.com", arn = "arn:aws:es:eu-west-1:123456789012:domain/shop" }
  }
}

run "ten_aliases_of_48_letters_fit_into_the_role_s_policies" {
  command = plan

  variables {
    aliases = [for number in range(10) : format("a%047d", number)]
    domain  = { endpoint = "https://search.example.com", arn = "arn:aws:es:eu-west-1:123456789012:domain/shop" }
  }
}

run "ten_aliases_of_49_letters_do_not_fit" {
  command = plan

  variables {
    aliases = [for number in range(10) : format("a%048d", number)]
    domain  = { endpoint = "https://search.example.com", arn = "arn:aws:es:eu-west-1:123456789012:domain/shop" }
  }

  expect_failures = [aws_iam_role_policy.this]
}
