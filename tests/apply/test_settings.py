"""Do all settings of the function apply at once, with their resources, and does a destroy leave nothing?"""

from typing import Final

from localaws.stack import LocalAws
from tests.apply.deployment import Stack

CODE_SIGNING_ARN: Final = "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0"
BESIDE: Final = """
resource "aws_vpc" "shop" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "shop" {
  vpc_id     = aws_vpc.shop.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_security_group" "domain" {
  name   = "domain"
  vpc_id = aws_vpc.shop.id
}

resource "aws_kms_key" "shop" {}

resource "aws_s3_bucket" "quarantine" {
  bucket = "shop-quarantine"
}

resource "aws_iam_policy" "boundary" {
  name   = "functions"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""
EVERYTHING: Final = """
module "search" {
  on_failure = { quarantine_bucket = { arn = aws_s3_bucket.quarantine.arn } }

  kms_key_arns = {
    environment = aws_kms_key.shop.arn
    log_group   = aws_kms_key.shop.arn
    quarantine  = aws_kms_key.shop.arn
  }

  role = { path = "/search/", permissions_boundary = aws_iam_policy.boundary.arn }

  function = {
    tracing_mode            = "Active"
    code_signing_config_arn = "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0"
    logging                 = { system_log_level = "WARN" }
    vpc                     = VPC
  }
}
"""
VPC: Final = """{
      subnet_ids     = [aws_subnet.shop.id]
      security_group = { vpc_id = aws_vpc.shop.id, egress_security_group_ids = [aws_security_group.domain.id] }
    }"""


def test_everything_that_a_function_can_be_given_is_applied_at_once(stack: Stack, aws: LocalAws) -> None:
    """A second plan is empty, one apply takes the function out of the VPC again, and a destroy leaves nothing."""
    deployment = stack.initialise("minimal")
    deployment.set(EVERYTHING.replace("VPC", VPC), beside=BESIDE)
    deployment.apply()
    assert deployment.next_changes() == []

    function = aws.client("lambda").get_function(FunctionName="orders")["Configuration"]
    assert function["Role"] == "arn:aws:iam::123456789012:role/search/orders-eu-west-1"
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["Environment"]["Variables"]["QUARANTINE_BUCKET"] == "shop-quarantine"
    signing = aws.client("lambda").get_function_code_signing_config(FunctionName="orders")
    assert signing["CodeSigningConfigArn"] == CODE_SIGNING_ARN
    (log_group,) = aws.client("logs").describe_log_groups()["logGroups"]
    assert function["KMSKeyArn"] == log_group["kmsKeyId"]

    ec2 = aws.client("ec2")
    (group_id,) = function["VpcConfig"]["SecurityGroupIds"]
    (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    (rule,) = group["IpPermissionsEgress"]
    domain = {"GroupId": rule["UserIdGroupPairs"][0]["GroupId"]}
    (found,) = ec2.describe_security_groups(GroupIds=list(domain.values()))["SecurityGroups"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], found["GroupName"]) == ("tcp", 443, 443, "domain")
    assert group["IpPermissions"] == []

    deployment.set(EVERYTHING.replace("VPC", "null"), beside=BESIDE)
    deployment.apply()
    assert deployment.next_changes() == []
    function = aws.client("lambda").get_function(FunctionName="orders")["Configuration"]
    assert function.get("VpcConfig", {}).get("SubnetIds", []) == []
    groups = ec2.describe_security_groups()["SecurityGroups"]
    assert {group["GroupName"] for group in groups} == {"default", "domain"}

    deployment.destroy()
    assert deployment.left() == {}
    groups = ec2.describe_security_groups()["SecurityGroups"]
    assert {group["GroupName"] for group in groups} == {"default"}
