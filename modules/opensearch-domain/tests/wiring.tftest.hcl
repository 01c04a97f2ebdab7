# Is the wiring right?

mock_provider "aws" {
  mock_resource "aws_opensearch_domain" {
    defaults = {
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
      endpoint = "search-shop-abc123.eu-west-1.es.amazonaws.com"
    }
  }
}

variables {
  name = "shop"
}

run "a_domain_is_small_and_encrypted_everywhere" {
  assert {
    condition = (aws_opensearch_domain.this.engine_version == "OpenSearch_2.19"
      && aws_opensearch_domain.this.cluster_config[0].instance_type == "t3.small.search"
      && aws_opensearch_domain.this.cluster_config[0].instance_count == 1
    && !aws_opensearch_domain.this.cluster_config[0].zone_awareness_enabled)
    error_message = "One small node of what the function is tested on."
  }

  assert {
    condition = (aws_opensearch_domain.this.encrypt_at_rest[0].enabled
      && aws_opensearch_domain.this.node_to_node_encryption[0].enabled
      && aws_opensearch_domain.this.domain_endpoint_options[0].enforce_https
    && aws_opensearch_domain.this.domain_endpoint_options[0].tls_security_policy == "Policy-Min-TLS-1-2-PFS-2023-10")
    error_message = "At rest, between nodes and on the wire."
  }

  assert {
    condition     = length(aws_opensearch_domain.this.advanced_security_options) == 0 && length(aws_opensearch_domain.this.vpc_options) == 0
    error_message = "Neither fine-grained access control nor a VPC unless asked for."
  }

  assert {
    condition     = aws_opensearch_domain.this.advanced_options == tomap({ "rest.action.multi.allow_explicit_index" = "false" })
    error_message = "A role that IAM lets write to one path cannot name another index in the body."
  }

  assert {
    condition = output.connection == {
      endpoint = "search-shop-abc123.eu-west-1.es.amazonaws.com"
      arn      = "arn:aws:es:eu-west-1:123456789012:domain/shop"
    }
    error_message = "What the root module's domain takes."
  }
}

run "what_is_asked_for_is_passed_on" {
  command = plan

  variables {
    cluster              = { instance_count = 4 }
    vpc                  = { subnet_ids = ["subnet-1", "subnet-2", "subnet-3"], security_group_ids = ["sg-1"] }
    fine_grained_access  = { master_user_arn = "arn:aws:iam::123456789012:role/security" }
    allow_explicit_index = true
    log_group_arns       = { AUDIT_LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:audit:*" }
  }

  assert {
    condition = (aws_opensearch_domain.this.cluster_config[0].zone_awareness_enabled
    && aws_opensearch_domain.this.cluster_config[0].zone_awareness_config[0].availability_zone_count == 3)
    error_message = "Over three zones at most."
  }

  assert {
    condition     = aws_opensearch_domain.this.advanced_options["rest.action.multi.allow_explicit_index"] == "true"
    error_message = "For OpenSearch Dashboards."
  }

  assert {
    condition = (
      (
        aws_opensearch_domain.this.advanced_security_options[0].master_user_options[0].master_user_arn ==
        "arn:aws:iam::123456789012:role/security"
      ) &&
      !aws_opensearch_domain.this.advanced_security_options[0].internal_user_database_enabled
    )
    error_message = "IAM says who is who."
  }

  assert {
    condition     = aws_opensearch_domain.this.vpc_options[0].subnet_ids == toset(["subnet-1", "subnet-2", "subnet-3"])
    error_message = "In the subnets that are named."
  }

  assert {
    condition     = one(aws_opensearch_domain.this.log_publishing_options).log_type == "AUDIT_LOGS"
    error_message = "The logs that are asked for."
  }
}
