# Is the wiring right? What the policies say is asserted here too: they are not IAM policies, so no mock replaces them.

mock_provider "aws" {}

variables {
  name = "shop"
}

run "a_collection_keeps_the_ids_of_documents_and_is_encrypted_and_reached_from_anywhere" {
  command = plan

  assert {
    condition = (
      aws_opensearchserverless_collection.this.type == "SEARCH" &&
      aws_opensearchserverless_collection.this.standby_replicas == "ENABLED"
    )
    error_message = "Of type SEARCH, in two zones."
  }

  assert {
    condition = jsondecode(aws_opensearchserverless_security_policy.encryption.policy) == {
      Rules       = [{ ResourceType = "collection", Resource = ["collection/shop"] }]
      AWSOwnedKey = true
    }
    error_message = "By AWS's own key."
  }

  assert {
    condition = jsondecode(aws_opensearchserverless_security_policy.network.policy) == [{
      Rules           = [{ ResourceType = "collection", Resource = ["collection/shop"] }]
      AllowFromPublic = true
    }]
    error_message = "From anywhere, for the principals of a data access policy."
  }
}

run "endpoints_and_a_key_are_those_that_are_named" {
  command = plan

  variables {
    vpc_endpoint_ids = ["vpce-050f79086ee71ac05"]
    kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"
  }

  assert {
    condition = jsondecode(aws_opensearchserverless_security_policy.encryption.policy) == {
      Rules       = [{ ResourceType = "collection", Resource = ["collection/shop"] }]
      AWSOwnedKey = false
      KmsARN      = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"
    }
    error_message = "By the team's key."
  }

  assert {
    condition = jsondecode(aws_opensearchserverless_security_policy.network.policy) == [{
      Rules           = [{ ResourceType = "collection", Resource = ["collection/shop"] }]
      AllowFromPublic = false
      SourceVPCEs     = ["vpce-050f79086ee71ac05"]
    }]
    error_message = "Only from the endpoints."
  }
}
