locals {
  # A node in one zone; more of them over two or three, so that losing a zone loses no data.
  zones = min(var.cluster.instance_count, 3)
}

resource "aws_opensearch_domain" "this" {
  # checkov:skip=CKV_AWS_317: there is something to audit with fine-grained access control alone; `log_group_arns` takes it
  # checkov:skip=CKV_AWS_318: dedicated masters are for larger domains than this module makes
  # checkov:skip=CKV2_AWS_59: dedicated masters are for larger domains than this module makes
  domain_name     = var.name
  engine_version  = var.engine_version
  access_policies = var.access_policies
  tags            = var.tags

  advanced_options = {
    "rest.action.multi.allow_explicit_index" = tostring(var.allow_explicit_index) # a number or bool would differ in each plan
  }

  cluster_config {
    instance_type          = var.cluster.instance_type
    instance_count         = var.cluster.instance_count
    zone_awareness_enabled = local.zones > 1

    dynamic "zone_awareness_config" {
      for_each = local.zones > 1 ? [local.zones] : []

      content {
        availability_zone_count = zone_awareness_config.value
      }
    }
  }

  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = var.cluster.volume_size
  }

  encrypt_at_rest {
    enabled    = true
    kms_key_id = var.kms_key_arn
  }

  node_to_node_encryption {
    enabled = true
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"
  }

  dynamic "advanced_security_options" {
    for_each = var.fine_grained_access[*]

    content {
      enabled                        = true
      internal_user_database_enabled = false # no passwords: IAM says who is who

      master_user_options {
        master_user_arn = advanced_security_options.value.master_user_arn
      }
    }
  }

  dynamic "vpc_options" {
    for_each = var.vpc[*]

    content {
      subnet_ids         = vpc_options.value.subnet_ids
      security_group_ids = vpc_options.value.security_group_ids
    }
  }

  dynamic "log_publishing_options" {
    for_each = var.log_group_arns

    content {
      log_type                 = log_publishing_options.key
      cloudwatch_log_group_arn = log_publishing_options.value
    }
  }

  lifecycle {
    # Of values that may be unknown at plan: a validation would refuse a destroy too.
    precondition {
      condition = alltrue([
        for access in var.fine_grained_access[*] : can(regex("^arn:[^:]+:iam::[0-9]{12}:(role|user)/.+$", access.master_user_arn))
      ])
      error_message = join(" ", [
        "fine_grained_access.master_user_arn must be an IAM role's or user's ARN, arn:aws:iam::ACCOUNT:role/NAME, got",
        "\"${join("", var.fine_grained_access[*].master_user_arn)}\": the domain has no passwords.",
      ])
    }

    precondition {
      condition = alltrue([for arn in var.kms_key_arn[*] : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
      error_message = join(" ", [
        "kms_key_arn must be a key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, got \"${join("", var.kms_key_arn[*])}\": AWS would show the",
        "ARN behind an alias, and each plan a change.",
      ])
    }
  }
}
