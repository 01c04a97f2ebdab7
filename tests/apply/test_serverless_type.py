"""Is a collection of another type than search refused at the apply?"""

import pytest

from localaws.stack import LocalAws
from testkit.terraform import TerraformError
from tests.apply.deployment import Stack


def test_a_collection_of_another_type_is_refused_and_nothing_is_read(stack: Stack, aws: LocalAws) -> None:
    """The type of a collection that is made in the same apply is read at the apply, before there is a mapping."""
    deployment = stack.initialise("serverless-collection")
    (deployment.terraform.root / "../../modules/opensearch-collection/type_override.tf").write_text(
        'resource "aws_opensearchserverless_collection" "this" {\n  type = "VECTORSEARCH"\n}\n'
    )
    with pytest.raises(TerraformError, match=r"must be of a collection of type SEARCH,\s+got\s+VECTORSEARCH"):
        deployment.apply()
    assert aws.client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
    deployment.destroy()
    assert deployment.left() == {}
