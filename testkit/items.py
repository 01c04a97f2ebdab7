"""DynamoDB items as boto3's client gives and takes them, and in the form that a stream event has.

The two differ only in binary values: bytes for boto3, base64 text in an event.
"""

import base64
from collections.abc import Iterator
from typing import Any, cast

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]


def event_form(item: Item) -> Item:
    """Return `item` with its binary values as base64 text, as a stream event has them."""
    return {name: _event_value(value) for name, value in item.items()}


def scan(dynamodb: Any, table_name: str) -> Iterator[Item]:
    """Yield every item of the table by consistent reads of `dynamodb`, boto3's client."""
    for page in dynamodb.get_paginator("scan").paginate(TableName=table_name, ConsistentRead=True):
        yield from cast("list[Item]", page["Items"])


def _event_value(value: AttributeValue) -> AttributeValue:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return {kind: _base64(content)}
        case "BS":
            return {kind: [_base64(element) for element in content]}
        case "L":
            return {kind: [_event_value(element) for element in content]}
        case "M":
            return {kind: event_form(content)}
    return value


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
