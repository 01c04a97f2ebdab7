"""Unit: are a provider's names read right, off what is generated from it and out of the Terraform that uses it?"""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from tools.provider_schema import Deprecations, Schema, UnreadableError, places
from tools.provider_snapshot import written
from tools.provider_usage import reads, sets

# As cdktn-provider-aws has it, what is not read left out.
QUEUE = """
function sqsQueueRuleToTerraform(struct) {
}
class SqsQueueRuleOutputReference extends cdktn.ComplexObject {
    // days - computed: false, optional: false, required: true
    _days;
    get days() {
    }
    // since - computed: true, optional: false, required: false
    get since() {
    }
}
class SqsQueueRuleList extends cdktn.ComplexList {
}
class SqsQueue extends cdktn.TerraformResource {
    constructor(scope, id, config = {}) {
    }
    // arn - computed: true, optional: false, required: false
    get arn() {
    }
    // name - computed: true, optional: true, required: false
    _name;
    // tags_all - computed: true, optional: false, required: false
    _tagsAll = new cdktn.StringMap(this, "tags_all");
    // rule - computed: false, optional: true, required: false
    _rule = new SqsQueueRuleList(this, "rule", true);
}
"""
DATA = """
class DataAwsSqsQueue extends cdktn.TerraformDataSource {
    // name - computed: false, optional: false, required: true
    _name;
}
"""
# As pulumi-aws has it: lists in the plural, and what blocks hold in a separate file.
PYTHON = {
    "pulumi_aws/sqs/queue.py": """
@pulumi.input_type
class QueueArgs:
    def name(self):
        pass

@pulumi.type_token("aws:sqs/queue:Queue")
class Queue(pulumi.CustomResource):
    def __init__(__self__):
        super(Queue, __self__).__init__(
            'aws:sqs/queue:Queue')

    @_builtins.property
    @_utilities.deprecated(\"\"\"rule is deprecated. Use another.\"\"\")
    def rules(self):
        pass
""",
    "pulumi_aws/sqs/get_queue.py": """
class GetQueueResult:
    @_utilities.deprecated(\"\"\"Use 'url'.\"\"\")
    def name(self):
        pass

def get_queue():
    pulumi.runtime.invoke('aws:sqs/getQueue:getQueue', {})
""",
    "pulumi_aws/sqs/outputs.py": """
class QueueRule(dict):
    @_utilities.deprecated(\"\"\"Count hours.\"\"\")
    def days(self):
        pass
""",
}
HCL = """
resource "aws_sqs_queue" "this" {
  for_each = var.queues

  name = each.key

  dynamic "rule" {
    for_each = each.value.rules

    content {
      days = rule.value
    }
  }

  rule {
    days = 1
  }

  lifecycle {
    ignore_changes = [name]

    postcondition {
      condition = self.fifo_queue
    }
  }
}

data "aws_sqs_queue" "old" {
  name = one(aws_sqs_queue.this[*].name)
  tags = { not = "a block" }
}

locals {
  since  = aws_sqs_queue.this["a"].arn
  ages   = { for key, rule in data.aws_sqs_queue.old.rule : key => rule.since }
  both   = concat([for queue in aws_sqs_queue.this : queue.arn], [for topic in aws_sns_topic.this : topic.id])
  zero = keys(aws_sqs_queue.this)
}
"""


@pytest.fixture
def of_names(tmp_path: Path) -> Path:
    """A wheel like that of cdktn-provider-aws."""
    package = io.BytesIO()
    with tarfile.open(fileobj=package, mode="w:gz") as archive:
        for folder, code in (("sqs-queue", QUEUE), ("data-aws-sqs-queue", DATA), ("sns-topic", "class Other {\n}\n")):
            member = tarfile.TarInfo(f"package/lib/{folder}/index.js")
            member.size = len(code)
            archive.addfile(member, io.BytesIO(code.encode()))
    wheel = tmp_path / "cdktn_provider_aws-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive_of_wheel:
        archive_of_wheel.writestr("cdktn_provider_aws/_jsii/provider-aws@1.jsii.tgz", package.getvalue())
        about = "# CDKTN prebuilt bindings for hashicorp/aws provider version 6.1.2\n"
        archive_of_wheel.writestr("cdktn_provider_aws-1.dist-info/METADATA", about)
    return wheel


@pytest.fixture
def of_reasons(tmp_path: Path) -> Path:
    """A wheel like that of pulumi-aws."""
    wheel = tmp_path / "pulumi_aws-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, code in PYTHON.items():
            archive.writestr(name, code)
    return wheel


def test_the_names_of_each_place_and_the_deprecated_ones_are_written(of_names: Path, of_reasons: Path) -> None:
    """A block has separate names, and what a list is called in the plural is found."""
    told = json.loads(written(of_names, of_reasons, ["aws_sqs_queue", "data.aws_sqs_queue"]))
    assert (told["provider"], told["from"]) == ("6.1.2", [of_names.name, of_reasons.name])
    assert told["places"] == {
        "aws_sqs_queue": {
            "optional": ["name", "rule"],
            "read": ["arn", "tags_all"],
            "deprecated": {"rule": "rule is deprecated. Use another."},
        },
        "aws_sqs_queue.rule": {"required": ["days"], "read": ["since"], "deprecated": {"days": "Count hours."}},
        "data.aws_sqs_queue": {"required": ["name"], "deprecated": {"name": "Use 'url'."}},
    }


def test_a_type_that_is_not_there_is_said(of_names: Path, of_reasons: Path) -> None:
    """Gone from the provider, in another form, or renamed."""
    with pytest.raises(UnreadableError, match=r"cdktn_provider_aws-1-py3-none-any.whl has no aws_kms_key"):
        Schema(of_names).code("aws_kms_key")
    with pytest.raises(UnreadableError, match="describes aws_sns_topic in an unknown form"):
        list(places("aws_sns_topic", Schema(of_names).code("aws_sns_topic")))
    with pytest.raises(UnreadableError, match="has aws_kms_key under another name: say in ELSEWHERE which"):
        Deprecations(of_reasons).at("aws_kms_key")


def test_what_terraform_sets_and_reads_is_told_by_place(tmp_path: Path) -> None:
    """What is Terraform's own left out, with blocks made in a loop, and by what a loop's variable stands for."""
    (tmp_path / "main.tf").write_text(HCL)
    assert sorted((use.place, sorted(use.names)) for use in sets(tmp_path)) == [
        ("aws_sqs_queue", ["name", "rule"]),
        ("aws_sqs_queue.rule", ["days"]),
        ("aws_sqs_queue.rule", ["days"]),
        ("data.aws_sqs_queue", ["name", "tags"]),
    ]
    assert {(use.place, name) for use in reads(tmp_path) for name in use.names} == {
        ("aws_sqs_queue", "name"),
        ("aws_sqs_queue", "arn"),
        ("aws_sqs_queue", "fifo_queue"),
        ("aws_sns_topic", "id"),
        ("data.aws_sqs_queue", "rule"),
        ("data.aws_sqs_queue.rule", "since"),
    }
