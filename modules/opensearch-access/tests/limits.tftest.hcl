# Is every refusal right? Each rule has a run that is refused, and one that passes at the edge.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  indexes   = ["orders"]
  role_name = "orders-eu-west-1"
  role_arn  = "arn:aws:iam::123456789012:role/orders-eu-west-1"
}

run "plain_http_to_this_machine_and_a_name_of_3_letters_pass" {
  command = plan

  variables {
    opensearch = {
      endpoint = "http://127.0.0.1:9200"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/abc"
    }
  }
}

run "a_domain_s_name_of_28_letters_passes" {
  command = plan

  variables {
    opensearch = {
      endpoint = "https://localhost"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/abcdefghijklmnopqrstuvwxyz-1"
    }
  }
}

run "an_endpoint_without_a_scheme_is_refused" {
  command = plan

  variables {
    opensearch = {
      endpoint = "search.example.com"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
    }
  }

  expect_failures = [var.opensearch]
}

run "an_endpoint_with_a_trailing_slash_is_refused" {
  command = plan

  variables {
    opensearch = {
      endpoint = "https://search.example.com/"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
    }
  }

  expect_failures = [var.opensearch]
}

run "an_endpoint_with_a_path_is_refused" {
  command = plan

  variables {
    opensearch = {
      endpoint = "https://search.example.com/orders"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
    }
  }

  expect_failures = [var.opensearch]
}

run "an_endpoint_with_a_password_is_refused" {
  command = plan

  variables {
    opensearch = {
      endpoint = "https://admin:secret@search.example.com"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
    }
  }

  expect_failures = [var.opensearch]
}

run "plain_http_to_another_machine_is_refused" {
  command = plan

  variables {
    opensearch = {
      endpoint = "http://search.example.com"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
    }
  }

  expect_failures = [var.opensearch]
}

run "an_arn_of_another_service_is_refused" {
  command = plan

  variables {
    opensearch = {
      endpoint = "https://search.example.com"
      arn      = "arn:aws:s3:::shop"
    }
  }

  expect_failures = [var.opensearch]
}

run "a_domain_s_index_in_the_arn_is_refused" {
  command = plan

  variables {
    opensearch = {
      endpoint = "https://search.example.com"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop/*"
    }
  }

  expect_failures = [var.opensearch]
}

run "a_domain_s_name_of_2_letters_is_refused" {
  command = plan

  variables {
    opensearch = {
      endpoint = "https://search.example.com"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/ab"
    }
  }

  expect_failures = [var.opensearch]
}
