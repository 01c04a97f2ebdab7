# Is every refusal right? Each rule has a run that is refused, and one that passes at the edge.

mock_provider "aws" {}

variables {
  name = "shop"
}

run "a_name_of_3_letters_passes" {
  command = plan

  variables {
    name = "abc"
  }
}

run "a_name_of_32_letters_passes" {
  command = plan

  variables {
    name = "abcdefghijklmnopqrstuvwxyz012345"
  }
}

run "a_name_of_33_letters_is_refused" {
  command = plan

  variables {
    name = "abcdefghijklmnopqrstuvwxyz0123456"
  }

  expect_failures = [var.name]
}

run "a_name_of_2_letters_is_refused" {
  command = plan

  variables {
    name = "ab"
  }

  expect_failures = [var.name]
}

run "a_description_of_1000_letters_passes" {
  command = plan

  variables {
    description = join("", [for number in range(1000) : "a"])
  }
}

run "a_description_of_1001_letters_is_refused" {
  command = plan

  variables {
    description = join("", [for number in range(1001) : "a"])
  }

  expect_failures = [var.description]
}

run "no_standby_replicas_pass" {
  command = plan

  variables {
    standby_replicas = "DISABLED"
  }
}

run "another_word_for_standby_replicas_is_refused" {
  command = plan

  variables {
    standby_replicas = "NONE"
  }

  expect_failures = [var.standby_replicas]
}

run "an_endpoint_passes" {
  command = plan

  variables {
    vpc_endpoint_ids = ["vpce-050f79086ee71ac05"]
  }
}

run "a_vpc_for_an_endpoint_is_refused" {
  command = plan

  variables {
    vpc_endpoint_ids = ["vpc-050f79086ee71ac05"]
  }

  expect_failures = [aws_opensearchserverless_security_policy.network]
}

run "a_key_passes" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"
  }
}

run "an_alias_of_a_key_is_refused" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/shop"
  }

  expect_failures = [aws_opensearchserverless_security_policy.encryption]
}

run "fifty_tags_pass" {
  command = plan

  variables {
    tags = { for number in range(50) : "key${number}" => "value" }
  }
}

