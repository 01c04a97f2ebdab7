locals {
  security_group_ids = flatten([for vpc in var.function.vpc[*] : concat(vpc.security_group_ids, aws_security_group.this[*].id)])
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5: attached to the function, by way of a local

  count = one(var.function.vpc[*].security_group) == null ? 0 : 1

  name_prefix = "${var.name}-"
  description = "The function ${var.name}: out to OpenSearch, S3 and DynamoDB, nothing in."
  vpc_id      = var.function.vpc.security_group.vpc_id

  # Inline, not separate rules: a rule that is added by hand is removed again.
  egress = [{
    description      = "HTTPS, to what was named"
    protocol         = "tcp"
    from_port        = 443
    to_port          = 443
    security_groups  = var.function.vpc.security_group.egress_security_group_ids
    prefix_list_ids  = var.function.vpc.security_group.egress_prefix_list_ids
    cidr_blocks      = var.function.vpc.security_group.egress_cidr_blocks
    ipv6_cidr_blocks = []
    self             = false
  }]
  ingress = [] # Lambda needs none

  tags = var.tags

  lifecycle {
    create_before_destroy = true # the function leaves the old one first
  }
}
