"""Saved queries of Logs Insights: what the gateway answers in moto's place."""

import uuid

import pytest
from botocore.exceptions import ClientError

from localaws.stack import LocalAws


def test_a_request_that_is_sent_again_makes_no_second_definition(aws: LocalAws) -> None:
    logs, token = aws.client("logs"), str(uuid.uuid4())
    first = logs.put_query_definition(name="twice", queryString="fields @message", clientToken=token)
    again = logs.put_query_definition(name="twice", queryString="fields @message", clientToken=token)
    assert first["queryDefinitionId"] == again["queryDefinitionId"]
    found = logs.describe_query_definitions(queryDefinitionNamePrefix="twice")["queryDefinitions"]
    assert [query["queryDefinitionId"] for query in found] == [first["queryDefinitionId"]]


def test_a_definition_is_changed_by_its_id_and_deleted_once(aws: LocalAws) -> None:
    logs = aws.client("logs")
    made = logs.put_query_definition(name="changed", queryString="fields @message")["queryDefinitionId"]
    logs.put_query_definition(name="changed", queryString="fields @timestamp", queryDefinitionId=made)
    (query,) = logs.describe_query_definitions(queryDefinitionNamePrefix="changed")["queryDefinitions"]
    assert query["queryString"] == "fields @timestamp"
    logs.delete_query_definition(queryDefinitionId=made)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.delete_query_definition(queryDefinitionId=made)
