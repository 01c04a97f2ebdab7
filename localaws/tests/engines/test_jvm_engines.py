"""Do the JVM engines answer as AWS does, stay isolated, and end with their parent process?"""

import json
import os
import signal
import socket
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from botocore.exceptions import ClientError

from localaws.engines.jvm.maven import programs
from localaws.engines.jvm.toolchain import java
from localaws.gateway.aws_clients import client
from localaws.stack import LocalAws
from localaws.tests.streamed_table import StreamedTable
from localaws.waiting import wait_until

LIMIT_BYTES = 10 * 1024 * 1024  # of a request to the smaller instance types of OpenSearch Service


def test_point_in_time_recovery_is_switched_on_and_off(jvm: LocalAws) -> None:
    """DynamoDB Local has no such operations."""
    table = StreamedTable.create(jvm)
    assert _recovery(table)["PointInTimeRecoveryStatus"] == "DISABLED"
    wanted = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}
    table.dynamodb.update_continuous_backups(TableName=table.name, PointInTimeRecoverySpecification=wanted)
    state = _recovery(table)
    assert (state["PointInTimeRecoveryStatus"], state["RecoveryPeriodInDays"]) == ("ENABLED", 7)
    off = {"PointInTimeRecoveryEnabled": False}
    table.dynamodb.update_continuous_backups(TableName=table.name, PointInTimeRecoverySpecification=off)
    assert _recovery(table)["PointInTimeRecoveryStatus"] == "DISABLED"
    with pytest.raises(table.dynamodb.exceptions.TableNotFoundException):
        table.dynamodb.describe_continuous_backups(TableName="no-such-table")


def test_tags_are_kept_by_arn(jvm: LocalAws) -> None:
    """From the making of the table on; another account's table is not found."""
    table = StreamedTable.create(jvm, Tags=[{"Key": "team", "Value": "search"}])
    table.dynamodb.tag_resource(ResourceArn=table.arn, Tags=[{"Key": "cost", "Value": "7"}])
    table.dynamodb.untag_resource(ResourceArn=table.arn, TagKeys=["team"])
    assert table.dynamodb.list_tags_of_resource(ResourceArn=table.arn)["Tags"] == [{"Key": "cost", "Value": "7"}]
    other = table.arn.replace("123456789012", "999999999999")
    with pytest.raises(table.dynamodb.exceptions.ResourceNotFoundException, match="not found"):
        table.dynamodb.list_tags_of_resource(ResourceArn=other)


def test_a_new_table_of_an_old_name_has_nothing_of_the_old_one(jvm: LocalAws) -> None:
    """Tags, recovery and encryption go with the table."""
    table = StreamedTable.create(jvm, Tags=[{"Key": "a", "Value": "b"}], SSESpecification={"Enabled": True})
    on = {"PointInTimeRecoveryEnabled": True}
    table.dynamodb.update_continuous_backups(TableName=table.name, PointInTimeRecoverySpecification=on)
    assert table.dynamodb.delete_table(TableName=table.name)["TableDescription"]["TableStatus"] == "DELETING"
    table.dynamodb.create_table(
        TableName=table.name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert "SSEDescription" not in table.dynamodb.describe_table(TableName=table.name)["Table"]
    assert table.dynamodb.list_tags_of_resource(ResourceArn=table.arn)["Tags"] == []
    assert _recovery(table)["PointInTimeRecoveryStatus"] == "DISABLED"


def test_encryption_and_table_class_are_shown_as_they_were_set(jvm: LocalAws) -> None:
    """At the making, by an update of nothing else, and by an update of something else as well."""
    table = StreamedTable.create(jvm, SSESpecification={"Enabled": True}, TableClass="STANDARD_INFREQUENT_ACCESS")
    described = table.dynamodb.describe_table(TableName=table.name)["Table"]
    assert described["SSEDescription"]["Status"] == "ENABLED"
    assert described["SSEDescription"]["KMSMasterKeyArn"].startswith("arn:aws:kms:eu-west-1:123456789012:key/")
    assert described["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    key = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    own = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    updated = table.dynamodb.update_table(TableName=table.name, SSESpecification=own)["TableDescription"]
    assert (updated["SSEDescription"]["KMSMasterKeyArn"], updated["TableArn"]) == (key, table.arn)
    both = {"TableClass": "STANDARD", "DeletionProtectionEnabled": True}
    table.dynamodb.update_table(TableName=table.name, **both)
    described = table.dynamodb.describe_table(TableName=table.name)["Table"]
    assert (described["TableClassSummary"]["TableClass"], described["DeletionProtectionEnabled"]) == ("STANDARD", True)


def test_a_protected_table_is_not_deleted(jvm: LocalAws) -> None:
    """Until the protection is off."""
    table = StreamedTable.create(jvm, DeletionProtectionEnabled=True)
    with pytest.raises(ClientError, match="protected against deletion"):
        table.dynamodb.delete_table(TableName=table.name)
    table.dynamodb.update_table(TableName=table.name, DeletionProtectionEnabled=False)
    table.dynamodb.delete_table(TableName=table.name)


def test_what_time_to_live_deletes_says_so(jvm: LocalAws) -> None:
    """EV-06: a REMOVE by the service, with the old image, created not before the item was."""
    table = StreamedTable.create(jvm)
    specification = {"Enabled": True, "AttributeName": "expires"}
    table.dynamodb.update_time_to_live(TableName=table.name, TimeToLiveSpecification=specification)
    described = table.dynamodb.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    table.put("a", expires={"N": "1700000000"})
    wait_until(lambda: len(table.records()) == 2, "the item has expired")
    insert, remove = table.records()
    assert remove["eventName"] == "REMOVE"
    assert remove["userIdentity"] == {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
    assert remove["dynamodb"]["OldImage"]["id"] == {"S": "a"}
    assert "userIdentity" not in insert
    created = [record["dynamodb"]["ApproximateCreationDateTime"] for record in (insert, remove)]
    assert created == sorted(created)


def test_each_region_has_its_own_tables(jvm: LocalAws) -> None:
    """One name in two Regions, each with its own ARNs."""
    table = StreamedTable.create(jvm)
    elsewhere = client("dynamodb", jvm.endpoint_url, "us-east-2", jvm.access_key)
    with pytest.raises(elsewhere.exceptions.ResourceNotFoundException):
        elsewhere.describe_table(TableName=table.name)
    description = elsewhere.create_table(
        TableName=table.name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]
    assert description["TableArn"] == f"arn:aws:dynamodb:us-east-2:123456789012:table/{table.name}"


def test_opensearch_is_the_version_that_the_pom_locks(jvm: LocalAws) -> None:
    """One node, ready to hold an index with everything assigned."""
    assert _opensearch(jvm, "GET", "/")["version"]["number"] == "2.19.1"
    _opensearch(jvm, "PUT", "/health", {"settings": {"number_of_replicas": 0}})
    assert _opensearch(jvm, "GET", "/_cluster/health?wait_for_status=green&timeout=30s")["number_of_nodes"] == 1


def test_a_body_names_no_other_index_than_the_path(jvm: LocalAws) -> None:
    """As in modules/opensearch-domain: IAM reads only the path, so a role for one index would reach all."""
    for name in ("orders", "customers"):
        _opensearch(jvm, "PUT", f"/{name}", {"settings": {"number_of_replicas": 0}})
    body = b'{"index": {"_index": "customers", "_id": "a"}}\n{}\n'
    url = f"{jvm.opensearch_url}/orders/_bulk?refresh=true"
    answer = urllib3.request("POST", url, body=body, headers={"content-type": "application/x-ndjson"})
    assert answer.status == 400
    assert answer.json()["error"]["reason"] == "explicit index in bulk is not allowed"
    assert _opensearch(jvm, "GET", "/customers/_count")["count"] == 0


def test_opensearch_has_its_usual_modules(jvm: LocalAws) -> None:
    """Analysis, scaled numbers, painless scripts, reindexing, ingest pipelines."""
    text = {"type": "text", "analyzer": "english"}
    mappings = {"properties": {"name": text, "price": {"type": "scaled_float", "scaling_factor": 100}}}
    _opensearch(jvm, "PUT", "/modules", {"mappings": mappings})
    pipeline = {"processors": [{"set": {"field": "seen", "value": True}}]}
    _opensearch(jvm, "PUT", "/_ingest/pipeline/seen", pipeline)
    document = {"name": "shoes", "price": 1.5}
    _opensearch(jvm, "PUT", "/modules/_doc/1?pipeline=seen&refresh=true", document)
    route = {"source": {"index": "modules"}, "dest": {"index": "copy"}}
    copied = _opensearch(jvm, "POST", "/_reindex?refresh=true", route)
    assert copied["created"] == 1
    script = {"script": {"source": "ctx._source.price += 1"}}
    assert _opensearch(jvm, "POST", "/copy/_update/1?refresh=true", script)["result"] == "updated"
    (hit,) = _opensearch(jvm, "POST", "/modules/_search", {"query": {"match": {"name": "shoe"}}})["hits"]["hits"]
    assert hit["_source"] == {**document, "seen": True}


def test_opensearch_refuses_bodies_beyond_10_mib(jvm: LocalAws) -> None:
    """As the smaller domains do: with 413 the function splits."""
    url = f"{jvm.opensearch_url}/big/_bulk"
    headers = {"Content-Type": "application/x-ndjson"}
    body = b'{"index":{}}\n{"a":"' + b"a" * LIMIT_BYTES + b'"}\n'
    answer = urllib3.request("POST", url, body=body, headers=headers, retries=False)
    assert answer.status == 413


def test_everything_ends_when_the_stack_is_killed(tmp_path: Path) -> None:
    """SIGKILL leaves no chance to clean up; the next start finds nothing of the last one in its home."""
    home = tmp_path / "aws"
    with LocalAws.start(engines="jvm", home=home) as aws:
        _opensearch(aws, "PUT", "/left-behind")
        os.kill(aws.admin("GET", "state")[1]["pid"], signal.SIGKILL)
        wait_until(lambda: not _answers("127.0.0.1", urlsplit(aws.opensearch_url).port or 0), "OpenSearch has ended")
    with LocalAws.start(engines="jvm", home=home) as again:
        assert _opensearch(again, "GET", "/_cat/indices?format=json") == []
    assert not (home / "opensearch").exists()


def test_two_run_side_by_side(jvm: LocalAws, tmp_path: Path) -> None:
    """Each on free ports with its own tables."""
    table = StreamedTable.create(jvm)
    with LocalAws.start(engines="jvm", home=tmp_path) as second:
        assert second.opensearch_url != jvm.opensearch_url
        assert second.client("dynamodb").list_tables()["TableNames"] == []
    assert table.name in table.dynamodb.list_tables()["TableNames"]


@pytest.mark.parametrize("name", ["dynamodb", "opensearch"])
def test_an_engine_answers_on_loopback_alone_and_ends_with_its_input(tmp_path: Path, name: str) -> None:
    """The contract between the Java programs and what starts them: one line, and the end when the input closes."""
    command = programs(java())[name].command(["-Xmx256m", f"-Djava.io.tmpdir={tmp_path}"], str(tmp_path), "0")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = urlsplit(json.loads(process.stdout.readline())["url"]).port or 0
        assert _answers("127.0.0.1", port)
        assert not _answers("127.0.0.2", port)
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def _recovery(table: StreamedTable) -> Any:
    described = table.dynamodb.describe_continuous_backups(TableName=table.name)["ContinuousBackupsDescription"]
    assert described["ContinuousBackupsStatus"] == "ENABLED"
    return described["PointInTimeRecoveryDescription"]


def _opensearch(aws: LocalAws, method: str, path: str, body: object = None) -> Any:
    answer = urllib3.request(method, f"{aws.opensearch_url}{path}", json=body, timeout=60, retries=False)
    assert answer.status < 300, answer.data
    return answer.json()


def _answers(address: str, port: int) -> bool:
    try:
        with closing(socket.create_connection((address, port), timeout=1)):
            return True
    except OSError:
        return False
