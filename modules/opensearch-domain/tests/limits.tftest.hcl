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

run "a_name_of_28_letters_passes" {
  command = plan

  variables {
    name = "abcdefghijklmnopqrstuvwxyz01"
  }
}

run "a_name_of_29_letters_is_refused" {
  command = plan

  variables {
    name = "abcdefghijklmnopqrstuvwxyz012"
  }

  expect_failures = [var.name]
}

run "the_oldest_engine_passes" {
  command = plan

  variables {
    engine_version = "OpenSearch_2.0"
  }
}

run "an_older_engine_is_refused" {
  command = plan

  variables {
    engine_version = "OpenSearch_1.3"
  }

  expect_failures = [var.engine_version]
}

run "elasticsearch_is_refused" {
  command = plan

  variables {
    engine_version = "Elasticsearch_7.10"
  }

  expect_failures = [var.engine_version]
}

run "a_machine_of_ec2_is_refused" {
  command = plan

  variables {
    cluster = { instance_type = "t3.small" }
  }

  expect_failures = [var.cluster]
}

run "the_smallest_cluster_passes" {
  command = plan

  variables {
    cluster = { instance_count = 1, volume_size = 10 }
  }
}

run "a_name_of_2_letters_is_refused" {
  command = plan

  variables {
    name = "ab"
  }

  expect_failures = [var.name]
}

run "the_largest_cluster_passes" {
  command = plan

  variables {
    cluster = { instance_type = "r7g.4xlarge.search", instance_count = 80, volume_size = 16384 }
  }
}

run "no_node_is_refused" {
  command = plan

  variables {
    cluster = { instance_count = 0 }
  }

  expect_failures = [var.cluster]
}

run "eighty_one_nodes_are_refused" {
  command = plan

  variables {
    cluster = { instance_count = 81 }
  }

  expect_failures = [var.cluster]
}

run "half_a_node_is_refused" {
  command = plan

  variables {
    cluster = { instance_count = 1.5 }
  }

  expect_failures = [var.cluster]
}

run "a_volume_of_9_gib_is_refused" {
  command = plan

  variables {
    cluster = { volume_size = 9 }
  }

  expect_failures = [var.cluster]
}

run "a_volume_of_16385_gib_is_refused" {
  command = plan

  variables {
    cluster = { volume_size = 16385 }
  }

  expect_failures = [var.cluster]
}

run "a_subnet_for_each_zone_passes" {
  command = plan

  variables {
    cluster = { instance_count = 2 }
    vpc     = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
  }
}

run "a_subnet_too_many_is_refused" {
  command = plan

  variables {
    vpc = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
  }

  expect_failures = [var.vpc]
}

run "an_access_policy_passes" {
  command = plan

  variables {
    access_policies = "{\"Statement\": []}"
  }
}

run "an_access_policy_that_is_no_object_is_refused" {
  command = plan

  variables {
    access_policies = "[1]"
  }

  expect_failures = [var.access_policies]
}

run "a_user_for_a_master_passes" {
  command = plan

  variables {
    fine_grained_access = { master_user_arn = "arn:aws:iam::123456789012:user/admin" }
  }
}

run "a_name_for_a_master_is_refused" {
  command = plan

  variables {
    fine_grained_access = { master_user_arn = "admin" }
  }

  expect_failures = [aws_opensearch_domain.this]
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
    kms_key_arn = "alias/shop"
  }

  expect_failures = [aws_opensearch_domain.this]
}

run "every_log_passes" {
  command = plan

  variables {
    fine_grained_access = { master_user_arn = "arn:aws:iam::123456789012:role/security" }
    log_group_arns = {
      for type in ["INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS", "ES_APPLICATION_LOGS", "AUDIT_LOGS"] :
      type => "arn:aws:logs:eu-west-1:123456789012:log-group:shop:*"
    }
  }
}

run "an_audit_without_fine_grained_access_is_refused" {
  command = plan

  variables {
    log_group_arns = { AUDIT_LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:shop:*" }
  }

  expect_failures = [var.log_group_arns]
}

run "another_log_is_refused" {
  command = plan

  variables {
    log_group_arns = { SLOW_LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:shop:*" }
  }

  expect_failures = [var.log_group_arns]
}

run "fifty_tags_pass" {
  command = plan

  variables {
    tags = { for number in range(50) : "key${number}" => "value" }
  }
}

