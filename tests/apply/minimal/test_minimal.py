"""Does the minimal example, unchanged, make what it promises, and change in place?"""

from testkit.pipeline import KEY_NAMES
from testkit.search import Index, connect
from testkit.terraform import Change
from tests.apply.deployment import Deployment
from tests.plan.policies import statements

ROLE = "orders-eu-west-1"
INDEXER = "module.search.module.indexer"


def test_a_second_plan_is_empty(minimal: Deployment) -> None:
    """What was applied is what was written."""
    assert minimal.next_changes() == []


def test_an_order_that_is_written_can_be_searched(minimal: Deployment) -> None:
    """One write goes the whole way, to the index that the outputs name."""
    outputs = minimal.terraform.outputs()
    item = {"customer_id": {"S": "c1"}, "order_id": {"S": "o1"}, "note": {"S": "leave it with a neighbour"}}
    minimal.aws.client("dynamodb").put_item(TableName=outputs["table_name"], Item=item)
    minimal.aws.wait_until_drained()
    index = Index(connect(minimal.aws), outputs["alias"])
    index.refresh()
    (hit,) = index.search({"query": {"match": {"note": "neighbour"}}})
    assert hit["_index"] == "orders-v1"
    assert hit["_source"]["customer_id"] == "c1"
    key = {name: item[name] for name in KEY_NAMES}
    minimal.aws.client("dynamodb").delete_item(TableName=outputs["table_name"], Key=key)


def test_the_role_may_do_what_is_needed_and_nothing_else(minimal: Deployment) -> None:
    """Every action and resource of the role's policies, with the ARNs that the apply gave."""
    iam, bucket = minimal.aws.client("iam"), minimal.terraform.outputs()["quarantine_bucket"]
    names = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    assert iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"] == []
    documents = [iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"] for name in names]
    allowed = {
        sid: (statement["Action"], statement["Resource"])
        for document in documents
        for sid, statement in statements(document).items()
    }
    table = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
    domain = "arn:aws:es:eu-west-1:123456789012:domain/local"
    log = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders"
    assert allowed == {
        "ReadStream": (
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            [minimal.mapping()["EventSourceArn"]],
        ),
        "ListStreams": (["dynamodb:ListStreams"], ["*"]),
        "DeliverDiscarded": (["s3:ListBucket", "s3:PutObject"], [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]),
        "WriteLog": (["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log}:*"]),
        "KeepRefusedRecords": (["s3:PutObject"], [f"arn:aws:s3:::{bucket}/quarantine/orders/*"]),
        "ReadItems": (["dynamodb:BatchGetItem"], [table]),
        "WriteDocuments": (["es:ESHttpPost"], [f"{domain}/orders/_bulk"]),
        "FindIndex": (["es:ESHttpGet"], [f"{domain}/orders/_alias/orders"]),
        "SetUpIndex": (
            ["es:ESHttpPut"],
            [
                f"{domain}/_index_template/orders",
                f"{domain}/orders-v1",
                f"{domain}/orders/_mapping",
                f"{domain}/orders/_settings",
            ],
        ),
    }


def test_changed_settings_change_what_they_are_of_and_nothing_else(minimal: Deployment) -> None:
    """No policy and no neighbour is "known after apply" with them; the index is set up again, in place."""
    minimal.set("""
        module "search" {
          event_source_mapping = { batch_size = 500, enabled = false }
          on_failure           = { maximum_record_age_in_seconds = 3600 }
          function             = { memory_size = 2048, logging = { retention_in_days = 7 } }
          index                = { number_of_replicas = 2 }
        }
    """)
    assert set(minimal.next_changes()) == {
        Change(f"{INDEXER}.aws_lambda_function.this", ("update",)),
        Change(f"{INDEXER}.aws_cloudwatch_log_group.this", ("update",)),
        Change(f"{INDEXER}.aws_lambda_invocation.setup_index", ("create", "delete")),
        Change("module.search.module.event_source_mapping.aws_lambda_event_source_mapping.this", ("update",)),
    }


def test_tags_are_put_on_what_is_there(minimal: Deployment) -> None:
    """Nothing is replaced for its tags."""
    minimal.set('module "search" {\n  tags = { team = "shop" }\n}\n')
    changed = minimal.next_changes()
    assert len(changed) == 6  # table, mapping, function, role, log group, bucket
    assert {change.actions for change in changed} == {("update",)}


def test_tags_and_a_changed_batch_size_are_applied_in_place(minimal: Deployment) -> None:
    """The mapping is the same one, so it continues where it was."""
    before = minimal.mapping()
    minimal.set('module "search" {\n  tags = { team = "shop" }\n  event_source_mapping = { batch_size = 500 }\n}\n')
    minimal.apply()
    after = minimal.mapping()
    assert (before["BatchSize"], after["BatchSize"]) == (1000, 500)
    assert before["UUID"] == after["UUID"]
    assert minimal.aws.client("lambda").get_function(FunctionName="orders")["Tags"] == {"team": "shop"}
    assert minimal.next_changes() == []
