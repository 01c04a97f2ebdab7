# Is the wiring right? The provider is a mock, so the policies are asserted where the real one computes them, in tests/plan.

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

run "a_domain_is_signed_for_as_es" {
  command = plan

  variables {
    opensearch = {
      endpoint = "https://search.example.com"
      arn      = "arn:aws:es:eu-central-1:123456789012:domain/shop"
    }
  }

  assert {
    condition     = output.opensearch == { endpoint = "https://search.example.com", service = "es" }
    error_message = "The service is the ARN's."
  }

  assert {
    condition     = output.region == "eu-central-1"
    error_message = "The region is the ARN's."
  }

  assert {
    condition     = aws_iam_role_policy.this.role == "orders-eu-west-1"
    error_message = "The right is given to the role that was named."
  }
}

run "a_serverless_collection_is_signed_for_as_aoss_and_has_no_domain_policy" {
  command = plan

  variables {
    opensearch = {
      endpoint = "https://abc.eu-west-1.aoss.amazonaws.com"
      arn      = "arn:aws:aoss:eu-west-1:123456789012:collection/07tjusf2h91cunochc"
    }
  }

  assert {
    condition     = output.opensearch.service == "aoss" && output.domain_policy == null
    error_message = "A collection is another service."
  }
}
