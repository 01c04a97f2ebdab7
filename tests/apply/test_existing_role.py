"""Does a function take on an existing role, which is made in the same apply, and leave nothing after a destroy?"""

from typing import Final

from localaws.stack import LocalAws
from tests.apply.deployment import Stack

OWN_ROLE: Final = """
resource "aws_iam_role" "own" {
  name = "search-of-the-shop"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "own" {
  for_each = module.search.role_policy_documents

  name   = each.key
  role   = aws_iam_role.own.name
  policy = each.value
}

# The role once it has its rights.
resource "terraform_data" "role" {
  input      = aws_iam_role.own.arn
  depends_on = [aws_iam_role_policy.own]
}
"""


def test_a_function_takes_on_an_existing_role_to_which_the_modules_attach_nothing(stack: Stack, aws: LocalAws) -> None:
    """What the role must be allowed is an output, for the team to attach."""
    deployment = stack.initialise("minimal")
    deployment.set(
        'module "search" {\n  role = { existing = { arn = terraform_data.role.output } }\n}\n',
        beside=OWN_ROLE,
    )
    deployment.apply()
    assert deployment.next_changes() == []

    function = aws.client("lambda").get_function(FunctionName="orders")["Configuration"]
    assert function["Role"] == "arn:aws:iam::123456789012:role/search-of-the-shop"
    iam = aws.client("iam")
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["search-of-the-shop"]
    attached = iam.list_role_policies(RoleName="search-of-the-shop")["PolicyNames"]
    assert sorted(attached) == ["event_source_mapping", "indexer", "opensearch_access"]

    deployment.destroy()
    assert deployment.left() == {}
