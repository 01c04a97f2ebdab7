"""Is a setting of the table undone when it is taken out, although the provider keeps what a block does not say?"""

from pathlib import Path

from localaws.stack import LocalAws
from testkit.terraform import Terraform, changes
from tests.apply.deployment import ROOT

TABLE = """
resource "aws_kms_key" "table" {{}}

provider "aws" {{}}

module "table" {{
  source = "../../modules/table"

  table = {{
    name                        = "orders"
    hash_key                    = {{ name = "order_id", type = "S" }}
    deletion_protection_enabled = false
    {settings}
  }}
}}
"""
OWN = 'ttl_attribute_name = "expires_at"\n    kms_key_arn = aws_kms_key.table.arn'
# The name stays: AWS needs it to switch TTL off.
OFF = 'ttl_attribute_name = "expires_at"\n    ttl_enabled = false'


def test_settings_of_the_table_that_are_taken_out_are_undone(aws: LocalAws, tmp_path: Path) -> None:
    """Time to live is off, the key is one that AWS owns, and the name can then be removed: AWS is not asked again."""
    overrides = {"main.tf": TABLE.format(settings=OWN)}
    terraform = Terraform(ROOT, ROOT / "examples" / "table", tmp_path, aws.environment, overrides=overrides)
    terraform.init()
    dynamodb = aws.client("dynamodb")
    found = []
    for settings in (OWN, OFF):
        (terraform.root / "main.tf").write_text(TABLE.format(settings=settings))
        terraform.apply()
        expiry = dynamodb.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]["TimeToLiveStatus"]
        encryption = dynamodb.describe_table(TableName="orders")["Table"].get("SSEDescription", {})
        found.append((expiry, encryption.get("KMSMasterKeyArn")))
    (expiry, key_arn), now = found
    assert expiry == "ENABLED"
    assert aws.client("kms").describe_key(KeyId=key_arn)["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    assert now == ("DISABLED", None)
    for settings in (OFF, ""):
        (terraform.root / "main.tf").write_text(TABLE.format(settings=settings))
        assert changes(terraform.plan()) == []
    terraform.destroy()
