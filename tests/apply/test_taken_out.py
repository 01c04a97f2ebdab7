"""Is a setting of the table undone when it is taken out, although the provider keeps what a block does not say?"""

from pathlib import Path

from localaws.stack import LocalAws
from testkit.terraform import Terraform, changes
from tests.apply.deployment import ROOT

TABLE = """
resource "aws_kms_key" "table" {{}}

provider "aws" {{}}

module "table" {{
  source = "../../modules/stream-table"
  name   = "orders"
  table  = {{ hash_key = {{ name = "order_id", type = "S" }}{settings} }}
}}
"""
OWN = ', ttl_attribute_name = "expires_at", kms_key_arn = aws_kms_key.table.arn'
# The name stays: AWS needs it to switch TTL off (docs/upgrading.md), which the local AWS does not.
TAKEN_OUT = ', ttl_attribute_name = "expires_at", ttl_enabled = false'


def test_settings_of_the_table_that_are_taken_out_are_undone(aws: LocalAws, tmp_path: Path) -> None:
    """Time to live is off, and the key is one that AWS owns."""
    overrides = {"main.tf": TABLE.format(settings=OWN)}
    terraform = Terraform(ROOT, ROOT / "examples" / "table", tmp_path, aws.environment, overrides=overrides)
    terraform.init()
    dynamodb = aws.client("dynamodb")
    found = []
    for settings in (OWN, TAKEN_OUT):
        (terraform.root / "main.tf").write_text(TABLE.format(settings=settings))
        terraform.apply()
        expiry = dynamodb.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]["TimeToLiveStatus"]
        encryption = dynamodb.describe_table(TableName="orders")["Table"].get("SSEDescription", {})
        found.append((expiry, encryption.get("KMSMasterKeyArn")))
    (expiry, key_arn), now = found
    assert expiry == "ENABLED"
    assert aws.client("kms").describe_key(KeyId=key_arn)["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    assert now == ("DISABLED", None)
    assert changes(terraform.plan()) == []
    terraform.destroy()
